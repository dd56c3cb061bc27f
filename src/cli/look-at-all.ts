import type {Planned} from '../graph/change.js';
import type {Plan} from '../plan/plan.js';
import type {Observed} from '../state/observed.js';
import type {Context} from './context.js';
import type {Chosen} from './selection.js';

export interface Looked {
  readonly planned: Planned;
  readonly observed: Observed | undefined;
}

/** Looks at the hosts of one plan; nothing is changed anywhere. */
export async function lookAtOne(context: Context, plan: Plan, only: Chosen): Promise<Looked> {
  const {openWorld, lookAndPlan} = await import('./world.js');
  const world = await openWorld(context, plan);
  try {
    const planned = await lookAndPlan(context, world, plan, only);
    return {planned, observed: world.seen()};
  } finally {
    await world.close();
  }
}

/** Looks at the hosts of all plans at once. */
export const lookAtAll = (
  context: Context,
  plans: readonly Plan[],
  only: Chosen,
): Promise<readonly Looked[]> => Promise.all(plans.map((plan) => lookAtOne(context, plan, only)));
