import type {Problem} from '../../../base/problem.js';
import type {Doomed, Held} from '../../../planner/checkpoint/retention.js';
import type {Plan} from '../../../plan/plan.js';
import {removedRecord} from '../../../report/json/checkpoint-records.js';
import {LeaseKeeper} from '../../../run/lease-keeper.js';
import {failure} from '../../../state/host/ask.js';
import {removeKept} from '../../../state/host/kept-remove.js';
import {guard, guardProblem} from '../../../state/host/lease.js';
import {systemClock} from '../../session/clock.js';
import type {Context} from '../../session/context.js';
import {newRun, type World} from '../../session/world.js';

export interface RemovingFrom {
  readonly plan: Plan;
  readonly world: World;
  readonly doomed: readonly Doomed[];
  readonly lockWaitMs: number;
}

/** Under the lease of its container, so that nothing is taken away from a run that restores it. */
async function removeOne(
  {looking}: World,
  leases: LeaseKeeper,
  held: Held,
): Promise<Problem | undefined> {
  const {host, container} = held;
  const transport = await looking.transportOf(host);
  if (!transport.ok) return transport.error;
  const leased = await leases.acquire(host, container, looking.signal);
  if (!leased.ok) return leased.error;
  const command = removeKept(held);
  const ran = await transport.value.run(guard(command, {name: container, run: leases.run}));
  await leases.release(host, container);
  if (!ran.ok) return ran.error;
  if (ran.value.code === 0) return undefined;
  const message = `checkpoint ${held.id} of "${container}" could not be removed from "${host}"`;
  const words = {kind: 'step', code: 'not-removed', message} as const;
  return guardProblem(host, container, ran.value) ?? failure(host, command, ran.value, words);
}

/** One after the other; what could not be removed is told, and the rest goes on. */
export async function removeAll(
  context: Context,
  {plan, world, doomed, lockWaitMs}: RemovingFrom,
): Promise<readonly Problem[]> {
  const {printer, machine} = context;
  const {runner} = await context.provenance();
  const {transportOf, processes} = world.looking;
  const leases = new LeaseKeeper({
    transportOf,
    ...(processes && {hasEnded: processes.hasEnded}),
    clock: systemClock,
    who: {
      run: newRun(systemClock.now()),
      owner: `${runner}:${machine.pid}`,
      ...(processes?.self && {process: processes.self}),
      plan: plan.name,
    },
    lockWaitMs,
    warn: (problem) => {
      printer.problems([problem], 'warning');
    },
  });
  const problems: Problem[] = [];
  for (const {held, because} of doomed) {
    if (machine.stop.aborted) break;
    const problem = await removeOne(world, leases, held);
    printer.record(removedRecord(held, because, problem === undefined));
    if (problem) problems.push(problem);
    else printer.result(`removed ${held.id} of ${held.container} on ${held.host}`);
  }
  leases.close();
  return problems;
}
