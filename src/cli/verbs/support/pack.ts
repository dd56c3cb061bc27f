import {promisify} from 'node:util';
import {gzip} from 'node:zlib';
import {Redaction} from '../../../diagnose/redact.js';
import {tarOf, type Packed} from '../../../diagnose/tar.js';

/** A file as it was found; never written like this. */
export interface Raw {
  readonly name: string;
  readonly text: string;
}

/** A file as it goes into the archive. */
export interface Clean {
  readonly name: string;
  readonly content: Uint8Array;
  /** How many values were taken out. */
  readonly redactions: number;
}

/** Of one file, bytes; of a longer one the end. */
const MOST = 1024 * 1024;

const encoder = new TextEncoder();

/** After all secrets are gone: a cut could otherwise leave half of one that nobody recognises. */
function shorten(text: string): Uint8Array {
  const content = encoder.encode(text);
  if (content.length <= MOST) return content;
  const note = encoder.encode(`(the first ${content.length - MOST} bytes are left out)\n`);
  return Buffer.concat([note, content.subarray(content.length - MOST)]);
}

/** Letters that mean nothing to any shell or file system, and never a way out of the folder. */
const safeName = (name: string): string =>
  name
    .split('/')
    .map((part) => part.replaceAll(/[^\w.-]/gu, '_').replace(/^\.+$/u, '_'))
    .join('/');

/** Takes the secrets out of every file; a file without content is left out. */
export function cleanFiles(files: readonly Raw[], secrets: readonly string[]): readonly Clean[] {
  const redaction = new Redaction(secrets);
  return files
    .filter(({text}) => text.trim() !== '')
    .map(({name, text}) => {
      const {text: left, count} = redaction.clean(text);
      const {text: clean} = redaction.clean(name);
      return {name: safeName(clean), content: shorten(left), redactions: count};
    });
}

/** Names of more than 100 characters do not fit the archive's format. */
const fits = (folder: string, {name}: Clean): string => {
  const whole = `${folder}/${name}`;
  return whole.length <= 100 ? whole : `${whole.slice(0, 70)}_${whole.slice(-29)}`;
};

/** The archive, whose files are all in one folder. */
export async function pack(
  folder: string,
  files: readonly Clean[],
  seconds: number,
): Promise<Uint8Array> {
  const packed: readonly Packed[] = files.map((file) => ({
    name: fits(folder, file),
    content: file.content,
  }));
  return promisify(gzip)(Buffer.concat(tarOf(packed, seconds)));
}
