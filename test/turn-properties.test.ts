import {enginesOf} from '../src/engines/registry.js';
import {describe, expect, test} from 'vitest';
import type {Clock} from '../src/base/clock.js';
import {ok} from '../src/base/result.js';
import {planMoves} from '../src/planner/plan-moves.js';
import {questions} from '../src/planner/questions.js';
import type {Plan, WantedState} from '../src/plan/plan.js';
import {apply} from '../src/run/apply.js';
import type {MoveRecord} from '../src/state/host/observed.js';
import type {RunReport} from '../src/state/runner/run-report.js';
import {container, plan, record} from './planner/world.js';
import {fakeEngine} from './rig/fake-engine.js';
import {FakeWorld, type FakeContainer, type Fault} from './rig/fake-world.js';

/** Sleeping takes the world's time and no time of ours; a heartbeat's long sleep ends with its lease. */
const clockOf = (world: FakeWorld): Clock => ({
  now: () => world.now,
  sleep: async (ms, signal) => {
    if (ms < 10_000) world.now += ms;
    else if (!signal?.aborted)
      await new Promise((resolve) => {
        signal?.addEventListener('abort', resolve, {once: true});
      });
  },
});

let runs = 0;

async function runOnce(world: FakeWorld, desired: Plan): Promise<RunReport | undefined> {
  runs += 1;
  const transportOf = (name: string) => Promise.resolve(ok(world.transport(name)));
  const ran = apply({
    plan: desired,
    run: `run-${runs}`,
    provenance: {cm: '0', node: '20', runner: 'me'},
    owner: 'me',
    lockWaitMs: 0,
    looking: {transportOf, engines: enginesOf([fakeEngine]), clock: clockOf(world)},
    planner: {questions, planMoves},
    runner: world.transport('alpha'),
    openLink: (from, to, {receivers}) =>
      Promise.resolve(ok(world.link(from.host, to.host, receivers))),
    figuresOf: () => undefined,
    approve: () => Promise.resolve(true),
    say: () => undefined,
  });
  return Promise.race([ran, world.died.then(() => undefined)]);
}

type Start = Pick<FakeContainer, 'state' | 'policy'> & {readonly records?: readonly MoveRecord[]};

const serving: Start = {state: 'running', policy: 'always'};

/** As `state: stopped` leaves it. */
const asleep: Start = {
  state: 'stopped',
  policy: 'no',
  records: [record('arrived', {to: 'alpha', stopped: {restartPolicy: 'always'}})],
};

function worldOf({state, policy, records = []}: Start): FakeWorld {
  const world = new FakeWorld(['alpha', 'beta']);
  const alpha = world.host('alpha');
  alpha.containers.set('redis', {id: 'id-redis', state, policy, restored: false, memory: 1});
  for (const each of records) alpha.records.set('redis', `${JSON.stringify(each)}\n`);
  return world;
}

const planOf = (on: string, state?: WantedState): Plan =>
  plan([container('redis', on, {strategy: ['cold'], ...(state && {state})})]);

const everywhere = (world: FakeWorld) =>
  [...world.hosts.values()].flatMap(({name, containers}) => {
    const here = containers.get('redis');
    return here ? [{on: name, ...here}] : [];
  });

interface Case {
  readonly start: Start;
  readonly on: string;
  readonly state?: WantedState;
  readonly ends: {readonly state: string | RegExp; readonly policy: string};
  /** It is never seen running. */
  readonly still?: true;
}

