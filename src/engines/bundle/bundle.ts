import {bundleId, shortName} from '../../base/host-words.js';
import {err, type Result} from '../../base/result.js';
import {bundleForms, readable} from '../oci/container-words.js';
import type {
  Address,
  ContainerState,
  Mount,
  ObservedContainer,
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
import {isBind, namespaceOf, readOciConfig} from '../oci/config.js';
import {addressesIn} from './addresses.js';
import {sectionLines, sectionText, type Section} from '../host/sections.js';

/** What only the driver itself needs of a bundle; `raw` of its containers. */
export interface Bundle {
  /** Its folder, the same on every host. */
  readonly path: string;
  /** SHA-256 of `config.json`, in hex. */
  readonly digest: string;
  /** `config.json`. */
  readonly config: unknown;
  /** Its root filesystem. */
  readonly rootfs: string;
  /** runc was told to let systemd make its cgroup. */
  readonly systemd: boolean;
  /** Devices of its network, but for `lo`; empty on the host's own. */
  readonly devices: readonly string[];
}

export const bundleOf = ({raw}: ObservedContainer): Bundle => {
  const {path, digest, config, rootfs, systemd, devices} = asRecord(raw);
  return {
    path: typeof path === 'string' ? path : '',
    digest: typeof digest === 'string' ? digest : '',
    config,
    rootfs: typeof rootfs === 'string' ? rootfs : '',
    systemd: systemd === true,
    devices: textsAt({devices}, 'devices'),
  };
};

/** The mount that stands for the bundle itself: its folder goes along like the content of a volume. */
export const bundleMount = 'bundle';

const states: Readonly<Record<string, ContainerState>> = {
  created: 'created',
  running: 'running',
  paused: 'paused',
  pausing: 'paused',
};

/** Words of a path that lead nowhere are taken out: `/a/./b//c` → `/a/b/c`. `..` stays and is refused. */
export const plain = (path: string): string =>
  `/${path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/')}`;

/** Relative paths in `config.json` begin at the bundle. */
const inBundle = (bundle: string, path: string): string =>
  plain(path.startsWith('/') ? path : `${bundle}/${path}`);

/** Memory file systems that are counted with the processes, or hold nothing but device nodes. */
const usual = ['/dev', '/dev/shm'];

function readMount(bundle: string, mount: unknown): readonly Mount[] {
  const destination = plain(textAt(mount, 'destination'));
  const readOnly = textsAt(mount, 'options').includes('ro');
  const common = {name: destination, destination, readOnly};
  if (isBind(mount))
    return [{kind: 'bind', ...common, source: inBundle(bundle, textAt(mount, 'source'))}];
  const inMemory = textAt(mount, 'type') === 'tmpfs' && !usual.includes(destination);
  return inMemory ? [{kind: 'tmpfs', ...common, source: ''}] : [];
}

const readMounts = (bundle: string, config: unknown): readonly Mount[] => [
  {kind: 'bind', name: bundleMount, source: plain(bundle), destination: '/', readOnly: false},
  ...asList(at(config, 'mounts')).flatMap((mount) => readMount(bundle, mount)),
];

function readAddresses(config: unknown, parts: readonly Section[]): readonly Address[] {
  const network = namespaceOf(config, 'network');
  if (network === undefined) return [];
  const found = addressesIn(sectionText(parts, 'trie'), sectionText(parts, 'six'));
  return found.map((ip) => ({network: network || 'its own', ip, fixed: true}));
}

/** Other namespaces of somebody else: they stay where they are. */
export const joined = ['pid', 'ipc', 'uts', 'mount', 'cgroup', 'user', 'time'];

function readJoins(config: unknown): string | undefined {
  return joined.map((type) => namespaceOf(config, type) ?? '').find((path) => path !== '');
}

/** What stands in `config.json`. */
function readConfig(
  bundle: string,
  config: unknown,
): Pick<ObservedContainer, 'mounts' | 'tty' | 'devices' | 'userNamespace' | 'labels' | 'joins'> {
  const joins = readJoins(config);
  return {
    mounts: readMounts(bundle, config),
    tty: flagAt(config, 'process', 'terminal'),
    devices: asList(at(config, 'linux', 'devices')).map((device) => textAt(device, 'path')),
    userNamespace: namespaceOf(config, 'user') !== undefined,
    labels: asTextRecord(at(config, 'annotations')),
    ...(joins === undefined ? {} : {joins}),
  };
}

/** What the driver itself wants to know, which no other engine has. */
function readRaw(path: string, config: unknown, parts: readonly Section[]): Bundle {
  return {
    path,
    digest: sectionText(parts, 'digest').split(' ')[0] ?? '',
    config,
    rootfs: inBundle(path, textAt(config, 'root', 'path') || 'rootfs'),
    systemd: sectionText(parts, 'systemd') === 'true',
    devices: sectionLines(parts, 'devices').filter((device) => device !== 'lo'),
  };
}

/** What it does, from what `runc list` says of it, if it does. */
function readLife(
  listed: unknown,
  parts: readonly Section[],
): Pick<ObservedContainer, 'state' | 'pid' | 'startedAt' | 'restored'> {
  const told = states[textAt(listed, 'status')] ?? 'stopped';
  // frozen by a move: it does not run, and is not what a person has paused
  const frozen = told === 'paused' && parts.some(({name}) => name === 'frozen');
  const state = frozen ? 'checkpointed' : told;
  if (state !== 'running' && state !== 'paused') return {state, pid: 0, restored: false};
  const startedAt = textAt(listed, 'created');
  const born = sectionText(parts, 'born');
  return {
    state,
    pid: numberAt(listed, 'pid'),
    ...(startedAt !== '' && {startedAt}),
    restored: born !== '' && sectionText(parts, 'restored') === born,
  };
}

const forms = bundleForms(bundleId);

/** A container from what `runc list` says of it, if it does, and from its bundle. */
export function readBundle(
  name: string,
  listed: unknown,
  parts: readonly Section[],
): Result<ObservedContainer, UnreadableContainer> {
  const path = plain(sectionText(parts, 'bundle'));
  const config = readOciConfig(sectionText(parts, 'config'));
  const {state} = readLife(listed, parts);
  if (!config.ok)
    return err({
      ...{id: '', name: shortName.fits(name) ? name : '', state, addresses: [], ports: []},
      reason: `the bundle of "${name}" ("${path}") has no "config.json" that can be read: ${config.error}`,
    });
  const raw = readRaw(path, config.value, parts);
  const container: ObservedContainer = {
    // a name may be given to another bundle, and a folder be made anew: both together are one container
    id: `${name}-${sectionText(parts, 'place')}`,
    name,
    ...readLife(listed, parts),
    image: {id: '', name: path},
    restartPolicy: 'no',
    addresses: readAddresses(config.value, parts),
    ports: [],
    privileged: false,
    autoRemove: false,
    ...readConfig(path, config.value),
    upperDir: raw.rootfs,
    raw,
  };
  return readable(container, forms);
}
