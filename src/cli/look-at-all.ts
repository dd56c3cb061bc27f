import type {Planned} from '../graph/change.js';
import type {Plan} from '../plan/plan.js';
import type {Observed} from '../state/observed.js';
import type {Context} from './context.js';
import type {Chosen} from './selection.js';

export interface Looked {
  readonly planned: Planned;
  readonly observed: Observed | undefined;
}

/** Looks at the hosts of all plans at once; nothing is changed anywhere. */
export async function lookAtAll(
  context: Context,
  plans: readonly Plan[],
  only: Chosen,
): Promise<readonly Looked[]> {
  const {openWorld, lookAndPlan} = await import('./world.js');
  return Promise.all(
    plans.map(async (plan) => {
      const world = await openWorld(context, plan);
      try {
        const planned = await lookAndPlan(context, world, plan, only);
        return {planned, observed: world.seen()};
      } finally {
        await world.close();
      }
    }),
  );
}
