import {randomBytes} from 'node:crypto';
import {type Result, err, ok} from '../../../base/result.js';
import type {Problem} from '../../../base/problem.js';
import {keepPlanner} from '../../../planner/checkpoint/plan-keep.js';
import type {Plan} from '../../../plan/plan.js';
import {keptId} from '../../../state/host/kept.js';
import {cannotAsk} from '../../command-line/ask.js';
import {systemClock} from '../../session/clock.js';
import type {Context} from '../../session/context.js';
import type {ConfirmedRunFlags, RunFlags} from '../../command-line/options.js';
import {loadPlans} from '../../session/load-plans.js';
import {runPlans} from '../../session/run-plans.js';
import {choose} from '../../command-line/selection.js';

export interface CreateOptions extends ConfirmedRunFlags {
  readonly container: string;
  /** It stays stopped, parked upon this checkpoint. */
  readonly stop: boolean;
  readonly note?: string;
}

export const newKeptId = (): string =>
  keptId(new Date(systemClock.now()).toISOString(), randomBytes(3).toString('hex'));

/** A plan for one thing that is asked for by name: also where it is suspended, and without its own hooks. */
export const bare = (plan: Plan): Plan => ({...plan, suspend: false, hooks: {}});

/** The plans that have this container; it is a mistake to name one that none has. */
export async function plansWith(
  context: Context,
  container: string,
  flags: RunFlags,
): Promise<Result<readonly Plan[], readonly Problem[]>> {
  const loaded = await loadPlans(context, flags.files);
  if (!loaded.ok) return loaded;
  const chosen = choose(loaded.value.plans, {only: [container], exclude: []});
  if (!chosen.ok) return err(chosen.error);
  context.printer.problems(loaded.value.warnings, 'warning');
  return ok(loaded.value.plans.filter(({containers}) => containers.has(container)).map(bare));
}

/** `cm checkpoint create`: the container is held for a moment, and goes on. */
export async function createCheckpoint(context: Context, asked: CreateOptions): Promise<number> {
  const {container, note, stop, yes} = asked;
  const plans = await plansWith(context, container, asked);
  if (!plans.ok) return context.fail(plans.error);
  const refusal = yes ? undefined : cannotAsk(context.machine, 'checkpoint create');
  if (refusal) return context.fail([refusal]);
  return runPlans(context, {
    plans: plans.value.slice(0, 1),
    only: (name) => name === container,
    flags: asked,
    word: `keep a checkpoint of "${container}" of`,
    planner: keepPlanner({
      ...{id: newKeptId(), why: stop ? 'parked' : 'asked'},
      ...(stop && {park: true}),
      ...(note !== undefined && {note}),
    }),
  });
}
