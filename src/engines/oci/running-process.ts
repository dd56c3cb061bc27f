import {isWithin} from '../../base/within.js';
import {capabilitiesIn} from '../criu/capability-names.js';
import {sectionLines, type Section} from '../host/sections.js';

/**
 * `tell_process PID`: what the kernel says of a process, beside what it says of this script, which is on the host. Of the host's mounts
 * only those of file systems that the process has, too. Needs `section`, and `sources`: paths, one a line, of which it tells where they lead.
 */
export const tellProcessText = `newline='
'
tell_process() {
  case $1 in '' | 0 | *[!0-9]*) return 0 ;; esac
  [ -e "/proc/$1/ns/mnt" ] || return 0
  section mounts
  cat "/proc/$1/mountinfo" || :
  section host-mounts
  awk 'NR == FNR {seen[$3]; next} $3 in seen' "/proc/$1/mountinfo" /proc/self/mountinfo || :
  section status
  grep -E '^(Cap(Inh|Prm|Eff|Bnd|Amb)|Seccomp):' "/proc/$1/status" || :
  section spaces
  readlink "/proc/$1/ns/pid" "/proc/$1/ns/net" "/proc/$1/ns/ipc" "/proc/$1/ns/uts" "/proc/$1/ns/mnt" || :
  section host-spaces
  readlink /proc/self/ns/pid /proc/self/ns/net /proc/self/ns/ipc /proc/self/ns/uts /proc/self/ns/mnt
  section sources
  printf '%s\\n' "$sources"
  section places
  (
    set -f
    IFS=$newline
    set -- $sources
    [ $# = 0 ] || readlink -m -- "$@"
  )
}`;

/** Of what an engine tells of a container, \`$1\`: where its mounts are on this host. */
export const sourcesText = `sources_in() { sources=$(printf '%s\\n' "$1" | sed -n 's|^ *"Source": "\\(/.*\\)",$|\\1|p'); }`;

/** What the plan gives to a process. */
export interface PlannedProcess {
  /** Without `CAP_`. */
  readonly capabilities: readonly string[] | 'all';
  /** Namespaces of its host: `pid`, `net`, `ipc`, `uts`. */
  readonly shared: readonly string[];
  readonly isFiltered: boolean;
  /** Folders and files of the host that it has, as the plan calls them. */
  readonly sources: readonly string[];
  /** Its root on the host, as its engine calls it. */
  readonly root: string;
  /** The engine keeps its own files of a container in folders with this name. */
  readonly id?: string;
}

interface Mount {
  readonly device: string;
  /** What of the file system is mounted. */
  readonly root: string;
  readonly at: string;
  readonly kind: string;
}

const unescaped = (text: string): string =>
  text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCodePoint(Number.parseInt(digits, 8)),
  );

/** `25 30 0:23 / /proc rw,nosuid shared:5 - proc proc rw`; undefined where it is none. */
function readMount(line: string): Mount | undefined {
  const [, device, root, at, kind] =
    /^\d+ \d+ (\d+:\d+) (\S+) (\S+) \S+ (?:\S+ )*?- (\S+) /.exec(line) ?? [];
  return device === undefined || root === undefined || at === undefined || kind === undefined
    ? undefined
    : {device, root: unescaped(root), at: unescaped(at), kind};
}

/** Where a mount's file or folder is on the host; nowhere when the file system is the container's own. */
function placesOf({device, root}: Mount, host: readonly Mount[]): readonly string[] {
  return host
    .filter((each) => each.device === device && isWithin(root, each.root))
    .map((each) => {
      const rest = each.root === '/' ? root : root.slice(each.root.length);
      return `${each.at === '/' ? '' : each.at}${rest === '/' ? '' : rest}` || '/';
    });
}

/** File systems of the kernel that are the host's where a namespace is, and of which its own mounts are elsewhere. */
const spaceOf: Readonly<Record<string, string>> = {proc: 'pid', sysfs: 'net', mqueue: 'ipc'};

/** File systems that hold nothing of the host where the host has not mounted them. */
const isPrivate = /^(?:tmpfs|ramfs|overlay|proc|sysfs|mqueue|devpts|fuse\..*)$/;