const cases: Readonly<Record<string, Case>> = {
  'stopped where it is': {
    ...{start: serving, on: 'alpha', state: 'stopped'},
    ends: {state: 'stopped', policy: 'no'},
  },
  'started where it is': {
    ...{start: asleep, on: 'alpha', state: 'running'},
    ends: {state: 'running', policy: 'always'},
  },
  'kept from being started by its engine': {
    ...{start: {state: 'stopped', policy: 'always'}, on: 'alpha', state: 'stopped', still: true},
    ends: {state: 'stopped', policy: 'no'},
  },
  'stopped, and moved': {
    ...{start: serving, on: 'beta', state: 'stopped'},
    ends: {state: /stopped|created/, policy: 'no'},
  },
  'moved while it is stopped': {
    ...{start: asleep, on: 'beta', state: 'stopped', still: true},
    ends: {state: /stopped|created/, policy: 'no'},
  },
  'moved while it is stopped, and nobody says what it should be': {
    ...{start: asleep, on: 'beta', still: true},
    ends: {state: /stopped|created/, policy: 'no'},
  },
  'moved, and started there': {
    ...{start: asleep, on: 'beta', state: 'running'},
    ends: {state: 'running', policy: 'always'},
  },
};

function watch(world: FakeWorld, {still}: Case, told: string): void {
  world.watch = () => {
    const all = everywhere(world);
    expect(all.length, `${told}: never gone`).toBeGreaterThan(0);
    const running = all.filter(({state}) => state === 'running');
    expect(running.length, `${told}: never twice`).toBeLessThanOrEqual(still ? 0 : 1);
  };
}

/** Its engine would not start what is to be stopped, and which policy it had is known. */
function expectDone(world: FakeWorld, {on, ends}: Case, told: string): void {
  const [only, other] = everywhere(world);
  expect(other, told).toBeUndefined();
  expect(only?.on, told).toBe(on);
  expect(only?.state, told).toMatch(ends.state);
  expect(only?.policy, told).toBe(ends.policy);
  const kept = world.host(on).records.get('redis');
  const {stopped} = kept === undefined ? {} : (JSON.parse(kept) as Partial<MoveRecord>);
  expect(stopped?.restartPolicy, told).toBe(ends.policy === 'no' ? 'always' : undefined);
  for (const {leases} of world.hosts.values()) expect([...leases.keys()], told).toEqual([]);
}

async function settle(world: FakeWorld, desired: Plan, told: string): Promise<void> {
  for (let attempt = 0; attempt < 3; attempt += 1) {
    world.revive();
    const report = await runOnce(world, desired);
    if (report?.exit === 0) return;
    expect(report?.exit, `${told}: ${JSON.stringify(report?.problems)}`).not.toBe(3);
  }
  expect.unreachable(`${told}: three runs did not do it`);
}

async function atEveryCommand(one: Case, faultAt: (at: number) => Fault): Promise<void> {
  const desired = planOf(one.on, one.state);
  const trial = worldOf(one.start);
  await runOnce(trial, desired);
  for (let at = 1; at <= trial.sent; at += 1) {
    const world = worldOf(one.start);
    world.fault = faultAt(at);
    const told = JSON.stringify(world.fault);
    watch(world, one, told);
    const report = await runOnce(world, desired);
    if (report) expect([0, 1, 3, 11, 12, 14], told).toContain(report.exit);
    await settle(world, desired, told);
    expectDone(world, one, told);
  }
}

describe.each(Object.entries(cases))('%s', (_, one) => {
  const desired = planOf(one.on, one.state);

  test('and then there is nothing to do', async () => {
    const world = worldOf(one.start);
    watch(world, one, 'once');
    expect((await runOnce(world, desired))?.exit).toBe(0);
    expectDone(world, one, 'once');
    world.revive();
    expect((await runOnce(world, desired))?.exit).toBe(0);
    expect(world.changing).toBe(0);
  });

  test('a runner that dies before or after any command', async () => {
    await atEveryCommand(one, (at) => ({kind: 'crash', at, after: false}));
    await atEveryCommand(one, (at) => ({kind: 'crash', at, after: true}));
  });
  test('any command that fails, without or after its effect', async () => {
    await atEveryCommand(one, (at) => ({kind: 'fail', at, after: false}));
    await atEveryCommand(one, (at) => ({kind: 'fail', at, after: true}));
  });
  test('a host that vanishes at any command, and comes back later', () =>
    atEveryCommand(one, (at) => ({kind: 'vanish', at})));
});
