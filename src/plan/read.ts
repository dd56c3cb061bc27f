import type {Problem} from '../base/problem.js';
import {err, ok, type Result} from '../base/result.js';
import {checkDocuments, type PlansRead} from './check/documents.js';
import type {PlanSettings} from './build-plan.js';
import {findUnreadable} from './parse/guard.js';
import type {Environment, OnVariable} from './parse/interpolate.js';
import {createSource} from './parse/source.js';

export type {PlansRead};

/** What reading a plan needs to know of the world. */
export interface PlanWorld extends Omit<PlanSettings, 'file'> {
  /** For `${VAR}`. */
  readonly env: Environment;
  readonly onVariable?: OnVariable;
}

/** Shown at most; a file with more has one cause. */
const mostProblems = 100;

function limit(problems: readonly Problem[]): readonly Problem[] {
  if (problems.length <= mostProblems) return problems;
  const message = `${problems.length - mostProblems} more problems in this file are not shown`;
  return [...problems.slice(0, mostProblems), {kind: 'plan', code: 'more-problems', message}];
}

const byPlace = ({place: one}: Problem, {place: two}: Problem): number =>
  (one?.line ?? 0) - (two?.line ?? 0) || (one?.column ?? 0) - (two?.column ?? 0);

/**
 * Reads the plans of a file, one for each YAML document. `file` is what the user called it and stands in
 * messages. All problems are found at once; with any of them there are no plans. Never throws.
 */
export async function readPlans(
  file: string,
  text: string,
  world: PlanWorld,
): Promise<Result<PlansRead, readonly Problem[]>> {
  const source = createSource(file, text);
  const unreadable = findUnreadable(source);
  if (unreadable) return err([unreadable]);
  const {parseWithPlaces} = await import('./parse/parse.js');
  const parsed = parseWithPlaces(source);
  const read = checkDocuments(parsed.documents, {...world, file: source.file});
  const problems = [...parsed.problems, ...read.problems];
  if (problems.length > 0) return err(limit(problems.toSorted(byPlace)));
  return ok({plans: read.plans, warnings: limit(read.warnings)});
}
