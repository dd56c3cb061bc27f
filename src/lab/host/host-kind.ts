import {spawn} from 'node:child_process';
import {open} from 'node:fs/promises';
import {join} from 'node:path';
import type {Argv} from '../../base/command.js';
import type {Problem} from '../../base/problem.js';
import type {Result} from '../../base/result.js';
import {hostFolder, type Lab, type LabHost} from '../lab-state.js';
import type {LabPlace} from '../place.js';

/** Whether what was started still lives. */
export type Alive = () => Promise<boolean>;

/** What differs between hosts made of namespaces and virtual machines; all else about them is the same. */
export interface HostKind {
  /** From its start until it lets root in. */
  readonly readyTimeoutMs: number;
  /** For a first command there. */
  readonly answerTimeoutMs: number;
  /** Whether all of its cable is there. */
  readonly cabled: (lab: Lab, host: LabHost) => Promise<boolean>;
  readonly layCable: (lab: Lab, host: LabHost) => Promise<Result<void, Problem>>;
  /** Starts it in the cgroup, to outlive this process. */
  readonly boot: (
    place: LabPlace,
    lab: Lab,
    host: LabHost,
    cgroup: string,
  ) => Promise<Result<Alive, Problem>>;
}

/** What the host's first process says. */
export const logOf = (lab: Lab, {name}: LabHost): string => join(hostFolder(lab, name), 'log');

/** Starts a program that outlives this one, in the host's folder, with its output in the host's log. */
export async function launch(
  lab: Lab,
  host: LabHost,
  [program, ...words]: Argv,
  env: Readonly<Record<string, string>> = {},
): Promise<Alive> {
  const log = await open(logOf(lab, host), 'w', 0o600);
  const child = spawn(program, words, {
    cwd: hostFolder(lab, host.name),
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    env: {PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', ...env},
  });
  await new Promise((resolve) => {
    child.once('spawn', resolve).once('error', resolve);
  });
  child.unref();
  await log.close();
  return () => Promise.resolve(child.exitCode === null && child.signalCode === null);
}
