import {enginesOf} from '../../src/engines/registry.js';
import {beforeEach, describe, expect, it} from 'vitest';
import type {Clock} from '../../src/base/clock.js';
import {ok} from '../../src/base/result.js';
import {planMoves} from '../../src/planner/plan-moves.js';
import {questions} from '../../src/planner/questions.js';
import type {Container, Hook, Plan} from '../../src/plan/plan.js';
import {apply, type Applying} from '../../src/run/apply.js';
import type {Event} from '../../src/run/events.js';
import {entryOf} from '../../src/run/journal-events.js';
import {acquire} from '../../src/state/host/lease.js';
import {writeRecord} from '../../src/state/host/records.js';
import {container, plan} from '../planner/world.js';
import {fakeEngine} from '../rig/fake-engine.js';
import {FakeWorld, type FakeContainer} from '../rig/fake-world.js';
import {record} from '../rig/record.js';

const there = (more: Partial<FakeContainer> = {}): FakeContainer => ({
  id: 'abc',
  state: 'running',
  restored: false,
  memory: 7,
  policy: 'no',
  ...more,
});

let world: FakeWorld;
let events: Event[];
/** The plans that were asked for approval, by their lanes. */
let asked: string[];

beforeEach(() => {
  world = new FakeWorld(['alpha', 'beta']);
  world.host('alpha').containers.set('redis', there());
  events = [];
  asked = [];
});

/** Time that a heartbeat waits for does not come; all other time passes at once. */
const clock: Clock = {
  now: () => world.now,
  sleep: async (ms, signal) => {
    if (ms < 10_000 || signal?.aborted) world.now += ms;
    else await new Promise((resolve) => signal?.addEventListener('abort', resolve, {once: true}));
  },
};

async function bring(
  containers: readonly Container[],
  {planned = {}, ...more}: Partial<Applying> & {readonly planned?: Partial<Plan>} = {},
) {
  return apply({
    plan: {...plan(containers), ...planned},
    run: 'r2',
    provenance: {cm: '1', node: '20', runner: 'ann@desk', commit: 'c0ffee'},
    owner: 'ann@desk',
    lockWaitMs: 0,
    looking: {
      transportOf: async (name) => Promise.resolve(ok(world.transport(name))),
      engines: enginesOf([fakeEngine]),
      clock,
    },
    planner: {questions, planMoves},
    runner: world.transport('alpha'),
    openLink: async (from, to, {receivers}) =>
      Promise.resolve(ok(world.link(from.host, to.host, receivers))),
    figuresOf: () => undefined,
    approve: async ({graph}) => {
      asked.push(graph.lanes.map(({kind, container: name}) => `${kind} ${name}`).join(', '));
      return Promise.resolve(true);
    },
    say: (event) => events.push(event),
    ...more,
  });
}

const redis = container('redis', 'beta', {strategy: ['stateful']});

const types = () => events.map(({type}) => type);

/** What an interrupted move leaves on its source before the freeze. */
async function interrupted(name: string): Promise<void> {
  const left = {container: name, run: 'r1', id: 'abc', mounts: []};
  await world.transport('alpha').run(writeRecord(record({...left, phase: 'leaving'})));
}

