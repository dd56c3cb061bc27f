import {numberOf, textsOf, type Message} from './protobuf.js';

/** What the plan says of the mounts of a container. */
export interface PlannedMounts {
  /** It may change what engines protect in /proc and /sys. */
  readonly isUnmasked: boolean;
  /** Paths that it may only read, as engines want it. */
  readonly protects: readonly string[];
  /** Its control groups may be written to from within. */
  readonly writesCgroups: boolean;
  /** Destinations of folders and files of the host that it may only read. */
  readonly readOnly: readonly string[];
}

interface Mount {
  readonly id: number | undefined;
  readonly parent: number | undefined;
  readonly kind: number | undefined;
  readonly isReadOnly: boolean;
  /** What of its file system is seen. */
  readonly root: string;
  readonly at: string;
  /** The runtime names what is mounted there; nothing else is. */
  readonly isExternal: boolean;
}

const readMount = (entry: Message): Mount => ({
  id: numberOf(entry, 2),
  parent: numberOf(entry, 4),
  kind: numberOf(entry, 1),
  isReadOnly: (numberOf(entry, 5) ?? 0) % 2 === 1,
  root: textsOf(entry, 6).join(),
  at: textsOf(entry, 7)
    .join()
    .replace(/^\.?\/*/, '/'),
  isExternal: textsOf(entry, 18).join() !== '' || numberOf(entry, 13) === 1,
});

const isBelow = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(`${folder}/`);

/** `proc`: the mount at /proc. */
type Rule = (mount: Mount, proc: Mount | undefined, planned: PlannedMounts) => boolean;

const always: Rule = () => true;

/** Parts of /proc are mounted over themselves, to be read alone. */
const isUsualProc: Rule = ({at, root, parent, isReadOnly}, proc, {isUnmasked}) =>
  at === '/proc' ||
  (isReadOnly && parent === proc?.id && at === `/proc${root}`) ||
  (isUnmasked && isBelow(at, '/proc'));

const isUsualSysfs: Rule = ({at, isReadOnly}, _, {isUnmasked}) =>
  isBelow(at, '/sys') && (isReadOnly || isUnmasked);

const isUsualCgroup: Rule = ({at, isReadOnly}, _, {writesCgroups}) =>
  isBelow(at, '/sys/fs/cgroup') && (isReadOnly || writesCgroups);

/** File systems that CRIU mounts by itself, by the number of their `fstype`, and where every container may have them. */
const usual: ReadonlyMap<number | undefined, Rule> = new Map([
  [1, isUsualProc],
  [2, isUsualSysfs],
  [5, always], // tmpfs
  [6, always], // devpts
  [12, isUsualCgroup],
  [14, always], // mqueue
  [23, isUsualCgroup], // cgroup2
]);

/**
 * What is not planned of a container's mounts, one line each. `protectable`: paths that engines protect in every container
 * and that this host has.
 */
export function mountDifferences(
  entries: readonly Message[],
  protectable: readonly string[],
  planned: PlannedMounts,
): readonly string[] {
  const mounts = entries.map(readMount).filter(({at}) => at !== '/');
  const procs = mounts.filter(({at, isExternal}) => at === '/proc' && !isExternal);
  const own = mounts.filter(({isExternal}) => !isExternal);
  const writable = mounts.filter(
    ({at, isExternal, isReadOnly}) => isExternal && !isReadOnly && planned.readOnly.includes(at),
  );
  const bare = planned.isUnmasked
    ? []
    : protectable
        .filter((path) => planned.protects.includes(path))
        .filter((path) => !mounts.some(({at, isReadOnly}) => at === path && isReadOnly));
  return [
    ...(procs.length > 1 ? ['its images mount /proc twice'] : []),
    ...own
      .filter((mount) => usual.get(mount.kind)?.(mount, procs[0], planned) !== true)
      .map(({kind, at}) => `its images mount a file system of kind ${kind ?? '?'} at "${at}"`),
    ...writable.map(({at}) => `its images let it write to "${at}"`),
    ...bare.map((path) => `its images do not protect ${path}`),
  ];
}
