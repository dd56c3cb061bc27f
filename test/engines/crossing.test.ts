import {describe, expect, test} from 'vitest';
import type {Command} from '../../src/base/command.js';
import {dockerDialect} from '../../src/engines/docker/settings.js';
import {podmanDialect} from '../../src/engines/podman/settings.js';
import {commonDifferences} from '../../src/engines/oci/settings.js';
import type {CommonSettings, Dialect} from '../../src/engines/dialect.js';
import {engines} from '../../src/engines/registry.js';
import type {Engine, Pair} from '../../src/engines/engine.js';
import type {HostSurvey, ObservedContainer} from '../../src/engines/facts.js';
import {asRecord, type JsonRecord} from '../../src/base/json.js';
import {readLook as readPodman} from '../../src/engines/podman/look.js';
import {described as dockers, surveyed} from './docker-pair.js';
import {aSurvey} from './podman-pair.js';
import {recording, valueOf} from './recording.js';

const podmans = valueOf(readPodman(recording('podman-5.4.2-look'))).containers;

interface Side {
  readonly dialect: Dialect;
  readonly survey: HostSurvey;
  readonly version: string;
  readonly containers: readonly ObservedContainer[];
}

const podman: Side = {
  ...{dialect: podmanDialect, survey: aSurvey(), version: '5.4.2', containers: podmans},
};

const docker: Side = {
  ...{dialect: dockerDialect, survey: surveyed, version: '26.1.5', containers: dockers},
};

const named = (side: Side): readonly (readonly [string, ObservedContainer])[] =>
  side.containers.map((container) => [container.name, container]);

function engine(name: string): Engine {
  const [from = '', to = ''] = name.split(' to ');
  const found = engines.between(from, to);
  if (found === undefined) throw new Error(`no engine "${name}"`);
  return found;
}

/** What a container may do podman tells as its kernel has it, so there is none of it before one is made. */
const known = (settings: CommonSettings, to: Side): CommonSettings => {
  const {capabilities, ...rest} = settings;
  return to === podman || capabilities === undefined ? rest : settings;
};

describe.each([
  ['podman', podman, docker],
  ['docker', docker, podman],
] as const)('what %s told', (_, from, to) => {
  test.each(named(from))('%s: the other engine says the same', (__, container) => {
    const asked = from.dialect.read(container.raw, from);
    const said = to.dialect.read(to.dialect.describe(asked, container), to);
    expect(commonDifferences(known(asked, to), known(said, to))).toEqual([]);
  });
});

const changed = (container: ObservedContainer, part: string, change: JsonRecord) => {
  const raw = asRecord(container.raw);
  return {...container, raw: {...raw, [part]: {...asRecord(raw[part]), ...change}}};
};

const pairOf = (from: Side, to: Side, container: ObservedContainer): Pair => ({
  container,
  source: from.survey,
  target: {...to.survey, ...{neighbours: [], images: [], listening: [], landings: []}},
  ...{sourceVersion: from.version, targetVersion: to.version, connections: 'keep'},
});

const container = (side: Side, name: string): ObservedContainer => {
  const found = side.containers.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no container "${name}"`);
  return found;
};

describe('from one engine to another', () => {
  const pairs = [
    ['podman to docker', pairOf(podman, docker, container(podman, 'pd-ports'))],
    ['docker to podman', pairOf(docker, podman, container(docker, 'host'))],
  ] as const;

  test.each(pairs)('%s: without its memory, and not with it', (name, pair) => {
    const codes = (strategy: 'cold' | 'stateful' | 'pre-copy'): readonly string[] =>
      engine(name)
        .refusals(strategy, pair)
        .map(({code}) => code);
    expect(codes('cold')).toEqual([]);
    expect(codes('stateful')).toEqual(['engines-differ']);
    expect(codes('pre-copy')).toEqual(['engines-differ']);
  });

  test('each side has the commands of its own engine', () => {
    for (const [name, pair] of pairs) {
      const [from = '', to = ''] = name.split(' to ');
      const moves = engine(name).moves(pair, '/run/cm/r/0');
      const program = ({argv}: Command): string => argv.join(' ');
      for (const each of [
        ...[moves.source.stop.command, moves.source.start],
        ...[moves.source.remove, moves.source.autostart(true)],
      ])
        expect(program(each)).toContain(`${from} `);
      for (const each of [
        ...[moves.target.create('/at').command, moves.target.discard],
        ...[moves.target.start, moves.target.remove],
      ])
        expect(program(each)).toContain(`${to} `);
      expect(moves.image && program(moves.image.send)).toContain(`${from} save`);
      expect(moves.image && program(moves.image.receive)).toContain(`${to} load`);
    }
  });

  test.each([
    ['podman to docker', changed(container(podman, 'pd-ports'), 'Config', {SystemdMode: true})],
    [
      'podman to docker',
      changed(container(podman, 'pd-ports'), 'Config', {Annotations: {mine: 'yes'}}),
    ],
    ['docker to podman', changed(container(docker, 'host'), 'Config', {Domainname: 'a.example'})],
    ['docker to podman', changed(container(docker, 'host'), 'HostConfig', {CapAdd: ['ALL']})],
    ['docker to podman', {...container(docker, 'host'), devices: ['/dev/fuse']}],
  ])('%s: what only one of them has is refused (%#)', (name, odd) => {
    const [from, to] = name === 'podman to docker' ? [podman, docker] : [docker, podman];
    const found = engine(name).refusals('cold', pairOf(from, to, odd));
    expect(found.map(({code}) => code)).toContain('engine-lacks');
  });

  test('the rules of both hold, each on its own side', () => {
    const [, pair] = pairs[0];
    const codes = (change: Partial<Pair>): readonly string[] =>
      engine('podman to docker')
        .refusals('cold', {...pair, ...change})
        .map(({code}) => code);
    const {source, target} = pair;
    expect(codes({source: {...source, storageDriver: 'vfs'}})).toEqual(['storage-driver']);
    expect(codes({target: {...target, storageDriver: 'vfs'}})).toEqual(['storage-driver']);
    expect(codes({target: {...target, rootless: true}})).toEqual(['rootless']);
    expect(codes({target: {...target, architecture: 'aarch64'}})).toEqual(['architecture-differs']);
    const without = target.programs.filter((each) => each !== 'curl');
    expect(codes({target: {...target, programs: without}})).toEqual(['program-missing']);
    const {name} = pair.container;
    const other = {...{id: 'x', name, running: false}, addresses: [], ports: []};
    expect(codes({target: {...target, neighbours: [other]}})).toEqual(['name-taken']);
  });
});
