import type {Planned} from '../graph/change.js';
import {openLink} from '../hosts/open.js';
import type {Plan} from '../plan/plan.js';
import {plannedRecords} from '../report/json-records.js';
import {renderPlan} from '../report/plan-text.js';
import {problemsOfRun, renderSummary} from '../report/summary.js';
import type {View} from '../report/view.js';
import {apply} from '../run/apply.js';
import type {Listener} from '../run/events.js';
import type {OpenLink} from '../run/performance.js';
import type {RunReport} from '../state/run-report.js';
import type {Context} from './context.js';
import type {RunFlags} from './invocation.js';
import {keepRun} from './keep-run.js';
import {openView} from './open-view.js';
import type {Chosen} from './selection.js';
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
}

function withConcurrency(plan: Plan, parallel: number | undefined): Plan {
  return parallel === undefined ? plan : {...plan, limits: {...plan.limits, parallel}};
}

/** What is shown of a run while it goes on: each look's plan before it is done, and one view for each pass. */
function stageOf(context: Context, {flags, approve}: Applied) {
  const {printer, globals} = context;
  let shown: Planned | undefined;
  let view: View | undefined;
  const show = (planned: Planned): void => {
    if (planned === shown) return;
    shown = planned;
    for (const record of plannedRecords(planned)) printer.record(record);
    const {explain} = flags;
    printer.result(
      renderPlan(planned, {...printer.options.outAbility, explain, brief: globals.quiet}),
    );
  };
  const on: Listener = (event) => {
    if (event.type === 'run-started') show(event.planned);
    view?.on(event);
  };
  return {
    on,
    approve: async (planned: Planned): Promise<boolean> => {
      // A terminal shows one thing at a time: the view of the pass before ends here.
      await view?.close();
      view = undefined;
      show(planned);
      const approved = await approve(planned);
      if (approved) view = await openView(context, flags.view);
      return approved;
    },
    close: async (): Promise<void> => view?.close(),
  };
}

async function runIn(context: Context, world: World, applied: Applied): Promise<RunReport> {
  const {machine} = context;
  const {plan, only, flags} = applied;
  const run = newRun(world.looking.clock.now());
  const kept = keepRun(context, run);
  const stage = stageOf(context, applied);
  const provenance = await context.provenance();
  const report = await apply({
    ...{run, provenance, only, planner: world.planner, runner: world.runner, openLink: openLinkOf},
    plan: withConcurrency(plan, flags.concurrency),
    rates: await ratesOf(context),
    owner: `${provenance.runner}:${machine.pid}`,
    lockWaitMs: flags.lockWaitMs,
    looking: world.looking,
    figuresOf: (text) => world.figuresOf(text),
    approve: stage.approve,
    say: (event) => {
      kept.on(event);
      stage.on(event);
    },
    interrupts: {stop: machine.stop, leave: machine.leave},
  });
  await stage.close();
  await kept.close(report);
  return report;
}

/** Brings the world in line with one plan, shows it, and keeps what happened. */
export async function applyPlan(context: Context, applied: Applied): Promise<RunReport> {
  const {printer} = context;
  const world = await openWorld(context, applied.plan);
  try {
    const report = await runIn(context, world, applied);
    printer.problems(problemsOfRun(report));
    if (!printer.json) printer.problems(report.warnings, 'warning');
    printer.result(renderSummary(report, printer.options.outAbility));
    return report;
  } finally {
    await world.close();
  }
}
