import {asRecord, at} from '../../../src/base/json.js';
import type {Mount, ServiceUnit} from '../../../src/engines/facts.js';
import {container as dockerContainer} from '../../engines/docker-pair.js';
import {withConfig} from '../../engines/runc-pair.js';
import {does, line, use} from './follow.js';
import {row, type Row} from './row.js';
import {
  becomes,
  bundleWorld,
  containerOf,
  dockerWorld,
  holds,
  podmanWorld,
  says,
  shows,
  surveyOf,
  type Words,
  type World,
} from './world.js';

const mixed = (strategy: string): World => ({
  ...podmanWorld({container: {mounts: [], addresses: [], ports: []}}, strategy),
  beta: {...dockerWorld().beta, host: 'beta'},
});

const bundled = (config: Words, more: Words = {}, strategy = 'stateful'): World =>
  says(bundleWorld({container: withConfig('hooked', config, more)}, strategy, 'hooked'), {
    allow: ['hook:/root/hook.sh', 'host-mount', 'host-pid', 'host-ipc', 'host-uts', 'unmasked'],
  });

const whole = (strategy: unknown): World => bundled({}, {}, String(strategy));

const asMade = ({container: {strategy}}: World): World => whole(strategy);

/** docker's own description of the container with other settings. */
const dockerAs = (host: Words, strategy = 'cold'): World => {
  const known = dockerContainer('redis');
  const raw = {
    ...asRecord(known.raw),
    HostConfig: {...asRecord(at(known.raw, 'HostConfig')), ...host},
  };
  return dockerWorld({container: {...known, raw}}, strategy);
};

const dockerInfo = (world: World, info: Words): World => {
  const raw = asRecord(surveyOf(world, 'beta').raw);
  return shows(world, 'beta', {raw: {...raw, info: {...asRecord(raw['info']), ...info}}});
};

const plainDocker = ({container: {strategy}}: World): World => dockerWorld({}, String(strategy));

const made = (words: readonly string[], more: Words = {}): World =>
  becomes(podmanWorld({}, 'cold'), {
    raw: {...more, Config: {CreateCommand: ['podman', 'run', ...words, 'redis']}},
  });

const mount = (source: string, destination: string): Mount => ({
  ...{kind: 'bind', name: destination, source, destination},
  readOnly: false,
});

const unit: ServiceUnit = {
  ...{name: 'redis.service', active: true, enabled: true, restart: 'always', stops: []},
  starts: ['/usr/bin/podman start redis'],
};

const neighbour = {id: 'e'.repeat(64), name: 'redis', running: false, addresses: [], ports: []};

const untracked = {version: '4.2.1', memoryTracking: false, complaints: []};
const tracked = {...untracked, memoryTracking: true};

