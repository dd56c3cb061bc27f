import {expect, test} from 'vitest';
import type {HostPair} from '../../src/engines/engine.js';
import type {HostSurvey} from '../../src/engines/facts.js';
import {docker} from '../../src/engines/docker/docker.js';
import {runc} from '../../src/engines/bundle/engine.js';
import {podman} from '../../src/engines/podman/podman.js';
import {aSurvey} from './podman-pair.js';

const pair = (
  source: Partial<HostSurvey> = {},
  target: Partial<HostSurvey> = {},
  change: Partial<HostPair> = {},
): HostPair => ({
  source: aSurvey(source),
  target: aSurvey(target),
  sourceVersion: '5.4.2',
  targetVersion: '5.4.2',
  connections: 'keep',
  networks: [],
  ...change,
});

const strategies = ['cold', 'stateful', 'pre-copy'] as const;

const codes = (hosts: HostPair): readonly (readonly string[])[] =>
  strategies.map((strategy) => (podman.fitness?.(strategy, hosts) ?? []).map(({code}) => code));

test('hosts that are fit refuse nothing: no container is no reason', () => {
  expect(codes(pair())).toEqual([[], [], []]);
  const neighbour = {id: '', name: 'db', running: true, addresses: ['10.78.0.50'], ports: []};
  expect(codes(pair({}, {neighbours: [neighbour]}))).toEqual([[], [], []]);
});

test.each([
  [pair({rootless: true}), ['rootless'], ['rootless'], ['rootless']],
  [pair({}, {criu: undefined as never}), [], ['criu-missing'], ['criu-missing']],
  [
    pair({criu: {version: '4.2.1', memoryTracking: false, complaints: []}}),
    ...[[], [], ['no-memory-tracking']],
  ],
  [pair({}, {criu: {version: '4.2.1', memoryTracking: false, complaints: []}}), ...[[], [], []]],
  [pair({}, {storageDriver: 'vfs'}), ...[['storage-driver'], [], []]],
  [pair({}, {scratchFree: 1024}), ...[[], ['scratch-too-small'], ['scratch-too-small']]],
  [
    pair({}, {networks: []}, {networks: ['lan', 'podman']}),
    ...[['network-missing'], ['network-missing'], ['network-missing']],
  ],
] as const)('the rules of the preflight (%#)', (hosts, cold, stateful, preCopy) => {
  expect(codes(hosts)).toEqual([cold, stateful, preCopy]);
});

test('docker: what the daemon says decides', () => {
  const raw = {info: {ExperimentalBuild: true, Runtimes: {runc: {}}, CgroupDriver: 'systemd'}};
  const versions = {sourceVersion: '26.1.5', targetVersion: '26.1.5'};
  const survey = {
    ...{raw, storageDriver: 'overlay2'},
    programs: [...aSurvey().programs, 'curl'],
  };
  const of = (hosts: HostPair, strategy: 'cold' | 'stateful'): readonly string[] =>
    (docker.fitness?.(strategy, hosts) ?? []).map(({code}) => code);
  expect(of(pair(survey, survey, versions), 'cold')).toEqual([]);
  expect(of(pair(survey, survey, versions), 'stateful')).toEqual([]);
  const newest = {sourceVersion: '28.0.0', targetVersion: '26.1.5'};
  expect(of(pair(survey, survey, newest), 'stateful')).toEqual(['docker-cannot-restore']);
});

test('runc: a bundle that asks for nothing', () => {
  const survey = {programs: [...aSurvey().programs, 'mkfifo', 'sha256sum']};
  for (const strategy of strategies)
    expect(runc.fitness?.(strategy, pair(survey, survey))).toEqual([]);
  const without = pair(survey, {...survey, criu: undefined as never});
  expect((runc.fitness?.('stateful', without) ?? []).map(({code}) => code)).toEqual([
    'criu-missing',
  ]);
});
