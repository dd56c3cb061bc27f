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
import {readStop} from '../stop.js';

/** A container that its restart policy has between two lives is one that runs: nothing of it may be taken for stopped. */
function readState(raw: unknown): ContainerState {
  if (flagAt(raw, 'State', 'Paused')) return 'paused';
  if (flagAt(raw, 'State', 'Running') || flagAt(raw, 'State', 'Restarting')) return 'running';
  return textAt(raw, 'State', 'Status') === 'created' ? 'created' : 'stopped';
}

/** Absent for Go's zero time, which docker prints for what never happened. */
function readTime(value: string): string | undefined {
  return value === '' || value.startsWith('0001-') ? undefined : value;
}

/** Networks whose address is the host's, or that have none. */
const withoutAddress = /^(?:host|none|container:.*)$/;

function readAddresses(raw: unknown): readonly Address[] {
  if (withoutAddress.test(textAt(raw, 'HostConfig', 'NetworkMode'))) return [];
  return Object.entries(asRecord(at(raw, 'NetworkSettings', 'Networks'))).map(
    ([network, settings]) => {
      const asked = [
        textAt(settings, 'IPAMConfig', 'IPv4Address'),
        textAt(settings, 'IPAMConfig', 'IPv6Address'),
      ].filter((ip) => ip !== '');
      const told = [textAt(settings, 'IPAddress'), ...asked, textAt(settings, 'GlobalIPv6Address')];
      const ip = told.find((each) => each !== '') ?? '';
      const mac = textAt(settings, 'MacAddress');
      return {
        network,
        ...(ip === '' ? {} : {ip}),
        ...(mac === '' ? {} : {mac}),
        fixed: asked.length > 0,
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
  const tmpfs = Object.entries(asTextRecord(at(raw, 'HostConfig', 'Tmpfs'))).map(
    ([destination, options]): Mount => {
      const readOnly = options.split(',').includes('ro');
      return {kind: 'tmpfs', name: destination, source: 'tmpfs', destination, readOnly};
    },
  );
  return [...mounts, ...tmpfs];
}

/** Another container that it cannot be without: one whose namespaces it uses, or a legacy link. */
function readJoins(raw: unknown): string | undefined {
  for (const mode of ['NetworkMode', 'IpcMode', 'PidMode']) {
    const value = textAt(raw, 'HostConfig', mode);
    if (value.startsWith('container:')) return value.slice('container:'.length);
  }
  const [link] = textsAt(raw, 'HostConfig', 'Links');
  // "/db:/web/alias"
  return link?.split(':')[0]?.replace(/^\//, '');
}

/** `no`, `always`, `unless-stopped`, `on-failure:3`: what `docker update --restart` takes. */
function readRestartPolicy(raw: unknown): string {
  const name = textAt(raw, 'HostConfig', 'RestartPolicy', 'Name') || 'no';
  const tries = numberAt(raw, 'HostConfig', 'RestartPolicy', 'MaximumRetryCount');
  return tries > 0 ? `${name}:${tries}` : name;
}

/** What belongs to some containers only. */
function readOptional(raw: unknown): Partial<ObservedContainer> {
  const startedAt = readTime(textAt(raw, 'State', 'StartedAt'));
  const joins = readJoins(raw);
  const upperDir = textAt(raw, 'GraphDriver', 'Data', 'UpperDir');
  return {
    ...(startedAt === undefined ? {} : {startedAt}),
    ...(joins === undefined ? {} : {joins}),
    ...(upperDir === '' ? {} : {upperDir}),
  };
}

/** docker writes `sha256:` before IDs of images in some places and not in others. */
export const imageId = (id: string): string => id.replace(/^sha256:/, '');

const forms = engineForms(engineId);

/**
 * One element of what `docker container inspect` prints.
 * `restored`: process IDs of which CRIU's own figures say that it restored them.
 */
export function readContainer(
  raw: unknown,
  restored: ReadonlySet<number> = new Set(),
): Result<ObservedContainer, UnreadableContainer> {
  const id = textAt(raw, 'Id');
  const name = textAt(raw, 'Name').replace(/^\//, '');
  const state = readState(raw);
  const pid = state === 'running' || state === 'paused' ? numberAt(raw, 'State', 'Pid') : 0;
  const users = textAt(raw, 'HostConfig', 'UsernsMode');
  const container: ObservedContainer = {
    id,
    name,
    state,
    pid,
    restored: pid > 0 && restored.has(pid),
    image: {id: imageId(textAt(raw, 'Image')), name: textAt(raw, 'Config', 'Image')},
    restartPolicy: readRestartPolicy(raw),
    addresses: readAddresses(raw),
    ports: readPorts(at(raw, 'HostConfig', 'PortBindings')),
    mounts: readMounts(raw),
    tty: flagAt(raw, 'Config', 'Tty'),
    devices: asList(at(raw, 'HostConfig', 'Devices'))
      .map((each) => textAt(each, 'PathOnHost'))
      .filter((path) => path !== ''),
    privileged: flagAt(raw, 'HostConfig', 'Privileged'),
    autoRemove: flagAt(raw, 'HostConfig', 'AutoRemove'),
    userNamespace: users !== '' && users !== 'host',
    labels: asTextRecord(at(raw, 'Config', 'Labels')),
    stop: readStop(raw),
    ...readOptional(raw),
    raw,
  };
  return readable(container, forms);
}
