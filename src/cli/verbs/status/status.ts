import {isOutOfSync} from '../../../planner/change.js';
import {renderStatus} from '../../../report/text/status-text.js';
import type {Context} from '../../session/context.js';
import {exitOf, exits} from '../../command-line/exit.js';
import type {PlanFlags} from '../../command-line/options.js';
import {loadChosen} from '../../session/load-plans.js';
import {lookAtAll} from '../../session/look-at-all.js';
import {darkIn} from '../../session/seen.js';
import {statusOf} from './status-of.js';

export interface StatusOptions extends PlanFlags {
  /** Changes are an exit code of their own. */
  readonly detailed: boolean;
}

/** `cm status`: where each container is, and where it belongs. */
export async function status(context: Context, asked: StatusOptions): Promise<number> {
  const {printer} = context;
  const loaded = await loadChosen(context, asked);
  if (!loaded.ok) return context.fail(loaded.error);
  const looked = await lookAtAll(context, loaded.value.plans, loaded.value.only);
  const all = looked.map(statusOf);
  for (const each of all) {
    for (const row of each.rows)
      printer.record({type: 'status', plan: each.plan, ...row, alike: undefined});
    for (const lease of each.leases) printer.record({type: 'lease', ...lease});
  }
  printer.result(all.map((each) => renderStatus(each, printer.options.outAbility)).join('\n\n'));
  const dark = looked.flatMap(({observed}) => darkIn(observed));
  const drifted = all.some(({rows}) => rows.some(isOutOfSync));
  printer.total({drifted});
  // One that runs elsewhere than it should has drifted; one that is nowhere, or twice, is a problem.
  const lost = looked.flatMap(({planned}, index) =>
    planned.decisions.flatMap((decision) => {
      const row = all[index]?.rows.find(({container}) => container === decision.container.name);
      return decision.action === 'refused' && row?.found.length !== 1 ? decision.problems : [];
    }),
  );
  const problems = [...dark, ...lost];
  printer.problems(problems);
  if (problems.length > 0) return exitOf(problems);
  return drifted && asked.detailed ? exits.changes : exits.done;
}
