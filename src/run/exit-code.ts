import {exitOfKinds, exits} from '../base/exit-codes.js';
import {isDone, type LaneResult} from './execute/lane-result.js';

const good = ({lane, outcome, problem}: LaneResult): boolean =>
  !problem && (isDone(outcome) || (outcome === 'back' && lane.kind === 'undo'));

/**
 * What the process ends with. 10 to 14 promise that nothing was touched, so they are given only when no lane has
 * changed anything. A lock is an exception: other lanes may have moved while a container that is locked was left alone.
 */
export function exitCode(results: readonly LaneResult[], wasInterrupted: boolean): number {
  if (results.some(({outcome}) => outcome === 'look')) return exits.look;
  const bad = results.filter((result) => !good(result));
  if (bad.length === 0) return exits.done;
  if (wasInterrupted) return exits.interrupted;
  const kinds = bad.flatMap(({problem, skipped}) => (problem && !skipped ? [problem.kind] : []));
  const untouched = (some: readonly LaneResult[]): boolean =>
    some.every(({outcome}) => outcome === 'untouched');
  const isLocked = kinds.length > 0 && kinds.every((kind) => kind === 'locked');
  if (isLocked ? !untouched(bad) : !untouched(results)) return exits.failed;
  return kinds.length > 0 ? exitOfKinds(kinds) : exits.failed;
}
