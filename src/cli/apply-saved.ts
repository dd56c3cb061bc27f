import {runFields} from '../report/json-records.js';
import type {RunReport} from '../state/run-report.js';
import {applyPlan} from './apply-plan.js';
import type {Context} from './context.js';
import {gravest} from './exit.js';
import type {RunFlags} from './invocation.js';
import {checkPlans} from './load-plans.js';
import {lookAtAll} from './look-at-all.js';
import {whatMoved, type SavedFile} from './saved-plan.js';
import {choose} from './selection.js';

/** Does what was saved, and was looked at by somebody then: it asks nothing, and does nothing else. */
export async function applySaved(
  context: Context,
  flags: RunFlags,
  saved: SavedFile,
): Promise<number> {
  const {printer, machine} = context;
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
      approve: (planned) => {
        const since = whatMoved(decided, planned);
        printer.problems(since);
        return Promise.resolve(since.length === 0);
      },
    });
    reports.push(report);
  }
  printer.total({runs: reports.map(runFields)});
  return gravest(reports.map(({exit}) => exit));
}
