import type {Blocker, BlockerCode} from './blocker.js';
import type {Mount, ObservedContainer, Weight} from '../facts.js';
import {kibibytes, type Section} from '../host/sections.js';
import {readSettings} from './network-settings.js';
import {heedsStop, stopOf} from '../stop.js';
import {answers, readWorkload} from './workload.js';

/** In the order in which the survey asks for them. */
export const weighedMounts = (container: ObservedContainer): readonly Mount[] => container.mounts;

/** From `/proc/locks`: `1: FLOCK  ADVISORY  WRITE 3548 08:01:1234 0 EOF`. */
function holdsLocks(all: readonly Section[], pids: ReadonlySet<string>): boolean {
  const locks = all.find(({name}) => name === 'locks')?.text ?? '';
  return locks.split('\n').some((line) => {
    const pid = /^\d+: (?:->\s*)?(?:FLOCK|POSIX|OFDLCK)\s+\S+\s+\S+\s+(-?\d+) /.exec(line)?.[1];
    return pid !== undefined && pids.has(pid);
  });
}

/**
 * CRIU takes the lock, and then opens and closes the file once more for the mapping: any close gives up all POSIX locks that a
 * process has on a file. Inodes are compared alone, since file systems tell different devices in the two places.
 */
function readMappedLocks(
  all: readonly Section[],
  found: ReturnType<typeof answers>,
  pids: ReadonlySet<string>,
): Pick<Weight, 'mappedLocks'> {
  const text = all.find(({name}) => name === 'locks')?.text ?? '';
  const locked = new Set(
    text.split('\n').flatMap((line) => {
      const [, pid = '', inode = ''] =
        /^\d+: POSIX\s+\S+\s+\S+\s+(\d+) [0-9a-f]+:[0-9a-f]+:(\d+) /.exec(line) ?? [];
      return pids.has(pid) ? [inode] : [];
    }),
  );
  const paths = found.lines('shared-maps').flatMap((line) => {
    const at = line.indexOf(' ');
    return locked.has(line.slice(0, at)) ? [line.slice(at + 1)] : [];
  });
  return paths.length > 0 ? {mappedLocks: [...new Set(paths)].slice(0, 10)} : {};
}

/** `FB0000E0` → `224.0.0.251`; not of a container that is on its host's network. */
function readMulticast(
  all: readonly Section[],
  found: ReturnType<typeof answers>,
  index: number,
): Pick<Weight, 'multicast'> {
  if (all.some(({name, words}) => name === 'host-network' && words[0] === `${index}`)) return {};
  const groups = found
    .lines('multicast')
    .filter((line) => /^[0-9A-F]{8}$/.test(line))
    .map((line) => Buffer.from(line, 'hex').reverse().join('.'));
  return groups.length > 0 ? {multicast: groups.slice(0, 10)} : {};
}

const oddKinds: Readonly<Record<string, BlockerCode>> = {
  socket: 'bind-socket',
  device: 'bind-device',
  pipe: 'bind-pipe',
  missing: 'bind-missing',
};

/** Sockets, devices and missing things cannot be carried to another host, by whichever strategy. */
function readMounts(
  all: readonly Section[],
  container: ObservedContainer,
  index: number,
): {sizes: Record<string, number>; odd: readonly Blocker[]} {
  const sizes: [string, number][] = [];
  const odd: Blocker[] = [];
  weighedMounts(container).forEach((mount, place) => {
    const key = `${index}.${place}`;
    const section = all.find(({name, words}) => name === 'mount' && words[0] === key);
    const [kind = '', size = '0'] = (section?.text ?? '').split('\n');
    sizes.push([mount.name, kibibytes(size)]);
    const code = oddKinds[kind];
    if (mount.kind === 'bind' && code !== undefined) odd.push({code, what: mount.source});
  });
  return {sizes: Object.fromEntries(sizes), odd};
}

/** Absent where there are none. */
function readFixed(
  all: readonly Section[],
  container: ObservedContainer,
  index: number,
): Pick<Weight, 'fixed'> {
  const paths = (key: string): readonly string[] =>
    all
      .filter(({name, words}) => name === 'fixed' && words[0] === key)
      .flatMap(({text}) => text.split('\n'))
      .filter((line) => line.startsWith('/'));
  const rootfs = paths(`${index}`);
  const mounts = Object.fromEntries(
    weighedMounts(container)
      .map(({name}, place) => [name, paths(`${index}.${place}`)] as const)
      .filter(([, found]) => found.length > 0),
  );
  return rootfs.length + Object.keys(mounts).length > 0 ? {fixed: {rootfs, mounts}} : {};
}

export function readWeight(
  all: readonly Section[],
  container: ObservedContainer,
  index: number,
): Weight {
  const found = answers(all, index);
  const pids = new Set(found.lines('pids'));
  const mounts = readMounts(all, container, index);
  const workload = readWorkload(all, container, index);
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
    established: workload.established,
    rootfs: kibibytes(found.text('rootfs')),
    mounts: mounts.sizes,
    ...readFixed(all, container, index),
    blockers: [...workload.blockers, ...mounts.odd],
    locks: holdsLocks(all, pids),
    ...readMappedLocks(all, found, pids),
    ...readMulticast(all, found, index),
    networkSettings: readSettings(found),
    ...heedsStop(found.lines('signals'), stopOf(container).signal),
  };
}
