import {keepPlanner} from '../../../planner/checkpoint/plan-keep.js';
import {retention, type Held} from '../../../planner/checkpoint/retention.js';
import type {Container, Plan} from '../../../plan/plan.js';
import {applyPlan} from '../../session/apply-plan.js';
import {bare, newKeptId} from '../checkpoint/create.js';
import {lookAtKept, type Keeping} from '../checkpoint/look.js';
import {removeAll} from '../checkpoint/remove.js';
import type {Context} from '../../session/context.js';
import type {RunFlags} from '../../command-line/options.js';
import type {Chosen} from '../../command-line/selection.js';
import {openWorld, type World} from '../../session/world.js';

/** What was kept only as the way back from a restore is of no time that anybody chose. */
const isOfItsOwn = ({manifest}: Held): boolean =>
  manifest !== undefined && manifest.origin.why !== 'before-restore';

/** ms until one is due; 0 or less: it is. One that does not run has no memory to keep. */
function dueIn({name, checkpoints}: Container, {held, running}: Keeping): number {
  const {everyMs} = checkpoints ?? {};
  if (everyMs === undefined || !running.has(name)) return Infinity;
  const ages = held
    .filter((each) => each.container === name && isOfItsOwn(each))
    .map(({ageSeconds}) => ageSeconds * 1000);
  return everyMs - Math.min(Infinity, ...ages);
}

/** Hosts are left alone for a moment, however often the plan wants one. */
const leastPauseMs = 1000;

/** What the plan does not want any more once there is another one. */
async function prune(context: Context, world: World, plan: Plan, container: Container) {
  const {held, resting} = await lookAtKept(world, plan);
  const own = held.filter((each) => each.container === container.name);
  const doomed = retention(own, container.checkpoints ?? {}, resting);
  const problems = await removeAll(context, {plan, world, doomed, lockWaitMs: 0});
  context.printer.problems(problems, 'warning');
}

/**
 * Makes the checkpoints that are due. The hosts know which there are, so it is the same whoever watches;
 * one that fails is told, and tried again with the next look.
 */
export async function keepDue(
  context: Context,
  plan: Plan,
  only: Chosen,
  flags: RunFlags,
): Promise<number> {
  const wanted = [...plan.containers.values()].filter(
    ({name, checkpoints}) => checkpoints?.everyMs !== undefined && only(name),
  );
  if (wanted.length === 0) return Infinity;
  const world = await openWorld(context, plan);
  try {
    const keeping = await lookAtKept(world, plan);
    let next = Infinity;
    for (const container of wanted) {
      const due = dueIn(container, keeping);
      if (due > 0) next = Math.min(next, due);
      else if (await keep(context, plan, container, flags)) {
        next = Math.min(next, container.checkpoints?.everyMs ?? Infinity);
        await prune(context, world, plan, container);
      }
    }
    return Math.max(next, leastPauseMs);
  } finally {
    await world.close();
  }
}

async function keep(
  context: Context,
  plan: Plan,
  {name}: Container,
  flags: RunFlags,
): Promise<boolean> {
  const {exit} = await applyPlan(context, {
    plan: bare(plan),
    only: (each) => each === name,
    flags,
    approve: () => Promise.resolve(true),
    planner: keepPlanner({id: newKeptId(), why: 'every'}),
  });
  return exit === 0;
}
