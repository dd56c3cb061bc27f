import {command, type Command} from '../../src/base/command.js';
import {err, ok} from '../../src/base/result.js';
import type {
  Engine,
  HostOps,
  Moves,
  Pair,
  PreDump,
  Question,
  Rounds,
} from '../../src/engines/engine.js';
import type {HostSurvey, ObservedContainer} from '../../src/engines/facts.js';
import {found, survey} from '../planner/world.js';
import {fakeMemory} from './fake-memory.js';
import type {FakeContainer} from './fake-world.js';

const fake = (verb: string, name = '', more = ''): Command => command('fake', verb, name, more);

const nothing = fake('nothing');

const parse = (text: string): unknown => JSON.parse(text);

function runs(name: string, how: 'restored' | 'started'): Question {
  return {
    command: fake('inspect', name),
    read: (stdout) => {
      const seen = parse(stdout) as FakeContainer | null;
      if (seen?.state !== 'running') return err('it does not run');
      return how === 'restored' && !seen.restored ? err('started fresh') : ok('running');
    },
  };
}

/** As the drivers': what a round did is what its `send` says. */
const rounds = (name: string, scratch: string): Rounds => ({
  send: (n) => command('fake', 'round', name, scratch, `${n}`),
  receive: fake('take-round', name, scratch),
  read: (notes) => (notes === '' ? err('nothing was said') : ok(parse(notes) as PreDump)),
  forget: fake('forget', name, scratch),
  throttle: (percent) => command('fake', 'throttle', name, scratch, `${percent ?? ''}`),
});

const hostOps = ({name, restartPolicy}: ObservedContainer): HostOps => ({
  autostart: (on) => fake('policy', name, on ? restartPolicy : 'no'),
  start: fake('start', name),
  halt: fake('stop', name),
  runs: (how) => runs(name, how),
  remove: fake('remove', name),
  exec: () => nothing,
  reach: () => nothing,
  inside: (asked) => asked,
});

function moves({container}: Pair, scratch: string): Moves {
  const {name} = container;
  const host = hostOps(container);
  return {
    source: {...host, stop: {command: fake('stop', name), read: () => ok('ended')}},
    target: {
      ...host,
      create: () => ({command: fake('create', name, 'no'), read: () => ok('same')}),
      discard: fake('remove', name),
    },
    files: {volume: () => nothing, removeVolumes: nothing},
    memory: {
      ready: nothing,
      checkpoint: {
        send: fake('checkpoint', name, scratch),
        receive: fake('arrive', name, scratch),
        bytes: 1,
      },
      frozen: nothing,
      restore: fake('restore', name, scratch),
      kept: fake('kept', name),
      resume: fake('resume', name, scratch),
    },
    rounds: rounds(name, scratch),
    hold: {on: fake('hold', name), off: fake('free', name)},
  };
}

/** So much memory that copying it ahead is worth it. */
const weight = (container: string): HostSurvey['weights'][number] => ({
  ...{container, memory: fakeMemory, processes: 1, established: 0},
  ...{rootfs: 0, mounts: {}, blockers: [], locks: false},
});

/** An engine whose whole world is in `FakeWorld`. */
export const fakeEngine: Engine = {
  name: 'podman',
  look: (names) => fake('look', names.join(',')),
  readLook: (stdout) =>
    ok({
      version: '1',
      containers: (parse(stdout) as readonly (readonly [string, FakeContainer])[]).map(
        ([name, {id, state, restored, policy}]) =>
          found(name, state, {id, restored, restartPolicy: policy}),
      ),
    }),
  survey: () => fake('survey'),
  readSurvey: (_, {leaving}) => ok(survey({weights: leaving.map(({name}) => weight(name))})),
  refusals: () => [],
  powers: () => [],
  moves,
  figures: () => undefined,
};
