import {engineId} from '../../base/host-words.js';
import type {Result} from '../../base/result.js';
import {engineForms, readable} from '../oci/container-words.js';
import type {
  Address,
  ContainerState,
  Mount,
  ObservedContainer,
  Port,
  UnreadableContainer,
} from '../facts.js';
import {
  asList,
  asRecord,
  asTextRecord,
  at,
  flagAt,
  numberAt,
  textAt,
  textsAt,
} from '../../base/json.js';
import {askedDevices, askedNetworks} from './asked.js';
import {readStop} from '../stop.js';

/** podman's own words for what a container does; a checkpointed one is `exited` with a mark. */
function readState(raw: unknown): ContainerState {
  if (flagAt(raw, 'State', 'Paused')) return 'paused';
  if (flagAt(raw, 'State', 'Running')) return 'running';
  if (flagAt(raw, 'State', 'Checkpointed')) return 'checkpointed';
  switch (textAt(raw, 'State', 'Status')) {
    case 'running':
    case 'stopping':
      return 'running';
    case 'paused':
      return 'paused';
    case 'created':
    case 'configured':
    case 'initialized':
      return 'created';
    default:
      return 'stopped';
  }
}

/** Absent for Go's zero time, which podman prints for what never happened. */
function readTime(value: string): string | undefined {
  return value === '' || value.startsWith('0001-') ? undefined : value;
}

/** The first that says something. */
const first = (...values: readonly (string | undefined)[]): string | undefined =>
  values.find((value) => value !== undefined && value !== '');

function readAddresses(raw: unknown): readonly Address[] {
  const asked = askedNetworks(raw);
  // on the host's network, or on none, podman lists that word as if it were a network's name
  const mode = textAt(raw, 'HostConfig', 'NetworkMode');
  if (mode === 'host' || mode === 'none') return [];
  return Object.entries(asRecord(at(raw, 'NetworkSettings', 'Networks'))).map(
    ([network, settings]) => {
      const wish = asked.get(network);
      const ip = first(
        textAt(settings, 'IPAddress'),
        wish?.ips[0],
        textAt(settings, 'GlobalIPv6Address'),
      );
      const mac = first(textAt(settings, 'MacAddress'), wish?.mac);
      return {
        network,
        ...(ip === undefined ? {} : {ip}),
        ...(mac === undefined ? {} : {mac}),
        fixed: (wish?.ips.length ?? 0) > 0,
      };
    },
  );
}

/** From `{"6379/tcp": [{"HostIp": "", "HostPort": "8080"}]}`; an empty HostIp means every address. */
function readPorts(bindings: unknown): readonly Port[] {
  return Object.entries(asRecord(bindings)).flatMap(([key, places]) => {
    const [port = '', protocol = 'tcp'] = key.split('/');
    return asList(places).map((place) => ({
      hostIp: textAt(place, 'HostIp') || '0.0.0.0',
      hostPort: numberAt(place, 'HostPort'),
      containerPort: Number.parseInt(port, 10) || 0,
      protocol,
    }));
  });
}

function readMounts(raw: unknown): readonly Mount[] {
  const mounts = asList(at(raw, 'Mounts')).flatMap((each): Mount[] => {
    const destination = textAt(each, 'Destination');
    const common = {source: textAt(each, 'Source'), destination, readOnly: !flagAt(each, 'RW')};
    switch (textAt(each, 'Type')) {
      case 'volume':
        return [{kind: 'volume', name: textAt(each, 'Name'), ...common}];
      case 'bind':
        return [{kind: 'bind', name: destination, ...common}];
      case 'tmpfs':
        return [{kind: 'tmpfs', name: destination, ...common}];
      default:
        return [];
    }
  });
  const known = new Set(mounts.map(({destination}) => destination));
  const tmpfs = Object.entries(asTextRecord(at(raw, 'HostConfig', 'Tmpfs')))
    .filter(([destination]) => !known.has(destination))
    .map(([destination, options]): Mount => {
      const readOnly = options.split(',').includes('ro');
      return {kind: 'tmpfs', name: destination, source: 'tmpfs', destination, readOnly};
    });
  return [...mounts, ...tmpfs];
}

