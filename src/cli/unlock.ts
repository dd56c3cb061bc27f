import type {Problem} from '../base/problem.js';
import {leaseLines, type LeaseRow} from '../report/status-text.js';
import type {Plan} from '../plan/plan.js';
import {readUnlocked, unlock as unlockCommand} from '../state/lease.js';
import type {Context} from './context.js';
import type {Invocation} from './invocation.js';
import {loadPlans} from './load-plans.js';
import {choose, type Chosen} from './selection.js';
import {darkIn, leasesIn} from './seen.js';
import {lookAndPlan, openWorld, type World} from './world.js';

type Asked = Invocation & {readonly verb: 'unlock'};

const young = ({host, name, owner, run, ageSeconds}: LeaseRow): Problem => ({
  kind: 'locked',
  code: 'lease-in-use',
  host,
  container: name,
  message: `run ${run} of ${owner} was heard of ${ageSeconds} seconds ago`,
  remedy: 'wait for it; or, when its runner is dead for certain, say --force',
});

/** Takes the lease away from the run that was seen to hold it, and from no other. */
async function remove({looking}: World, {host, name, run}: LeaseRow): Promise<Problem | undefined> {
  const transport = await looking.transportOf(host);
  if (!transport.ok) return transport.error;
  const ran = await transport.value.run(unlockCommand(name, run));
  if (!ran.ok) return ran.error;
  const answer = readUnlocked(name, ran.value.stdout);
  if (ran.value.code === 0 && answer.ok && answer.value.kind !== 'other') return undefined;
  const message = answer.ok
    ? `another run has taken the lease of "${name}" meanwhile`
    : answer.error;
  return {
    kind: 'locked',
    code: 'not-unlocked',
    host,
    container: name,
    message,
    remedy: 'look again',
  };
}

async function freeOne(context: Context, world: World, lease: LeaseRow, force: boolean) {
  const {printer} = context;
  const problem = lease.expired || force ? await remove(world, lease) : young(lease);
  printer.record({type: 'lease', ...lease, removed: problem === undefined});
  if (problem) return [problem];
  printer.result(`removed the lease of ${lease.name} on ${lease.host}`);
  return [];
}

async function freePlan(context: Context, plan: Plan, only: Chosen, force: boolean) {
  const {printer} = context;
  const world = await openWorld(context, plan);
  try {
    await lookAndPlan(context, world, plan, only);
    const observed = world.seen();
    const leases = leasesIn(observed).filter(({name}) => plan.containers.has(name) && only(name));
    if (leases.length === 0) printer.result(`no leases on the hosts of plan "${plan.name}"`);
    printer.result(leaseLines(leases, printer.options.outAbility).join('\n'));
    const problems: Problem[] = [...darkIn(observed)];
    for (const lease of leases) problems.push(...(await freeOne(context, world, lease, force)));
    return problems;
  } finally {
    await world.close();
  }
}

/** `cm unlock`: shows the leases on a plan's hosts, and removes those whose owner is not heard of any more. */
export async function unlock(context: Context, asked: Asked): Promise<number> {
  const loaded = await loadPlans(context, asked.files);
  if (!loaded.ok) return context.fail(loaded.error);
  const only = choose(loaded.value.plans, asked);
  if (!only.ok) return context.fail(only.error);
  const problems: Problem[] = [];
  for (const plan of loaded.value.plans)
    problems.push(...(await freePlan(context, plan, only.value, asked.force)));
  return context.fail(problems);
}
