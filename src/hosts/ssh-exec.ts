import {randomBytes} from 'node:crypto';
import {constants} from 'node:os';
import type {ClientChannel} from 'ssh2';
import type {Argv} from '../base/command.js';
import type {Problem} from '../base/problem.js';
import type {Result} from '../base/result.js';
import {err, ok} from '../base/result.js';
import type {Program} from './attend.js';
import {connectionLost} from './host-problems.js';
import {quote} from './quote.js';
import type {Connection} from './ssh-handshake.js';

/** The server would not open one more channel; nothing has been run. */
export const noChannel = Symbol('no channel');

/**
 * Ends the program that was started with this mark, and its children. OpenSSH would do so by a `signal` request, but
 * not for root ("session signalling requires privilege separation"), so a second session on the same connection
 * does it: the mark stands in the environment, and the program is a child of the same sshd. Looking among its direct
 * children only keeps what a program has set free (a container's monitor) out of it.
 */
const STOP = `mark=CM_MARK=$1
marked() {
  tr '\\0' '\\n' 2>/dev/null <"/proc/$1/environ" | grep -qxF "$mark"
}
for child in $(cat "/proc/$PPID/task/$PPID/children"); do
  if [ "$child" != "$$" ] && marked "$child"; then
    kill -s TERM -- "-$child"
    sleep 2
    if marked "$child"; then kill -s KILL -- "-$child"; fi
  fi
done
`;

function stopMarked({client}: Connection, mark: string): void {
  const done = (_error: Error | undefined, channel: ClientChannel | undefined): void => {
    channel?.on('error', () => undefined).resume();
    channel?.stderr.resume();
    channel?.end();
  };
  try {
    client.exec(quote(['sh', '-c', STOP, 'cm', mark]), done);
  } catch {
    // The connection is gone, and with it every way to reach the program.
  }
}

/** A server may name one that is not known here. */
const signalNumber = (name: string): number =>
  (constants.signals as Readonly<Record<string, number>>)[name] ?? constants.signals.SIGTERM;

function toProgram(
  host: string,
  connection: Connection,
  channel: ClientChannel,
  mark: string,
): Program {
  let code: number | undefined;
  channel.on('exit', (status: number | null, signal?: string) => {
    code = status ?? 128 + signalNumber(signal ?? 'SIGTERM');
  });
  const ended = new Promise<Result<number, Problem>>((resolve) => {
    const settle = (why: string): void => {
      connection.lost.delete(settle);
      resolve(code === undefined ? err(connectionLost(host, why)) : ok(code));
    };
    connection.lost.add(settle);
    channel.on('close', () => {
      if (code !== undefined) settle('');
      // The connection is going down and will say why, or the server ended the session by itself.
      else setTimeout(settle, 50, 'the program ended without a status').unref();
    });
  });
  return {
    stdin: channel.stdin,
    stdout: channel,
    stderr: channel.stderr,
    ended,
    stop: () => {
      channel.close();
      stopMarked(connection, mark);
    },
  };
}

const openFailed = (error: Error & {reason?: unknown}): boolean =>
  error.reason !== undefined || /open fail/i.test(error.message);

/** Asks the server to run a program by the user's shell, which it replaces. */
export function execute(
  host: string,
  connection: Connection,
  argv: Argv,
): Promise<Result<Program, Problem | typeof noChannel>> {
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
      if (error === undefined) resolve(ok(toProgram(host, connection, channel, mark)));
      else if (openFailed(error)) resolve(err(noChannel));
      else gone(error.message);
    };
    try {
      client.exec(`CM_MARK=${mark} exec ${quote(argv)}`, answered);
    } catch (error) {
      // ssh2 throws when the socket is already known to be closed.
      gone((error as Error).message);
    }
  });
}
