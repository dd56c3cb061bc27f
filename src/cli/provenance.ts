import {execFile} from 'node:child_process';
import {stat} from 'node:fs/promises';
import {hostname, userInfo} from 'node:os';
import {dirname, resolve} from 'node:path';
import {promisify} from 'node:util';
import type {Provenance} from '../run/events.js';
import type {Machine} from './machine.js';

const run = promisify(execFile);

/** git answers in a moment, or is not waited for. */
const timeout = 5000;

interface Git {
  readonly commit?: string;
  readonly dirty?: boolean;
}

/** Commit and whether anything differs from it, from `git status --porcelain=v2 --branch`. */
export function readGitStatus(stdout: string): Git {
  const lines = stdout.split('\n').filter((line) => line !== '');
  const commit = /^# branch\.oid ([0-9a-f]{40,64})$/mu.exec(stdout)?.[1];
  if (commit === undefined) return {};
  return {commit, dirty: lines.some((line) => !line.startsWith('#'))};
}

/** Outside of a repository, or without git: nothing. */
async function askGit(folder: string, env: Machine['env']): Promise<Git> {
  try {
    const {stdout} = await run('git', ['-C', folder, 'status', '--porcelain=v2', '--branch'], {
      // A look must not write to somebody's index.
      env: {...env, GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C'},
      timeout,
      maxBuffer: 64 * 2 ** 20,
    });
    return readGitStatus(stdout);
  } catch {
    return {};
  }
}

async function folderOf(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() ? path : dirname(path);
}

/** Which version of what runs here; `file` is the first word that names a plan, if any. */
export async function findProvenance(
  machine: Machine,
  file: string | undefined,
): Promise<Provenance> {
  const {cm, node, cwd, env} = machine;
  const folder = file === undefined || file === '-' ? cwd : await folderOf(resolve(cwd, file));
  const runner = `${userInfo().username}@${hostname()}`;
  return {cm, node, runner, ...(await askGit(folder, env))};
}
