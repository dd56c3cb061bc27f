import {type Ahead, floorMs, ownTargetMs, smallMemory, type Course} from './converge.js';
import type {Refusal} from '../../engines/engine.js';
import type {Budget, Container, Strategy} from '../../plan/plan.js';
import {inMebibytes, inSeconds} from '../amounts.js';
import type {Rates} from './predict.js';

/** Pre-copy sends no more than this many times the memory where the plan does not say. */
const mostSent = 3;

/** The same as in Xen's, p.haul's and go-criu's loops, give or take. */
const mostRounds = 8;

export const tooSmall = 'state-too-small';

/** Why no number of rounds would help, which is known before the first. */
export function aheadRefusals(
  {downtimeMs}: Budget,
  memory: number,
  rates: Rates,
): readonly Refusal[] {
  const floor = floorMs(memory, rates);
  if (downtimeMs !== undefined && downtimeMs < floor)
    return [
      {
        code: 'budget-below-floor',
        message: `no pre-copy gets under ${inSeconds(floor)}, since all of its ${inMebibytes(memory)} are restored while it stands still, and its budget is ${inSeconds(downtimeMs)} (${rates.source})`,
        remedy: 'raise the budget for the downtime, or make the container hold less memory',
      },
    ];
  const saves = (memory / rates.stream) * 1000;
  if (memory >= smallMemory && saves >= rates.fixedMs) return [];
  return [
    {
      code: tooSmall,
      message: `its ${inMebibytes(memory)} of memory are sent in ${inSeconds(saves)}, so copying them ahead is not worth the rounds (${rates.source})`,
      remedy: 'nothing has to be done: stateful is as good here',
    },
  ];
}

/** `rest`: strategies further down the ladder that can be done. */
export function aheadOf(
  {budget, onNoConverge}: Container,
  memory: number,
  rates: Rates,
  rest: readonly Strategy[],
): Ahead {
  const {downtimeMs, totalMs, maxSent = mostSent * memory, maxRounds = mostRounds} = budget;
  const course: Course = {
    memory,
    rates,
    target:
      downtimeMs === undefined
        ? {ms: ownTargetMs(memory, rates), of: 'floor'}
        : {ms: downtimeMs, of: 'budget'},
    ...(totalMs !== undefined && {totalMs}),
    maxSent,
    maxRounds,
  };
  const wanted = onNoConverge ?? (downtimeMs === undefined ? 'cutover' : 'next-strategy');
  return {course, stuck: wanted === 'next-strategy' ? nextOf(rest) : wanted};
}

function nextOf([next]: readonly Strategy[]): Ahead['stuck'] {
  if (next === undefined) return 'abort';
  return next === 'stateful' ? 'stateful' : 'next';
}
