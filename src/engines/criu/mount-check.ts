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
  /** By this the runtime names what is mounted there, which nothing else is then. */
  readonly external?: string;
}

function readMount(entry: Message): Mount {
  const root = textsOf(entry, 6).join();
  const key = textsOf(entry, 18).join();
  // An older form has the name in place of the root.
  const external = key === '' && numberOf(entry, 13) === 1 ? root : key;
  return {
    id: numberOf(entry, 2),
    parent: numberOf(entry, 4),
    kind: numberOf(entry, 1),
    isReadOnly: (numberOf(entry, 5) ?? 0) % 2 === 1,
    root,
    at: textsOf(entry, 7).join(),
    ...(external !== '' && {external}),
  };
}

/** Any other form of a path could be another place for CRIU than it is here. */
const isPlainPath = (path: string): boolean =>
  path === '/' ||
  (/^(?:\/[^/]+)+$/.test(path) && !path.split('/').some((part) => part === '.' || part === '..'));

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

/** Files of /proc are hidden by one that is empty. */
const isNull: Rule = ({root}) => root === '/null';

/** File systems that CRIU mounts by itself, by the number of their `fstype`, and where every container may have them. */
const usual: ReadonlyMap<number | undefined, Rule> = new Map([
  [1, isUsualProc],
  [2, isUsualSysfs],
  [3, isNull], // devtmpfs
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
  const mounts = entries.map(readMount);
  const roots = mounts.filter(({at}) => at === '/');
  const odd = mounts.filter(({at}) => !isPlainPath(at));
  const own = mounts.filter(({at, external}) => at !== '/' && external === undefined);
  const procs = own.filter(({at}) => at === '/proc');
  const writable = mounts.filter(
    ({at, external, isReadOnly}) =>
      !isReadOnly &&
      external !== undefined &&
      (planned.readOnly.includes(at) || planned.readOnly.includes(external)),
  );
  const bare = protectable.filter(
    (path) =>
      !planned.isUnmasked &&
      planned.protects.includes(path) &&
      !mounts.some(({at, isReadOnly}) => at === path && isReadOnly),
  );
  return [
    ...odd.map(({at}) => `its images mount something at "${at}"`),
    ...(roots.length === 1 ? [] : [`its images have ${roots.length} roots`]),
    ...(procs.length > 1 ? ['its images mount /proc twice'] : []),
    ...own
      .filter((mount) => usual.get(mount.kind)?.(mount, procs[0], planned) !== true)
      .map(({kind, at}) => `its images mount a file system of kind ${kind ?? '?'} at "${at}"`),
    ...writable.map(({at}) => `its images let it write to "${at}"`),
    ...bare.map((path) => `its images do not protect ${path}`),
  ];
}
