import {enginesOf} from '../../src/engines/registry.js';
import {describe, expect, test} from 'vitest';
import type {Clock} from '../../src/base/clock.js';
import type {Command} from '../../src/base/command.js';
import {err, ok, type Result} from '../../src/base/result.js';
import type {Engine, Moves, Question} from '../../src/engines/engine.js';
import type {Output, Transport} from '../../src/hosts/transport.js';
import type {Strategy} from '../../src/plan/plan.js';
import {planMoves} from '../../src/planner/plan-moves.js';
import {questions} from '../../src/planner/questions.js';
import {apply} from '../../src/run/apply.js';
import {container, plan} from '../planner/world.js';
import {fakeEngine} from '../rig/fake-engine.js';
import {FakeWorld} from '../rig/fake-world.js';

/*
 * A target that does not do what it is told, and answers something else. It holds whatever was sent to it; what has to be is
 * that the source keeps the container, frozen or running, until the target has claimed that a copy of it runs.
 */

const memory = 4711;

function newWorld(): FakeWorld {
  const world = new FakeWorld(['alpha', 'beta']);
  world.host('alpha').containers.set('redis', {
    ...{id: 'first-redis', state: 'running', restored: false, memory, policy: 'always'},
  });
  return world;
}

/** As real drivers, it returns a message for what it cannot read. */
function safely<T>(read: (text: string) => Result<T, string>): (text: string) => Result<T, string> {
  return (text) => {
    try {
      return read(text);
    } catch (error) {
      return err(String(error));
    }
  };
}

const engine: Engine = {
  ...fakeEngine,
  readLook: safely((text) => fakeEngine.readLook(text)),
  moves: (pair, scratch): Moves => {
    const moves = fakeEngine.moves(pair, scratch);
    const runs = (how: 'restored' | 'started'): Question => {
      const question = moves.target.runs(how);
      return {...question, read: safely(question.read)};
    };
    return {...moves, source: {...moves.source, runs}, target: {...moves.target, runs}};
  },
};

interface Lie {
  /** Of the commands on the target. */
  readonly at: number;
  readonly isDone: boolean;
  readonly answer: Pick<Output, 'code' | 'stdout'>;
}

function lying(honest: Transport, lie: (command: Command, number: number) => Lie | undefined) {
  let number = 0;
  const transport: Transport = {
    ...honest,
    run: async (command) => {
      number += 1;
      const told = lie(command, number);
      if (!told) return honest.run(command);
      if (told.isDone) await honest.run(command);
      return ok({...told.answer, stderr: '', durationMs: 1});
    },
  };
  return {transport, asked: () => number};
}

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

async function moved(world: FakeWorld, strategy: Strategy, beta: Transport): Promise<string> {
  const transports = new Map([
    ['alpha', world.transport('alpha')],
    ['beta', beta],
  ]);
  const transportOf = (name: string) => Promise.resolve(ok(transports.get(name) ?? beta));
  const clock = clockOf(world);
  const report = await apply({
    plan: plan([container('redis', 'beta', {strategy: [strategy]})]),
    ...{run: 'run-1', owner: 'me', lockWaitMs: 0},
    provenance: {cm: '0', node: '20', runner: 'me'},
    looking: {transportOf, engines: enginesOf([engine]), clock},
    planner: {questions, planMoves},
    runner: world.transport('alpha'),
    openLink: (from, to, {receivers}) =>
      Promise.resolve(ok(world.link(from.host, to.host, receivers))),
    figuresOf: () => undefined,
    approve: () => Promise.resolve(true),
    say: () => undefined,
  });
  return JSON.stringify(report);
}

const answers: readonly Lie['answer'][] = [
  ...['', 'null', '[]', '{}', 'true', '\u0000', '"', 'x'.repeat(100_000), '{"state":"stopped"}'],
  ...['{"state":"created"}', '[["redis",{"id":"x","state":"stopped"}]]', '../../root', '-rf /'],
].map((stdout) => ({code: 0, stdout}));
const failed: Lie['answer'] = {code: 1, stdout: ''};

const strategies = ['cold', 'stateful', 'pre-copy'] as const;

describe.each(strategies)('a target that answers anything (%s)', (strategy) => {
  test('never makes the source lose its container', async () => {
    const honest = newWorld();
    const watched = lying(honest.transport('beta'), () => undefined);
    await moved(honest, strategy, watched.transport);
    expect(honest.host('beta').containers.get('redis')?.state).toBe('running');

    let runs = 0;
    const step = process.env['TEST_RING'] === 'all' ? 1 : 5;
    for (let at = 1; at <= watched.asked(); at += 1)
      for (const [index, answer] of [...answers, failed].entries())
        for (const isDone of [true, false]) {
          if ((at + index) % step !== 0) continue;
          runs += 1;
          const world = newWorld();
          const beta = lying(world.transport('beta'), (_, number) =>
            number === at ? {at, isDone, answer} : undefined,
          );
          const told = await moved(world, strategy, beta.transport);
          const here = world.host('alpha').containers.get('redis');
          const there = world.host('beta').containers.get('redis');
          const what = `${JSON.stringify(answer).slice(0, 60)} at ${at}, ${isDone ? '' : 'not '}done: ${told}`;
          // Gone from the source it is only where it really runs on the target.
          if (here) expect(here.memory === memory || strategy === 'cold', what).toBe(true);
          else expect(there, what).toMatchObject({state: 'running'});
        }
    process.stdout.write(
      `${runs} lies of a target (${strategy}): the source keeps its container, or it runs on the target\n`,
    );
  }, 300_000);
});

test('what nobody can tell: a target that claims a running copy is believed', async () => {
  const world = newWorld();
  const claim = JSON.stringify({
    id: 'first-redis',
    state: 'running',
    restored: true,
    memory: 0,
    policy: 'no',
  });
  const beta = lying(world.transport('beta'), ({argv}, at) => {
    const verb = argv.find((word) => ['restore', 'inspect', 'policy'].includes(word));
    if (verb === undefined) return undefined;
    return {at, isDone: false, answer: {code: 0, stdout: verb === 'inspect' ? claim : ''}};
  });
  await moved(world, 'stateful', beta.transport);
  expect(world.host('alpha').containers.has('redis')).toBe(false);
});
