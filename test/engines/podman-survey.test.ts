import {describe, expect, test} from 'vitest';
import type {SurveyQuestion} from '../../src/engines/engine.js';
import {readSurvey, survey} from '../../src/engines/podman/survey.js';
import {isLoopback} from '../../src/engines/criu/workload.js';
import {subnetContains} from '../../src/engines/oci/subnet.js';
import {compareVersions} from '../../src/engines/host/versions.js';
import {aContainer} from './podman-pair.js';
import {recorded, recording, valueOf} from './recording.js';

const question: SurveyQuestion = {
  leaving: [recorded('pd-rich'), recorded('pd-ports')],
  arriving: [
    {kind: 'volume', name: 'pdvol', source: '', destination: '/data', readOnly: false},
    {kind: 'volume', name: 'nope', source: '', destination: '/n', readOnly: false},
    {kind: 'bind', name: '/r', source: '/root', destination: '/r', readOnly: true},
    {kind: 'tmpfs', name: '/x', source: 'tmpfs', destination: '/x', readOnly: false},
  ],
};

const surveyed = valueOf(readSurvey(recording('podman-5.4.2-survey'), question));

/** An answer with the sections that are given and nothing else. */
const answer = (parts: Readonly<Record<string, string>>): string =>
  [
    ...Object.entries({info: '{}', ...parts}).map(
      ([name, text]) => `\n@@cm\t${name.replace(' ', '\t')}\n${text}\n`,
    ),
    '\n@@cm\tend\n',
  ].join('');

const read = (parts: Readonly<Record<string, string>>, leaving = [aContainer()]) =>
  valueOf(readSurvey(answer(parts), {leaving, arriving: []}));

