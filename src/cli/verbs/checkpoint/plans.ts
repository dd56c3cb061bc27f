import type {Problem} from '../../../base/problem.js';
import type {Plan} from '../../../plan/plan.js';
import {lookAtKept, type Keeping} from './look.js';
import type {Context} from '../../session/context.js';
import {loadPlans} from '../../session/load-plans.js';
import {openWorld, type World} from '../../session/world.js';

export interface PlanKeeping {
  readonly plan: Plan;
  readonly world: World;
  readonly keeping: Keeping;
}

/** Looks at what the hosts of all plans keep, and does something with it; then says why some was not seen. */
export async function withKeepings(
  context: Context,
  files: readonly string[],
  deal: (found: readonly PlanKeeping[]) => Promise<readonly Problem[]>,
): Promise<number> {
  const loaded = await loadPlans(context, files);
  if (!loaded.ok) return context.fail(loaded.error);
  const opened = await Promise.all(
    loaded.value.plans.map(async (plan) => ({plan, world: await openWorld(context, plan)})),
  );
  try {
    const found = await Promise.all(
      opened.map(async ({plan, world}) => ({plan, world, keeping: await lookAtKept(world, plan)})),
    );
    const problems = await deal(found);
    return context.fail([...found.flatMap(({keeping}) => keeping.problems), ...problems]);
  } finally {
    await Promise.all(opened.map(({world}) => world.close()));
  }
}
