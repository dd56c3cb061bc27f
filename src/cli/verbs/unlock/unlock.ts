import type {Problem} from '../../../base/problem.js';
import {leaseLines} from '../../../report/text/status-text.js';
import type {Plan} from '../../../plan/plan.js';
import type {Context} from '../../session/context.js';
import {freeLease} from './free-lease.js';
import type {PlanFlags} from '../../command-line/options.js';
import {loadChosen} from '../../session/load-plans.js';
import type {Chosen} from '../../command-line/selection.js';
import {darkIn, leasesIn} from '../../session/seen.js';
import {lookAndPlan, openWorld} from '../../session/world.js';

export interface UnlockOptions extends PlanFlags {
  /** Leases whose owner was heard of lately go, too. */
  readonly force: boolean;
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
    for (const lease of leases) problems.push(...(await freeLease(context, world, lease, force)));
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
    problems.push(...(await freePlan(context, plan, loaded.value.only, asked.force)));
  return context.fail(problems);
}
