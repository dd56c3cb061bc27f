import {mkdir} from 'node:fs/promises';
import {dirname} from 'node:path';
import {execa} from 'execa';
import type {Problem} from '../base/problem.js';
import {err, type Result} from '../base/result.js';

/** Turns what the file system refuses (full, read-only, not allowed) into a problem; anything else is a bug and goes on. */
export async function guardFiles<T>(
  work: () => Promise<Result<T, Problem>>,
): Promise<Result<T, Problem>> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    return err({
      kind: 'step',
      code: 'lab-file-failed',
      message: `a file of the lab could not be used: ${error.message}`,
      remedy: 'see whether the disk is full or read-only, then run it again',
    });
  }
}

const waitSeconds = 120;

/**
 * Does the work while no other process does such work. The lock is held by a child that reads our
 * pipe: when this process dies, however it dies, the child sees the end of the pipe and the kernel
 * frees the lock. No stale lock file, nothing to steal.
 */
export async function withLock<T>(
  file: string,
  work: () => Promise<Result<T, Problem>>,
): Promise<Result<T, Problem>> {
  await mkdir(dirname(file), {recursive: true});
  const holder = execa(
    'flock',
    ['-w', String(waitSeconds), file, 'sh', '-c', 'echo held; exec cat >/dev/null'],
    {reject: false, stdin: 'pipe', buffer: false, detached: true, cleanup: false},
  );
  const held = await new Promise<boolean>((resolve) => {
    holder.stdout.once('data', () => {
      resolve(true);
    });
    void holder.then(() => {
      resolve(false);
    });
  });
  if (!held) {
    return err({
      kind: 'locked',
      code: 'lab-locked',
      message: `another process has been working on a lab for ${waitSeconds} s`,
      remedy: `see who holds it with: fuser ${file}`,
    });
  }
  try {
    return await work();
  } finally {
    holder.stdin.end();
    await holder;
  }
}
