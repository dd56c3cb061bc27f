import type {Answers, Section} from '../host/sections.js';
import type {Blocker, BlockerCode} from './blocker.js';
import type {ObservedContainer} from '../facts.js';
import {textsAt} from '../../base/json.js';
import {insideBlockers} from './network-inside.js';

export function answers(all: readonly Section[], index: number): Answers {
  const own = new Map(
    all.filter(({words}) => words[0] === `${index}`).map(({name, text}) => [name, text]),
  );
  const text = (name: string): string => own.get(name) ?? '';
  return {
    text,
    lines: (name) =>
      text(name)
        .split('\n')
        .filter((line) => line !== ''),
  };
}

/** `0100007F:1F90` or the 32 digits of IPv6: words of four bytes, each in the host's byte order (little-endian). */
export function isLoopback(remote: string): boolean {
  const [ip = ''] = remote.split(':');
  if (ip.length === 8) return ip.endsWith('7F');
  const mapped = ip.startsWith('0000000000000000FFFF0000') && ip.endsWith('7F');
  return mapped || ip === '00000000000000000000000001000000';
}

/** Of IPv6, and no IPv4 address in IPv6's clothes. */
const isSix = (remote: string): boolean =>
  remote.indexOf(':') === 32 && !remote.startsWith('0000000000000000FFFF0000');