/** Another container whose namespaces it uses, or which it needs; its pod's own one does not count. */
function readJoins(raw: unknown): string | undefined {
  for (const mode of ['NetworkMode', 'IpcMode', 'PidMode', 'UTSMode', 'CgroupMode', 'UsernsMode']) {
    const value = textAt(raw, 'HostConfig', mode);
    if (value.startsWith('container:')) return value.slice('container:'.length);
  }
  return textAt(raw, 'Pod') === '' ? textsAt(raw, 'Dependencies')[0] : undefined;
}

function readRestartPolicy(raw: unknown): string {
  const name = textAt(raw, 'HostConfig', 'RestartPolicy', 'Name') || 'no';
  const tries = numberAt(raw, 'HostConfig', 'RestartPolicy', 'MaximumRetryCount');
  return tries > 0 ? `${name}:${tries}` : name;
}

function readDevices(raw: unknown): readonly string[] {
  // podman leaves out devices that it does not find by number under /dev, so what was asked for counts too
  const asked = askedDevices(raw).map((device) => device.split(':')[0] ?? device);
  const given = asList(at(raw, 'HostConfig', 'Devices')).map((each) => textAt(each, 'PathOnHost'));
  return [...new Set([...given, ...asked])].filter((path) => path !== '');
}

/** `private`, `keep-id`, `auto`, …: all but the host's own user namespace. */
function hasUserNamespace(raw: unknown): boolean {
  const mode = textAt(raw, 'HostConfig', 'UsernsMode');
  return (
    (mode !== '' && mode !== 'host') ||
    textsAt(raw, 'HostConfig', 'IDMappings', 'UidMap').length > 0
  );
}

/** What belongs to some containers only. */
function readOptional(raw: unknown): Partial<ObservedContainer> {
  const startedAt = readTime(textAt(raw, 'State', 'StartedAt'));
  const pod = textAt(raw, 'Pod');
  const joins = readJoins(raw);
  const upperDir = textAt(raw, 'GraphDriver', 'Data', 'UpperDir');
  return {
    ...(startedAt === undefined ? {} : {startedAt}),
    ...(pod === '' ? {} : {pod}),
    ...(joins === undefined ? {} : {joins}),
    ...(upperDir === '' ? {} : {upperDir}),
  };
}

const forms = engineForms(engineId);

/** One element of what `podman container inspect` prints. */
export function readContainer(raw: unknown): Result<ObservedContainer, UnreadableContainer> {
  const id = textAt(raw, 'Id');
  const name = textAt(raw, 'Name').replace(/^\//, '');
  const state = readState(raw);
  const lives = state === 'running' || state === 'paused';
  const container: ObservedContainer = {
    id,
    name,
    state,
    // podman goes on telling the number of a process that has ended
    pid: lives ? numberAt(raw, 'State', 'Pid') : 0,
    restored: lives && flagAt(raw, 'State', 'Restored'),
    image: {id: textAt(raw, 'Image'), name: textAt(raw, 'ImageName')},
    restartPolicy: readRestartPolicy(raw),
    addresses: readAddresses(raw),
    ports: readPorts(at(raw, 'HostConfig', 'PortBindings')),
    mounts: readMounts(raw),
    tty: flagAt(raw, 'Config', 'Tty'),
    devices: readDevices(raw),
    privileged: flagAt(raw, 'HostConfig', 'Privileged'),
    autoRemove: flagAt(raw, 'HostConfig', 'AutoRemove'),
    userNamespace: hasUserNamespace(raw),
    labels: asTextRecord(at(raw, 'Config', 'Labels')),
    stop: readStop(raw),
    ...readOptional(raw),
    raw,
  };
  return readable(container, forms);
}
