import {does, install, use} from './follow.js';
import {row, type Row} from './row.js';
import {
  becomes,
  bundleWorld,
  containerOf,
  dockerWorld,
  ofCrun,
  podmanWorld,
  says,
  shows,
  surveyOf,
  type Side,
  type World,
} from './world.js';

const without = (world: World, side: Side, program: string): World =>
  shows(world, side, {programs: surveyOf(world, side).programs.filter((each) => each !== program)});

const versioned = (world: World, side: Side, version: string): World => ({
  ...world,
  [side]: {...world[side], look: {...world[side].look, version}},
});

const both = (world: World, change: Parameters<typeof shows>[2]): World =>
  shows(shows(world, 'alpha', change), 'beta', change);

const criu = {version: '4.2.1', memoryTracking: true, complaints: []};

const hooked = (): World =>
  says(bundleWorld({}, 'stateful', 'hooked'), {allow: ['hook:/root/hook.sh']});

/** What a host lacks, and whoever may give it to it. */
export const hostRows: readonly Row[] = [
  ...(['podman', 'docker', 'bundle'] as const).flatMap((kind) => {
    const world = {podman: podmanWorld, docker: dockerWorld, bundle: bundleWorld}[kind];
    return [
      row('program-missing', () => without(world(), 'alpha', 'rsync'), install),
      row('program-missing', () => without(world(), 'beta', 'flock'), install),
      row('program-missing', () => without(world(), 'beta', 'unshare'), install),
      row(
        'no-mount-namespace',
        () => without(world(), 'beta', 'mount-namespace'),
        does('a root that has CAP_SYS_ADMIN', (is) =>
          shows(is, 'beta', {programs: [...surveyOf(is, 'beta').programs, 'mount-namespace']}),
        ),
      ),
      row(
        'rootless',
        () => shows(world(), 'beta', {rootless: true}),
        does(kind === 'docker' ? 'the docker of root' : 'log in there as root', (is) =>
          shows(is, 'beta', {rootless: false}),
        ),
      ),
      row(
        'criu-missing',
        () => {
          const is = world();
          const {criu: none, ...rest} = surveyOf(is, 'beta');
          return none ? {...is, beta: {...is.beta, survey: rest}} : is;
        },
        does('install the package "criu"', (is) => shows(is, 'beta', {criu})),
        use('cold'),
      ),
    ];
  }),
  row('program-missing', () => without(podmanWorld(), 'beta', 'nft'), install),
  row(
    'podman-too-old',
    () => versioned(podmanWorld(), 'beta', '3.0.1'),
    does('update podman there to', (is) => versioned(is, 'beta', '5.4.2')),
  ),
  row(
    'docker-cannot-restore',
    () => versioned(dockerWorld(), 'beta', '28.0.1'),
    does('use docker 26.0.1 to 27 there', (is) => versioned(is, 'beta', '27.5.1')),
    use('cold'),
  ),
  row(
    'docker-cannot-restore',
    () => versioned(dockerWorld(), 'beta', '25.0.1'),
    does('update docker there to 25.0.4', (is) => versioned(is, 'beta', '25.0.4')),
    use('cold'),
  ),
  row(
    'criu-too-old',
    () =>
      both(shows(podmanWorld(), 'beta', {}), {
        kernel: '6.18.1',
        criu: {...criu, version: '3.17.1'},
      }),
    does('install CRIU 4.2 or later there', (is) => both(is, {criu})),
    use('cold'),
  ),
  row(
    'criu-check',
    () => shows(podmanWorld(), 'beta', {criu: {...criu, complaints: ['no ptrace']}}),
    does('run "criu check" there', (is) => shows(is, 'beta', {criu})),
    use('cold'),
  ),
  row(
    'crun-without-criu',
    () => both(podmanWorld(), {runtime: 'crun', runtimeVersion: '1.21-CRIU'}),
    does('install a crun whose', (is) => both(is, {runtimeVersion: '1.21+CRIU'})),
    does('use runc on both hosts', (is) => both(is, {runtime: 'runc', runtimeVersion: '1.1.15'})),
  ),
  row(
    'libcriu-missing',
    () => both(podmanWorld(), {runtime: 'crun', runtimeVersion: '1.21+CRIU', libcriu: false}),
    does('install the package "libcriu2"', (is) => both(is, {libcriu: true})),
  ),
  row(
    'crun-cgroups',
    () => both(podmanWorld(), {runtime: 'crun', runtimeVersion: '1.21+CRIU', cgroups: 'hybrid'}),
    does('boot it with version 2 alone', (is) => both(is, {cgroups: 'v2'})),
  ),
  row(
    'runtime-unsupported',
    () => both(podmanWorld(), {runtime: 'kata'}),
    does('use runc or crun on both hosts', (is) => both(is, {runtime: 'runc'})),
    use('cold'),
  ),
  row(
    'runtime-differs',
    () => shows(podmanWorld(), 'beta', {runtime: 'crun', runtimeVersion: '1.21+CRIU'}),
    does('set the same "runtime"', (is) =>
      shows(is, 'beta', {runtime: 'runc', runtimeVersion: '1.1.15'}),
    ),
  ),
  row(
    'cpu-flag-missing',
    () => shows(podmanWorld(), 'beta', {cpuFlags: ['sse2']}),
    does('choose a target with at least the same processor', (is) =>
      shows(is, 'beta', {cpuFlags: surveyOf(is, 'alpha').cpuFlags}),
    ),
    use('cold'),
  ),
  row(
    'architecture-differs',
    () => shows(podmanWorld({}, 'cold'), 'beta', {architecture: 'aarch64'}),
    does('choose a target of the architecture', (is) =>
      shows(is, 'beta', {architecture: 'x86_64'}),
    ),
  ),
  row(
    'storage-driver',
    () => shows(podmanWorld({}, 'cold'), 'beta', {storageDriver: 'btrfs'}),
    does('switch that podman to "overlay"', (is) => shows(is, 'beta', {storageDriver: 'overlay'})),
    use('stateful'),
  ),
  row(
    'storage-driver',
    () => shows(podmanWorld({}, 'cold'), 'alpha', {storageDriver: 'btrfs'}),
    use('stateful'),
  ),
  row(
    'storage-driver',
    () => shows(dockerWorld({}, 'cold'), 'beta', {storageDriver: 'btrfs'}),
    does('switch that docker to "overlay2"', (is) =>
      shows(is, 'beta', {storageDriver: 'overlay2'}),
    ),
  ),
  row(
    'scratch-too-small',
    () => shows(podmanWorld(), 'beta', {scratchFree: 1e6}),
    does('make "/run" larger', (is) => shows(is, 'beta', {scratchFree: 8e9})),
    use('cold'),
  ),
  row(
    'scratch-too-small',
    () => shows(bundleWorld(), 'beta', {scratchFree: 1e6}),
    does('make "/run" larger', (is) => shows(is, 'beta', {scratchFree: 8e9})),
    use('cold'),
  ),
  row(
    'memory-too-small',
    () => shows(podmanWorld(), 'beta', {memoryFree: 4e8}),
    does('free memory there', (is) => shows(is, 'beta', {memoryFree: 8e9})),
    use('cold'),
  ),
  row(
    'disk-too-small',
    () => shows(podmanWorld({}, 'cold'), 'beta', {storeFree: 1000}),
    does('free disk space there', (is) => shows(is, 'beta', {storeFree: 1e11})),
  ),
  row(
    'no-upper-folder',
    () => {
      const is = podmanWorld({}, 'cold');
      const {upperDir, ...rest} = containerOf(is);
      return upperDir === undefined
        ? is
        : {...is, alpha: {...is.alpha, look: {...is.alpha.look, containers: [rest]}}};
    },
    does('make the container from an image', (is) => becomes(is, {upperDir: '/store/diff'})),
  ),
  row(
    'restore-hooks',
    () => ofCrun(hooked()),
    does('run it with runc', (is) => ({
      ...is,
      alpha: {...is.alpha, engine: 'runc'},
      beta: {...is.beta, engine: 'runc'},
    })),
    use('cold'),
  ),
];
