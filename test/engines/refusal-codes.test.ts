import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {createRefusals} from '../../src/engines/podman/create-refusals.js';
import {refusals as dockerRefusals} from '../../src/engines/docker/refusals.js';
import type {Refusal} from '../../src/engines/engine.js';
import type {Landing, Mount} from '../../src/engines/facts.js';
import {asRecord, at, textAt} from '../../src/base/json.js';
import {logFlags} from '../../src/engines/podman/create-process.js';
import {refusals as podmanRefusals} from '../../src/engines/podman/refusals.js';
import {runc} from '../../src/engines/bundle/engine.js';
import {folderRefusals} from '../../src/planner/claims/folder-refusals.js';
import type {Container} from '../../src/plan/plan.js';
import type {HostView} from '../../src/state/host/observed.js';
import {container as planned, found, survey} from '../planner/world.js';
import {aPair as dockerPair, container as dockerContainer} from './docker-pair.js';
import {aContainer, aPair} from './podman-pair.js';
import {aBundlePair, bundle} from './runc-pair.js';

const mount: Mount = {
  ...{kind: 'bind', name: '/srv', source: '/srv', destination: '/srv', readOnly: false},
};

const made = (...words: readonly string[]) => ({
  Config: {CreateCommand: ['podman', 'run', ...words, 'redis']},
});

const ofPodman = (raw: unknown): readonly Refusal[] =>
  podmanRefusals('cold', aPair({container: {raw}}));

const docker = (host: Readonly<Record<string, unknown>>): readonly Refusal[] => {
  const known = dockerContainer('redis');
  const raw = {
    ...asRecord(known.raw),
    HostConfig: {...asRecord(at(known.raw, 'HostConfig')), ...host},
  };
  return dockerRefusals('cold', dockerPair({container: {...known, raw}}));
};

const bundled = (change: Parameters<typeof aBundlePair>[1]): readonly Refusal[] =>
  runc.refusals('stateful', aBundlePair(bundle('plain'), change));

const view = (host: string, kind?: Landing['kind']): HostView => {
  const landing = {...{name: '/srv', source: '/srv', mount: 'bind' as const}, empty: false};
  return {
    ...{host, engine: 'podman', look: {version: '5.4.2', containers: []}, records: [], leases: []},
    survey: survey({
      landings: [{...landing, exists: kind !== undefined, ...(kind !== undefined && {kind})}],
    }),
  };
};

const foldersOf = (
  volumes: Container['volumes'],
  from: Landing['kind'],
  to?: Landing['kind'],
): readonly Refusal[] =>
  folderRefusals(
    {...planned('redis', 'beta'), volumes},
    found('redis', 'running', {mounts: [mount]}),
    view('alpha', from),
    view('beta', to),
  );

/** A configuration for each refusal that the tests of the engines and the planner do not raise. */
const rows: Readonly<Record<string, () => readonly Refusal[]>> = {
  'runtime-path': () => createRefusals(made('--runtime', '/srv/evil/runc')),
  'timezone-path': () => createRefusals({Config: {Timezone: '../../etc/shadow'}}),
  'label-lines': () =>
    createRefusals({
      Config: {...made('--label', 'note=a\nb').Config, Labels: {note: 'a\nb', 'of the image': 'x'}},
    }),
  'settings-unknown': () => createRefusals({Spec: {}, Config: {}}),
  'image-mount': () => ofPodman(made('--mount', 'type=image,source=tools,destination=/tools')),
  'mount-path': () =>
    podmanRefusals('stateful', aPair({container: {mounts: [{...mount, destination: '/a\nb'}]}})),
  'mount-subpath': () =>
    ofPodman(made('--mount', 'type=volume,source=data,destination=/data,subpath=a')),
  'volumes-from': () => ofPodman(made('--volumes-from', 'base:ro')),
  'no-upper-folder': () => {
    const {upperDir, ...rest} = aContainer();
    expect(upperDir).toBeDefined();
    return podmanRefusals('cold', {...aPair(), container: rest});
  },
  'device-request': () => docker({DeviceRequests: [{Driver: 'nvidia', Count: -1}]}),
  'shared-missing': () => foldersOf({'/srv': 'shared'}, 'folder'),
  'mount-not-a-folder': () => foldersOf({'/srv': 'sync'}, 'other'),
  'systemd-cgroup': () =>
    bundled({container: {raw: {...asRecord(bundle('plain').raw), systemd: true}}}),
  'mount-inside-rootfs': () => {
    const own = bundle('plain');
    const inner = `${textAt(own.raw, 'rootfs')}/inside`;
    return bundled({container: {mounts: [...own.mounts, {...mount, source: inner}]}});
  },
};

/** What is told by the same table, and refuses no move. */
const others: Readonly<Record<string, string>> = {
  'not-measured': 'a step of a checkpoint: the host gave no answer of its form',
  'not-surveyed': 'a host that could be looked at and not closely, which is told of the host',
};

describe('refusals that nothing else raises', () => {
  test.each(Object.entries(rows))('%s', (code, raise) => {
    const refused = raise();
    expect(refused.map((each) => each.code)).toContain(code);
    // A refusal without a way out leaves its reader alone.
    for (const {remedy} of refused.filter((each) => each.code === code))
      expect(remedy ?? '').not.toBe('');
  });
});

test('a folder of a volume is refused by every strategy, however the engine tells it', () => {
  const options = {Type: 'volume', Target: '/data', VolumeOptions: {Subpath: 'a'}};
  expect(docker({Mounts: [options]}).map(({code}) => code)).toContain('mount-subpath');
  const raw = {Mounts: [{Type: 'volume', Destination: '/data', SubPath: 'a'}]};
  const stateful = podmanRefusals('stateful', aPair({container: {raw}}));
  expect(stateful.map(({code}) => code)).toContain('mount-subpath');
  const whole = {Mounts: [{...options, VolumeOptions: {}}]};
  expect(docker(whole).map(({code}) => code)).not.toContain('mount-subpath');
});

test("no limit of a log's size is no option, as podman before and since 5.8 tells it", () => {
  const flags = (size: string): readonly string[] =>
    logFlags({HostConfig: {LogConfig: {Type: 'k8s-file', Size: size}}});
  for (const size of ['', '0B', '-1B']) expect(flags(size)).toEqual(['--log-driver=k8s-file']);
  expect(flags('10MB')).toContain('--log-opt=max-size=10MB');
});

const textsOf = (folder: string, ending: string): readonly string[] =>
  readdirSync(folder, {recursive: true, encoding: 'utf8'})
    .filter((name) => name.endsWith(ending))
    .map((name) => readFileSync(join(folder, name), 'utf8'));

test('every code of a refusal is raised by a test', () => {
  const sources = [...textsOf('src/engines', '.ts'), ...textsOf('src/planner', '.ts')];
  const codes = sources.flatMap((text) =>
    [...text.matchAll(/\bcode: '([a-z0-9-]+)'/gu)].map((match) => match[1] ?? ''),
  );
  const tests = ['.test.ts', '.plantest', '.script'].flatMap((ending) => textsOf('test', ending));
  const isRaised = (code: string): boolean =>
    code in rows ||
    code in others ||
    tests.some((text) => text.includes(`'${code}'`) || text.includes(`(${code})`));
  expect([...new Set(codes)].length).toBeGreaterThan(100);
  expect([...new Set(codes)].filter((code) => !isRaised(code))).toEqual([]);
});
