import {execFileSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {existsSync, lstatSync, readdirSync, readFileSync, readlinkSync} from 'node:fs';

/** One file as it is. Names are bytes, read as Latin-1, since not every name is UTF-8. */
export interface Entry {
  /** Differs whenever anything about the file differs, its other names left out. */
  readonly text: string;
  /** Of a folder, when it was changed last: that is when something in it came or went. */
  readonly time?: string;
  /** Of what may have several names. */
  readonly inode?: string;
}

/** By path on the host. */
export type Files = ReadonlyMap<string, Entry>;

export const bytesOf = (path: string): Buffer => Buffer.from(path, 'latin1');

const kinds: Readonly<Record<number, string>> = {
  0o140000: 'socket',
  0o120000: 'link',
  0o100000: 'file',
  0o060000: 'block device',
  0o040000: 'folder',
  0o020000: 'device',
  0o010000: 'pipe',
};

function contentOf(path: Buffer, kind: string, size: number, blocks: number): string {
  if (kind === 'link') return ` to ${readlinkSync(path, 'latin1')}`;
  if (kind !== 'file') return '';
  const digest = createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 20);
  // How much of a file is holes differs from file system to file system; whether most of it is does not.
  return ` ${size} bytes ${digest}${blocks * 1024 < size ? ' sparse' : ''}`;
}

function entryOf(path: Buffer, attributes: string, timed: boolean): Entry {
  const {mode, uid, gid, size, blocks, mtimeNs, nlink, dev, ino} = lstatSync(path, {bigint: true});
  const kind = kinds[Number(mode) & 0o170000] ?? '?';
  const content = contentOf(path, kind, Number(size), Number(blocks));
  const permissions = (Number(mode) & 0o7777).toString(8);
  const text = `${kind} ${permissions} ${uid}:${gid}${content}${attributes}`;
  const time = timed ? ` at ${mtimeNs}` : '';
  if (kind === 'folder') return {text, time};
  return {text: text + time, ...(nlink > 1n && {inode: `${dev}:${ino}`})};
}

/** As `getfattr` writes names. */
const unescaped = (name: string): string =>
  name.replaceAll(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));

/** Extended attributes, among them ACLs and capabilities, of everything below these folders. */
function attributesBelow(folders: readonly string[]): ReadonlyMap<string, string> {
  const words = ['-R', '-P', '-h', '-d', '-m', '-', '-e', 'hex', '--absolute-names', '--'];
  const told = execFileSync('getfattr', [...words, ...folders], {
    encoding: 'latin1',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const found = new Map<string, string>();
  for (const block of told.split('\n\n')) {
    const [head = '', ...lines] = block.trim().split('\n');
    const kept = lines.filter((line) => !line.startsWith('trusted.overlay.'));
    if (kept.length > 0) found.set(unescaped(head.slice('# file: '.length)), kept.sort().join(' '));
  }
  return found;
}

/** Everything below these folders of a host, whose files lie below `root` on this machine; `timed`: with the times of changes. */
export function readFiles(root: string, folders: readonly string[], timed: boolean): Files {
  const there = folders.filter((folder) => existsSync(bytesOf(root + folder)));
  if (there.length === 0) return new Map();
  const attributes = attributesBelow(there.map((folder) => root + folder));
  const files = new Map<string, Entry>();
  const visit = (path: string): void => {
    const bytes = bytesOf(root + path);
    const extended = attributes.get(root + path);
    files.set(path, entryOf(bytes, extended === undefined ? '' : ` ${extended}`, timed));
    if (!lstatSync(bytes).isDirectory()) return;
    for (const name of readdirSync(bytes, 'latin1').sort()) visit(`${path}/${name}`);
  };
  for (const folder of there) visit(folder);
  return files;
}

export const isWithin = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(`${folder}/`);

/** What lies in a folder, by relative path; of a file with several names each tells the first of them in that folder. */
export const below = (files: Files, folder: string): ReadonlyMap<string, string> =>
  described(
    [...files].filter(([path]) => isWithin(path, folder)),
    (path) => path.slice(folder.length),
  );

/** The same of everything that lies in none of these folders. In folders above them something may come or go. */
export const outside = (files: Files, folders: readonly string[]): ReadonlyMap<string, string> =>
  described(
    [...files]
      .filter(([path]) => !folders.some((each) => isWithin(path, each)))
      .map(([path, {time, ...entry}]) => {
        const isAbove = folders.some((each) => isWithin(each, path));
        return [path, {...entry, ...(time !== undefined && !isAbove && {time})}];
      }),
    (path) => path,
  );

function described(
  entries: readonly (readonly [string, Entry])[],
  nameOf: (path: string) => string,
): ReadonlyMap<string, string> {
  const first = new Map<string, string>();
  return new Map(
    entries
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([path, {text, time = '', inode}]) => {
        const name = nameOf(path);
        if (inode === undefined) return [name, text + time];
        const twin = first.get(inode) ?? name;
        first.set(inode, twin);
        return [name, twin === name ? text : `${text} the same as ${twin}`];
      }),
  );
}

/** Where these two differ, one line each. */
export function differences(
  wanted: ReadonlyMap<string, string>,
  found: ReadonlyMap<string, string>,
): readonly string[] {
  const paths = [...new Set([...wanted.keys(), ...found.keys()])];
  return paths.flatMap((path) => {
    const [want, have] = [wanted.get(path), found.get(path)];
    if (want === have) return [];
    return [`${JSON.stringify(path)}: wanted ${want ?? 'nothing'}, found ${have ?? 'nothing'}`];
  });
}
