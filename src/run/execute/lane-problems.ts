import type {Problem} from '../../base/problem.js';
import type {Lane} from '../../planner/steps/step.js';
import type {ContainerName} from '../../plan/plan.js';

export const interrupted = ({container}: Lane): Problem => ({
  kind: 'step',
  code: 'interrupted',
  container,
  message: `the move of "${container}" was interrupted`,
  remedy: 'run the same command again to go on',
});

/** The runner leaves while steps of the lane are under way. */
export const left = ({container}: Lane, steps: readonly string[]): Problem => ({
  kind: 'look',
  code: 'left-half-done',
  container,
  message: `left while ${steps.map((step) => `"${step}"`).join(', ')} ran`,
  remedy: 'run the same command again: it looks at both hosts, and finishes or undoes the move',
});

export const notBegun = (
  {container}: Lane,
  dependency: ContainerName,
  problem: Problem | undefined,
): Problem => ({
  kind: 'step',
  code: 'not-begun',
  container,
  message: `"${container}" was not begun, since "${dependency}", which it depends on, was not moved`,
  ...(problem && {because: [problem]}),
});

/** What ended one move badly may well end the next one between the same hosts. */
export const heldBack = (
  {container}: Lane,
  other: ContainerName,
  problem: Problem | undefined,
): Problem => ({
  kind: 'step',
  code: 'held-back',
  container,
  message: `"${container}" was not begun: the move of "${other}" between the same hosts ended where a person must look`,
  remedy: `put "${other}" right first, and run the same command again`,
  ...(problem && {because: [problem]}),
});

/** A move that needs itself; a checked plan has none. */
export const inCircle = ({container}: Lane): Problem => ({
  kind: 'plan',
  code: 'dependency-cycle',
  container,
  message: `"${container}" depends on itself through others`,
  remedy: 'take one of the "dependsOn" away',
});

export const undoFailed = (problem: Problem, title: string): Problem => ({
  ...problem,
  message: `not undone: ${title}: ${problem.message}`,
});

/** Something that is not supposed to happen must still leave every other lane its way back. */
export const bug = (thrown: unknown, container: ContainerName): Problem => ({
  kind: 'step',
  code: 'bug',
  container,
  message: `a mistake in cm: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
  remedy: 'please report it, with the report of this run',
  log: thrown instanceof Error ? (thrown.stack?.split('\n').slice(1, 8) ?? []) : [],
});

/** Somebody else has taken the container over: where it is now is not for this run to say. */
export const isOutranked = ({code}: Problem): boolean => code === 'lease-lost';
