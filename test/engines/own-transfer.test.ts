import {beforeEach, describe, expect, test} from 'vitest';
import {command, type Command} from '../../src/base/command.js';
import {err, ok, type Result} from '../../src/base/result.js';
import type {Strategy} from '../../src/base/strategy.js';
import type {Engine, Moves, Pair} from '../../src/engines/engine.js';
import {engines, enginesOf} from '../../src/engines/registry.js';
import type {Transport} from '../../src/hosts/transport.js';
import {planMoves} from '../../src/planner/plan-moves.js';
import {questions} from '../../src/planner/questions.js';
import {apply} from '../../src/run/apply.js';
import type {Event} from '../../src/run/events.js';
import {container, found, plan, survey} from '../planner/world.js';
import {fakeEngine} from '../rig/fake-engine.js';
import {FakeWorld} from '../rig/fake-world.js';
import {engineContract} from './contract.js';

const toyCommand = (verb: string, name: string): Command => command('toy', verb, name);

/** An engine that brings its containers to the other host itself, as Incus does; `cm` carries nothing of them. */
function toyMoves(pair: Pair, scratch: string): Moves {
  const {name} = pair.container;
  const {source, target} = fakeEngine.moves(pair, scratch);
  return {
    source,
    target: {...target, discard: toyCommand('discard', name)},
    ownTransfer: {
      freeze: command('fake', 'checkpoint', name, scratch),
      resume: command('fake', 'resume', name, scratch),
      bring: toyCommand('bring', name),
      wake: toyCommand('wake', name),
    },
  };
}

function read<Value>(text: string, reader: () => Result<Value, string>): Result<Value, string> {
  try {
    return Array.isArray(JSON.parse(text)) || text === '{}' ? reader() : err('no answer of toy');
  } catch {
    return err('the answer of toy is cut off');
  }
}

const toy: Engine = {
  ...fakeEngine,
  name: 'toy',
  look: (names) => command('fake', 'look', names.join(','), ...names),
  readLook: (text) => read(text, () => fakeEngine.readLook(text)),
  survey: ({arriving}) => command('fake', 'survey', ...arriving.map(({name}) => name)),
  readSurvey: (text, question) => read(text, () => fakeEngine.readSurvey(text, question)),
  refusals: (strategy, {target}) => [
    ...(target.architecture === 'x86_64'
      ? []
      : [{code: 'architecture', message: 'toy runs on x86_64 alone', remedy: 'choose another'}]),
    ...(strategy === 'pre-copy'
      ? [{code: 'no-rounds', message: 'toy copies no memory ahead', remedy: 'use "stateful"'}]
      : []),
  ],
  moves: toyMoves,
};

const ends = {sourceVersion: '1', targetVersion: '1', connections: 'keep'} as const;
const good: Pair = {container: found('redis'), source: survey(), target: survey(), ...ends};

engineContract(toy, {
  lookOutput: '[["redis",{"id":"1","state":"running","restored":false,"policy":"no"}]]',
  surveyOutput: '{}',
  question: {leaving: [], arriving: []},
  good,
  bad: [{...good, target: survey({architecture: 'aarch64'})}],
});

/** One line registers it beside the others. */
const registered = enginesOf([...engines.all, toy]);

let world: FakeWorld;
let events: Event[];
/** Commands of the engine that fail. */
let broken: readonly string[];

beforeEach(() => {
  world = new FakeWorld(['alpha', 'beta']);
  const there = {id: 'abc', state: 'running', restored: false, memory: 7, policy: 'no'} as const;
  world.host('alpha').containers.set('redis', {...there});
  events = [];
  broken = [];
});

/** What the engine does on both hosts; the world itself knows one host at a time. */
function carryOut(host: string, verb: string, name: string): void {
  const here = world.host(host).containers;
  const own = here.get(name);
  if (verb === 'bring' && own) {
    world.host('beta').containers.set(name, {...own, state: 'stopped', id: 'def'});
  } else if (verb === 'wake' && own) {
    Object.assign(own, {state: 'running', restored: true});
  } else if (verb === 'discard') {
    here.delete(name);
  }
}

