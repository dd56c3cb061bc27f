import {COPY_OPTIONS, IN_PLACE} from '../../base/folder-copy.js';

/** Every file, by content. */
export const WHOLE: readonly string[] = ['--ignore-times', '--delete'];

/** Files of a list, by content. One may have taken the place of a folder. */
export const CHANGED: readonly string[] = ['--ignore-times', '--force', '--from0'];

/** The limit is in bits per second; rsync wants KiB per second, at least 1. No compression: the link is nearly always faster. */
export const rsyncArguments = (bandwidth?: number): string[] => [
  ...COPY_OPTIONS,
  IN_PLACE,
  '--no-h',
  '--stats',
  ...(bandwidth === undefined
    ? []
    : [`--bwlimit=${Math.max(1, Math.floor(bandwidth / 8 / 1024))}`]),
];

/** Files that went away between listing and reading. */
export const VANISHED = 24;

/** `    1234567  12%  100.00MB/s    0:00:01 (xfr#1, to-chk=0/2)` → 1234567 */
export function progressBytes(line: string): number | undefined {
  const match = /^\s*(\d+)\s+\d+%\s/.exec(line);
  return match === null ? undefined : Number(match[1]);
}

/** What `--stats` says, of all passes together: bytes that went out, and a line for people. */
export function readStats(text: string): {readonly bytes: number; readonly answer: string} {
  const sum = (label: string): number =>
    [...text.matchAll(new RegExp(`^${label}: (\\d+)`, 'gm'))].reduce(
      (total, [, number]) => total + Number(number),
      0,
    );
  const files = sum('Number of regular files transferred');
  return {bytes: sum('Total bytes sent'), answer: `${files} files transferred`};
}
