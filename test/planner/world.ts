import {confiningPrograms, mountNamespace} from '../../src/engines/host/refuse-receiver.js';
import type {HostSurvey, Landing, Mount, ObservedContainer} from '../../src/engines/facts.js';
import type {Container, Plan} from '../../src/plan/plan.js';
import type {HostView, MoveRecord, Observed} from '../../src/state/host/observed.js';

/** Small makers of valid values; a test names only what it is about. */
export const container = (name: string, on: string, more: Partial<Container> = {}): Container => ({
  name,
  on,
  strategy: ['stateful', 'cold'],
  budget: {},
  connections: 'keep',
  dependsOn: [],
  volumes: {},
  hooks: {},
  at: 'plan.yaml:1:1',
  ...more,
});

export const plan = (containers: readonly Container[], hosts = ['alpha', 'beta']): Plan => ({
  name: 'test',
  file: 'plan.yaml',
  hash: '0',
  hosts: new Map(
    hosts.map((name) => [name, {name, address: name, labels: {}, ssh: {}, engine: 'podman'}]),
  ),
  containers: new Map(containers.map((each) => [each.name, each])),
  limits: {parallel: 4, perHost: 1},
  hooks: {},
  transfer: 'direct',
  suspend: false,
});

export const found = (
  name: string,
  state: ObservedContainer['state'] = 'running',
  more: Partial<ObservedContainer> = {},
): ObservedContainer => ({
  id: `id-${name}`,
  name,
  state,
  pid: state === 'running' ? 4711 : 0,
  startedAt: '2026-01-01T00:00:00Z',
  restored: false,
  image: {id: 'image-1', name: 'localhost/app:1'},
  restartPolicy: 'always',
  addresses: [{network: 'lan', ip: '10.0.0.9', mac: '02:00:00:00:00:09', fixed: true}],
  ports: [],
  mounts: [],
  tty: false,
  devices: [],
  privileged: false,
  autoRemove: false,
  userNamespace: false,
  labels: {},
  upperDir: `/store/${name}/diff`,
  raw: {},
  ...more,
});

export const survey = (more: Partial<HostSurvey> = {}): HostSurvey => ({
  runtime: 'runc',
  runtimeVersion: '1.1.15',
  storageDriver: 'overlay',
  rootless: false,
  networkBackend: 'netavark',
  criu: {version: '4.2.1', memoryTracking: false, complaints: []},
  libcriu: true,
  kernel: '6.12.0',
  architecture: 'x86_64',
  cpuModel: 'cpu',
  cpuFlags: ['fpu', 'avx2'],
  cgroups: 'v2',
  memoryFree: 16e9,
  scratchFree: 8e9,
  storeFree: 100e9,
  programs: [
    ...['bash', 'curl', 'flock', 'nft', 'nsenter', 'rsync', 'ssh', 'tar', 'timeout'],
    ...confiningPrograms,
    mountNamespace,
  ],
  networks: [{name: 'lan', driver: 'macvlan', subnets: ['10.0.0.0/24']}],
  images: [{id: 'image-1', names: ['localhost/app:1']}],
  neighbours: [],
  listening: [],
  units: [],
  weights: [],
  landings: [],
  ...more,
});

/** What stands where this mount's content would go. */
export const landing = (
  {kind, name, source}: Pick<Mount, 'kind' | 'name' | 'source'>,
  more: Partial<Landing> = {},
): Landing => ({
  name,
  mount: kind === 'volume' ? 'volume' : 'bind',
  source,
  exists: true,
  kind: 'folder',
  empty: true,
  ...more,
});

export const view = (host: string, more: Partial<HostView> = {}): HostView => ({
  host,
  engine: 'podman',
  look: {version: '5.4.2', containers: []},
  records: [],
  leases: [],
  ...more,
});

export const living = (host: string, ...containers: readonly ObservedContainer[]): HostView =>
  view(host, {look: {version: '5.4.2', containers}});

export const record = (phase: MoveRecord['phase'], more: Partial<MoveRecord> = {}): MoveRecord => ({
  format: 1,
  container: 'redis',
  id: 'id-redis',
  run: 'r1',
  plan: 'test',
  from: 'alpha',
  to: 'beta',
  strategy: 'stateful',
  phase,
  restartPolicy: 'always',
  at: '2026-01-01T00:00:00Z',
  ...more,
});

export const observed = (...views: readonly HostView[]): Observed => ({
  hosts: new Map(views.map((each) => [each.host, each])),
});
