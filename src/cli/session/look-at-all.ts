import type {Planned} from '../../planner/change.js';
import {nameList} from '../../report/text/columns.js';
import type {Plan} from '../../plan/plan.js';
import type {Observed} from '../../state/host/observed.js';
import type {Context} from './context.js';
import type {Chosen} from '../command-line/selection.js';

export interface Looked {
  readonly planned: Planned;
  readonly observed: Observed | undefined;
}

/** How long hosts are waited for without a word, ms. */
const silenceMs = 5000;

/** Whoever waits is told for what: one line each few seconds, which any terminal, pipe and log can show. */
export function sayThatItLooks(
  {printer}: Pick<Context, 'printer'>,
  {name, hosts}: Pick<Plan, 'name' | 'hosts'>,
): {readonly end: () => void} {
  let seconds = 0;
  const timer = setInterval(() => {
    seconds += silenceMs / 1000;
    const asked = nameList([...hosts.keys()]);
    printer.note(`plan "${name}": still looking at ${asked} (${seconds}s)`);
  }, silenceMs).unref();
  return {
    end: () => {
      clearInterval(timer);
    },
  };
}

/** Looks at the hosts of one plan; nothing is changed anywhere. */
export async function lookAtOne(context: Context, plan: Plan, only: Chosen): Promise<Looked> {
  const {openWorld, lookAndPlan} = await import('./world.js');
  const world = await openWorld(context, plan);
  const patience = sayThatItLooks(context, plan);
  try {
    const planned = await lookAndPlan(context, world, plan, only);
    return {planned, observed: world.seen()};
  } finally {
    patience.end();
    await world.close();
  }
}

/** Looks at the hosts of all plans at once. */
export const lookAtAll = (
  context: Context,
  plans: readonly Plan[],
  only: Chosen,
): Promise<readonly Looked[]> => Promise.all(plans.map((plan) => lookAtOne(context, plan, only)));
