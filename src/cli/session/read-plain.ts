import {constants} from 'node:fs';
import {open, realpath, type FileHandle} from 'node:fs/promises';
import {dirname, isAbsolute, join, relative, sep} from 'node:path';
import type {Readable} from 'node:stream';

/** A plan may have a million characters; in UTF-8 that is at most this. */
export const MAX_FILE_BYTES = 4 * 2 ** 20;

const tooLong = `it has more than ${MAX_FILE_BYTES / 2 ** 20} MiB, which no plan has`;

const {O_RDONLY, O_NONBLOCK, O_NOCTTY} = constants;

async function readUpTo(file: FileHandle): Promise<string> {
  const buffer = Buffer.alloc(MAX_FILE_BYTES + 1);
  let length = 0;
  while (length < buffer.length) {
    const {bytesRead} = await file.read(buffer, length, buffer.length - length);
    if (bytesRead === 0) return buffer.toString('utf8', 0, length);
    length += bytesRead;
  }
  throw new Error(tooLong);
}

/** Reads a regular file. A device never ends and a pipe may never begin, so both are refused. */
export async function readPlain(path: string): Promise<string> {
  const file = await open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  try {
    const found = await file.stat();
    if (!found.isFile()) throw new Error('it is not a regular file');
    return await readUpTo(file);
  } finally {
    await file.close();
  }
}

/** Reads a stream to its end, or until it is longer than any plan. */
export async function readStream(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk as Uint8Array);
    length += bytes.length;
    if (length > MAX_FILE_BYTES) throw new Error(tooLong);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const isBelow = (path: string, folder: string): boolean => {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
};

/** Whether a symbolic link leads a file out of the folder that its name says it is in. */
export async function leavesFolder(path: string): Promise<boolean> {
  const [real, folder] = await Promise.all([realpath(path), realpath(dirname(path))]);
  return !isBelow(real, folder);
}

/** Whether any part of a path, from the current folder or else from its own folder on, is a symbolic link. */
export async function isLinked(path: string, cwd: string): Promise<boolean> {
  const base = isBelow(path, cwd) ? cwd : dirname(path);
  const [real, start] = await Promise.all([realpath(path), realpath(base)]);
  return real !== join(start, relative(base, path));
}
