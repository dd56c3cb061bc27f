import {isOutOfSync, type Planned} from '../graph/change.js';
import {conflictsAmong} from '../graph/plan-claims.js';
import {plannedRecords} from '../report/json-records.js';
import {renderPlan} from '../report/plan-text.js';
import type {Context} from './context.js';
import {exitOf, exits} from './exit.js';
import type {Invocation} from './invocation.js';
import {loadChosen} from './load-plans.js';
import {savePlan} from './save-plan.js';
import {lookAtAll} from './look-at-all.js';

type Asked = Invocation & {readonly verb: 'plan'};

/** `cm plan`: what apply would do. */
export async function plan(context: Context, asked: Asked): Promise<number> {
  const {printer} = context;
  const loaded = await loadChosen(context, asked);
  if (!loaded.ok) return context.fail(loaded.error);
  printer.problems(loaded.value.warnings, 'warning');
  const all = await lookAtAll(context, loaded.value.plans, loaded.value.only);
  const text = all.map(({planned}) => show(context, planned, asked)).join('\n\n');
  printer.result(text);
  const refused = all.flatMap(({planned}) =>
    planned.standings.flatMap((each) => (each.kind === 'problem' ? each.problems : [])),
  );
  const conflicts = conflictsAmong(all.map(({planned}) => planned));
  printer.problems(conflicts);
  for (const problem of refused) printer.annotate(problem);
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
  const changes = all.some(({planned}) => planned.standings.some(isOutOfSync));
  printer.total({changes, problems: problems.length});
  if (problems.length > 0) return exitOf(problems);
  return changes && asked.detailed ? exits.changes : exits.done;
}

function show({printer, globals}: Context, planned: Planned, {explain}: Asked): string {
  for (const record of plannedRecords(planned)) printer.record(record);
  const {outAbility} = printer.options;
  return renderPlan(planned, {...outAbility, explain, brief: globals.quiet});
}
