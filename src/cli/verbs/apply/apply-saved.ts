import type {Problem} from '../../../base/problem.js';
import {safeText} from '../../../report/safe-text.js';
import {runFields} from '../../../report/json/json-records.js';
import type {RunReport} from '../../../state/runner/run-report.js';
import {applyPlan} from '../../session/apply-plan.js';
import {askYes, cannotAsk} from '../../command-line/ask.js';
import type {Context} from '../../session/context.js';
import {exitOfRun, gravest} from '../../command-line/exit.js';
import type {ConfirmedRunFlags} from '../../command-line/options.js';
import {checkPlans} from '../../session/load-plans.js';
import {lookAtAll} from '../../session/look-at-all.js';
import {hooksNote} from '../../session/run-plans.js';
import {introduce, refuseChoice, whatMoved, type Saved} from '../../session/saved-plan.js';
import {choose} from '../../command-line/selection.js';

const refusalOf = ({machine}: Context, flags: ConfirmedRunFlags): Problem | undefined =>
  refuseChoice(flags) ?? (flags.yes ? undefined : cannotAsk(machine, 'apply'));

/** Shows what was saved, asks, and does exactly that, or nothing. */
export async function applySaved(
  context: Context,
  flags: ConfirmedRunFlags,
  given: Saved,
): Promise<number> {
  const {printer, machine, mask} = context;
  const saved = given.file;
  const refusal = refusalOf(context, flags);
  if (refusal) return context.fail([refusal]);
  for (const line of introduce(given)) printer.note(safeText(line));
  const read = await checkPlans(context, saved.files);
  if (!read.ok) return context.fail(read.error);
  const {plans} = read.value;
  const only = choose(plans, saved);
  if (!only.ok) return context.fail(only.error);
  const looked = await lookAtAll(context, plans, only.value);
  const moved = looked.flatMap(({planned}, index) => {
    const decided = saved.plans[index];
    return decided ? whatMoved(decided, planned) : [];
  });
  if (moved.length > 0) return context.fail(moved);
  const reports: RunReport[] = [];
  for (const [index, plan] of plans.entries()) {
    const decided = saved.plans[index];
    if (!decided || machine.stop.aborted) break;
    const report = await applyPlan(context, {
      ...{plan, only: only.value, flags},
      // The world may have moved since it was looked at a moment ago.
      approve: async (planned) => {
        const question = `apply plan "${plan.name}" as it was saved${hooksNote(planned)}?`;
        if (!flags.yes && !(await askYes(machine, mask.hide(question)))) return false;
        const since = whatMoved(decided, planned);
        printer.problems(since);
        return since.length === 0;
      },
    });
    reports.push(report);
  }
  printer.total({runs: reports.map(runFields)});
  return gravest(reports.map((report) => exitOfRun(report, machine.stop.aborted)));
}
