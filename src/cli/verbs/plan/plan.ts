import {isOutOfSync, type Planned, problemsOf} from '../../../planner/change.js';
import {conflictsAmong} from '../../../planner/claims/plan-claims.js';
import {plannedRecords} from '../../../report/json/json-records.js';
import {renderPlan} from '../../../report/text/plan-text.js';
import {safeLogLine, safeText} from '../../../report/safe-text.js';
import type {Context} from '../../session/context.js';
import {exitOf, exits} from '../../command-line/exit.js';
import type {PlanFlags} from '../../command-line/options.js';
import {loadChosen} from '../../session/load-plans.js';
import {savePlan} from './save-plan.js';
import {
  findSaved,
  introduce,
  refuseChoice,
  savedAlready,
  savesChanges,
  type Saved,
} from '../../session/saved-plan.js';
import {lookAtAll} from '../../session/look-at-all.js';

export interface PlanOptions extends PlanFlags {
  /** Where the plan is saved. */
  readonly out?: string;
  /** Changes are an exit code of their own. */
  readonly detailed: boolean;
}

/** `cm plan`: what apply would do. */
export async function plan(context: Context, asked: PlanOptions): Promise<number> {
  const {printer} = context;
  const saved = await findSaved(context, asked);
  if (!saved.ok) return context.fail([saved.error]);
  if (saved.value) return showSaved(context, asked, saved.value);
  const loaded = await loadChosen(context, asked);
  if (!loaded.ok) return context.fail(loaded.error);
  printer.problems(loaded.value.warnings, 'warning');
  const all = await lookAtAll(context, loaded.value.plans, loaded.value.only);
  const text = all.map(({planned}) => show(context, planned, asked)).join('\n\n');
  printer.result(text);
  const refused = all.flatMap(({planned}) => problemsOf(planned.decisions));
  const conflicts = conflictsAmong(all.map(({planned}) => planned));
  printer.problems(conflicts);
  printer.annotate(refused);
  const planned = all.map((each) => each.planned);
  const unsaved =
    asked.out === undefined
      ? []
      : await savePlan(context, {
          ...asked,
          out: asked.out,
          files: loaded.value.files,
          planned,
          rendered: text,
        });
  printer.problems(unsaved);
  const problems = [...refused, ...conflicts, ...unsaved];
  const changes = all.some(({planned}) => planned.decisions.some(isOutOfSync));
  printer.total({changes, problems: problems.length});
  if (problems.length > 0) return exitOf(problems);
  return changes && asked.detailed ? exits.changes : exits.done;
}

/** A saved plan is shown as it was shown when it was saved; the world is not looked at. */
function showSaved({printer, fail}: Context, asked: PlanOptions, saved: Saved): number {
  const {name, file} = saved;
  const refusal = asked.out === undefined ? refuseChoice(asked) : savedAlready(name);
  if (refusal) return fail([refusal]);
  const {savedAt, cm, commit, plans, rendered} = file;
  const names = plans.map((each) => each.name);
  printer.record({type: 'saved-plan', file: name, savedAt, cm, commit, plans: names, rendered});
  // Anybody may have written the file.
  printer.result(rendered.split('\n').map(safeLogLine).join('\n'));
  const next = `shown as it was saved; "cm apply ${name}" looks again, asks, and does exactly what was saved, or nothing`;
  for (const line of [...introduce(saved), next]) printer.note(safeText(line));
  const changes = savesChanges(file);
  printer.total({changes});
  return changes && asked.detailed ? exits.changes : exits.done;
}

function show({printer, globals}: Context, planned: Planned, {explain}: PlanOptions): string {
  for (const record of plannedRecords(planned)) printer.record(record);
  const {outAbility} = printer.options;
  return renderPlan(planned, {...outAbility, explain, brief: globals.quiet});
}
