import type {BoundMount, CommonSettings} from '../dialect.js';
import {
  asList,
  asRecord,
  asTextRecord,
  at,
  flagAt,
  numberAt,
  textAt,
  textsAt,
  type JsonRecord,
} from '../../base/json.js';

/** Pieces of a description that podman and docker write in the same way, or nearly so. */

const numbers = [
  ...['Memory', 'MemoryReservation', 'MemorySwap', 'CpuShares', 'OomScoreAdj', 'ShmSize'],
  'BlkioWeight',
];
const lists = ['GroupAdd', 'Dns', 'DnsOptions', 'DnsSearch', 'ExtraHosts'];
const flags = ['ReadonlyRootfs', 'Privileged', 'Init', 'OomKillDisable'];
const texts = ['CpusetCpus', 'CpusetMems'];

/** Namespaces are one's own, the host's, or none. */
const mode = (host: unknown, key: string): string => {
  const value = textAt(host, key);
  return value === 'host' || value === 'none' ? value : '';
};

/** Docker keeps `--cpus` in a field of its own, podman writes what the kernel is told. */
function cpu(host: unknown): JsonRecord {
  const nano = numberAt(host, 'NanoCpus');
  const quota = numberAt(host, 'CpuQuota');
  if (quota > 0) return {CpuQuota: quota, CpuPeriod: numberAt(host, 'CpuPeriod') || 100_000};
  return nano > 0 ? {CpuQuota: Math.round(nano / 10_000), CpuPeriod: 100_000} : {};
}

/** An empty address and 0.0.0.0 are the same to both. */
function ports(host: unknown): JsonRecord {
  const bindings = Object.entries(asRecord(at(host, 'PortBindings')));
  return Object.fromEntries(
    bindings
      .map(([port, places]) => [
        port,
        asList(places).map((place) => ({
          HostIp: textAt(place, 'HostIp').replace(/^0\.0\.0\.0$/, ''),
          HostPort: String(numberAt(place, 'HostPort') || ''),
        })),
      ])
      .filter(([, places]) => (places ?? []).length > 0),
  ) as JsonRecord;
}

/** What was asked for: podman adds options that docker does not know, and both have `noexec`, `nosuid` and `nodev` by themselves. */
const tmpfsOption = /^(?:size|mode|uid|gid|nr_inodes|nr_blocks)=|^(?:ro|exec|suid|dev)$/;

function tmpfs(told: Readonly<Record<string, string>>): JsonRecord {
  return Object.fromEntries(
    Object.entries(told).map(([path, options]) => [
      path,
      options
        .split(',')
        .filter((each) => tmpfsOption.test(each))
        .sort()
        .join(','),
    ]),
  );
}

/** The limits, lists and modes of `HostConfig`. */
export function commonHost(raw: unknown): JsonRecord {
  const host = asRecord(at(raw, 'HostConfig'));
  const network = textAt(host, 'NetworkMode');
  const memory = numberAt(host, 'Memory') > 0;
  return {
    ...Object.fromEntries(
      numbers
        .filter((key) => memory || key !== 'MemorySwap')
        .map((key) => [key, Math.max(key === 'OomScoreAdj' ? -1000 : -1, numberAt(host, key))]),
    ),
    ...Object.fromEntries(lists.map((key) => [key, textsAt(host, key)])),
    ...Object.fromEntries(flags.map((key) => [key, flagAt(host, key)])),
    ...Object.fromEntries(texts.map((key) => [key, textAt(host, key)])),
    ...Object.fromEntries(['PidMode', 'IpcMode', 'UTSMode'].map((key) => [key, mode(host, key)])),
    ...cpu(host),
    NetworkMode: network === 'host' || network === 'none' ? network : '',
    PortBindings: ports(host),
    Tmpfs: tmpfs(asTextRecord(host['Tmpfs'])),
  };
}

/** Where nothing is said both wait for the same times. */
export function healthCheck(raw: unknown, test: readonly string[]): JsonRecord {
  const health = at(raw, 'Config', 'Healthcheck');
  if (test.length === 0) return {};
  if (test[0] === 'NONE') return {Healthcheck: {Test: ['NONE']}};
  return {
    Healthcheck: {
      Test: test,
      Interval: numberAt(health, 'Interval') || 30e9,
      Timeout: numberAt(health, 'Timeout') || 30e9,
      StartPeriod: numberAt(health, 'StartPeriod'),
      Retries: numberAt(health, 'Retries') || 3,
    },
  };
}

/** The same in both: who and where the program is, and how it is ended. */
export function commonConfig(raw: unknown): JsonRecord {
  const config = asRecord(at(raw, 'Config'));
  const told = config['StopTimeout'];
  return {
    Cmd: textsAt(config, 'Cmd'),
    WorkingDir: textAt(config, 'WorkingDir') || '/',
    User: textAt(config, 'User'),
    StopTimeout: typeof told === 'number' ? told : 10,
    Tty: flagAt(config, 'Tty'),
    OpenStdin: flagAt(config, 'OpenStdin'),
    ExposedPorts: asRecord(config['ExposedPorts']),
    Labels: asTextRecord(config['Labels']),
  };
}

/** Options of security that both know by the same words. */
const sharedOption = /^(?:no-new-privileges|label=disable|seccomp=unconfined|apparmor=unconfined)$/;

const securityOptions = (raw: unknown): readonly string[] =>
  textsAt(raw, 'HostConfig', 'SecurityOpt').map((each) =>
    each.replace(':', '=').replace(/^no-new-privileges=true$/, 'no-new-privileges'),
  );

export const sharedOptions = (raw: unknown): readonly string[] =>
  securityOptions(raw)
    .filter((each) => sharedOption.test(each))
    .sort();

export const otherOptions = (raw: unknown): readonly string[] =>
  securityOptions(raw).filter((each) => !sharedOption.test(each));

/** Nobody but root has them by themselves; podman gives those that are asked for to anybody. */
export const isRoot = (user: string): boolean => /^(?:0|root)?(?::.*)?$/.test(user);

export const plainCapability = (name: string): string => name.toUpperCase().replace(/^CAP_/, '');

export const unprivileged = 'capabilities for a user who is not root';

export const fixedByDefault = 'an address of its own in the default network';

/** A volume has no propagation of its own, whatever podman says of it. */
export const boundMounts = (raw: unknown): readonly BoundMount[] =>
  asList(at(raw, 'Mounts')).flatMap((mount): BoundMount[] => {
    const kind = textAt(mount, 'Type');
    if (kind !== 'volume' && kind !== 'bind') return [];
    return [
      {
        kind,
        source: textAt(mount, kind === 'volume' ? 'Name' : 'Source'),
        destination: textAt(mount, 'Destination'),
        readOnly: !flagAt(mount, 'RW'),
        propagation: kind === 'volume' ? '' : textAt(mount, 'Propagation'),
      },
    ];
  });

export const describeMounts = ({mounts}: CommonSettings): readonly JsonRecord[] =>
  mounts.map(({kind, source, destination, readOnly, propagation}) => ({
    Type: kind,
    ...(kind === 'volume' ? {Name: source} : {Source: source, Propagation: propagation}),
    Destination: destination,
    RW: !readOnly,
  }));

/** What is to be added to those that the engine gives to every container, and what taken from them. */
export const describeCapabilities = (
  {config, capabilities}: CommonSettings,
  usual: readonly string[],
): JsonRecord =>
  capabilities
    ? {
        CapAdd: isRoot(textAt(config, 'User'))
          ? capabilities.filter((each) => !usual.includes(each))
          : [],
        CapDrop: usual.filter((each) => !capabilities.includes(each)),
      }
    : {};
