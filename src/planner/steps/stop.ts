import type {StopPolicy} from '../../engines/engine.js';
import type {ObservedContainer, Weight} from '../../engines/facts.js';
import {signalName, stopOf, stopPolicy} from '../../engines/stop.js';
import type {Container} from '../../plan/plan.js';
import {inSeconds} from '../amounts.js';
import type {Making} from './making.js';
import {judging} from './prove.js';
import type {Act} from './step.js';

/** What the plan says of it. */
export const stopPolicyOf = ({stopTimeoutMs, onStopTimeout = 'abort'}: Container): StopPolicy => ({
  ...(stopTimeoutMs !== undefined && {timeoutMs: stopTimeoutMs}),
  then: onStopTimeout,
});

/** Stopped as the plan says; that it was not stopped in time is a failure. */
export function stopAct(making: Making, host: string): Act {
  const {command, read} = making.moves.stop;
  const judge = judging(
    making,
    host,
    'stop-timeout',
    read,
    'say a longer `stopTimeout`, or `onStopTimeout: kill` where it may be killed then, and apply again',
  );
  return {kind: 'run', host, command, judge};
}

/** What a stop will be like, as far as it can be known before. */
export interface StopForecast {
  readonly signal: string;
  /** The longest that it is waited for; 0 where it is killed at once. */
  readonly timeoutMs: number;
  /** `unheard`: it is killed at once, since its first process does not handle the signal. */
  readonly then: 'abort' | 'kill' | 'unheard';
  /** Processes besides the first one, which are killed with it. */
  readonly others: number;
}

export function stopForecast(
  container: Container,
  observed: ObservedContainer,
  weight: Weight | undefined,
): StopForecast {
  const {timeoutMs, then} = stopPolicy(observed, stopPolicyOf(container));
  const isUnheard = weight?.heedsStop === false;
  return {
    signal: signalName(stopOf(observed).signal),
    timeoutMs: isUnheard ? 0 : timeoutMs,
    then: isUnheard ? 'unheard' : then,
    others: Math.max(0, (weight?.processes ?? 1) - 1),
  };
}

/** `stops by SIGTERM within 10s, or is left running on alpha` */
export function describeStop(
  {signal, timeoutMs, then, others}: StopForecast,
  host: string,
): string {
  switch (then) {
    case 'unheard':
      return `its first process does not handle ${signal}: it is killed at once${others === 0 ? '' : `, and with it ${others === 1 ? 'another process' : `${others} more processes`}`}`;
    case 'kill':
      return timeoutMs === 0
        ? 'it is killed at once'
        : `may take up to ${inSeconds(timeoutMs)} to stop by ${signal}, and is killed then`;
    case 'abort':
      return `may take up to ${inSeconds(timeoutMs)} to stop by ${signal}; if it takes longer it stays on ${host}`;
  }
}
