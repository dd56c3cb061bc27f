import {enginesOf} from '../../src/engines/registry.js';
import {expect, test} from 'vitest';
import {podman} from '../../src/engines/podman/podman.js';
import {planMoves} from '../../src/planner/plan-moves.js';
import {stand} from '../../src/planner/situation/stand.js';
import {ownPolicy} from '../../src/planner/situation/wanted.js';
import type {ObservedContainer} from '../../src/engines/facts.js';
import type {WantedState} from '../../src/plan/plan.js';
import type {MoveRecord} from '../../src/state/host/observed.js';
import {fakeEngine} from '../rig/fake-engine.js';
import {container, found, living, observed, plan, record, survey, view} from './world.js';

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
  [undefined, 'paused', ['cold']],
  [undefined, 'running', []],
  ['running', 'paused', []],
  ['stopped', 'paused', []],
] as const)('wanted %s, %s elsewhere, moved cold: refused %o', (wanted, state, expected) => {
  const redis = container('redis', 'beta', {strategy: ['cold'], ...(wanted && {state: wanted})});
  const {decisions} = planMoves({
    plan: plan([redis]),
    observed: observed(
      {...living('alpha', found('redis', state)), survey: survey()},
      view('beta', {survey: survey()}),
    ),
    engines: enginesOf([fakeEngine]),
    ...{run: 'r1', at: '2026-01-01T00:00:00Z'},
  });
  const [decision] = decisions;
  const fell = decision?.action === 'refused' ? (decision.fell ?? []) : [];
  expect(fell.map(({strategy}) => strategy)).toEqual(expected);
  for (const {refusals} of fell) expect(refusals.map(({code}) => code)).toEqual(['paused']);
});

test('what was written down of another container of its name is not put upon it', () => {
  const records = [record('arrived', {stopped: {restartPolicy: 'always'}})];
  const another = found('redis', 'running', {...quiet, id: 'id-of-another'});
  expect(standing('running', another, records)).toBe('settled');
  expect(ownPolicy(another, records[0])).toBe('no');
  expect(ownPolicy(another, record('arrived', {...records[0], made: another.id}))).toBe('always');
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

test('parked, and nothing but what is kept is left of it: its memory is brought, whatever is wanted', () => {
  const redis = container('redis', 'beta');
  const beta = view('beta', {records: [record('parked', {kept})]});
  const draft = stand(plan([redis]), observed(view('alpha'), beta), redis);
  expect(draft).toMatchObject({kind: 'bring', record: {kept}, keeper: beta, to: beta});
  expect(draft).not.toHaveProperty('found');
});

test('parked, and belongs elsewhere: its memory is brought there', () => {
  const redis = container('redis', 'beta', {state: 'parked'});
  const here = found('redis', 'checkpointed', quiet);
  const alpha = view('alpha', {
    look: {version: '5', containers: [here]},
    records: [record('parked', {kept})],
  });
  const there = view('beta');
  const draft = stand(plan([redis]), observed(alpha, there), redis);
  expect(draft).toMatchObject({kind: 'bring', keeper: alpha, to: there, found: {container: here}});
  // Where it runs already, what is kept is of the past; where there is another one of it, nobody guesses.
  const running = living('beta', found('redis'));
  expect(stand(plan([redis]), observed(alpha, running), redis)).toMatchObject({what: 'park'});
  const stopped = living('beta', found('redis', 'stopped', {...quiet, id: 'other'}));
  const free = container('redis', 'gamma');
  const three = plan([free], ['alpha', 'beta', 'gamma']);
  expect(stand(three, observed(alpha, stopped, view('gamma')), free)).toMatchObject({
    problem: {code: 'found-twice'},
  });
});

test('started since it was parked, and ended again: its memory of then is not what it was', () => {
  const described = found('redis', 'running');
  const records = [record('parked', {kept: {...kept, described}})];
  const later = found('redis', 'stopped', {...quiet, startedAt: '2026-02-02T00:00:00Z'});
  expect(standing('running', later, records)).toBe('start');
  expect(standing('running', found('redis', 'stopped', quiet), records)).toBe('bring');
});

test('an old move says that it was on its way to where it is parked: a person looks', () => {
  const redis = container('redis', 'beta');
  const alpha = view('alpha', {
    look: {version: '5', containers: [found('redis', 'checkpointed')]},
    records: [record('leaving')],
  });
  const beta = view('beta', {
    look: {version: '5', containers: [found('redis', 'checkpointed', {id: 'new'})]},
    records: [record('parked', {id: 'new', kept})],
  });
  expect(stand(plan([redis]), observed(alpha, beta), redis)).toMatchObject({
    problem: {code: 'move-unclear'},
  });
});

test('what it was parked upon is gone: nothing is started, and a person looks', () => {
  const redis = container('redis', 'beta', {state: 'running'});
  const beta = view('beta', {
    look: {version: '5', containers: [found('redis', 'checkpointed', quiet)]},
    records: [record('parked', {kept})],
    survey: survey(),
  });
  const planned = planMoves({
    plan: plan([redis]),
    observed: observed(view('alpha'), beta),
    engines: enginesOf([podman]),
    run: 'r1',
    at: '2026-01-01T00:00:00Z',
  });
  expect(planned.graph.lanes).toEqual([]);
  expect(planned.decisions).toMatchObject([{problems: [{kind: 'look', code: 'memory-gone'}]}]);
});
