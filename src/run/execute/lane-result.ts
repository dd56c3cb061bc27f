import type {Problem} from '../../base/problem.js';
import type {Lane, Step} from '../../planner/steps/step.js';
import type {HostName} from '../../plan/plan.js';
import type {LaneOutcome, Emit} from '../events.js';

/** How a lane ended, whether it was begun or not. */
export interface LaneResult {
  readonly lane: Lane;
  readonly outcome: LaneOutcome;
  readonly where: readonly HostName[];
  readonly downtimeMs?: number;
  readonly problem?: Problem;
  /** It was not begun because of something that is told elsewhere. */
  readonly skipped?: true;
}

/** Where it is as far as this run can tell; two hosts, when somebody must look. */
export function whereOf({kind, from, to}: Lane, outcome: LaneOutcome): readonly HostName[] {
  if (outcome === 'look' || (outcome === 'untouched' && kind !== 'move')) return [from, to];
  return [isDone(outcome) ? to : from];
}

const notDone: ReadonlySet<LaneOutcome> = new Set(['back', 'untouched', 'look']);

export const isDone = (outcome: LaneOutcome): boolean => !notDone.has(outcome);

/** Tells it. */
export function sayLane(say: Emit, at: number, result: LaneResult): void {
  const {lane, outcome, where, downtimeMs, problem} = result;
  say({
    type: 'lane-settled',
    at,
    container: lane.container,
    outcome,
    where,
    ...(downtimeMs !== undefined && {downtimeMs}),
    ...(problem && {problem}),
  });
}

export const unbegun = (lane: Lane, problem: Problem, skipped?: true): LaneResult => ({
  lane,
  outcome: 'untouched',
  where: whereOf(lane, 'untouched'),
  problem,
  ...(skipped && {skipped}),
});

/** Acts that change nothing for a container; a lane that failed in one of them is untouched. */
export const harmless = ({act}: Step): boolean =>
  act.kind === 'lease' || act.kind === 'confirm' || (act.kind === 'run' && act.reads === true);