/** What one engine asks, and others do not. */
export const engineRows: readonly Row[] = [
  row('engines-differ', () => mixed('stateful'), use('cold')),
  row(
    'engine-lacks',
    () => becomes(mixed('cold'), {devices: ['/dev/x']}),
    does('start it again without that', (is) => becomes(is, {devices: []})),
  ),
  row(
    'rootfs-elsewhere',
    () => bundled({}, {rootfs: '/r'}, 'cold'),
    does('put it into the bundle', asMade),
  ),
  row(
    'rootfs-mounted',
    () => holds(whole('cold'), {blockers: [{code: 'rootfs-mounted', what: ''}]}),
    does('copy its files into a folder of the bundle', (is) => holds(is, {blockers: []})),
  ),
  row(
    'bundle-shared',
    () => holds(whole('cold'), {blockers: [{code: 'bundle-shared', what: 'nfs'}]}),
    does("on a file system of the host's own", (is) => holds(is, {blockers: []})),
  ),
  row(
    'host-processes',
    () => bundled({linux: {namespaces: [{type: 'network'}]}}),
    does('give it a "pid" namespace', asMade),
    use('cold'),
  ),
  row('network-by-hand', () => bundled({hooks: {}}), does('let a "createRuntime" hook', asMade)),
  row(
    'systemd-cgroup',
    () => bundled({}, {systemd: true}),
    does('start it again without that option', asMade),
    use('cold'),
  ),
  row(
    'joins-another',
    () => becomes(podmanWorld({}, 'cold'), {joins: 'e'.repeat(64)}),
    does('give it namespaces of its own', () => podmanWorld({}, 'cold')),
  ),
  row(
    'mount-path',
    () => becomes(podmanWorld({}, 'cold'), {mounts: [mount('/srv/a', '/a\nb')]}),
    does('mount it at another path', (is) => becomes(is, {mounts: [mount('/srv/a', '/a')]})),
  ),
  row(
    'no-memory-tracking',
    () => shows(podmanWorld({}, 'pre-copy'), 'alpha', {criu: untracked}),
    does('boot it there with a kernel', (is) => shows(is, 'alpha', {criu: tracked})),
    use('stateful'),
  ),
  row(
    'runtime-too-old',
    () => shows(podmanWorld({}, 'pre-copy'), 'alpha', {runtimeVersion: '0.1.0'}),
    does('update runc there to', (is) => shows(is, 'alpha', {runtimeVersion: '1.1.15'})),
    use('stateful'),
  ),
  row(
    'name-taken',
    () => shows(podmanWorld({}, 'cold'), 'beta', {neighbours: [neighbour]}),
    does('rename it or remove it there', (is) => shows(is, 'beta', {neighbours: []})),
  ),
  row(
    'runs-already',
    () =>
      shows(podmanWorld({}, 'cold'), 'beta', {
        neighbours: [{...neighbour, id: 'f'.repeat(64), running: true}],
      }),
    does('stop the other', (is) =>
      shows(is, 'beta', {neighbours: [{...neighbour, id: 'f'.repeat(64)}]}),
    ),
  ),
  row(
    'device-request',
    () => dockerAs({DeviceRequests: [{Driver: 'nvidia', Count: -1}]}),
    does('start it again without them', plainDocker),
  ),
  row(
    'runtime-missing',
    () => dockerAs({Runtime: 'kata'}),
    does('add it to "runtimes"', (is) => dockerInfo(is, {Runtimes: {kata: {}, runc: {}}})),
  ),
  row(
    'log-driver-missing',
    () => dockerAs({LogConfig: {Type: 'loki', Config: {}}}),
    does('install its plugin there', (is) => dockerInfo(is, {Plugins: {Log: ['loki']}})),
    does('with another one', plainDocker),
  ),
  row(
    'mount-unknown',
    () => {
      const known = dockerContainer('redis');
      const odd = [{Type: 'npipe', Source: 'x', Destination: '/x'}];
      return dockerWorld(
        {container: {...known, raw: {...asRecord(known.raw), Mounts: odd}}},
        'cold',
      );
    },
    does('mount it in another way', plainDocker),
  ),
  row(
    'experimental-off',
    () => dockerInfo(dockerWorld(), {ExperimentalBuild: false}),
    does('put "experimental": true', (is) => dockerInfo(is, {ExperimentalBuild: true})),
    use('cold'),
  ),
  row(
    'cgroups-differ',
    () => dockerInfo(dockerWorld(), {CgroupDriver: 'systemd-other'}),
    does('set the same "native.cgroupdriver"', plainDocker),
    use('cold'),
  ),
  row(
    'systemd-unit',
    () => shows(podmanWorld({}, 'cold'), 'alpha', {units: [unit]}),
    does('"systemctl disable redis.service"', (is) =>
      shows(is, 'alpha', {units: [{...unit, enabled: false, restart: 'no'}]}),
    ),
  ),
  row(
    'systemd-unit',
    () =>
      shows(podmanWorld({}, 'cold'), 'alpha', {
        units: [{...unit, stops: ['/usr/bin/podman rm redis']}],
      }),
    does('let a unit start it that does not remove it', (is) => shows(is, 'alpha', {units: []})),
  ),
  row(
    'timezone-path',
    () => becomes(podmanWorld({}, 'cold'), {raw: {Config: {Timezone: '../../etc/shadow'}}}),
    does('make it with "--tz AREA/CITY"', (is) =>
      becomes(is, {raw: {Config: {Timezone: 'Europe/Berlin'}}}),
    ),
  ),
  row(
    'no-image',
    () => made([], {Rootfs: '/srv/root'}),
    does('make an image of it', () => made([])),
  ),
  row(
    'settings-unknown',
    () => becomes(podmanWorld({}, 'cold'), {raw: {Spec: {}, Config: {}}}),
    does('start it once', () => made([])),
  ),
  row(
    'label-lines',
    () =>
      becomes(podmanWorld({}, 'cold'), {
        raw: {
          Config: {
            CreateCommand: ['podman', 'run', '--label', 'note=a\nb', 'redis'],
            Labels: {note: 'a\nb'},
          },
        },
      }),
    does('make the container again with a label of one line', () => made(['--label', 'note=a'])),
  ),
  row(
    'id-taken',
    () =>
      shows(podmanWorld({}, 'cold'), 'beta', {
        neighbours: [{...neighbour, id: containerOf(podmanWorld()).id, name: 'precious'}],
      }),
    does('made anew on the source, the container has another ID', (is) =>
      becomes(is, {id: 'd'.repeat(64)}),
    ),
    does('find out which of the two hosts is wrong', (is) => shows(is, 'beta', {neighbours: []})),
  ),
  row('not-allowed', () => becomes(podmanWorld({}, 'cold'), {privileged: true}), line()),
  row(
    'over-budget-downtime',
    () => says(podmanWorld(), {budget: {downtime: '1ms'}}),
    does('raise the budget', (is) => says(is, {budget: {downtime: '1h'}})),
  ),
  row(
    'over-budget-total',
    () => says(podmanWorld(), {budget: {total: '1ms'}}),
    does('raise the budget', (is) => says(is, {budget: {total: '1h'}})),
  ),
  row(
    'budget-below-floor',
    () => says(podmanWorld({}, 'pre-copy'), {budget: {downtime: '1ms'}}),
    does('raise the budget', (is) => says(is, {budget: {downtime: '1h'}})),
    does('make the container hold less memory', (is) =>
      says(holds(is, {memory: 0}), {budget: {downtime: '1h'}}),
    ),
  ),
];
