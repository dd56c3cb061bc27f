import {randomBytes} from 'node:crypto';
import {constants} from 'node:os';
import type {ClientChannel} from 'ssh2';
import type {Argv} from '../../base/command.js';
import type {Problem} from '../../base/problem.js';
import {type Result, err, ok} from '../../base/result.js';
import type {Program} from '../attend.js';
import {Framed} from './framed.js';
import {connectionLost, noShell} from '../host-problems.js';
import {remoteLine} from '../remote-line.js';
import type {Connection} from './handshake.js';

/** The server would not open one more channel; nothing has been run. */
export const noChannel = Symbol('no channel');

/** A login shell that has read its rc files for so long never comes to its command. */
const BEGIN_MS = 60_000;

/** What is asked of a server. */
export interface Execution {
  readonly host: string;
  readonly argv: Argv;
  /** Whether the program gets anything on its standard input. */
  readonly input: boolean;
  /** Nobody waits for it any more. */
  readonly unwanted: AbortSignal;
  /** Ends what carries this mark, in a session of its own. */
  readonly stop: (mark: string, pid: number | undefined) => void;
}

/** A server may name one that is not known here. */
const signalNumber = (name: string): number =>
  (constants.signals as Readonly<Record<string, number>>)[name] ?? constants.signals.SIGTERM;

/** Settles once the program has ended and both outputs have been read. */
function endOf(
  host: string,
  connection: Connection,
  channel: ClientChannel,
  outputs: readonly Framed[],
): Promise<Result<number, Problem>> {
  let code: number | undefined;
  channel.on('exit', (status: number | null, signal?: string) => {
    code = status ?? 128 + signalNumber(signal ?? 'SIGTERM');
  });
  const read = outputs.map(async (output) => new Promise((resolve) => output.once('end', resolve)));
  return new Promise((resolve) => {
    const settle = (why: string): void => {
      connection.lost.delete(settle);
      resolve(code === undefined ? err(connectionLost(host, why)) : ok(code));
    };
    connection.lost.add(settle);
    channel.on('close', () => {
      if (code === undefined)
        // The connection is going down and will say why, or the server ended the session by itself.
        setTimeout(settle, 50, 'the program ended without a status').unref();
      else
        void Promise.all(read).then(() => {
          settle('');
        });
    });
  });
}

/** Waits for the line that says that the program begins; what comes before it is nobody's answer. */
function begin(
  {host, input, unwanted, stop}: Execution,
  connection: Connection,
  channel: ClientChannel,
  mark: string,
): Promise<Result<Program, Problem>> {
  for (const stream of [channel, channel.stderr]) stream.on('error', () => undefined);
  const stdout = channel.pipe(new Framed(mark));
  const stderr = channel.stderr.pipe(new Framed(mark));
  const ended = endOf(host, connection, channel, [stdout, stderr]);
  // Before its mark there may be a program that runs what it reads.
  if (!input) channel.stdin.end();
  return new Promise((resolve) => {
    let pid: number | undefined;
    const end = (): void => {
      channel.close();
      stop(mark, pid);
    };
    const settle = (result: Result<Program, Problem>): void => {
      clearTimeout(timer);
      unwanted.removeEventListener('abort', giveUp);
      resolve(result);
    };
    const said = (): string => stdout.before + stderr.before;
    const giveUp = (): void => {
      end();
      settle(err(noShell(host, `no answer within ${BEGIN_MS / 1000} s`, said())));
    };
    const timer = setTimeout(giveUp, BEGIN_MS);
    unwanted.addEventListener('abort', giveUp, {once: true});
    if (unwanted.aborted) giveUp();
    void stdout.began.then((began) => {
      pid = began;
      settle(ok({stdin: channel.stdin, stdout, stderr, ended, stop: end}));
    });
    channel.on('close', () => {
      // Nobody will read what is no answer; one that has begun is its reader's.
      if (!stdout.hasBegun) for (const output of [stdout, stderr]) output.resume();
    });
    void ended.then((result) => {
      settle(
        result.ok ? err(noShell(host, `it ended with status ${result.value}`, said())) : result,
      );
    });
  });
}

const openFailed = (error: Error & {reason?: unknown}): boolean =>
  error.reason !== undefined || /open fail/i.test(error.message);

/** Asks the server to run a program by the user's shell, which it replaces. */
export function execute(
  asked: Execution,
  connection: Connection,
): Promise<Result<Program, Problem | typeof noChannel>> {
  const {host, argv} = asked;
  const {client} = connection;
  const mark = randomBytes(8).toString('hex');
  return new Promise((resolve) => {
    const gone = (why: string): void => {
      connection.lost.delete(gone);
      resolve(err(connectionLost(host, why)));
    };
    connection.lost.add(gone);
    const answered = (error: Error | undefined, channel: ClientChannel): void => {
      connection.lost.delete(gone);
      if (error === undefined) resolve(begin(asked, connection, channel, mark));
      else if (openFailed(error)) resolve(err(noChannel));
      else gone(error.message);
    };
    try {
      client.exec(remoteLine(mark, argv), answered);
    } catch (error) {
      // ssh2 throws when the socket is already known to be closed.
      gone((error as Error).message);
    }
  });
}