/** Kernel objects behind a file descriptor that CRIU has no image for. */
const unsupported: readonly (readonly [RegExp, string])[] = [
  [/^anon_inode:\[io_uring\]/, 'io_uring'],
  [/^anon_inode:\[userfaultfd\]/, 'userfaultfd'],
  [/^anon_inode:\[?perf_event\]?/, 'perf_event'],
  [/^anon_inode:\[?fanotify\]?/, 'fanotify marks'],
  [/^anon_inode:(?:\[?)kvm/, 'kvm'],
  [/^anon_inode:\[?bpf-(?:prog|link)\]?/, 'bpf'],
  [/^anon_inode:\[?landlock/, 'landlock ruleset'],
];

/** Device nodes that CRIU restores by itself. */
const harmlessDevice = /^\/dev\/(?:null|zero|full|random|urandom|tty|console|ptmx|pts\/.*)$/;

const one = (code: BlockerCode, what = ''): Blocker => ({code, what});

const onlyIf = (holds: boolean, code: BlockerCode): readonly Blocker[] =>
  holds ? [one(code)] : [];

const socketsOf = ({lines}: Answers): ReadonlySet<string> =>
  new Set(lines('files').flatMap((file) => /^socket:\[(\d+)\]/.exec(file)?.[1] ?? []));

/**
 * Remote ends of connections with somebody outside. On the host's own network the table holds those of
 * the whole host, so only the container's own sockets count there.
 */
function connections(found: Answers, onHost: boolean): readonly string[] {
  const own = socketsOf(found);
  return found.lines('tcp').flatMap((line) => {
    const [remote = '', inode = ''] = line.split(' ');
    return !isLoopback(remote) && (!onHost || own.has(inode)) ? [remote] : [];
  });
}

/** The network's table of protocols is the whole host's where the container has no network of its own. */
function socketBlockers(found: Answers, onHost: boolean): readonly Blocker[] {
  const {lines} = found;
  const own = socketsOf(found);
  const protocols = new Set([...lines('own-protocols'), ...(onHost ? [] : lines('protocols'))]);
  const has = (start: string): boolean => [...protocols].some((each) => each.startsWith(start));
  const pings = lines('ping').filter((inode) => !onHost || own.has(inode));
  // a socket that was accepted belongs to the network of who connected to it, so the inode alone tells whose it is
  const outside = lines('unix-peers').some((line) => {
    const [local = '', peer = ''] = line.split(' ');
    return own.has(local) && !own.has(peer);
  });
  const six = connections(found, onHost).filter(isSix).length;
  return [
    ...onlyIf(has('MPTCP'), 'mptcp'),
    ...onlyIf(has('AF_VSOCK'), 'vsock'),
    ...onlyIf(has('PING') || pings.length > 0, 'ping-socket'),
    ...(six > 0 ? [one('ipv6-connection', `${six}`)] : []),
    ...onlyIf(outside, 'unix-socket-outside'),
  ];
}

/** Of CRIU, where nothing else is said in its configuration. */
const usualGhostLimit = 1024 ** 2;

const units: Readonly<Record<string, number>> = {'': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3};

/** The largest, as the file for the runtime in use is read last and the others do not count: a wrong one fails late and is undone. */
function ghostLimit(settings: readonly string[]): number {
  const limits = settings.flatMap((line) => {
    const [, number, unit = ''] = /^\s*ghost-limit[\s=:]+(\d{1,15})([KMG]?)/.exec(line) ?? [];
    return number === undefined ? [] : [Number(number) * (units[unit] ?? 1)];
  });
  return Math.max(usualGhostLimit, ...limits);
}

const allows = (settings: readonly string[], word: string): boolean =>
  settings.some((line) => line.trim().split(/[\s=]/)[0] === word);

/** `0 5864 /proc/42/fd/3`: names left, blocks of 512 bytes, and which open file or mapping. */
function deletedBlockers({lines}: Answers, settings: readonly string[]): readonly Blocker[] {
  const names = new Map(
    lines('deleted-names').map((line) => {
      const cut = line.indexOf(' ');
      return [line.slice(0, cut), line.slice(cut + 1).replace(/ \(deleted\)$/, '')];
    }),
  );
  const limit = ghostLimit(settings);
  const found = lines('deleted').flatMap((line): readonly Blocker[] => {
    const [links = '', blocks = '', path = ''] = line.split(' ');
    const name = names.get(path) ?? 'a file that is mapped into its memory';
    const size = Number(blocks) * 512;
    if (Number(links) > 0) return allows(settings, 'link-remap') ? [] : [one('deleted-name', name)];
    if (!(size > limit)) return [];
    return [one('deleted-file-large', `"${name}" (${Math.ceil(size / 1024 ** 2)} MiB)`)];
  });
  return [...new Map(found.map((each) => [`${each.code} ${each.what}`, each])).values()];
}

/** `uts:[4026532248]`, once for each namespace that any process has or gives to its children. */
function namespaceBlockers({lines}: Answers): readonly Blocker[] {
  const kinds = lines('namespaces').map((line) => line.split(':')[0] ?? '');
  // CRIU dumps mount namespaces within the container's
  const nested = kinds.filter((kind, index) => kind !== 'mnt' && kinds.indexOf(kind) !== index);
  return [...new Set(nested)].map((kind) => one('nested-namespace', kind));
}

/** A device number as the kernel writes it in `fdinfo`: twelve bits and twenty. */
function isDevice(hex: string, device: string): boolean {
  const [major = -1, minor = -1] = device.split(':').map(Number);
  const number = Number.parseInt(hex, 16);
  return Math.floor(number / 2 ** 20) === major && number % 2 ** 20 === minor;
}

/** CRIU opens a watched file by its handle, which overlay file systems do not allow, and then looks for it in a few folders. */
function watchBlockers({text, lines}: Answers, settings: readonly string[]): readonly Blocker[] {
  const [device = '', type = ''] = text('root-device').split(' ');
  if (type !== 'overlay' || allows(settings, 'irmap-scan-path')) return [];
  const findable = new Set(lines('found-watches').map(Number));
  const lost = lines('watches').some((line) => {
    const [inode = '', of = ''] = line.split(' ');
    return isDevice(of, device) && !findable.has(Number.parseInt(inode, 16));
  });
  return onlyIf(lost, 'watched-file');
}

/** What the engine itself starts in it now and then, to see whether it is well. */
function isHealthCheck(command: string, {raw}: ObservedContainer): boolean {
  const [kind = '', ...words] = textsAt(raw, 'Config', 'Healthcheck', 'Test');
  const test = words.join(' ').trim();
  if (test === '' || kind === 'NONE') return false;
  return command === test || command === `/bin/sh -c ${test}`;
}

/**
 * Processes of the container's control group that are not below its first process: they were there
 * before its tree was looked at, and afterwards. Those in the host's mount namespace are the engine's own.
 */
function strangers(found: Answers, container: ObservedContainer): readonly Blocker[] {
  const tree = new Set(found.lines('pids'));
  if (tree.size === 0) return [];
  const earlier = new Set(found.lines('earlier'));
  const namespaces = new Map(
    found.lines('mount-namespaces').map((line) => {
      const [path = '', namespace = ''] = line.split(' ');
      return [path.split('/')[2] ?? '', namespace];
    }),
  );
  const host = namespaces.get('self');
  const pids = found
    .lines('group')
    .filter((pid) => earlier.has(pid) && !tree.has(pid))
    .filter((pid) => host === undefined || namespaces.get(pid) !== host);
  const commands = new Map(
    found.lines('commands').map((line) => {
      const [, pid = '', command = ''] = /^\/proc\/(\d+)\/cmdline:(.*)$/.exec(line) ?? [];
      return [pid, command.trim()];
    }),
  );
  const [first] = pids;
  if (first === undefined) return [];
  if (pids.some((pid) => isHealthCheck(commands.get(pid) ?? '', container))) return [];
  // arguments may be secret
  return [one('exec', commands.get(first)?.split(' ')[0]?.split('/').at(-1) ?? 'a program')];
}

const CAP_SYS_RESOURCE = 24n;

/** CRIU raises limits of what it dumps. In a user namespace of the container's own it need not. */
function userBlockers(
  all: readonly Section[],
  found: Answers,
  {userNamespace}: ObservedContainer,
): readonly Blocker[] {
  const rights = all.find(({name}) => name === 'rights')?.text ?? '';
  if (userNamespace || !/^[0-9a-f]{1,16}$/.test(rights)) return [];
  if ((BigInt(`0x${rights}`) >> CAP_SYS_RESOURCE) % 2n === 1n) return [];
  const other = found.lines('users').find((user) => user !== '0' && /^\d+$/.test(user));
  return other === undefined ? [] : [one('other-user', other)];
}

export interface Workload {
  /** TCP connections that are open right now. */
  readonly established: number;
  readonly blockers: readonly Blocker[];
}

/** What the processes of a container hold, whatever engine runs them. */
export function readWorkload(
  all: readonly Section[],
  container: ObservedContainer,
  index: number,
): Workload {
  const found = answers(all, index);
  const {lines} = found;
  const onHost = all.some(({name, words}) => name === 'host-network' && words[0] === `${index}`);
  const settings = (all.find(({name}) => name === 'criu-settings')?.text ?? '').split('\n');
  const objects = lines('files').flatMap((file) =>
    unsupported.filter(([pattern]) => pattern.test(file)).map(([, name]) => name),
  );
  const devices = lines('devices').filter((path) => !harmlessDevice.test(path));
  return {
    established: connections(found, onHost).length,
    blockers: [
      ...[...new Set(objects)].map((what) => one('kernel-object', what)),
      ...[...new Set(devices)].map((what) => one('device-open', what)),
      ...onlyIf(lines('tracers').length > 0, 'debugger'),
      ...userBlockers(all, found, container),
      ...socketBlockers(found, onHost),
      ...deletedBlockers(found, settings),
      ...lines('queues')
        .slice(0, 1)
        .map((line) => one('posix-queue', line.replace(/^queue /, ''))),
      ...namespaceBlockers(found),
      ...watchBlockers(found, settings),
      ...strangers(found, container),
      ...insideBlockers(found, container),
    ],
  };
}
