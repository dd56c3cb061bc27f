import type {ProblemKind} from '../base/problem.js';
import {isDone, type LaneResult} from './lane-result.js';

const byKind: Readonly<Record<ProblemKind, number>> = {
  step: 1,
  look: 3,
  plan: 10,
  locked: 11,
  unreachable: 12,
  declined: 13,
  preflight: 14,
};

export const INTERRUPTED = 130;

const good = ({lane, outcome, problem}: LaneResult): boolean =>
  !problem && (isDone(outcome) || (outcome === 'back' && lane.kind === 'undo'));

/**
 * What the process ends with. 11, 12 and 14 promise that nothing was touched, so they are given only
 * when every failed lane failed for that reason and no lane has changed anything.
 */
export function exitCode(results: readonly LaneResult[], wasInterrupted: boolean): number {
  if (results.some(({outcome}) => outcome === 'look')) return byKind.look;
  const bad = results.filter((result) => !good(result));
  if (bad.length === 0) return 0;
  if (wasInterrupted) return INTERRUPTED;
  const kinds = new Set(
    bad.flatMap(({problem, skipped}) => (problem && !skipped ? [problem.kind] : [])),
  );
  const [kind, another] = [...kinds];
  const untouched = results.every(({outcome}) => outcome === 'untouched');
  if (
    kind === 'locked' &&
    another === undefined &&
    bad.every(({outcome}) => outcome === 'untouched')
  )
    return byKind.locked;
  if (kind === undefined || another !== undefined || !untouched) return byKind.step;
  return byKind[kind];
}

/** The exit code of problems that ended a run before its first lane: the gravest decides. */
export function exitOfProblems(kinds: readonly ProblemKind[]): number {
  const order = ['look', 'plan', 'locked', 'unreachable', 'preflight', 'declined'] as const;
  const first = order.find((kind) => kinds.includes(kind));
  return byKind[first ?? 'step'];
}
