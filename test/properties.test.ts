import {describe, expect, test} from 'vitest';
import type {Clock} from '../src/base/clock.js';
import {ok} from '../src/base/result.js';
import {planMoves, questions} from '../src/graph/plan-moves.js';
import type {Strategy} from '../src/plan/plan.js';
import {apply} from '../src/run/apply.js';
import type {Event} from '../src/run/events.js';
import type {RunReport} from '../src/state/run-report.js';
import {container, plan} from './graph/world.js';
import {fakeEngine} from './rig/fake-engine.js';
import {FakeWorld, type Fault} from './rig/fake-world.js';

const memory = 4711;
const strategies = ['stateful', 'cold'] as const;

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

function newWorld(): FakeWorld {
  const world = new FakeWorld(['alpha', 'beta']);
  world.host('alpha').containers.set('redis', {
    id: 'first',
    state: 'running',
    restored: false,
    memory,
    policy: 'always',
  });
  return world;
}

let runs = 0;

/** One run of a runner that may die in it: then there is no report. */
async function runOnce(
  world: FakeWorld,
  strategy: Strategy,
  events: Event[] = [],
): Promise<RunReport | undefined> {
  runs += 1;
  const desired = plan([container('redis', 'beta', {strategy: [strategy]})]);
  const clock = clockOf(world);
  const transportOf = (name: string) => Promise.resolve(ok(world.transport(name)));
  const ran = apply({
    plan: desired,
    run: `run-${runs}`,
    provenance: {cm: '0', node: '20', runner: 'me'},
    owner: 'me',
    lockWaitMs: 0,
    looking: {transportOf, engines: new Map([['podman', fakeEngine]]), clock},
    planner: {questions, planMoves},
    runner: world.transport('alpha'),
    openLink: (from, to, {receivers}) =>
      Promise.resolve(ok(world.link(from.host, to.host, receivers))),
    figuresOf: () => undefined,
    approve: () => Promise.resolve(true),
    say: (event) => events.push(event),
  });
  return Promise.race([ran, world.died.then(() => undefined)]);
}

const copies = (world: FakeWorld) =>
  [...world.hosts.values()].flatMap(({containers}) => [...containers.values()]);

/** What must hold after every single command, whatever happens. */
function guardInvariants(world: FakeWorld, strategy: Strategy): void {
  world.watch = () => {
    const all = copies(world);
    const running = all.filter(({state}) => state === 'running');
    expect(running.length, 'never two running copies').toBeLessThanOrEqual(1);
    if (strategy === 'cold')
      expect(all.length, 'never none that can be started').toBeGreaterThan(0);
    else
      expect(
        all.filter((each) => each.memory === memory && each.state !== 'created').length,
        'never none that can be restored',
      ).toBeGreaterThan(0);
  };
}

/** However it began: it runs on beta alone, as it was, and nothing is left. */
function expectMoved(world: FakeWorld, strategy: Strategy): void {
  const alpha = world.host('alpha');
  const beta = world.host('beta');
  expect([...alpha.containers.keys()]).toEqual([]);
  expect(beta.containers.get('redis')).toMatchObject({
    state: 'running',
    policy: 'always',
    ...(strategy === 'stateful' && {memory, restored: true}),
  });
  expect([...alpha.leases.keys(), ...beta.leases.keys()]).toEqual([]);
}

async function commandsOf(strategy: Strategy): Promise<number> {
  const world = newWorld();
  await runOnce(world, strategy);
  return world.sent;
}

/** Runs until it is where it belongs; a person would not have more patience. */
async function recover(world: FakeWorld, strategy: Strategy, told: string): Promise<void> {
  for (let attempt = 0; attempt < 3; attempt += 1) {
    world.revive();
    const report = await runOnce(world, strategy);
    if (report?.exit === 0) return;
    expect(report?.exit, `${told}: ${JSON.stringify(report?.problems)}`).not.toBe(3);
  }
  expect.unreachable(`${told}: three runs did not bring it where it belongs`);
}

/** Each command of a whole move in turn. */
async function atEveryCommand(strategy: Strategy, faultAt: (at: number) => Fault): Promise<void> {
  const last = await commandsOf(strategy);
  expect(last).toBeGreaterThan(20);
  for (let at = 1; at <= last; at += 1) {
    const world = newWorld();
    guardInvariants(world, strategy);
    world.fault = faultAt(at);
    const told = `${strategy}, ${JSON.stringify(world.fault)}`;
    const report = await runOnce(world, strategy);
    if (report) expectKnownEnd(world, report, told);
    await recover(world, strategy, told);
    expectMoved(world, strategy);
    world.revive();
    const again = await runOnce(world, strategy);
    expect([again?.exit, world.changing], `${told}: the next run has nothing to do`).toEqual([
      0, 0,
    ]);
  }
}

/** Moved, back, or for a person to look: exit 1 promises that it runs where it was. */
function expectKnownEnd(world: FakeWorld, {exit}: RunReport, told: string): void {
  expect([0, 1, 3, 11, 12, 14], told).toContain(exit);
  const running = [...world.hosts.values()].find(
    ({containers}) => containers.get('redis')?.state === 'running',
  );
  if (exit === 0) expect(running?.name, told).toBe('beta');
  if (exit !== 0 && exit !== 3) expect(running?.name, told).toBe('alpha');
}

describe.each(strategies)('%s', (strategy) => {
  test('moves, and then has nothing to do', async () => {
    const world = newWorld();
    guardInvariants(world, strategy);
    expect((await runOnce(world, strategy))?.exit).toBe(0);
    expectMoved(world, strategy);
    world.revive();
    const events: Event[] = [];
    expect((await runOnce(world, strategy, events))?.exit).toBe(0);
    expect(world.changing).toBe(0);
    expect(events.filter(({type}) => type === 'step-started')).toEqual([]);
    expect(world.sent, 'one look at each host').toBe(2);
  });

  test('each step comes after what it needs', async () => {
    const events: Event[] = [];
    await runOnce(newWorld(), strategy, events);
    const started = events.find((event) => event.type === 'run-started');
    const done = new Set<string>();
    const needs = new Map(
      started?.planned.graph.lanes.flatMap(({steps}) => steps.map((step) => [step.id, step.needs])),
    );
    for (const event of events) {
      if (event.type === 'step-started')
        for (const need of needs.get(event.step) ?? []) expect(done).toContain(need);
      if (event.type === 'step-settled' && event.outcome === 'done') done.add(event.step);
    }
    expect(done.size).toBeGreaterThan(10);
  });

  test('a runner that dies before any command', () =>
    atEveryCommand(strategy, (at) => ({kind: 'crash', at, after: false})));
  test('a runner that dies after any command', () =>
    atEveryCommand(strategy, (at) => ({kind: 'crash', at, after: true})));
  test('any command that fails without effect', () =>
    atEveryCommand(strategy, (at) => ({kind: 'fail', at, after: false})));
  test('any command that fails after its effect', () =>
    atEveryCommand(strategy, (at) => ({kind: 'fail', at, after: true})));
  test('a host that vanishes at any command, and comes back later', () =>
    atEveryCommand(strategy, (at) => ({kind: 'vanish', at})));
});
