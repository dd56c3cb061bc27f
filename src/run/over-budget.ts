import type {Problem} from '../base/problem.js';
import {inSeconds} from '../planner/amounts.js';
import type {Container} from '../plan/plan.js';

interface Took {
  readonly downtimeMs?: number | undefined;
  readonly totalMs?: number | undefined;
}

/** What a move took more than its plan allows; it is done all the same, so this is a warning. */
export function overBudget({name, budget}: Container, took: Took): readonly Problem[] {
  const checks = [
    ['downtime', took.downtimeMs, budget.downtimeMs],
    ['total', took.totalMs, budget.totalMs],
  ] as const;
  return checks.flatMap(([what, measured, limit]) =>
    measured === undefined || limit === undefined || measured <= limit
      ? []
      : [
          {
            kind: 'step',
            code: `over-budget-${what}`,
            container: name,
            message: `the ${what === 'total' ? 'move' : 'downtime'} of "${name}" took ${inSeconds(measured)}, over its budget of ${inSeconds(limit)}`,
            remedy: 'the next prediction knows; raise the budget, or choose another strategy',
          },
        ],
  );
}