describe('apply', () => {
  it('moves, and tells what it did', async () => {
    const report = await bring([redis]);
    expect(report).toMatchObject({
      format: 1,
      run: 'r2',
      exit: 0,
      provenance: {commit: 'c0ffee'},
      problems: [],
      inFlight: [],
      containers: [
        {
          container: 'redis',
          outcome: 'moved',
          from: 'alpha',
          to: 'beta',
          strategy: 'stateful',
          where: ['beta'],
          bytes: 1,
        },
      ],
    });
    expect(report.containers[0]?.predicted?.how).toBeTypeOf('string');
    expect(report.timeline.find(({step}) => step === 'redis/commit')).toMatchObject({
      outcome: 'done',
      undo: false,
    });
    expect(types()[0]).toBe('run-started');
    expect(events.at(-1)).toMatchObject({type: 'run-settled', exit: 0});
    expect(asked).toEqual(['move redis']);
  });

  it('asks for nothing and changes nothing when all is where it belongs', async () => {
    const report = await bring([container('redis', 'alpha')]);
    expect(report).toMatchObject({exit: 0, containers: [{outcome: 'settled', where: ['alpha']}]});
    expect(asked).toEqual([]);
    expect(types()).toEqual(['run-started', 'run-settled']);
    expect(world.changing).toBe(0);
  });

  it('touches nothing when it is declined', async () => {
    const report = await bring([redis], {approve: async () => Promise.resolve(false)});
    expect(report).toMatchObject({
      exit: 13,
      problems: [{code: 'declined'}],
      containers: [{outcome: 'planned'}],
    });
    expect(world.changing).toBe(0);
  });

  it('touches nothing when one of all the moves cannot be made', async () => {
    const report = await bring([redis, container('ghost', 'beta')]);
    expect(report).toMatchObject({exit: 14, problems: [{code: 'not-found'}]});
    expect(report.containers.map(({outcome}) => outcome)).toEqual(['planned', 'refused']);
    expect(world.changing).toBe(0);
    expect(asked).toEqual([]);
  });

  it('does not apply a suspended plan', async () => {
    const report = await bring([redis], {planned: {suspend: true}});
    expect(report).toMatchObject({exit: 0, warnings: [{code: 'suspended'}]});
    expect(world.sent).toBe(0);
  });

  it('touches nothing when it was interrupted while it looked', async () => {
    const report = await bring([redis], {interrupts: {stop: AbortSignal.abort()}});
    expect(report.exit).toBe(130);
    expect(world.changing).toBe(0);
  });

  it('ends with 11 and touches nothing when somebody else has the lease', async () => {
    const other = {run: 'r9', owner: 'bob@lap', plan: 'p', name: 'redis', since: 'noon'};
    await world.transport('beta').run(acquire(other));
    const report = await bring([redis]);
    expect(report).toMatchObject({
      exit: 11,
      containers: [{outcome: 'untouched', where: ['alpha']}],
    });
    expect(report.containers[0]?.problems?.[0]?.message).toContain('bob@lap');
    expect(world.host('alpha').leases.size).toBe(0);
    expect(world.host('alpha').containers.get('redis')?.state).toBe('running');
  });
});

describe('an interrupted move', () => {
  it('is ended first, whatever else is wrong; then the world is looked at again', async () => {
    await interrupted('redis');
    const report = await bring([redis]);
    expect(asked).toEqual(['undo redis', 'move redis']);
    expect(report).toMatchObject({exit: 0, containers: [{outcome: 'moved', where: ['beta']}]});
  });

  it('is ended even when the rest of the plan is refused', async () => {
    await interrupted('redis');
    const report = await bring([redis, container('ghost', 'beta')]);
    expect(asked).toEqual(['undo redis']);
    expect(report).toMatchObject({exit: 14, problems: [{code: 'not-found'}]});
    expect(world.host('alpha').records.size).toBe(0);
    expect(world.host('alpha').containers.get('redis')?.state).toBe('running');
  });

  it('is not waited for by what depends on it', async () => {
    world.host('alpha').containers.set('web', there({id: 'def'}));
    await interrupted('redis');
    const web = container('web', 'beta', {strategy: ['stateful'], dependsOn: ['redis']});
    const report = await bring([redis, web]);
    expect(asked).toEqual(['undo redis', 'move redis, move web']);
    expect(report.exit).toBe(0);
  });
});

