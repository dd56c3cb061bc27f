import type {Problem} from '../../base/problem.js';
import {script} from '../../base/command.js';
import {type Result, err, ok} from '../../base/result.js';
import {endSessions} from './end-sessions.js';
import {notClosed, notSealed} from './problems.js';
import {REMOVE_END} from './scripts.js';
import type {Transport} from '../transport.js';

/** Unix sockets have names of at most 107 bytes, and ssh adds 17 while it makes one. */
const MAX_FOLDER = 80;

/** The folders of the two ends; apart, because both may be on one machine. */
export function endFolders(folder: string): {readonly source: string; readonly target: string} {
  if (!/^\/[A-Za-z0-9/._-]+$/.test(folder) || folder.length > MAX_FOLDER)
    throw new RangeError(
      `"${folder}" cannot be the folder of a link: at most ${MAX_FOLDER} plain characters`,
    );
  return {source: `${folder}/s`, target: `${folder}/t`};
}

/** `/run/cm/<run>/<lane>` → `cm:<run>:<lane>` */
export function keyComment(folder: string): string {
  const [run = '', lane = ''] = folder.split('/').slice(-2);
  const plain = (word: string): string => word.replaceAll(/[^A-Za-z0-9_-]/g, '-') || 'x';
  return `cm:${plain(run)}:${plain(lane)}`;
}

export async function removeEnd(transport: Transport, folder: string): Promise<Problem[]> {
  const removed = await transport.run({
    ...script(`remove ${folder}`, REMOVE_END, folder),
    timeoutMs: 60_000,
  });
  if (!removed.ok) return [notClosed(transport.host, folder, removed.error.message)];
  const {code, stderr} = removed.value;
  return code === 0 ? [] : [notClosed(transport.host, folder, stderr.trim())];
}

export async function sealEnd(
  transport: Transport,
  folder: string,
): Promise<Result<undefined, Problem>> {
  const ended = await transport.run({...endSessions(folder), timeoutMs: 60_000});
  if (!ended.ok) return ended;
  return ended.value.code === 0 ? ok(undefined) : err(notSealed(transport.host, ended.value));
}
