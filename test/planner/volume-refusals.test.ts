import {describe, expect, test} from 'vitest';
import {shellWord} from '../../src/base/shell-word.js';
import type {Mount, VolumeFacts, Weight} from '../../src/engines/facts.js';
import {
  folderRefusals,
  arrivalRefusals,
  keepRefusals,
} from '../../src/planner/claims/folder-refusals.js';
import {fixedFiles} from '../../src/planner/claims/fixed-files.js';
import {unknownVolumes} from '../../src/planner/claims/unknown-volumes.js';
import {memoryWarnings} from '../../src/planner/strategy/memory-warnings.js';
import {decide} from '../../src/planner/strategy/ladder.js';
import {assumedRates} from '../../src/planner/strategy/predict.js';
import type {Strategy, VolumePolicy} from '../../src/plan/plan.js';
import type {HostView} from '../../src/state/host/observed.js';
import {fakeEngine} from '../rig/fake-engine.js';
import {container, found, landing, plan, survey, view} from './world.js';

const data: Mount = {
  ...{kind: 'volume', name: 'data', source: '/volumes/data/_data', destination: '/data'},
  readOnly: false,
};

const volume = (
  options: Readonly<Record<string, string>> = {},
  more: Partial<VolumeFacts> = {},
): VolumeFacts => ({name: 'data', driver: 'local', options, labels: {}, ...more});

const bound = {type: 'none', o: 'bind', device: '/mnt/nas'};
const nfs = {type: 'nfs', o: 'addr=10.0.0.1,rw', device: ':/export'};
const memory = {type: 'tmpfs', o: 'size=10m', device: 'tmpfs'};
const there = {exists: true, empty: false};

const shapes: Readonly<Record<string, VolumeFacts>> = {
  'a folder of the host': volume(bound, {device: there}),
  NFS: volume(nfs),
  'a block device': volume({type: 'ext4', device: '/dev/vdb'}),
  overlay: volume({type: 'overlay', device: 'overlay', o: 'lowerdir=/a,upperdir=/b'}),
  'an option that is not known': volume({o: 'nocopy'}),
  'another driver': volume({}, {driver: 'rclone'}),
  'in memory': volume(memory),
};

const host = (name: string, its?: VolumeFacts): HostView =>
  view(name, {
    survey: survey({
      landings: its ? [landing(data)] : [],
      usage: {engineFolders: [], tenants: [], landings: [], volumes: its ? [its] : []},
    }),
  });

const ofWeb: Weight = {
  ...{container: 'web', memory: 1, processes: 1, established: 0, rootfs: 0, mounts: {}},
  ...{blockers: [], locks: false},
};

const observed = found('web', 'running', {mounts: [data]});

const refused = (policy: VolumePolicy | undefined, here?: VolumeFacts, other?: VolumeFacts) =>
  folderRefusals(
    container('web', 'beta', {volumes: policy ? {data: policy} : {}}),
    observed,
    host('alpha', here),
    host('beta', other),
  );

const codes = (...given: Parameters<typeof refused>) => refused(...given).map(({code}) => code);

test('a name that none of its volumes has is refused, with the one that was meant', () => {
  const unknown = (...ownVolumes: readonly string[]) =>
    unknownVolumes(
      container('web', 'beta', {volumes: {dtaa: 'skip', '/dat': 'shared'}, ownVolumes}),
      observed,
    );
  expect(unknown('data', '/data')).toEqual([]);
  expect(unknown('dtaa', '/dat').map(({code}) => code)).toEqual([
    'unknown-volume',
    'unknown-volume',
  ]);
  expect(unknown('dtaa')[0]).toMatchObject({
    message: 'the plan says "dtaa: skip" of container "web", which has no such volume or bind',
    remedy: 'did you mean "data"; it has "/data"',
  });
  // What stands in `defaults` may be meant for other containers.
  expect(unknown()).toEqual([]);
});

test('files that cannot be removed are refused where they are copied, or are of the container itself', () => {
  const refusedBy = (fixed: Weight['fixed'], policy: VolumePolicy = 'sync') => {
    const weight = {...ofWeb, ...(fixed && {fixed})};
    const source = view('alpha', {survey: survey({weights: [weight]})});
    return fixedFiles(container('web', 'beta', {volumes: {data: policy}}), observed, source);
  };
  expect(refusedBy(undefined)).toEqual([]);
  expect(refusedBy({rootfs: ['/up/f'], mounts: {}}, 'skip')).toMatchObject([
    {code: 'fixed-files', remedy: expect.stringContaining('"chattr -i -a /up/f"') as string},
  ]);
  const inVolume = {rootfs: [], mounts: {data: ["/v/it's", '/v/b']}};
  for (const policy of ['sync', 'overwrite'] as const)
    expect(refusedBy(inVolume, policy)[0]?.remedy).toContain(
      `chattr -i -a ${shellWord("/v/it's")}`,
    );
  for (const policy of ['skip', 'shared'] as const) expect(refusedBy(inVolume, policy)).toEqual([]);
});

