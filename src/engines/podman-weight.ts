import type {Mount, ObservedContainer, Weight} from './facts.js';
import {kibibytes, type Section} from './sections.js';

/** In the order in which the survey asks for them. */
export const weighedMounts = (container: ObservedContainer): readonly Mount[] => container.mounts;

/** `0100007F:1F90` or the 32 digits of IPv6: words of four bytes, each in the host's byte order (little-endian). */
export function isLoopback(remote: string): boolean {
  const [ip = ''] = remote.split(':');
  if (ip.length === 8) return ip.endsWith('7F');
  const mapped = ip.startsWith('0000000000000000FFFF0000') && ip.endsWith('7F');
  return mapped || ip === '00000000000000000000000001000000';
}

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

interface Answers {
  readonly text: (name: string) => string;
  readonly lines: (name: string) => readonly string[];
}

function answers(all: readonly Section[], index: number): Answers {
  const text = (name: string): string =>
    all.find((each) => each.name === name && each.words[0] === `${index}`)?.text ?? '';
  return {
    text,
    lines: (name) =>
      text(name)
        .split('\n')
        .filter((line) => line !== ''),
  };
}

function findBlockers({lines}: Answers): readonly string[] {
  const files = lines('files').flatMap((file) =>
    unsupported.filter(([pattern]) => pattern.test(file)).map(([, name]) => name),
  );
  const devices = lines('devices').filter((path) => !harmlessDevice.test(path));
  const traced = lines('tracers').length > 0 ? ['a debugger'] : [];
  return [...new Set([...files, ...devices, ...traced])];
}

/**
 * Connections with somebody outside. On the host's own network the table holds those of the whole
 * host, so only the container's own sockets count there.
 */
function countEstablished(all: readonly Section[], index: number, {lines}: Answers): number {
  const onHost = all.some(({name, words}) => name === 'host-network' && words[0] === `${index}`);
  const own = new Set(lines('files').map((file) => /^socket:\[(\d+)\]/.exec(file)?.[1]));
  return lines('tcp').filter((line) => {
    const [remote = '', inode] = line.split(' ');
    return !isLoopback(remote) && (!onHost || own.has(inode));
  }).length;
}

/** From `/proc/locks`: `1: FLOCK  ADVISORY  WRITE 3548 08:01:1234 0 EOF`. */
function holdsLocks(all: readonly Section[], pids: ReadonlySet<string>): boolean {
  const locks = all.find(({name}) => name === 'locks')?.text ?? '';
  return locks.split('\n').some((line) => {
    const pid = /^\d+: (?:->\s*)?(?:FLOCK|POSIX|OFDLCK)\s+\S+\s+\S+\s+(-?\d+) /.exec(line)?.[1];
    return pid !== undefined && pids.has(pid);
  });
}

/** Sockets, devices and missing things cannot be carried to another host, by whichever strategy. */
function readMounts(
  all: readonly Section[],
  container: ObservedContainer,
  index: number,
): {sizes: Record<string, number>; odd: readonly string[]} {
  const sizes: [string, number][] = [];
  const odd: string[] = [];
  weighedMounts(container).forEach((mount, place) => {
    const key = `${index}.${place}`;
    const section = all.find(({name, words}) => name === 'mount' && words[0] === key);
    const [kind = '', size = '0'] = (section?.text ?? '').split('\n');
    sizes.push([mount.name, kibibytes(size)]);
    if (mount.kind === 'bind' && ['socket', 'device', 'pipe', 'missing'].includes(kind)) {
      odd.push(`${kind}:${mount.source}`);
    }
  });
  return {sizes: Object.fromEntries(sizes), odd};
}

export function readWeight(
  all: readonly Section[],
  container: ObservedContainer,
  index: number,
): Weight {
  const found = answers(all, index);
  const pids = new Set(found.lines('pids'));
  const mounts = readMounts(all, container, index);
  // "Pss:      8125 kB", one line a process
  const resident = found
    .lines('memory')
    .reduce((sum, line) => sum + kibibytes(/\d+/.exec(line)?.[0] ?? '0'), 0);
  const inMemory = container.mounts
    .filter(({kind}) => kind === 'tmpfs')
    .reduce((sum, {name}) => sum + (mounts.sizes[name] ?? 0), 0);
  return {
    container: container.name,
    // memory file systems are part of a checkpoint, and their pages need not be mapped by a process
    memory: resident + kibibytes(found.text('shm')) + inMemory,
    processes: pids.size,
    established: countEstablished(all, index, found),
    rootfs: kibibytes(found.text('rootfs')),
    mounts: mounts.sizes,
    blockers: [...findBlockers(found), ...mounts.odd],
    locks: holdsLocks(all, pids),
  };
}
