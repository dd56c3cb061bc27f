import {stat} from 'node:fs/promises';
import {resolve} from 'node:path';
import type {Problem} from '../../../base/problem.js';
import type {Context} from '../../session/context.js';
import {diagnoseLog} from './log.js';
import {diagnoseRun} from './run.js';
import {exits} from '../../command-line/exit.js';
import {findRun} from '../../session/find-run.js';
import {stateFolder} from '../../session/state-folder.js';

/** What is no run could have been a file. */
const orFile = (problem: Problem): Problem =>
  problem.message.startsWith('there is no run')
    ? {...problem, message: `${problem.message}, and no such file`}
    : problem;

const exists = async (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

export interface DiagnoseOptions {
  /** A log, `-`, a run or `last`; absent: the last run that failed. */
  readonly what?: string;
}

/** `cm diagnose`: what a log, or what failed in a run, means, and what to do. */
export async function diagnose(context: Context, {what}: DiagnoseOptions): Promise<number> {
  const {machine, home, printer} = context;
  if (what !== undefined && what !== 'last') {
    const path = resolve(machine.cwd, what);
    if (what === '-' || (await exists(path))) return diagnoseLog(context, what, path);
  }
  const found = await findRun(stateFolder(machine.env, home), what);
  if (!found.ok) return context.fail([orFile(found.error)]);
  if (found.value) return diagnoseRun(context, found.value);
  printer.result(
    what === undefined
      ? 'no run that is kept on this machine has failed'
      : 'no runs are kept on this machine',
  );
  return exits.done;
}