test('what a restore does not bring back is told of moves of memory alone', () => {
  const told = (strategy: Strategy, more: Partial<Weight>) =>
    memoryWarnings(
      {container: container('web', 'beta'), strategy},
      observed,
      view('alpha', {survey: survey({weights: [{...ofWeb, ...more}]})}),
    );
  const lost = {mappedLocks: ['/data/db-shm'], multicast: ['224.0.0.251']};
  expect(told('stateful', lost).map(({code}) => code)).toEqual(['mapped-lock', 'multicast']);
  expect(told('stateful', lost)[0]?.message).toContain('"/data/db-shm"');
  expect(told('stateful', {})).toEqual([]);
  expect(told('cold', lost)).toEqual([]);
});

test('a volume that cannot be read is refused on either host, whatever the plan says of it', () => {
  const unreadableVolumes = [{name: 'data', reason: 'an option is not a text'}];
  const usage = {engineFolders: [], tenants: [], landings: [], volumes: [], unreadableVolumes};
  const odd = view('alpha', {survey: survey({usage})});
  const given = [container('web', 'beta'), observed] as const;
  for (const refusals of [
    folderRefusals(...given, odd, host('beta')),
    folderRefusals(...given, host('alpha'), odd),
    keepRefusals(...given, odd),
  ])
    expect(refusals.map(({code}) => code)).toEqual(['volume-unreadable']);
});

describe.each(Object.entries(shapes))('a volume that is a mount: %s', (_, odd) => {
  test('its files are not copied, whatever the target has of that name', () => {
    expect(codes(undefined, odd)).toEqual(['volume-is-mount']);
    expect(codes('sync', odd, volume())).toEqual(['volume-is-mount']);
    expect(codes('overwrite', odd, odd)).toEqual(['volume-is-mount']);
    expect(refused('sync', odd)[0]?.message).toContain(`driver ${odd.driver}`);
  });

  test('shared where the target has it with the same driver and options, and nowhere else', () => {
    expect(codes('shared', odd)).toEqual(['shared-missing']);
    expect(codes('shared', odd, volume())).toEqual(['volume-differs']);
    expect(codes('shared', odd, odd)).toEqual([]);
    expect(codes('skip', odd)).toEqual(['volume-options']);
    expect(codes('skip', odd, odd)).toEqual([]);
  });

  test('nothing is copied beneath the mount of the target', () => {
    for (const policy of ['sync', 'overwrite', 'shared', 'skip'] as const)
      expect(codes(policy, volume(), odd)).toEqual(['volume-differs']);
    const onto = (policy: VolumePolicy) =>
      arrivalRefusals(
        {container: container('web', 'beta', {volumes: {data: policy}}), lineage: observed.id},
        observed,
        host('beta', odd),
      ).map(({code}) => code);
    expect(onto('sync')).toEqual(['volume-differs']);
    expect(onto('shared')).toEqual([]);
  });

  test('its files are not kept beside memory', () => {
    const kept = (policy: VolumePolicy) =>
      keepRefusals(
        container('web', 'alpha', {volumes: {data: policy}}),
        observed,
        host('alpha', odd),
      );
    expect(kept('sync').map(({code}) => code)).toContain('volume-is-mount');
    expect(kept('shared').map(({code}) => code)).not.toContain('volume-is-mount');
  });
});

test('plain volumes move, with labels of whatever kind', () => {
  expect(codes(undefined, volume(), undefined)).toEqual([]);
  expect(codes(undefined, volume({}, {labels: {a: 'b'}}), volume())).toEqual([]);
});

test('a folder with an owner or a quota of its own is copied once the target has it so', () => {
  const owned = volume({UID: '5', SIZE: '10m', o: 'uid=5,size=10m'});
  expect(codes(undefined, owned)).toEqual(['volume-options']);
  expect(codes(undefined, owned, volume())).toEqual(['volume-differs']);
  // docker tells the option as it was asked for, and nothing beside it.
  expect(codes(undefined, owned, volume({o: 'uid=5,size=10m'}))).toEqual([]);
});

test('the folder that both of them mount must be there, and hold the same', () => {
  const here = volume(bound, {device: there});
  const on = (device: VolumeFacts['device']) =>
    codes('shared', here, volume(bound, device && {device}));
  expect(on(there)).toEqual([]);
  expect(on({exists: false, empty: false})).toEqual(['shared-missing']);
  expect(on({exists: true, empty: true})).toEqual(['shared-empty']);
});

test('the way out is the command that makes the volume, and tells no secret', () => {
  const remedy = (options: Readonly<Record<string, string>>) =>
    refused('shared', volume(options))[0]?.remedy;
  expect(remedy(nfs)).toContain(
    '"podman volume create --driver local --opt device=:/export --opt o=addr=10.0.0.1,rw --opt type=nfs data"',
  );
  const cifs = {type: 'cifs', device: '//nas/x', o: 'username=u,password=hunter2'};
  expect(JSON.stringify(refused('shared', volume(cifs)))).not.toContain('hunter2');
  expect(remedy(cifs)).toContain('the same driver and options');
});

test('a volume in memory is lost at a freeze, and only a cold move says so beforehand', () => {
  const decided = decide({
    plan: plan([]),
    container: container('web', 'beta', {volumes: {data: 'skip'}}),
    observed,
    source: host('alpha', volume(memory)),
    target: host('beta', volume(memory)),
    engine: fakeEngine,
    rates: assumedRates,
  });
  if (!('change' in decided)) throw new Error('nothing was decided');
  expect(decided.change.strategy).toBe('cold');
  expect(decided.change.fell[0]?.refusals.map(({code}) => code)).toEqual(['volume-in-memory']);
});
