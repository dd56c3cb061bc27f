import {describe, expect, test} from 'vitest';
import {conversion} from '../../src/engines/conversion.js';
import {crun, runc} from '../../src/engines/bundle/engine.js';
import {docker} from '../../src/engines/docker/docker.js';
import type {Engine, Pair} from '../../src/engines/engine.js';
import type {Mount, ObservedContainer} from '../../src/engines/facts.js';
import {asList, asRecord} from '../../src/base/json.js';
import {privateValues} from '../../src/engines/podman/create-private.js';
import {podman} from '../../src/engines/podman/podman.js';
import {aPair as dockerPair, container as ofDocker, surveyed} from './docker-pair.js';
import {aPair as podmanPair} from './podman-pair.js';
import {recorded} from './recording.js';
import {aBundlePair, withConfig} from './runc-pair.js';

const secret = 'hunter2-in-argv';
const lines = `-----BEGIN\n${secret}\n"end"`;

/** The description of an engine with secrets in whatever a user can put one into. */
function withSecrets({raw, ...rest}: ObservedContainer): ObservedContainer {
  const record = asRecord(raw);
  const Config = asRecord(record['Config']);
  const given = {
    Env: [...asList(Config['Env']), `PASSWORD=${secret}`, `KEY=${lines}`, `#odd=${secret}`],
    Labels: {...asRecord(Config['Labels']), token: secret, [`${secret} name`]: 'x', lines},
    Annotations: {note: secret},
    CreateCommand: ['podman', 'run', '-e', `PASSWORD=${secret}`, '--label', `token=${secret}`, 'i'],
  };
  const HostConfig = {...asRecord(record['HostConfig']), Annotations: {note: secret}};
  return {...rest, raw: {...record, Config: {...Config, ...given}, HostConfig}};
}

const volume: Mount = {
  ...{kind: 'volume', name: 'data', source: '/volumes/data', destination: '/data'},
  readOnly: false,
};
const labelled = {
  usage: {
    ...{engineFolders: [], tenants: [], landings: []},
    volumes: [{name: 'data', driver: 'local', options: {}, labels: {a: secret}}],
  },
};

const bundled = withConfig('plain', {
  process: {args: ['redis-server'], env: [`PASSWORD=${secret}`], cwd: '/'},
  annotations: {note: secret},
});

const conversions = [conversion(podman, docker), conversion(docker, podman)].flatMap((each) =>
  each ? [each] : [],
);

const moves: readonly (readonly [string, Engine, Pair])[] = [
  [
    'podman',
    podman,
    podmanPair({
      container: withSecrets(recorded('pd-rich')),
      source: {...podmanPair().source, ...labelled},
    }),
  ],
  ['docker', docker, dockerPair({container: withSecrets(ofDocker('redis')), source: labelled})],
  ['runc', runc, aBundlePair(bundled)],
  ['crun', crun, aBundlePair(bundled)],
  ...conversions.map((each): readonly [string, Engine, Pair] => [
    each.name,
    each,
    each.name.startsWith('podman')
      ? {
          ...dockerPair(),
          source: {...podmanPair().source, ...labelled},
          container: withSecrets(recorded('pd-rich')),
        }
      : {
          ...podmanPair(),
          source: {...surveyed, ...labelled},
          container: withSecrets(ofDocker('redis')),
        },
  ]),
];

/** Every list of words among what a driver has for a move, its functions called. */
function argvs(value: unknown, found: string[][] = []): string[][] {
  if (typeof value !== 'object' || value === null) return found;
  for (const [key, part] of Object.entries(value)) {
    if (key === 'argv') found.push(part as string[]);
    else argvs(part, found);
  }
  return found;
}

function everyArgv(engine: Engine, pair: Pair): readonly string[] {
  const driver = engine.moves(pair, '/run/cm/r/0');
  const {source, target, files, memory} = driver;
  const called = [
    ...[target.create('/at'), memory?.vessel?.('/at'), files?.volume(volume, '/at')],
    ...[target.sealed?.('restored'), target.sealed?.('started')],
    ...[source, target].flatMap((side) => [
      ...[side.autostart(true), side.runs('started'), side.runs('restored')],
      ...[side.exec(['true'], {CM_STEP: 'x'}), side.exec(['true']), side.reach(80)],
      side.exec(['true'], {CM_STEP: 'x'}, {TOKEN: secret, KEY: lines}),
    ]),
    driver.copy?.('first', []),
  ];
  return argvs([driver, ...called]).flat();
}

describe('what may be secret stands on no command line', () => {
  test.each(moves)('of %s', (_name, engine, pair) => {
    const words = everyArgv(engine, pair);
    expect(words.length).toBeGreaterThan(30);
    expect(words.filter((word) => word.includes(secret))).toEqual([]);
  });

  test('podman gets it in files, and what fits in no line in its configuration', () => {
    const {environment, labels, configuration} = privateValues(
      withSecrets(recorded('pd-rich')).raw,
    );
    expect(environment.split('\n')).toContain(`PASSWORD=${secret}`);
    expect(environment).not.toMatch(/KEY|odd/);
    expect(labels).toBe(`a=b\ntoken=${secret}\n`);
    expect(configuration).toBe(
      `[containers]\nenv = ["KEY=-----BEGIN\\n${secret}\\n\\"end\\"", "#odd=${secret}"]\nannotations = ["note=${secret}"]\n`,
    );
  });
});
