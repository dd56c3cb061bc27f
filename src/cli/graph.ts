import {renderGraph} from '../report/graph-text.js';
import {plannedRecords} from '../report/json-records.js';
import type {Context} from './context.js';
import {exitOf} from './exit.js';
import type {Invocation} from './invocation.js';
import {loadPlans} from './load-plans.js';
import {lookAtAll} from './look-at-all.js';
import {choose} from './selection.js';

/** `cm graph`: the steps that apply would take, and what waits for what. */
export async function graph(
  context: Context,
  asked: Invocation & {readonly verb: 'graph'},
): Promise<number> {
  const {printer} = context;
  const loaded = await loadPlans(context, asked.files);
  if (!loaded.ok) return context.fail(loaded.error);
  const only = choose(loaded.value.plans, asked);
  if (!only.ok) return context.fail(only.error);
  const all = await lookAtAll(context, loaded.value.plans, only.value);
  for (const {planned} of all) {
    for (const record of plannedRecords(planned)) printer.record(record);
    printer.result(renderGraph(planned.graph, asked.format, printer.options.outAbility));
  }
  const problems = all.flatMap(({planned}) =>
    planned.standings.flatMap((each) => (each.kind === 'problem' ? each.problems : [])),
  );
  printer.problems(problems);
  return exitOf(problems);
}
