import {describe, expect, test} from 'vitest';
import {refusals} from '../../src/engines/docker/refusals.js';
import type {Pair} from '../../src/engines/engine.js';
import {asRecord, at, type JsonRecord} from '../../src/base/json.js';
import {aPair, container, empty, surveyed} from './docker-pair.js';

const codes = (strategy: 'cold' | 'stateful', pair: Pair): readonly string[] =>
  refusals(strategy, pair).map(({code}) => code);

const withMode = (name: string, mode: string) => {
  const raw = container(name).raw as JsonRecord;
  return container(name, {
    raw: {...raw, HostConfig: {...(raw['HostConfig'] as JsonRecord), NetworkMode: mode}},
  });
};

const withInfo = (change: JsonRecord): JsonRecord => ({
  ...asRecord(empty.raw),
  info: {...asRecord(at(empty.raw, 'info')), ...change},
});

const weighing = (name: string, established: number) => ({
  weights: surveyed.weights.map((each) =>
    each.container === name ? {...each, established} : each,
  ),
});

describe('versions that can restore', () => {
  test.each([
    ['22.9.0', true, false],
    ['23.0.0', false, false],
    ['25.0.3', true, true],
    ['25.0.4', false, false],
    ['26.0.0', true, false],
    ['26.0.1', false, false],
    ['26.1.5+dfsg1', false, false],
    ['27.5.1', false, false],
    ['28.0.0', true, false],
    ['29.7.2', true, false],
  ])('%s: refused with a network of its own %s', (version, own, alsoOnHost) => {
    const refused = (pair: Pair): boolean =>
      codes('stateful', pair).includes('docker-cannot-restore');
    expect(refused(aPair({versions: ['26.1.5', version]}))).toBe(own);
    // the way back needs it, too
    expect(refused(aPair({versions: [version, '26.1.5']}))).toBe(own);
    const onHost = withMode('host', 'host');
    const old = version === '22.9.0';
    expect(refused(aPair({container: onHost, versions: ['26.1.5', version]}))).toBe(
      alsoOnHost || old,
    );
    expect(codes('cold', aPair({versions: [version, version]}))).toEqual([]);
  });
});

describe('refusals', () => {
  test.each([
    ['experimental-off', aPair({target: {raw: withInfo({ExperimentalBuild: false})}})],
    ['experimental-off', aPair({source: {raw: withInfo({ExperimentalBuild: false})}})],
    ['cgroups-differ', aPair({target: {raw: withInfo({CgroupDriver: 'systemd'})}})],
    ['tty', aPair({container: container('redis', {tty: true})})],
    ['not-running', aPair({container: container('redis', {state: 'stopped'})})],
    ['criu-missing', aPair({target: {criu: undefined as never}})],
    ['connections-bound', aPair({container: container('rich'), source: weighing('rich', 2)})],
  ])('%s: with its memory, and not cold', (code, pair) => {
    expect(codes('stateful', pair)).toContain(code);
    expect(codes('cold', pair)).not.toContain(code);
  });

  test.each([
    ['rootless', aPair({source: {rootless: true}})],
    ['user-namespace', aPair({target: {raw: withInfo({SecurityOptions: ['name=userns']})}})],
    ['storage-driver', aPair({target: {storageDriver: 'overlayfs'}})],
    [
      'name-taken',
      aPair({
        target: {
          neighbours: [{...{id: 'x', name: 'redis', running: false}, addresses: [], ports: []}],
        },
      }),
    ],
    ['joins-another', aPair({container: container('redis', {joins: 'other'})})],
    [
      'swarm',
      aPair({container: container('redis', {labels: {'com.docker.swarm.service.name': 's'}})}),
    ],
    ['device', aPair({container: container('redis', {devices: ['/dev/fuse']})})],
    ['runtime-missing', aPair({target: {raw: withInfo({Runtimes: {}})}})],
    ['log-driver-missing', aPair({target: {raw: withInfo({Plugins: {}})}})],
    ['network-missing', aPair({target: {networks: []}})],
    [
      'address-outside',
      aPair({target: {networks: [{name: 'lan', driver: 'macvlan', subnets: ['10.9.9.0/24']}]}}),
    ],
    [
      'port-taken',
      aPair({container: container('rich'), target: {listening: [{port: 8080, protocol: 'tcp'}]}}),
    ],
    [
      'program-missing',
      aPair({target: {programs: empty.programs.filter((each) => each !== 'curl')}}),
    ],
  ])('%s: whatever the strategy', (code, pair) => {
    expect(codes('stateful', pair)).toContain(code);
    expect(codes('cold', pair)).toContain(code);
  });

  test('connections on the wire go along, others are closed where the plan says so', () => {
    expect(codes('stateful', aPair({source: weighing('redis', 3)}))).toEqual([]);
    const bridged = {container: container('rich'), source: weighing('rich', 3)};
    const closed = codes('stateful', aPair({...bridged, connections: 'close'}));
    expect(closed).not.toContain('connections-bound');
  });

  test('an address that connections hang on must be free', () => {
    const auto = container('auto');
    const ip = auto.addresses[0]?.ip ?? '';
    const user = {...{id: 'x', name: 'other', running: true}, addresses: [ip], ports: []};
    const pair = aPair({container: auto, target: {neighbours: [user]}});
    expect(codes('stateful', pair)).toContain('address-taken');
    expect(codes('cold', pair)).toEqual([]);
    expect(codes('stateful', {...pair, connections: 'close'})).toEqual([]);
  });

  test('a bind mount behind a symbolic link, and docker-init where it is one', () => {
    const links = {links: ['/srv/bind', 'init']};
    const pair = aPair({container: container('rich'), target: links});
    expect(codes('stateful', pair)).toEqual(expect.arrayContaining(['bind-link', 'init-link']));
    expect(codes('cold', pair)).toEqual([]);
  });
});
