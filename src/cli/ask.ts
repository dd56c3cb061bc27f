import {createInterface} from 'node:readline/promises';
import type {Problem} from '../base/problem.js';
import type {Machine} from './machine.js';

const isCi = ({env}: Machine): boolean => {
  const value = env['CI'];
  return value !== undefined && value !== '' && value !== 'false' && value !== '0';
};

/** Why nobody can be asked here; undefined when somebody can. */
export function cannotAsk(
  machine: Machine,
  what = 'apply asks before it changes anything',
): Problem | undefined {
  const terminal = machine.stdin.isTTY === true && machine.stderr.isTTY === true;
  if (terminal && !isCi(machine)) return undefined;
  return {
    kind: 'declined',
    code: 'nobody-to-ask',
    message: `${what}, and ${terminal ? 'CI is set' : 'there is no terminal'}; nothing was touched`,
    remedy: 'say --yes, or set CM_YES=1',
  };
}

/** Only `yes` and `y` are a yes; a signal is a no. */
export async function askYes(machine: Machine, question: string): Promise<boolean> {
  // Not a raw terminal: Ctrl-C stays a signal, and reaches everybody who listens for it.
  const lines = createInterface({input: machine.stdin, output: machine.stderr, terminal: false});
  try {
    const answer = await lines.question(`${question} [y/N] `, {signal: machine.stop});
    return /^\s*y(es)?\s*$/iu.test(answer);
  } catch {
    return false;
  } finally {
    lines.close();
  }
}
