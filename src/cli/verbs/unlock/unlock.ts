import type {Problem} from '../../../base/problem.js';
import {leaseLines, type LeaseRow} from '../../../report/text/status-text.js';
import type {Plan} from '../../../plan/plan.js';
import type {Context} from '../../session/context.js';
import {askYes, cannotAsk} from '../../command-line/ask.js';
import {freeLease} from './free-lease.js';
import type {PlanFlags} from '../../command-line/options.js';
import {loadChosen} from '../../session/load-plans.js';
import type {Chosen} from '../../command-line/selection.js';
import {darkIn, leasesIn} from '../../session/seen.js';
import {lookAndPlan, openWorld} from '../../session/world.js';

export interface UnlockOptions extends PlanFlags {
  /** Leases whose owner was heard of lately go, too. */
  readonly force: boolean;
  /** Do not ask. */
  readonly yes: boolean;
}

const declined: Problem = {
  kind: 'declined',
  code: 'declined',
  message: 'no lease was removed',
};

/** Taking the lease of a run that works lets another one begin beside it, so nobody does that without a word. */
export async function notAgreed(
  {machine}: Pick<Context, 'machine'>,
  leases: readonly LeaseRow[],
  {force, yes}: Pick<UnlockOptions, 'force' | 'yes'>,
): Promise<Problem | undefined> {
  const live = leases.filter(({expired}) => !expired);
  if (!force || yes || live.length === 0) return undefined;
  const names = live.map(({name, host, run}) => `"${name}" on ${host} (run ${run})`).join(', ');
  return (
    cannotAsk(machine, 'unlock', 'asks before it removes the lease of a run that may be at work') ??
    ((await askYes(machine, `remove the lease of ${names}, which may be at work?`))
      ? undefined
      : declined)
  );
}

async function freePlan(context: Context, plan: Plan, only: Chosen, asked: UnlockOptions) {
  const {printer} = context;
  const world = await openWorld(context, plan);
  try {
    await lookAndPlan(context, world, plan, only);
    const observed = world.seen();
    const leases = leasesIn(observed).filter(({name}) => plan.containers.has(name) && only(name));
    if (leases.length === 0) printer.result(`no leases on the hosts of plan "${plan.name}"`);
    printer.result(leaseLines(leases, printer.options.outAbility).join('\n'));
    const problems: Problem[] = [...darkIn(observed)];
    const refused = await notAgreed(context, leases, asked);
    if (refused) return [...problems, refused];
    for (const lease of leases)
      problems.push(...(await freeLease(context, world, lease, asked.force)));
    return problems;
  } finally {
    await world.close();
  }
}

/** `cm unlock`: shows the leases on a plan's hosts, and removes those whose owner is not heard of any more. */
export async function unlock(context: Context, asked: UnlockOptions): Promise<number> {
  const loaded = await loadChosen(context, asked);
  if (!loaded.ok) return context.fail(loaded.error);
  const problems: Problem[] = [];
  for (const plan of loaded.value.plans)
    problems.push(...(await freePlan(context, plan, loaded.value.only, asked)));
  return context.fail(problems);
}
