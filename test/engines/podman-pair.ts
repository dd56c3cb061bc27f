import {confiningPrograms, mountNamespace} from '../../src/engines/host/refuse-receiver.js';
import type {Pair} from '../../src/engines/engine.js';
import type {HostSurvey, ObservedContainer, Weight} from '../../src/engines/facts.js';

const gibibyte = 1024 ** 3;

export const aSurvey = (change: Partial<HostSurvey> = {}): HostSurvey => ({
  runtime: 'runc',
  runtimeVersion: '1.1.15',
  storageDriver: 'overlay',
  rootless: false,
  networkBackend: 'netavark',
  criu: {version: '4.2.1', memoryTracking: true, complaints: []},
  libcriu: true,
  kernel: '6.18.44',
  architecture: 'x86_64',
  cpuModel: 'AMD EPYC',
  cpuFlags: ['sse2', 'avx', 'avx2', 'constant_tsc'],
  cgroups: 'v2',
  memoryFree: 8 * gibibyte,
  scratchFree: 4 * gibibyte,
  storeFree: 100 * gibibyte,
  programs: [
    ...['bash', 'dd', 'flock', 'nft', 'nsenter', 'rsync', 'ssh', 'tar', 'timeout'],
    ...confiningPrograms,
    mountNamespace,
  ],
  networks: [
    {name: 'lan', driver: 'macvlan', subnets: ['10.78.0.0/24']},
    {name: 'podman', driver: 'bridge', subnets: ['10.88.0.0/16']},
  ],
  images: [],
  neighbours: [],
  listening: [{port: 22, protocol: 'tcp'}],
  units: [],
  weights: [],
  landings: [],
  ...change,
});

const aWeight = (change: Partial<Weight> = {}): Weight => ({
  container: 'redis',
  memory: 200 * 1024 ** 2,
  processes: 1,
  established: 0,
  rootfs: 4096,
  mounts: {data: 1024 ** 2},
  blockers: [],
  locks: false,
  ...change,
});

export const aContainer = (change: Partial<ObservedContainer> = {}): ObservedContainer => ({
  id: 'f'.repeat(64),
  name: 'redis',
  state: 'running',
  pid: 42,
  restored: false,
  image: {id: 'a'.repeat(64), name: 'localhost/redis:7'},
  restartPolicy: 'always',
  addresses: [{network: 'lan', ip: '10.78.0.50', mac: '02:00:0a:4e:00:50', fixed: true}],
  ports: [{hostIp: '0.0.0.0', hostPort: 6379, containerPort: 6379, protocol: 'tcp'}],
  mounts: [
    {kind: 'volume', name: 'data', source: '/v/data', destination: '/data', readOnly: false},
  ],
  tty: false,
  devices: [],
  privileged: false,
  autoRemove: false,
  userNamespace: false,
  labels: {},
  upperDir: '/var/lib/containers/storage/overlay/x/diff',
  raw: {},
  ...change,
});

export interface PairChange {
  readonly container?: Partial<ObservedContainer>;
  readonly weight?: Partial<Weight>;
  readonly source?: Partial<HostSurvey>;
  readonly target?: Partial<HostSurvey>;
  readonly pair?: Partial<Pair>;
}

/** A pair that can move by every strategy podman has, but for what is changed. */
export const aPair = (change: PairChange = {}): Pair => ({
  container: aContainer(change.container),
  source: aSurvey({weights: [aWeight(change.weight)], ...change.source}),
  target: aSurvey(change.target),
  sourceVersion: '5.4.2',
  targetVersion: '5.4.2',
  connections: 'keep',
  ...change.pair,
});
