import type {Command} from '../../base/command.js';
import type {Problem} from '../../base/problem.js';
import {type Result, err, ok} from '../../base/result.js';
import type {Host, HostName} from '../../plan/plan.js';
import {type Program, attend, attendStream, DEFAULT_TIMEOUT_MS} from '../attend.js';
import {
  commandTimedOut,
  commandTooLong,
  connectionLost,
  interrupted,
  notReached,
} from '../host-problems.js';
import {remoteLine} from '../remote-line.js';
import type {HostsEnv} from './config.js';
import {parseAddress} from './address.js';
import type {Connection} from './handshake.js';
import {connectSsh} from './connect.js';
import {execute, noChannel, type Execution} from './exec.js';
import {probeSessions} from './session-probe.js';
import {Sessions, type Session} from './sessions.js';
import {stopMarked} from './stop.js';
import type {Endpoint, Output, Running, RunOptions, Transport} from '../transport.js';

/** A session that is refused is asked for again on another connection, so many times. */
const MOST_TRIES = 40;

/** The kernel takes 128 KiB in one word (MAX_ARG_STRLEN), and the whole command is one word of `sh -c`. */
const TEXT_LIMIT = 128 * 1024 - 512;

/** As long as a mark. */
const NO_MARK = '0'.repeat(16);

/** Ends a connection, within a second. */
function ended(connection: Connection): Promise<void> {
  return new Promise((resolve) => {
    const late = setTimeout(() => {
      connection.client.destroy();
      resolve();
    }, 1000);
    connection.lost.add(() => {
      clearTimeout(late);
      resolve();
    });
    connection.end();
  });
}

/** A host behind ssh: a connection is made when one is first needed, and again after it was lost. */
class SshTransport implements Transport {
  readonly host: HostName;
  readonly #host: Host;
  readonly #env: HostsEnv;
  readonly #sessions = new Sessions(() => this.#connect());
  readonly #closing = new AbortController();

  constructor(host: Host, env: HostsEnv) {
    this.host = host.name;
    this.#host = host;
    this.#env = env;
  }

  async run(command: Command, options: RunOptions = {}): Promise<Result<Output, Problem>> {
    const timeoutMs = command.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    const begun = await this.#begin(command, timeoutMs, options.signal);
    if (!begun.ok) return begun;
    return attend(this.host, command, begun.value, options);
  }

  async start(
    command: Command,
    options: {readonly signal?: AbortSignal} = {},
  ): Promise<Result<Running, Problem>> {
    const begun = await this.#begin(command, command.timeoutMs ?? 0, options.signal, true);
    if (!begun.ok) return begun;
    const {stdin, stdout} = begun.value;
    stdout.pause();
    const ended = attendStream(this.host, command, begun.value, options.signal);
    return ok({stdin, stdout, ended});
  }

  probeSessions(wanted: number, signal?: AbortSignal): Promise<Problem | undefined> {
    return probeSessions(this, wanted, signal);
  }

  async endpoint(): Promise<Result<Endpoint, Problem>> {
    const connected = await this.#sessions.connection();
    if (!connected.ok) return connected;
    const {target, hostKey} = connected.value;
    const peer = parseAddress(this.#host.peerAddress ?? '');
    return ok({
      user: target.user,
      address: peer?.name ?? target.hostname,
      port: peer === undefined ? target.port : (peer.port ?? 22),
      hostKeys: [hostKey],
    });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(
      this.#sessions.connections.map(async (connecting) => {
        const connected = await connecting;
        if (connected.ok) await ended(connected.value);
      }),
    );
  }

  /** Waits for a session and the program's begin; the promise settles early when the caller gives up meanwhile. */
  #begin(
    command: Command,
    timeoutMs: number,
    signal?: AbortSignal,
    input = command.stdin !== undefined,
  ): Promise<Result<Program, Problem>> {
    if (remoteLine(NO_MARK, command.argv).length > TEXT_LIMIT)
      return Promise.resolve(err(commandTooLong(this.host, command, TEXT_LIMIT)));
    if (signal?.aborted === true) return Promise.resolve(err(interrupted(this.host, command)));
    const unwanted = new AbortController();
    return new Promise((resolve) => {
      const settle = (result: Result<Program, Problem>): void => {
        // What comes too late has nobody to wait for it.
        if (unwanted.signal.aborted && result.ok) result.value.stop();
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        resolve(result);
      };
      const giveUp = (problem: Problem): void => {
        settle(err(problem));
        unwanted.abort();
      };
      const onAbort = (): void => {
        giveUp(interrupted(this.host, command));
      };
      const timer =
        timeoutMs > 0
          ? setTimeout(() => {
              giveUp(commandTimedOut(this.host, command, timeoutMs));
            }, timeoutMs)
          : undefined;
      signal?.addEventListener('abort', onAbort, {once: true});
      void this.#open({argv: command.argv, input, unwanted: unwanted.signal}).then(settle);
    });
  }

  async #open(
    asked: Pick<Execution, 'argv' | 'input' | 'unwanted'>,
  ): Promise<Result<Program, Problem>> {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const session = await this.#sessions.take();
      if (session === undefined) break;
      if (!session.ok) return session;
      const program = await this.#execute(asked, session.value);
      if (program === 'again') continue;
      if (program === 'never') break;
      return program;
    }
    return err(this.#full());
  }

  async #execute(
    asked: Pick<Execution, 'argv' | 'input' | 'unwanted'>,
    session: Session,
  ): Promise<Result<Program, Problem> | 'again' | 'never'> {
    // Given up while it waited: it must not run any more.
    if (asked.unwanted.aborted) {
      session.release();
      return err(connectionLost(this.host, 'nobody waits for it'));
    }
    const {connection} = session;
    const stop = (mark: string, pid: number | undefined): void => {
      void this.#stop(connection, mark, pid);
    };
    const program = await execute({...asked, host: this.host, stop}, connection);
    if (!program.ok) {
      if (program.error === noChannel) return session.refused() ? 'again' : 'never';
      session.release();
      return err(program.error);
    }
    session.opened();
    void program.value.ended.then(() => {
      session.release();
    });
    return ok(program.value);
  }

  /** Where the server opens no second session on the same connection, another connection is made. */
  async #stop(connection: Connection, mark: string, pid: number | undefined): Promise<void> {
    if (await stopMarked(connection, mark, pid)) return;
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const session = await this.#sessions.take();
      if (session?.ok !== true) return;
      if (await stopMarked(session.value.connection, mark, pid)) {
        session.value.release();
        return;
      }
      session.value.refused();
    }
  }

  #connect(): Promise<Result<Connection, Problem>> {
    if (this.#closing.signal.aborted)
      return Promise.resolve(err(connectionLost(this.host, 'it was closed')));
    const {address, ssh} = this.#host;
    const errand = {host: this.host, env: this.#env, signal: this.#closing.signal};
    return connectSsh(errand, address, ssh);
  }

  #full(): Problem {
    return notReached(
      this.host,
      'refused',
      `host "${this.host}" opens no more sessions on this connection`,
      'raise MaxSessions in its sshd_config',
    );
  }
}

export const sshTransport = (host: Host, env: HostsEnv): Transport => new SshTransport(host, env);
