import type {Problem} from '../../base/problem.js';
import {err, ok, type Result} from '../../base/result.js';
import type {Lab} from '../lab-state.js';
import {runInHost} from '../host/ssh.js';
import {tail} from '../image/tool.js';

/** A step of the demo that failed; everything is left as it is then. */
export const demoProblem = (message: string, more: Partial<Problem> = {}): Problem => ({
  kind: 'step',
  code: 'demo-failed',
  message,
  ...more,
});

/** Runs a script on a host that has to succeed; its output. `what` it does is said when it fails. */
export async function shellIn(
  lab: Lab,
  host: string,
  what: string,
  script: string,
  ...values: readonly string[]
): Promise<Result<string, Problem>> {
  const ran = await runInHost(lab, host, ['sh', '-euc', script, 'demo', ...values]);
  if (!ran.ok) return ran;
  if (ran.value.exitCode === 0) return ok(ran.value.stdout.trim());
  return err(demoProblem(`could not ${what} on ${host}`, {host, log: tail(ran.value.stderr)}));
}

/** The same on each of these hosts at once. */
export async function shellInAll(
  lab: Lab,
  hosts: readonly string[],
  what: string,
  script: string,
  ...values: readonly string[]
): Promise<Result<readonly string[], Problem>> {
  const ran = await Promise.all(hosts.map((host) => shellIn(lab, host, what, script, ...values)));
  const outputs: string[] = [];
  for (const each of ran) {
    if (!each.ok) return each;
    outputs.push(each.value);
  }
  return ok(outputs);
}