/** A folder above may be a link in an engine's words. Nothing else is called as a layer is. */
const lastOf = (path: string): string => path.split('/').slice(-2).join('/');

function isPlanned(
  mount: Mount,
  host: readonly Mount[],
  places: ReadonlySet<string>,
  {root, id, shared}: PlannedProcess,
): boolean {
  const {kind, at} = mount;
  if (kind === 'cgroup' || kind === 'cgroup2') return true;
  if (kind === 'devtmpfs' && mount.root === '/null') return true;
  if (shared.includes(spaceOf[kind] ?? '-')) return true;
  const found = placesOf(mount, host);
  if (found.length === 0) return isPrivate.test(kind);
  return found.some(
    (place) =>
      (at === '/' && lastOf(place) === lastOf(root)) ||
      place === '/dev/null' ||
      (id !== undefined && place.includes(`/${id}/`)) ||
      [...places].some((planned) => isWithin(place, planned)),
  );
}

/** The planned ones alone: an engine may have been told of others. */
function placesIn(all: readonly Section[], planned: readonly string[]): ReadonlySet<string> {
  const places = sectionLines(all, 'places');
  const led = sectionLines(all, 'sources').map((each, index) => [each, places[index]] as const);
  const real = led.flatMap(([each, place]) =>
    place !== undefined && planned.includes(each) ? [place] : [],
  );
  return new Set([...planned, ...real]);
}

function mountDifferences(all: readonly Section[], planned: PlannedProcess): readonly string[] {
  const mounts = sectionLines(all, 'mounts').map(readMount);
  const host = sectionLines(all, 'host-mounts').map(readMount);
  const known = [...mounts, ...host].filter((each) => each !== undefined);
  if (known.length < mounts.length + host.length || mounts.length === 0)
    return ['its mounts are not told'];
  const onHost = host.filter((each) => each !== undefined);
  const places = placesIn(all, planned.sources);
  return mounts
    .filter((each) => each !== undefined)
    .filter((each) => !isPlanned(each, onHost, places, planned))
    .map((each) => {
      const [place = `a file system (${each.kind})`] = placesOf(each, onHost);
      return `it has ${place} at ${each.at}`;
    });
}

/** `CapEff:\t00000000a80425fb`: of 64 bits. */
function capabilityDifferences(all: readonly Section[], planned: PlannedProcess) {
  const lines = sectionLines(all, 'status').filter((line) => line.startsWith('Cap'));
  const sets = lines.map((line) => /:\s*([0-9a-f]{8})([0-9a-f]{8})$/.exec(line));
  if (sets.length !== 5 || sets.includes(null)) return ['its capabilities are not told'];
  const {capabilities} = planned;
  if (capabilities === 'all') return [];
  const has = sets.flatMap((set) =>
    capabilitiesIn([Number.parseInt(set?.[2] ?? '', 16), Number.parseInt(set?.[1] ?? '', 16)]),
  );
  return [...new Set(has)]
    .filter((name) => !capabilities.includes(name))
    .map((name) => `it has the capability ${name}`);
}

const spaces = ['pid', 'net', 'ipc', 'uts', 'mnt'];

function spaceDifferences(all: readonly Section[], {shared}: PlannedProcess): readonly string[] {
  const [its, here] = [sectionLines(all, 'spaces'), sectionLines(all, 'host-spaces')];
  if (its.length !== spaces.length || here.length !== spaces.length)
    return ['its namespaces are not told'];
  return spaces
    .filter((type, index) => its[index] === here[index] && !shared.includes(type))
    .map((type) => `it is in the ${type} namespace of the host`);
}

/** What the kernel tells of the copy's first process that was not planned, one line each. */
export const processDifferences = (
  all: readonly Section[],
  planned: PlannedProcess,
): readonly string[] => [
  ...mountDifferences(all, planned),
  ...capabilityDifferences(all, planned),
  ...spaceDifferences(all, planned),
  ...(planned.isFiltered && !sectionLines(all, 'status').some((line) => /^Seccomp:\s*2$/.test(line))
    ? ['it has no filter of system calls']
    : []),
];
