import {COPY_OPTIONS} from '../../base/folder-copy.js';
import {type Command, script} from '../../base/command.js';
import type {Compared, Difference} from './link.js';

/** How many differences are named; all of them are counted. */
const MOST_NAMED = 50;

/**
 * rsync's options for a look at both folders that changes nothing and prints every difference. `--checksum` has both ends read
 * all files, and only checksums cross the link.
 */
export function compareArguments(content: boolean, wholeSeconds: boolean): readonly string[] {
  return [
    ...COPY_OPTIONS.filter((each) => !wholeSeconds || !each.startsWith('--modify-window')),
    ...(content ? ['--checksum'] : []),
    '--dry-run',
    '--delete',
    '--no-h',
    '--stats',
    '--out-format=cm %i %n',
  ];
}

/**
 * `differing WORD…` runs rsync with those options, and passes on the first differences, their number and the totals. A name holds
 * no newline there, since rsync escapes it.
 */
export const DIFFERING = `differing() {
  { "$@" && code=0 || code=$?; echo "cm-ended $code"; } | LC_ALL=C awk '
    /^cm / {if (++n <= ${MOST_NAMED}) print; next}
    /^cm-ended / {print "cm-differing " n + 0; ended = 1; code = $2; next}
    /^(Number of files|Total file size): / {print}
    END {exit ended ? code + 0 : 1}'
}`;

/**
 * Prints a digest of which names are names of one file, and the first of them. rsync sees that names of one file on the source
 * are so on the target, and not the reverse. `$1` folder.
 */
const LINKED = `cd -- "$1/"
names=$(find . -type f -links +1 -printf '%D:%i %P\\0' | LC_ALL=C sed -z 's/\\\\/&&/g; s/\\n/\\\\n/g; s/\\t/\\\\t/g' | tr '\\0' '\\n' |
  LC_ALL=C sort -k 2 | LC_ALL=C awk '{
    at = $1
    sub(/^[^ ]* /, "")
    if (at in first) print first[at] "\\t" $0
    else first[at] = $0
  }')
printf '%s' "$names" | sha256sum
printf '%s\\n' "$names" | head -n ${MOST_NAMED}`;

export const linkedNames = (folder: string): Command => ({
  ...script(`find the hard links in ${folder}`, LINKED, folder),
  timeoutMs: 24 * 60 * 60 * 1000,
});

/** What the letters of `%i` stand for, from the third on. */
const FACTS: Readonly<Record<string, string>> = {
  c: 'content',
  s: 'size',
  t: 'time',
  T: 'time',
  p: 'mode',
  o: 'owner',
  g: 'group',
  a: 'ACL',
  x: 'extended attributes',
};

/** rsync writes `\#303` for a byte that is not ASCII. */
const readable = (name: string): string =>
  name.replaceAll(/(?:\\#[23][0-7]{2})+/gu, (run) =>
    Buffer.from(
      run
        .split(String.raw`\#`)
        .slice(1)
        .map((octal) => Number.parseInt(octal, 8)),
    ).toString('utf8'),
  );

/** `.f...p.....` → `mode` */
function factsOf(item: string): string {
  if (item.startsWith('*deleting')) return 'only on the target';
  if (item.includes('+')) return 'missing on the target';
  if (item.startsWith('h')) return 'not the same file as its other name';
  // A link's target is its content, and `c` in front says that a link or a device would be made anew.
  const found = item
    .slice(2)
    .replaceAll('.', '')
    .split('')
    .map((letter) => FACTS[letter]);
  const known = [...new Set(found.filter((fact) => fact !== undefined))];
  return known.length > 0 ? known.join(', ') : 'another kind';
}

const DIFFERENT = /^cm (.{11}) (.*)$/u;

function differenceIn(line: string): (Difference & {readonly item: string}) | undefined {
  const [, item, name] = DIFFERENT.exec(line) ?? [];
  if (item === undefined || name === undefined) return undefined;
  return {path: readable(name), how: factsOf(item), item};
}

/** A folder's time follows from what is different in it. */
const isEffect = (item: string): boolean => item.startsWith('.d..t......');

/** Undefined where the answer is not whole. */
export function readCompared(text: string, folderTimes = true): Compared | undefined {
  const number = (pattern: RegExp): number | undefined => {
    const found = pattern.exec(text)?.[1];
    return found === undefined ? undefined : Number(found);
  };
  const files = number(/^Number of files: (\d+)/mu);
  const bytes = number(/^Total file size: (\d+)/mu);
  const differing = number(/^cm-differing (\d+)$/mu);
  if (files === undefined || bytes === undefined || differing === undefined) return undefined;
  const all = text.split('\n').flatMap((line) => differenceIn(line) ?? []);
  const causes = all.filter(({item}) => !isEffect(item));
  const named = (causes.length > 0 || !folderTimes ? causes : all).map(({path, how}) => ({
    path,
    how,
  }));
  return {files, bytes, differing: differing - all.length + named.length, differences: named};
}

/** The file systems may keep times of another precision. */
export const onlyTimes = ({differing, differences}: Compared): boolean =>
  differing > 0 && differing === differences.length && differences.every(({how}) => how === 'time');

/** Names of one file that are names of two on the other host. */
export function readLinked(source: string, target: string): Compared['differences'] {
  const [own, ...others] = source.split('\n').filter((each) => each !== '');
  const [theirs, ...found] = target.split('\n').filter((each) => each !== '');
  if (own === theirs) return [];
  const on = (lines: readonly string[], not: readonly string[], how: string): Difference[] =>
    lines
      .filter((line) => !not.includes(line))
      .map((line) => {
        const [first = '', other = ''] = line.split('\t');
        return {path: other, how: `another name of ${first} ${how}`};
      });
  const named = [
    ...on(others, found, 'on the source alone'),
    ...on(found, others, 'on the target alone'),
  ];
  return named.length > 0 ? named : [{path: 'names of one file', how: 'others than on the source'}];
}
