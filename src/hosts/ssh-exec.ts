import {constants} from 'node:os';
import type {Client, ClientChannel} from 'ssh2';
import type {Problem} from '../base/problem.js';
import type {Result} from '../base/result.js';
import {err, ok} from '../base/result.js';
import type {Program} from './attend.js';
import {connectionLost} from './host-problems.js';
import type {Connection} from './ssh-connect.js';

/** The server would not open one more channel; nothing has been run. */
export const noChannel = Symbol('no channel');

interface Signaller {
  readonly outgoing: {readonly id: number; readonly state: string};
  readonly _client: {readonly _protocol: {signal(channel: number, name: string): void}};
}

/**
 * `channel.signal` of ssh2 does nothing once the program's input has ended, which is nearly always; the
 * protocol has no such rule, so the message goes out one level below.
 */
function terminate(channel: ClientChannel): void {
  const {outgoing, _client} = channel as unknown as Signaller;
  if (outgoing.state === 'open' || outgoing.state === 'eof')
    _client._protocol.signal(outgoing.id, 'TERM');
  channel.close();
}

const signalNumber = (name: string): number =>
  constants.signals[name as keyof typeof constants.signals];

function toProgram(host: string, connection: Connection, channel: ClientChannel): Program {
  let code: number | undefined;
  channel.on('exit', (status: number | null, signal?: string) => {
    code = status ?? 128 + signalNumber(`SIG${signal ?? 'TERM'}`);
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
      terminate(channel);
    },
  };
}

const openFailed = (error: Error & {reason?: unknown}): boolean =>
  error.reason !== undefined || /open fail/i.test(error.message);

/** Asks the server to run `text` with the user's shell. */
export function execute(
  host: string,
  connection: Connection,
  text: string,
): Promise<Result<Program, Problem | typeof noChannel>> {
  const client: Client = connection.client;
  return new Promise((resolve) => {
    const gone = (why: string): void => {
      connection.lost.delete(gone);
      resolve(err(connectionLost(host, why)));
    };
    connection.lost.add(gone);
    const answered = (error: Error | undefined, channel: ClientChannel): void => {
      connection.lost.delete(gone);
      if (error === undefined) resolve(ok(toProgram(host, connection, channel)));
      else if (openFailed(error)) resolve(err(noChannel));
      else gone(error.message);
    };
    try {
      client.exec(text, answered);
    } catch (error) {
      // ssh2 throws when the socket is already known to be closed.
      gone((error as Error).message);
    }
  });
}
