import {createInterface} from 'node:readline/promises';
import {setTimeout as sleep} from 'node:timers/promises';
import type {Problem} from '../../base/problem.js';
import type {Machine} from '../session/machine.js';

/** Keys that come faster one after another than this were typed as one, ms. */
const QUIET_MS = 20;

const isCi = ({env}: Machine): boolean => {
  const value = env['CI'];
  return value !== undefined && value !== '' && value !== 'false' && value !== '0';
};

/** Why nobody can be asked here; undefined when somebody can. */
export function cannotAsk(
  machine: Machine,
  verb: string,
  what = 'asks before it changes anything',
): Problem | undefined {
  const terminal = machine.stdin.isTTY === true && machine.stderr.isTTY === true;
  if (terminal && !isCi(machine)) return undefined;
  return {
    kind: 'declined',
    code: 'nobody-to-ask',
    message: `${verb} ${what}, and ${terminal ? 'CI is set' : 'there is no terminal'}; nothing was touched`,
    remedy: 'say --yes, or set CM_YES=1',
  };
}

const CTRL_C = 0x03;

/** Everything that the kernel has of a terminal is read after one more turn of the event loop. */
const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

/**
 * Reads and drops what was typed before the question, also a line without its end: it was no answer.
 * Whether Ctrl-C was among it, which is no signal while the terminal gives single keys.
 */
async function dropTyped({stdin}: Machine): Promise<boolean> {
  if (stdin.isTTY !== true || !stdin.setRawMode) return false;
  let interrupted = false;
  let got = true;
  const drop = (chunk: Buffer | string): void => {
    got = true;
    interrupted ||= Buffer.from(chunk).includes(CTRL_C);
  };
  stdin.setRawMode(true);
  stdin.on('data', drop);
  while (got) {
    got = false;
    for (let turns = 0; turns < 3; turns += 1) await turn();
    await sleep(QUIET_MS);
  }
  stdin.off('data', drop);
  stdin.pause();
  stdin.setRawMode(false);
  return interrupted;
}

/** Only `yes` and `y` are a yes; a signal is a no, and so is nothing that was typed before. */
export async function askYes(machine: Machine, question: string): Promise<boolean> {
  if (await dropTyped(machine)) return false;
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