describe('podman: surveying a host', () => {
  test('the question comes as words', () => {
    const container = aContainer();
    expect(survey({leaving: [container], arriving: question.arriving}).argv.slice(4)).toEqual([
      ...['weigh', '0', '42', '/var/lib/containers/storage/overlay/x/diff'],
      ...['mount', '0.0', 'volume', '/v/data'],
      ...['land', '0', 'volume', 'pdvol'],
      ...['land', '1', 'volume', 'nope'],
      ...['land', '2', 'bind', '/root'],
    ]);
  });

  test('a real host', () => {
    const {cpuFlags, neighbours, ...facts} = surveyed;
    expect(cpuFlags).toEqual(expect.arrayContaining(['sse4_2', 'avx512f']));
    expect(facts).toMatchObject({
      runtime: 'runc',
      runtimeVersion: '1.1.15+ds1',
      storageDriver: 'overlay',
      rootless: false,
      networkBackend: 'netavark',
      criu: {version: '4.2.1', memoryTracking: false, complaints: []},
      libcriu: true,
      kernel: '6.18.44',
      architecture: 'x86_64',
      cgroups: 'hybrid',
      images: [{names: ['localhost/redis:7'], size: 119827124}],
    });
    expect(facts.memoryFree).toBeGreaterThan(1024 ** 3);
    expect(facts.scratchFree).toBeGreaterThan(1024 ** 3);
    expect(facts.storeFree).toBeGreaterThan(1024 ** 3);
    expect(facts.programs).toEqual(expect.arrayContaining(['rsync', 'flock', 'ssh', 'tar']));
    expect(facts.networks).toContainEqual({
      ...{name: 'lan', driver: 'macvlan', subnets: ['10.78.0.0/24']},
      ...{internal: false, ipv6: false, dns: false, options: {parent: 'eth0'}, labels: {}},
      pools: [{subnet: '10.78.0.0/24', gateway: '10.78.0.254'}],
    });
    expect(facts.listening).toEqual(
      expect.arrayContaining([
        {port: 22, protocol: 'tcp', ip: '0.0.0.0'},
        expect.objectContaining({port: 9001, protocol: 'udp'}),
      ]),
    );
    expect(neighbours.find(({name}) => name === 'pd-rich')).toMatchObject({
      running: true,
      addresses: ['10.78.0.151'],
    });
  });

  test('what leaves is weighed', () => {
    const [rich, ports] = surveyed.weights;
    expect(rich).toMatchObject({container: 'pd-rich', processes: 2, established: 0, blockers: []});
    expect(rich?.memory).toBeGreaterThan(1024 ** 2);
    expect(rich?.mounts).toMatchObject({pdvol: 4096, '/x': 0});
    expect(ports).toMatchObject({container: 'pd-ports', processes: 1, mounts: {}});
  });

  test('what arrives finds its landing; memory file systems need none', () => {
    expect(surveyed.landings).toEqual([
      expect.objectContaining({name: 'pdvol', exists: true, kind: 'folder', empty: true}),
      expect.objectContaining({name: 'nope', exists: false, empty: true}),
      expect.objectContaining({name: '/r', exists: true, kind: 'folder', empty: false}),
    ]);
  });

  test('blockers, locks and odd mounts', () => {
    const [weight] = read(
      {
        'pids 0': '42\n43',
        locks: '1: FLOCK  ADVISORY  WRITE 43 00:33:123 0 EOF',
        'files 0': 'anon_inode:[eventpoll]\nanon_inode:[io_uring]\nanon_inode:[userfaultfd]',
        'devices 0': '/dev/fuse\n/dev/null\n/dev/pts/0',
        'tracers 0': 'TracerPid:\t7',
        'mount 0.0': 'socket\n0',
        'mount 0.1': 'missing',
        'memory 0': 'Pss:  100 kB\nPss:  28 kB',
        'shm 0': '4',
      },
      [
        aContainer({
          mounts: ['/s', '/m'].map((path) => ({
            ...{kind: 'bind', name: path, source: path, destination: path, readOnly: false},
          })),
        }),
      ],
    ).weights;
    expect(weight).toMatchObject({
      processes: 2,
      memory: 132 * 1024,
      locks: true,
      blockers: [
        {code: 'kernel-object', what: 'io_uring'},
        {code: 'kernel-object', what: 'userfaultfd'},
        {code: 'device-open', what: '/dev/fuse'},
        {code: 'debugger', what: ''},
        {code: 'bind-socket', what: '/s'},
        {code: 'bind-missing', what: '/m'},
      ],
    });
    expect(read({'pids 0': '42', locks: '1: POSIX  ADVISORY  READ 43 0:1:2 0 EOF'})).toMatchObject({
      weights: [{locks: false}],
    });
  });

  test("connections with somebody else count; on the host's network only its own", () => {
    const tcp = '01004E0A:C350 11\n0100007F:1F90 12\n01004E0A:C351 13';
    expect(read({'tcp 0': tcp}).weights[0]?.established).toBe(2);
    const mine = {'host-network 0': '', 'files 0': 'socket:[13]'};
    expect(read({'tcp 0': tcp, ...mine}).weights[0]?.established).toBe(1);
    expect(isLoopback('00000000000000000000000001000000:1F90')).toBe(true);
    expect(isLoopback('0000000000000000FFFF00000100007F:1F90')).toBe(true);
    expect(isLoopback('0000000000000000FFFF000001004E0A:1F90')).toBe(false);
  });

  test('a host on which nearly everything is missing', () => {
    const bare = read({});
    expect(bare.criu).toBeUndefined();
    expect(bare).toMatchObject({runtime: '', kernel: '', programs: [], neighbours: []});
  });

  test('CRIU that complains, and one that only lacks extras', () => {
    const found = {criu: 'Version: 3.17.1'};
    const bad = 'Error (criu/cr-check.c:99): no kcmp\nDoes not look good.';
    expect(read({...found, 'criu-check': bad}).criu?.complaints).toEqual([
      'no kcmp',
      'Does not look good.',
    ]);
    const well = 'Warn  (criu/x.c:1): x\nLooks good but some kernel features are missing';
    expect(read({...found, 'criu-check': well}).criu?.complaints).toEqual([]);
    expect(read({...found, 'criu-tracking': ''}).criu?.memoryTracking).toBe(true);
  });

  test('crun built without CRIU, networks of CNI, an arm processor, cgroups', () => {
    const told = {host: {ociRuntime: {name: 'crun', version: 'crun version 1.21\n+YAJL'}}};
    const cni = [
      {Name: 'old', plugins: [{type: 'bridge', ipam: {ranges: [[{subnet: '10.1.0.0/16'}]]}}]},
    ];
    const facts = read({
      info: JSON.stringify(told),
      networks: JSON.stringify(cni),
      cpu: 'Features\t: fp asimd',
      cgroups: 'cgroup2 /sys/fs/cgroup cgroup2 rw 0 0',
      'own-cgroup': '0::/x',
    });
    expect(facts).toMatchObject({
      runtimeVersion: '1.21 -CRIU',
      networks: [{name: 'old', driver: 'bridge', subnets: ['10.1.0.0/16']}],
      cpuFlags: ['fp', 'asimd'],
      cgroups: 'v2',
    });
    expect(read({cgroups: 'cgroup /sys/fs/cgroup/cpu cgroup rw 0 0'}).cgroups).toBe('v1');
  });
});

test.each([
  ['10.78.0.0/24', '10.78.0.50', true],
  ['10.78.0.0/24', '10.78.1.50', false],
  ['0.0.0.0/0', '255.255.255.255', true],
  ['10.78.0.7/32', '10.78.0.7', true],
  ['fd00::/64', 'fd00::1:2', true],
  ['fd00::/64', 'fd00:0:0:1::2', false],
  ['fd00::/64', '10.0.0.1', false],
  ['nonsense', '10.0.0.1', false],
  ['10.0.0.0/33', '10.0.0.1', false],
])('%s holds %s: %s', (subnet, address, holds) => {
  expect(subnetContains(subnet, address)).toBe(holds);
});

test.each([
  ['6.18.44-fc', '6.18', 1],
  ['6.9', '6.13', -1],
  ['4.2', '4.2.0', 0],
  ['v5.4.2', '5.4.10', -1],
  ['', '0', 0],
])('version %s compared with %s', (a, b, sign) => {
  expect(Math.sign(compareVersions(a, b))).toBe(sign);
});
