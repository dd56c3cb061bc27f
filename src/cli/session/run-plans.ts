import {plural} from '../../report/text/columns.js';
import {runFields} from '../../report/json/json-records.js';
import type {Problem} from '../../base/problem.js';
import {hooksIn} from '../../planner/steps/all-steps.js';
import type {Planned} from '../../planner/change.js';
import {conflictsAmong} from '../../planner/claims/plan-claims.js';
import {describeAll} from '../../planner/claims/overwrites.js';
import type {Plan} from '../../plan/plan.js';
import type {Planner} from '../../run/make-plan.js';
import type {RunReport} from '../../state/runner/run-report.js';
import {askYes} from '../command-line/ask.js';
import type {Context} from './context.js';
import {exitOfRun, exits, gravest} from '../command-line/exit.js';
import type {ConfirmedRunFlags} from '../command-line/options.js';
import {lookAtAll} from './look-at-all.js';
import type {Chosen} from '../command-line/selection.js';

export interface RunningPlans {
  readonly plans: readonly Plan[];
  readonly only: Chosen;
  readonly flags: ConfirmedRunFlags;
  /** The beginning of the question: `apply`. */
  readonly word: string;
  /** Ends interrupted moves, and begins none. */
  readonly recoverOnly?: true;
  readonly planner?: Planner;
}

/** Programs of the plan's author that run on this machine are named in the question itself. */
export function hooksNote({graph}: Planned): string {
  const hooks = hooksIn(graph);
  const here = hooks.filter(({host}) => host === 'runner').length;
  if (hooks.length === 0) return '';
  return `, which has ${plural(hooks.length, 'hook')} (${here} on this machine)`;
}

/** What is asked before anything is changed. */
function questionOf(word: string, planned: Planned): string {
  const {plan, decisions} = planned;
  const overwrites = decisions.flatMap((each) =>
    each.action === 'move' ? each.change.overwrites : [],
  );
  const all = describeAll(overwrites);
  return `${word} plan "${plan.name}"${hooksNote(planned)}${all === undefined ? '' : `, which ${all}`}?`;
}

/** What later plans would take from earlier ones is found before any of them begins. */
async function findConflicts(
  context: Context,
  plans: readonly Plan[],
  only: Chosen,
): Promise<readonly Problem[]> {
  if (plans.length < 2) return [];
  const all = await lookAtAll(context, plans, only);
  return conflictsAmong(all.map(({planned}) => planned));
}

/** One plan after the other: shown, asked for, carried out, and told in one summary. */
export async function runPlans(
  context: Context,
  {plans, only, flags, word, recoverOnly, planner}: RunningPlans,
): Promise<number> {
  const {machine, mask, printer} = context;
  const conflicts = recoverOnly || planner ? [] : await findConflicts(context, plans, only);
  if (conflicts.length > 0) return context.fail(conflicts);
  const {applyPlan} = await import('./apply-plan.js');
  const reports: RunReport[] = [];
  for (const plan of plans) {
    if (machine.stop.aborted) break;
    const approve = async (planned: Planned): Promise<boolean> =>
      flags.yes || askYes(machine, mask.hide(questionOf(word, planned)));
    const how = {
      plan,
      only,
      flags,
      approve,
      ...(recoverOnly && {recoverOnly}),
      ...(planner && {planner}),
    };
    reports.push(await applyPlan(context, how));
  }
  printer.total({runs: reports.map(runFields)});
  const {aborted} = machine.stop;
  if (aborted && reports.length === 0) return exits.interrupted;
  return gravest(reports.map((report) => exitOfRun(report, aborted)));
}
