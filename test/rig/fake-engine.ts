import {command, type Command} from '../../src/base/command.js';
import {err, ok} from '../../src/base/result.js';
import type {Engine, Moves, Pair, Question} from '../../src/engines/engine.js';
import {found, survey} from '../graph/world.js';
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

function moves({container}: Pair): Moves {
  const {name, restartPolicy} = container;
  return {
    volume: () => nothing,
    create: () => ({command: fake('create', name, 'no'), read: () => ok('same')}),
    autostart: (on) => fake('policy', name, on ? restartPolicy : 'no'),
    stop: fake('stop', name),
    start: fake('start', name),
    ready: nothing,
    checkpoint: {send: fake('checkpoint', name), receive: fake('arrive', name), bytes: 1},
    frozen: nothing,
    restore: fake('restore', name),
    kept: fake('kept', name),
    resume: fake('resume', name),
    runs: (how) => runs(name, how),
    remove: fake('remove', name),
    discard: fake('remove', name),
    removeVolumes: nothing,
    exec: () => nothing,
    reach: () => nothing,
  };
}

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
  readSurvey: () => ok(survey()),
  refusals: () => [],
  moves,
  figures: () => undefined,
};
