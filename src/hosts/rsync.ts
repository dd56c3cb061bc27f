import type {SyncOptions} from './link.js';

/**
 * Everything that makes a file what it is: hard links, ACLs, xattrs (as root also `trusted.*`, which overlay whiteouts
 * need, and `security.capability`), holes, devices, numeric owners. `--inplace` writes only the blocks that differ, which is
 * what the last pass over a database is about; nobody reads the copy meanwhile. SELinux labels are the target's own
 * business, and cannot be set where SELinux is off. Times are compared to the nanosecond: by default rsync (3.1.3 and later)
 * looks at whole seconds, and would miss what changed in the second of the pass before, in a file of the same size. No compression: the link is nearly always faster than that.
 */
const RSYNC_OPTIONS: readonly string[] = [
  '-aHAXS',
  '--numeric-ids',
  '--delete',
  '--inplace',
  '--modify-window=-1',
  '--filter=-x security.selinux',
  '--no-h',
  '--stats',
];

/** The limit is in bits per second; rsync wants KiB per second, at least 1. */
export const rsyncArguments = (
  {exclude = [], everyByte = false}: SyncOptions,
  bandwidth?: number,
): string[] => [
  ...RSYNC_OPTIONS,
  ...(everyByte ? ['--checksum'] : []),
  ...(bandwidth === undefined
    ? []
    : [`--bwlimit=${Math.max(1, Math.floor(bandwidth / 8 / 1024))}`]),
  ...exclude.map((pattern) => `--exclude=${pattern}`),
];

/** Files that went away between listing and reading. */
export const VANISHED = 24;

/** `    1234567  12%  100.00MB/s    0:00:01 (xfr#1, to-chk=0/2)` → 1234567 */
export function progressBytes(line: string): number | undefined {
  const match = /^\s*(\d+)\s+\d+%\s/.exec(line);
  return match === null ? undefined : Number(match[1]);
}

/** What `--stats` says: bytes that went out, and a line for people. */
export function readStats(text: string): {readonly bytes: number; readonly answer: string} {
  const number = (label: string): number =>
    Number(new RegExp(`^${label}: (\\d+)`, 'm').exec(text)?.[1] ?? 0);
  const files = number('Number of regular files transferred');
  return {bytes: number('Total bytes sent'), answer: `${files} files transferred`};
}
