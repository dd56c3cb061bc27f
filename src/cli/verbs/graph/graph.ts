import {problemsOf} from '../../../planner/change.js';
import {renderGraph} from '../../../report/text/graph-text.js';
import {plannedRecords} from '../../../report/json/json-records.js';
import type {Context} from '../../session/context.js';
import {exitOf} from '../../command-line/exit.js';
import type {PlanFlags} from '../../command-line/options.js';
import {loadChosen} from '../../session/load-plans.js';
import {lookAtAll} from '../../session/look-at-all.js';

export interface GraphOptions extends PlanFlags {
  readonly format: 'text' | 'mermaid' | 'dot';
}

/** `cm graph`: the steps that apply would take, and what waits for what. */
export async function graph(context: Context, asked: GraphOptions): Promise<number> {
  const {printer} = context;
  const loaded = await loadChosen(context, asked);
  if (!loaded.ok) return context.fail(loaded.error);
  const all = await lookAtAll(context, loaded.value.plans, loaded.value.only);
  for (const {planned} of all) {
    for (const record of plannedRecords(planned)) printer.record(record);
    printer.result(renderGraph(planned.graph, asked.format, printer.options.outAbility));
  }
  const problems = all.flatMap(({planned}) => problemsOf(planned.decisions));
  printer.problems(problems);
  return exitOf(problems);
}
