import {expect, test} from 'vitest';
import {describeStop, isLongStop, stopForecast} from '../../src/planner/steps/stop.js';
import {container, found} from './world.js';

const web = found('web', 'running', {stop: {signal: 15, timeoutMs: 10_000}});

const forecast = (timeoutMs: number | undefined, tookMs?: number) =>
  stopForecast(
    container('web', 'beta', timeoutMs === undefined ? {} : {stopTimeoutMs: timeoutMs}),
    web,
    undefined,
    tookMs,
  );

test.each([
  // as every container has it
  [undefined, undefined, 1000],
  [500, undefined, 500],
  // it is given more than engines give by themselves
  [60_000, undefined, 60_000],
  [60_000, 4200, 4200],
  [undefined, 4200, 4200],
  // it is not waited for longer
  [2000, 4200, 2000],
])('given %s ms, it took %s before: %i ms are expected', (timeoutMs, tookMs, expected) => {
  const stop = forecast(timeoutMs, tookMs);
  expect(stop.expectedMs).toBe(expected);
  expect(isLongStop(stop)).toBe(expected > 1000);
});

test('what stops took before is told with what they may take', () => {
  expect(describeStop(forecast(60_000, 4200), 'alpha')).toBe(
    'may take up to 60.0 s to stop by SIGTERM (it took 4.2 s before); if it takes longer it stays on alpha',
  );
});