function transport(name: string): Transport {
  const plain = world.transport(name);
  return {
    ...plain,
    run: async (each) => {
      const at = each.argv.indexOf('toy');
      if (at < 0) return plain.run(each);
      const [verb = '', of = ''] = each.argv.slice(at + 1);
      // Its guard is the world's: only the program is the engine's own.
      const [program = '', ...words] = each.argv.with(at, 'fake').with(at + 1, 'nothing');
      const ran = await plain.run({...each, argv: [program, ...words]});
      if (!ran.ok || ran.value.code !== 0) return ran;
      if (broken.includes(verb)) return ok({...ran.value, code: 1, stderr: 'broken'});
      carryOut(name, verb, of);
      return ran;
    },
  };
}

async function bring(...strategy: readonly Strategy[]) {
  const wanted = plan([container('redis', 'beta', {strategy})]);
  const hosts = new Map(
    [...wanted.hosts].map(([name, {address, labels, ssh}]) => [name, {name, address, labels, ssh}]),
  );
  return apply({
    plan: {...wanted, hosts},
    run: 'r1',
    provenance: {cm: '1', node: '20', runner: 'ann@desk'},
    owner: 'ann@desk',
    lockWaitMs: 0,
    looking: {
      transportOf: async (name) => Promise.resolve(ok(transport(name))),
      engines: enginesOf([...registered.all].filter(({name}) => name === 'toy')),
      clock: {
        now: () => world.now,
        sleep: async (ms, signal) => {
          if (ms < 10_000 || signal?.aborted) world.now += ms;
          else await new Promise((done) => signal?.addEventListener('abort', done, {once: true}));
        },
      },
    },
    planner: {questions, planMoves},
    runner: transport('alpha'),
    openLink: async () => Promise.reject(new Error('nothing of it goes over a link')),
    figuresOf: () => undefined,
    approve: async () => Promise.resolve(true),
    say: (event) => events.push(event),
  });
}

const steps = (): readonly string[] =>
  events.flatMap((event) => (event.type === 'step-settled' ? [event.step] : []));

describe('an engine that carries its containers itself', () => {
  test('is registered by one line, and looked up like the others', () => {
    expect(registered.get('toy')).toBe(toy);
    expect(registered.between('toy', 'toy')).toBe(toy);
    expect(registered.between('toy', 'podman')).toBeUndefined();
    expect(registered.between('podman', 'docker')?.name).toBe('podman to docker');
  });

  test.each([
    ['cold', ['stop', 'bring', 'start'], {memory: 0, restored: false}],
    ['stateful', ['freeze', 'bring', 'restore'], {memory: 7, restored: true}],
  ] as const)('moves %s, and does nothing the second time', async (strategy, own, arrived) => {
    const report = await bring(strategy);
    expect(report).toMatchObject({exit: 0, containers: [{outcome: 'moved', strategy}]});
    expect(world.host('alpha').containers.size).toBe(0);
    expect(world.host('beta').containers.get('redis')).toMatchObject({
      state: 'running',
      ...arrived,
    });
    const done = steps().map((step) => step.replace('redis/', ''));
    expect(done.filter((step) => (own as readonly string[]).includes(step))).toEqual(own);
    expect(done).not.toContain('open-link');
    const again = await bring(strategy);
    expect(again).toMatchObject({exit: 0, containers: [{outcome: 'settled'}]});
  });

  test.each([
    ['cold', 'bring'],
    ['stateful', 'bring'],
    ['stateful', 'wake'],
  ] as const)('%s: "%s" fails, and it runs where it was', async (strategy, verb) => {
    broken = [verb];
    const report = await bring(strategy);
    expect(report).toMatchObject({exit: 1, containers: [{outcome: 'back'}]});
    expect(world.host('beta').containers.size).toBe(0);
    const memory = strategy === 'stateful' ? 7 : 0;
    expect(world.host('alpha').containers.get('redis')).toMatchObject({state: 'running', memory});
  });

  test('pre-copy is refused, and the next strategy is taken', async () => {
    const report = await bring('pre-copy', 'cold');
    expect(report).toMatchObject({exit: 0, containers: [{strategy: 'cold'}]});
  });
});
