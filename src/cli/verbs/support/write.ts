import {open, stat, unlink} from 'node:fs/promises';
import {resolve} from 'node:path';
import type {Problem} from '../../../base/problem.js';

const remedy = 'name another file with --out, in a folder that you may write to';

const taken = (out: string): Problem => ({
  kind: 'plan',
  code: 'already-there',
  message: `"${out}" is there already`,
  remedy,
});

/** Known before anybody is asked anything. */
export async function isTaken(folder: string, out: string): Promise<Problem | undefined> {
  return stat(resolve(folder, out)).then(
    () => taken(out),
    () => undefined,
  );
}

/** Never over a file that is there; for its owner alone. */
export async function writeNew(
  folder: string,
  out: string,
  content: Uint8Array,
): Promise<Problem | undefined> {
  const path = resolve(folder, out);
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } catch (error) {
      await unlink(path).catch(() => undefined);
      throw error;
    } finally {
      await file.close();
    }
    return undefined;
  } catch (error) {
    const {code, message} = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return taken(out);
    return {
      kind: 'plan',
      code: 'cannot-write',
      message: `the archive cannot be written: ${message}`,
      remedy,
    };
  }
}
