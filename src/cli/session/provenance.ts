import {stat} from 'node:fs/promises';
import {hostname, userInfo} from 'node:os';
import {dirname, resolve} from 'node:path';
import type {Provenance} from '../../run/events.js';
import {askGit} from './git.js';
import type {Machine} from './machine.js';

async function folderOf(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() ? path : dirname(path);
}

/** Which version of what runs here; `file` is the first word that names a plan, if any. */
export async function findProvenance(
  machine: Machine,
  file: string | undefined,
  untrusted: boolean,
): Promise<Provenance> {
  const {cm, node, cwd, env} = machine;
  const folder = file === undefined || file === '-' ? cwd : await folderOf(resolve(cwd, file));
  const runner = `${userInfo().username}@${hostname()}`;
  return {cm, node, runner, ...(await askGit(folder, env, untrusted ? 'any' : 'repository'))};
}
