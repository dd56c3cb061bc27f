import {expect, test} from 'vitest';
import {stand} from '../../src/graph/stand.js';
import type {ObservedContainer} from '../../src/engines/facts.js';
import type {WantedState} from '../../src/plan/plan.js';
import type {MoveRecord} from '../../src/state/observed.js';
import {container, found, observed, plan, record, view} from './world.js';

const kept = {id: '20260101T000000Z-0a1b2c', folder: '/k'};

function standing(
  state: WantedState | undefined,
  here: ObservedContainer,
  records: readonly MoveRecord[] = [],
): string {
  const redis = container('redis', 'beta', state && {state});
  const beta = view('beta', {look: {version: '5', containers: [here]}, records});
  const draft = stand(plan([redis]), observed(view('alpha'), beta), redis);
  if (draft.kind === 'problem') return draft.problem.code;
  return draft.kind === 'turn' ? draft.what : draft.kind;
}

const quiet = {restartPolicy: 'no'};

test.each([
  // as it is found
  [undefined, 'running', 'settled'],
  [undefined, 'stopped', 'settled'],
  [undefined, 'checkpointed', 'settled'],
  ['running', 'running', 'settled'],
  ['running', 'paused', 'settled'],
  ['running', 'stopped', 'start'],
  ['running', 'created', 'start'],
  // its memory would be lost
  ['running', 'checkpointed', 'frozen'],
  ['stopped', 'running', 'stop'],
  ['stopped', 'paused', 'stop'],
  // its engine would start it
  ['stopped', 'stopped', 'stop'],
  ['parked', 'running', 'park'],
  ['parked', 'stopped', 'nothing-to-park'],
  ['parked', 'checkpointed', 'frozen'],
] as const)('wanted %s, found %s: %s', (wanted, state, expected) => {
  expect(standing(wanted, found('redis', state))).toBe(expected);
});

test('stopped, and its engine does not start it: nothing to do', () => {
  expect(standing('stopped', found('redis', 'stopped', quiet))).toBe('settled');
  expect(standing('stopped', found('redis', 'checkpointed', quiet))).toBe('settled');
});

test('it runs, and has not got its restart policy back: that is still to be done', () => {
  const records = [record('arrived', {stopped: {restartPolicy: 'always'}})];
  expect(standing('running', found('redis', 'running', quiet), records)).toBe('start');
  expect(standing(undefined, found('redis', 'running', quiet), records)).toBe('settled');
});

test.each([
  [undefined, 'settled'],
  ['parked', 'settled'],
  ['stopped', 'settled'],
  ['running', 'bring'],
] as const)('parked, wanted %s: %s', (wanted, expected) => {
  for (const state of ['stopped', 'checkpointed'] as const)
    expect(standing(wanted, found('redis', state, quiet), [record('parked', {kept})])).toBe(
      expected,
    );
});

test('parked, and somebody started it, or made another one of its name: what is written down is of the past', () => {
  const records = [record('parked', {kept})];
  expect(standing('parked', found('redis', 'running'), records)).toBe('park');
  expect(standing('running', found('redis', 'running'), records)).toBe('settled');
  expect(standing('running', found('redis', 'stopped', {id: 'other'}), records)).toBe('start');
});
