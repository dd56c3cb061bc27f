import {askedMac} from '../../src/engines/docker/endpoints.js';
import {askedNetworks} from '../../src/engines/podman/asked.js';
import {describe, expect, test} from 'vitest';
import {createNetwork, networkRefusals, type Network} from '../../src/engines/oci/networks.js';
import {portRefusals} from '../../src/engines/oci/ports.js';
import {aPair, type aSurvey} from './podman-pair.js';

const closed: Network = {
  ...{name: 'closed', driver: 'bridge', subnets: ['10.5.0.0/24', 'fd00:5::/64']},
  ...{internal: true, ipv6: true, dns: true},
  pools: [
    {subnet: '10.5.0.0/24', gateway: '10.5.0.9', range: '10.5.0.16/28'},
    {subnet: 'fd00:5::/64', gateway: 'fd00:5::9'},
  ],
  options: {mtu: '1400', 'com.docker.network.bridge.name': "it's"},
  labels: {'com.docker.compose.network': 'closed'},
};

const between = (here: Network, there: Network | undefined, engine: 'podman' | 'docker') =>
  networkRefusals(
    engine,
    here.name,
    aPair({source: {networks: [here]}, target: {networks: there === undefined ? [] : [there]}}),
  );

describe('networks are the same on both hosts in all that a container notices', () => {
  test('the advised command carries everything that was asked for', () => {
    expect(createNetwork('docker', closed)).toBe(
      "docker network create -d bridge --internal --ipv6 --subnet 10.5.0.0/24 --gateway 10.5.0.9 --ip-range 10.5.0.16/28 --subnet fd00:5::/64 --gateway fd00:5::9 --opt mtu=1400 --opt 'com.docker.network.bridge.name=it'\\''s' --label com.docker.compose.network=closed closed",
    );
    const wired = {...closed, driver: 'macvlan', options: {parent: 'eth0'}, dns: false};
    expect(createNetwork('podman', wired)).toContain('--disable-dns');
    expect(createNetwork('podman', wired)).toContain('--opt parent=eth0');
    expect(between(closed, undefined, 'docker')[0]?.remedy).toContain('docker network create -d');
  });

  test.each<[string, Partial<Network>]>([
    ['driver', {driver: 'macvlan'}],
    ['internal', {internal: false}],
    ['IPv6', {ipv6: false}],
    ['DNS', {dns: false}],
    ['option mtu', {options: {...closed.options, mtu: '1500'}}],
    ['option isolate', {options: {...closed.options, isolate: 'true'}}],
    ['label com.docker.compose.network', {labels: {}}],
  ])('%s: refused, with the way to put it right', (what, change) => {
    const [refusal] = between(closed, {...closed, ...change}, 'podman');
    expect(refusal).toMatchObject({code: 'network-differs'});
    expect(refusal?.message).toContain(`both hosts: ${what} "`);
    expect(refusal?.remedy).toContain('"podman network rm closed"');
  });

  test('between two engines neither DNS nor options have the same words', () => {
    const ofPodman = {...closed, dns: false, options: {mtu: '1400'}};
    const {dns, ...ofDocker} = {...closed, options: {'com.docker.network.driver.mtu': '1400'}};
    expect(dns).toBe(true);
    expect(between(ofPodman, ofDocker, 'docker')).toEqual([]);
    const [refusal] = between(ofPodman, {...ofDocker, internal: false}, 'docker');
    expect(refusal?.message).toContain('both hosts: internal "no" on the target');
  });

  test('what is of one host alone may differ: subnets of bridges, names of devices, further labels', () => {
    const there = {
      ...closed,
      pools: [{subnet: '10.6.0.0/24', gateway: '10.6.0.1'}],
      options: {mtu: '1400', 'com.docker.network.bridge.name': 'br1'},
      labels: {...closed.labels, team: 'web'},
    };
    expect(between(closed, there, 'docker')).toEqual([]);
    const wired = {...closed, driver: 'macvlan', options: {parent: 'eth0'}};
    const other = {...wired, options: {parent: 'ens3'}};
    expect(between(wired, other, 'docker')).toEqual([]);
    const astray = {...other, pools: [{subnet: '10.5.0.0/24', gateway: '10.5.0.254'}]};
    expect(between(wired, astray, 'docker')[0]?.message).toContain('gateway');
    expect(
      between({...closed, name: 'bridge'}, {...closed, name: 'bridge', ipv6: false}, 'docker'),
    ).toEqual([]);
  });
});

describe('ports are taken at addresses', () => {
  type Change = NonNullable<Parameters<typeof aSurvey>[0]>;

  const codes = (hostIp: string, target: Change): readonly string[] => {
    const ports = [{hostIp, hostPort: 7000, containerPort: 80, protocol: 'tcp'}];
    return portRefusals(aPair({container: {ports}, target})).map(({code}) => code);
  };
  const at = (ip: string) => ({listening: [{port: 7000, protocol: 'tcp', ip}]});

  test.each<[string, string, Change, readonly string[]]>([
    ['another loopback address', '127.0.0.1', at('127.0.0.2'), []],
    ['the same one', '127.0.0.1', at('127.0.0.1'), ['port-taken']],
    ['every address', '127.0.0.1', at('0.0.0.0'), ['port-taken']],
    ['wanted at every address', '0.0.0.0', at('127.0.0.2'), ['port-taken']],
    ['every address of IPv6', '10.0.0.1', {...at('::'), addresses: ['10.0.0.1']}, ['port-taken']],
    ["the source's own address", '10.0.0.1', {addresses: ['10.0.0.2']}, ['port-address-missing']],
    ['an address of both', '10.0.0.1', {addresses: ['10.0.0.1']}, []],
    ['loopback is everywhere', '127.0.0.9', {addresses: ['10.0.0.1']}, []],
  ])('%s', (_, hostIp, target, refused) => {
    expect(codes(hostIp, {listening: [], ...target})).toEqual(refused);
  });
});

describe('a fixed address keeps the MAC that it has, so that no neighbour asks for it in vain', () => {
  const MacAddress = '9a:12:00:00:00:30';
  const podman = (...flags: readonly string[]) =>
    askedNetworks({
      Config: {CreateCommand: ['podman', 'run', '--network', 'lan', ...flags, 'image'], Cmd: []},
      NetworkSettings: {Networks: {lan: {IPAddress: '10.0.0.30', MacAddress}}},
    }).get('lan')?.mac;
  const docker = (IPAMConfig: unknown, version: string) =>
    askedMac({}, {IPAddress: '10.0.0.30', IPAMConfig, MacAddress}, version);

  test('podman', () => {
    expect(podman('--ip', '10.0.0.30')).toBe(MacAddress);
    expect(podman('--ip', '10.0.0.30', '--mac-address', '02:00:00:00:00:01')).toBe(
      '02:00:00:00:00:01',
    );
    expect(podman()).toBeUndefined();
  });

  test('docker, which chose it by chance from version 28 on', () => {
    expect(docker({IPv4Address: '10.0.0.30'}, '28.5.2')).toBe(MacAddress);
    expect(docker(null, '28.5.2')).toBe('');
  });
});
