import {stripVTControlCharacters} from 'node:util';
import type {Clock} from '../../base/clock.js';
import {shown, type Command} from '../../base/command.js';
import type {Problem} from '../../base/problem.js';
import {err, type Result} from '../../base/result.js';
import type {Output, Transport} from '../../hosts/transport.js';
import type {HostName} from '../../plan/plan.js';

/** Finds the connection to a host of the plan. */
export type TransportOf = (host: HostName) => Promise<Result<Transport, Problem>>;

const LINES = 20;
const LINE_LENGTH = 400;

/** The last lines of what a program printed, without escape sequences and control characters. */
export function logOf({stdout, stderr}: Pick<Output, 'stdout' | 'stderr'>): readonly string[] {
  const text = stderr.trim() === '' ? stdout : stderr;
  return text
    .slice(-LINES * 4 * LINE_LENGTH)
    .split(/[\r\n]+/)
    .map((line) =>
      stripVTControlCharacters(line)
        .replaceAll(/\t/g, ' ')
        .replaceAll(/\p{Cc}/gu, '')
        .trimEnd(),
    )
    .filter((line) => line !== '')
    .slice(-LINES)
    .map((line) => (line.length > LINE_LENGTH ? `${line.slice(0, LINE_LENGTH)}…` : line));
}

/** What a command that failed leaves to be said. */
export const failure = (
  host: HostName,
  command: Command,
  output: Output,
  rest: Pick<Problem, 'kind' | 'code' | 'message' | 'remedy'>,
): Problem => ({...rest, host, command: shown(command), log: logOf(output)});

/** A connection that broke may be one that broke once; a key that is wrong stays wrong. */
const passing = new Set(['connection-lost', 'refused', 'timed-out']);

const TRIES = 3;

/** Runs a command that changes nothing; tried again, with pauses, when the connection breaks. */
export async function ask(
  transport: Transport,
  command: Command,
  clock: Clock,
  signal?: AbortSignal,
): Promise<Result<Output, Problem>> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await transport.run(command, signal && {signal});
    if (answer.ok || !passing.has(answer.error.code)) return answer;
    if (attempt === TRIES || signal?.aborted) return err(answer.error);
    await clock.sleep(250 * 2 ** attempt, signal);
  }
}

/** A host's sshd is restarted in less; one that is gone for good must not hold up the report for long. */
const INSIST_MS = 20_000;

/**
 * Runs a command that may be sent twice and should not be left undone because of a connection that breaks: tried
 * again for a while.
 */
export async function insist(
  transport: Transport,
  command: Command,
  clock: Clock,
): Promise<Result<Output, Problem>> {
  const until = clock.now() + INSIST_MS;
  for (let pause = 500; ; pause = Math.min(pause * 2, 4000)) {
    const answer = await transport.run(command);
    if (answer.ok || !passing.has(answer.error.code) || clock.now() + pause > until) return answer;
    await clock.sleep(pause);
  }
}
