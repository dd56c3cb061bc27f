import type {Planned} from '../../planner/change.js';
import {openLink} from '../../hosts/open.js';
import type {Plan} from '../../plan/plan.js';
import {renderTimeline} from '../../report/text/history-text.js';
import {problemsOfRun, renderSummary} from '../../report/text/summary.js';
import {apply} from '../../run/apply.js';
import type {Planner} from '../../run/make-plan.js';
import type {OpenLink} from '../../run/execute/performance.js';
import type {RunReport} from '../../state/runner/run-report.js';
import type {Context} from './context.js';
import type {RunFlags} from '../command-line/options.js';
import {follow} from './follow.js';
import {sayThatItLooks} from './look-at-all.js';
import type {Chosen} from '../command-line/selection.js';
import {Stage} from './stage.js';
import {newRun, openWorld, ratesOf, type World} from './world.js';

/** A one-time key is removed when its move ends; one that a dead runner left is good for nothing after this. */
const keyExpiresInMs = 24 * 3600 * 1000;

const openLinkOf: OpenLink = (from, to, {folder, receivers, transfer, bandwidth}) =>
  openLink({
    ...{from, to, folder, receivers, transfer, expiresInMs: keyExpiresInMs},
    ...(bandwidth !== undefined && {bandwidth}),
  });

export interface Applied {
  readonly plan: Plan;
  readonly only: Chosen;
  readonly flags: RunFlags;
  /** Asked with what would be done, which has been shown by then. */
  readonly approve: (planned: Planned) => Promise<boolean>;
  /** Ends interrupted moves, and begins none. */
  readonly recoverOnly?: true;
  /** Something else than that its containers are where they belong. */
  readonly planner?: Planner;
}

function withConcurrency(plan: Plan, parallel: number | undefined): Plan {
  return parallel === undefined ? plan : {...plan, limits: {...plan.limits, parallel}};
}

async function runIn(context: Context, world: World, applied: Applied): Promise<RunReport> {
  const {machine} = context;
  const {plan, only, flags} = applied;
  const run = newRun(world.looking.clock.now());
  const followers = follow(context, {run});
  const stage = new Stage(context, flags);
  const provenance = await context.provenance();
  const patience = sayThatItLooks(context, plan);
  const ended = await apply({
    ...(applied.recoverOnly && {recoverOnly: applied.recoverOnly}),
    ...{
      run,
      provenance,
      only,
      planner: applied.planner ?? world.planner,
      runner: world.runner,
      openLink: openLinkOf,
    },
    plan: withConcurrency(plan, flags.concurrency),
    rates: await ratesOf(context),
    owner: `${provenance.runner}:${machine.pid}`,
    lockWaitMs: flags.lockWaitMs,
    looking: world.looking,
    figuresOf: (text) => world.figuresOf(text),
    approve: (planned) => {
      patience.end();
      return stage.approve(planned, () => applied.approve(planned));
    },
    say: (event) => {
      patience.end();
      followers.on(event);
      stage.on(event);
    },
    intended: async () => followers.flush(),
    interrupts: {stop: machine.stop, leave: machine.leave},
  });
  const report: RunReport = {...ended, verb: context.verb};
  await stage.close();
  context.printer.problems(await followers.close(report), 'warning');
  context.printer.problems(problemsOfRun(report));
  context.printer.problems(stage.untold(report.warnings), 'warning');
  return report;
}

/** Brings the world in line with one plan, shows it, and keeps what happened. */
export async function applyPlan(context: Context, applied: Applied): Promise<RunReport> {
  const {printer, globals} = context;
  const world = await openWorld(context, applied.plan);
  try {
    const report = await runIn(context, world, applied);
    printer.result(renderSummary(report, printer.options.outAbility));
    if (globals.verbose) printer.note(renderTimeline(report, printer.options.errAbility));
    return report;
  } finally {
    await world.close();
  }
}