describe('hooks of the plan', () => {
  const hook = (word: string, onFailure: Hook['onFailure'] = 'stop'): Hook => ({
    run: ['fake', word],
    on: 'runner',
    timeoutMs: 1000,
    onFailure,
  });

  /** The runner: hooks called `bad` fail. */
  const runner = () => {
    const called: string[] = [];
    const transport: Applying['runner'] = {
      ...world.transport('alpha'),
      run: async ({argv}) => {
        called.push(
          `${argv.at(-1) ?? ''} ${argv.find((each) => each.startsWith('CM_STEP=')) ?? ''}`,
        );
        const code = argv.at(-1) === 'bad' ? 1 : 0;
        return Promise.resolve(ok({code, stdout: '', stderr: '', durationMs: 1}));
      },
    };
    return {called, transport};
  };

  it('run around the moves', async () => {
    const {called, transport} = runner();
    const hooks = {
      before: [hook('one'), hook('two')],
      after: [hook('three')],
      onFailure: [hook('four')],
    };
    await bring([redis], {planned: {hooks}, runner: transport});
    expect(called).toEqual([
      'one CM_STEP=test/before-1',
      'two CM_STEP=test/before-2',
      'three CM_STEP=test/after-1',
    ]);
  });

  it('are steps of the run, the report and the journal like all others', async () => {
    const {transport} = runner();
    const hooks = {before: [hook('one')], after: [hook('three')]};
    const report = await bring([redis], {planned: {hooks}, runner: transport});
    expect(report.timeline.at(0)).toMatchObject({
      step: 'plan test/before-1',
      outcome: 'done',
      runs: 'fake one',
    });
    expect(report.timeline.at(-1)).toMatchObject({step: 'plan test/after-1', runs: 'fake three'});
    expect(events.flatMap((event) => entryOf(event) ?? [])).toContainEqual({
      at: expect.any(Number) as number,
      type: 'step-started',
      step: 'plan test/before-1',
      runs: 'fake one',
    });
  });

  it('touch nothing when the first of them fails', async () => {
    const {called, transport} = runner();
    const hooks = {
      before: [hook('bad'), hook('two')],
      after: [hook('three')],
      onFailure: [hook('four')],
    };
    const report = await bring([redis], {planned: {hooks}, runner: transport});
    expect(report).toMatchObject({exit: 1, problems: [{code: 'hook-failed'}]});
    expect(called.map((each) => each.split(' ')[0])).toEqual(['bad', 'four']);
    expect(world.changing).toBe(0);
  });

  it('do not run when there is nothing to do, and are no failure afterwards', async () => {
    const {called, transport} = runner();
    const hooks = {before: [hook('one')], after: [hook('bad')]};
    await bring([container('redis', 'alpha')], {planned: {hooks}, runner: transport});
    expect(called).toEqual([]);
    const report = await bring([redis], {planned: {hooks}, runner: transport});
    expect(report).toMatchObject({exit: 0, warnings: [{code: 'hook-failed'}]});
  });
});

it('looks again when somebody else has moved it while it was about to', async () => {
  const report = await bring([redis], {
    approve: async () => {
      const moved = world.host('alpha').containers.get('redis');
      world.host('alpha').containers.clear();
      if (moved) world.host('beta').containers.set('redis', moved);
      return Promise.resolve(true);
    },
  });
  expect(report).toMatchObject({exit: 0, containers: [{outcome: 'settled', where: ['beta']}]});
});

it('leaves at once when it is told to, and says what was under way', async () => {
  const leave = new AbortController();
  const stop = new AbortController();
  const report = await bring([redis], {
    interrupts: {stop: stop.signal, leave: leave.signal},
    say: (event) => {
      events.push(event);
      if (event.type !== 'step-started' || event.step !== 'redis/restore') return;
      stop.abort();
      leave.abort();
    },
  });
  expect(report).toMatchObject({
    exit: 3,
    inFlight: ['redis/restore'],
    containers: [{outcome: 'look'}],
  });
  expect(report.timeline.at(-1)).toMatchObject({step: 'redis/restore', outcome: 'unfinished'});
});
