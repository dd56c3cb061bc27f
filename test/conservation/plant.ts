import {execFileSync} from 'node:child_process';
import {
  chmodSync,
  chownSync,
  closeSync,
  ftruncateSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import type {Random} from '../fuzz/random.js';
import {bytesOf} from './files.js';

/** Names that a shell, a list or a reader of lines could get wrong. */
const oddNames = [
  'a b',
  "it's",
  'quo"te',
  '-dash',
  'st*r',
  'new\nline',
  '$(id)',
  'not-utf8-\xff',
  '\\134',
  '.hidden',
];

const nameFor = (random: Random, number: number): string =>
  random.chance(0.3) ? `${random.pick(oddNames)}${number}` : `f${number}`;

const text = (random: Random, most: number): string =>
  `${random.below(1e9)} `.repeat(1 + random.below(most));

/** All below a folder, itself left out. */
function all(folder: string, is: 'file' | 'folder'): readonly string[] {
  return readdirSync(bytesOf(folder), 'latin1')
    .sort()
    .flatMap((name) => {
      const path = `${folder}/${name}`;
      const stat = lstatSync(bytesOf(path));
      const inner = stat.isDirectory() ? all(path, is) : [];
      return (is === 'file' ? stat.isFile() : stat.isDirectory()) ? [path, ...inner] : inner;
    });
}

function age(path: string, random: Random): void {
  const seconds = 1e9 + random.below(6e8) + random.next();
  lutimesSync(bytesOf(path), seconds, seconds);
}

/** Only for names that stand in no need of another encoding. */
const isPlain = (path: string): boolean => /^[ -~]+$/.test(path);

function sparse(path: string, random: Random): void {
  const file = openSync(bytesOf(path), 'w');
  ftruncateSync(file, 300_000 + random.below(2_000_000));
  writeSync(file, text(random, 20), random.below(250_000));
  closeSync(file);
}

type Maker = (path: string, folder: string, random: Random) => void;

const written: Maker = (path, _, random) => {
  writeFileSync(bytesOf(path), text(random, random.chance(0.2) ? 8000 : 40));
};

const attributed =
  (program: string, ...words: readonly string[]): Maker =>
  (path, folder, random) => {
    written(path, folder, random);
    if (isPlain(path)) execFileSync(program, [...words, path]);
  };

const makers: readonly Maker[] = [
  ...[written, written, written],
  (path, _, random) => {
    sparse(path, random);
  },
  (path, folder, random) => {
    const files = all(folder, 'file');
    if (files.length === 0) written(path, folder, random);
    else linkSync(bytesOf(random.pick(files)), bytesOf(path));
  },
  (path, folder, random) => {
    const files = all(folder, 'file');
    if (files.length > 0) linkSync(bytesOf(random.pick(files)), bytesOf(path));
  },
  (path, _, random) => {
    symlinkSync(bytesOf(random.pick(['/etc/passwd', '../nowhere', 'f0', '.'])), bytesOf(path));
  },
  (path) => {
    if (isPlain(path)) execFileSync('mkfifo', ['-m', '640', path]);
  },
  (path, folder, random) => {
    written(path, folder, random);
    chownSync(bytesOf(path), 1000 + random.below(5000), random.below(70_000));
    chmodSync(bytesOf(path), random.pick([0o600, 0o4755, 0o2711, 0o000, 0o1666]));
  },
  (path, _, random) => {
    mkdirSync(bytesOf(path));
    chmodSync(bytesOf(path), random.pick([0o700, 0o1777, 0o2775]));
  },
  attributed('setfattr', '-n', 'user.note', '-v', 'kept as it is'),
  attributed('setfacl', '-m', 'u:1234:rw'),
  attributed('setcap', 'cap_net_raw+ep'),
];

function add(folder: string, random: Random, number: number): void {
  const at = random.pick([folder, folder, ...all(folder, 'folder')]);
  const path = `${at}/${nameFor(random, number)}`;
  if (lstatSync(bytesOf(path), {throwIfNoEntry: false})) return;
  random.pick(makers)(path, folder, random);
  if (random.chance(0.5) && lstatSync(bytesOf(path), {throwIfNoEntry: false})) age(path, random);
}

/** Random files of all kinds in a folder, which is made. */
export function plant(folder: string, random: Random): void {
  mkdirSync(bytesOf(`${folder}/deep/er`), {recursive: true});
  const count = 3 + random.below(12);
  for (let number = 0; number < count; number += 1) add(folder, random, number);
  if (random.chance(0.3)) chownSync(bytesOf(folder), 999, 999);
  if (random.chance(0.3)) chmodSync(bytesOf(folder), 0o2750);
}

/** Same name, size and modification time, and another content. */
function swapBytes(path: string): void {
  const {mtimeNs, size} = lstatSync(bytesOf(path), {bigint: true});
  if (size === 0n || size > 100_000n || !isPlain(path)) return;
  const content = readFileSync(path);
  content[0] = (content[0] ?? 0) ^ 1;
  writeFileSync(path, content, {flag: 'r+'});
  const nanoseconds = String(mtimeNs % 1_000_000_000n).padStart(9, '0');
  execFileSync('touch', ['-d', `@${mtimeNs / 1_000_000_000n}.${nanoseconds}`, path]);
}

type Change = (path: string, random: Random) => void;

const changes: Readonly<Record<string, Change>> = {
  'other bytes of the same size and time': swapBytes,
  'written in place': (path, random) => {
    writeFileSync(bytesOf(path), text(random, 30), {flag: 'r+'});
  },
  'another file of that name': (path, random) => {
    writeFileSync(bytesOf(`${path}.new`), text(random, 30));
    renameSync(bytesOf(`${path}.new`), bytesOf(path));
  },
  'a folder of that name': (path) => {
    rmSync(bytesOf(path));
    mkdirSync(bytesOf(`${path}/inner`), {recursive: true});
    writeFileSync(bytesOf(`${path}/inner/file`), 'inner');
  },
  removed: (path) => {
    rmSync(bytesOf(path));
  },
  renamed: (path, random) => {
    renameSync(bytesOf(path), bytesOf(`${path}-${random.below(1e6)}`));
  },
  'another mode': (path) => {
    chmodSync(bytesOf(path), 0o604);
  },
  'a second name': (path, random) => {
    linkSync(bytesOf(path), bytesOf(`${path}-${random.below(1e6)}`));
  },
  'a link of that name': (path) => {
    rmSync(bytesOf(path));
    symlinkSync('deep', bytesOf(path));
  },
};

/** Somebody changes something in a folder; in words. */
export function change(folder: string, random: Random): string {
  const files = all(folder, 'file');
  if (files.length === 0 || random.chance(0.2)) {
    writeFileSync(`${folder}/added-${random.below(1e6)}`, text(random, 20));
    return 'a new file';
  }
  const [name, make] = random.pick(Object.entries(changes));
  make(random.pick(files), random);
  return name;
}
