import type {Problem} from '../../../base/problem.js';
import type {Plan} from '../../../plan/plan.js';
import type {RunReport} from '../../../state/runner/run-report.js';
import {cannotAsk} from '../../command-line/ask.js';
import type {Context} from '../../session/context.js';
import {exits} from '../../command-line/exit.js';
import {namedRun} from '../../session/find-run.js';
import type {ConfirmedRunFlags} from '../../command-line/options.js';
import {loadPlans} from '../../session/load-plans.js';
import {runPlans} from '../../session/run-plans.js';
import {choose} from '../../command-line/selection.js';
import {stateFolder} from '../../session/state-folder.js';

export interface RollbackOptions extends ConfirmedRunFlags {
  readonly run: string;
}

const died = (run: string): Problem => ({
  kind: 'plan',
  code: 'no-report',
  message: `run "${run}" wrote no report: it died, or is still at it`,
  remedy: 'what it left half done is ended by "cm resume", from what the hosts show',
});

const otherPlan = (report: RunReport, files: readonly string[]): Problem => ({
  kind: 'plan',
  code: 'no-such-plan',
  message: `${files.join(', ')} has no plan "${report.plan.name}", which run ${report.run} applied`,
  remedy: `name the file that has it: "cm rollback ${report.run} FILE"`,
});

const saysOtherwise = ({name, file}: Plan): Problem => ({
  kind: 'plan',
  code: 'plan-says-otherwise',
  message: `plan "${name}" (${file}) still says otherwise`,
  remedy: 'change or suspend it, or the next apply moves them there again',
});

/** The plan with nothing in it but what that run has moved, each where it came from. */
function backwards(plan: Plan, report: RunReport): Plan {
  const came = new Map(
    report.containers.flatMap(({container, outcome, from}) =>
      outcome === 'moved' && from !== undefined ? [[container, from] as const] : [],
    ),
  );
  const containers = [...plan.containers].flatMap(([name, container]) => {
    const on = came.get(name);
    return on === undefined || !plan.hosts.has(on) ? [] : [[name, {...container, on}] as const];
  });
  return {...plan, suspend: false, containers: new Map(containers)};
}

/**
 * `cm rollback RUN`: what the run has moved is moved back, as carefully as it was moved: with
 * preflight, commit point and proof. The plan still says otherwise, so that is told.
 */
export async function rollback(context: Context, asked: RollbackOptions): Promise<number> {
  const {machine, home, printer} = context;
  const folder = stateFolder(machine.env, home);
  const kept = await namedRun(folder, asked.run);
  if (!kept.ok) return context.fail([kept.error]);
  const {report, run} = kept.value;
  if (!report) return context.fail([died(run)]);
  const refusal = asked.yes ? undefined : cannotAsk(machine, 'rollback');
  const files = asked.files.length > 0 ? asked.files : [report.plan.file];
  const loaded = await loadPlans(context, files);
  if (!loaded.ok) return context.fail(loaded.error);
  const plan = loaded.value.plans.find(({name}) => name === report.plan.name);
  if (!plan) return context.fail([otherPlan(report, files)]);
  if (refusal) return context.fail([refusal]);
  const back = backwards(plan, report);
  if (back.containers.size === 0) {
    printer.note(`run ${report.run} moved nothing that could be taken back`);
    return exits.done;
  }
  const only = choose([back], asked);
  if (!only.ok) return context.fail(only.error);
  const exit = await runPlans(context, {
    ...{plans: [back], only: only.value, flags: asked, word: 'move back what was moved by'},
  });
  printer.problems([saysOtherwise(plan)], 'warning');
  return exit;
}
