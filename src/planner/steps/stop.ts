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
  const {command, read} = making.moves.source.stop;
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
  /** How long the forecast of the downtime takes it to be. */
  readonly expectedMs: number;
  /** What earlier stops of it took; absent where none is known. */
  readonly tookMs?: number;
}

/** What most programs need to stop. */
const usualMs = 1000;

/** The time that engines give by themselves. Who gives more expects that it is needed. */
const givenMs = 10_000;

export const isLongStop = ({expectedMs}: StopForecast): boolean => expectedMs > usualMs;

function expectedOf(timeoutMs: number, tookMs: number | undefined): number {
  if (tookMs !== undefined) return Math.min(timeoutMs, tookMs);
  return timeoutMs > givenMs ? timeoutMs : Math.min(timeoutMs, usualMs);
}

/** `tookMs`: what earlier stops of it took, where that is known. */
export function stopForecast(
  container: Container,
  observed: ObservedContainer,
  weight: Weight | undefined,
  tookMs?: number,
): StopForecast {
  const policy = stopPolicy(observed, stopPolicyOf(container));
  const isUnheard = weight?.heedsStop === false;
  const timeoutMs = isUnheard ? 0 : policy.timeoutMs;
  return {
    signal: signalName(stopOf(observed).signal),
    timeoutMs,
    expectedMs: expectedOf(timeoutMs, tookMs),
    ...(tookMs !== undefined && {tookMs}),
    then: isUnheard ? 'unheard' : policy.then,
    others: Math.max(0, (weight?.processes ?? 1) - 1),
  };
}

/** `may take up to 10.0 s to stop by SIGTERM (it took 4.2 s before); if it takes longer it stays on alpha` */
export function describeStop(
  {signal, timeoutMs, tookMs, then, others}: StopForecast,
  host: string,
): string {
  const before = tookMs === undefined ? '' : ` (it took ${inSeconds(tookMs)} before)`;
  switch (then) {
    case 'unheard':
      return `its first process does not handle ${signal}: it is killed at once${others === 0 ? '' : `, and with it ${others === 1 ? 'another process' : `${others} more processes`}`}`;
    case 'kill':
      return timeoutMs === 0
        ? 'it is killed at once'
        : `may take up to ${inSeconds(timeoutMs)} to stop by ${signal}${before}, and is killed then`;
    case 'abort':
      return `may take up to ${inSeconds(timeoutMs)} to stop by ${signal}${before}; if it takes longer it stays on ${host}`;
  }
}
