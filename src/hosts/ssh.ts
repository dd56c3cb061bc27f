import type {Argv, Command} from '../base/command.js';
import type {Problem} from '../base/problem.js';
import type {Result} from '../base/result.js';
import {err, ok} from '../base/result.js';
import type {Host, HostName} from '../plan/plan.js';
import type {Program} from './attend.js';
import {attend, attendStream, DEFAULT_TIMEOUT_MS} from './attend.js';
import {
  commandTimedOut,
  commandTooLong,
  connectionLost,
  interrupted,
  notReached,
} from './host-problems.js';
import {quote} from './quote.js';
import {Slots} from './slots.js';
import type {HostsEnv} from './ssh-config.js';
import {parseAddress} from './ssh-address.js';
import type {Connection} from './ssh-handshake.js';
import {connectSsh} from './ssh-connect.js';
import {execute, noChannel} from './ssh-exec.js';
import type {Endpoint, Output, Running, RunOptions, Transport} from './transport.js';

/** OpenSSH allows ten sessions on a connection (MaxSessions); two stay free for others. */
const CHANNELS = 8;

/** The kernel takes 128 KiB in one word (MAX_ARG_STRLEN), and the whole command is one word of `sh -c`. */
const TEXT_LIMIT = 128 * 1024 - 512;

/** A host behind ssh: one connection, made when it is first needed and again after it was lost. */
class SshTransport implements Transport {
  readonly host: HostName;
  readonly #host: Host;
  readonly #env: HostsEnv;
  readonly #slots = new Slots(CHANNELS);
  #connecting: Promise<Result<Connection, Problem>> | undefined;
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
    const begun = await this.#begin(command, command.timeoutMs ?? 0, options.signal);
    if (!begun.ok) return begun;
    const {stdin, stdout} = begun.value;
    stdout.pause();
    const ended = attendStream(this.host, command, begun.value, options.signal);
    return ok({stdin, stdout, ended});
  }

  async endpoint(): Promise<Result<Endpoint, Problem>> {
    const connected = await this.#connection();
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
    const connected = await this.#connecting;
    if (connected?.ok !== true) return;
    const connection = connected.value;
    await new Promise<void>((resolve) => {
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

  /** Waits for a connection and a channel; the promise settles early when the caller gives up meanwhile. */
  #begin(
    command: Command,
    timeoutMs: number,
    signal?: AbortSignal,
  ): Promise<Result<Program, Problem>> {
    if (Buffer.byteLength(quote(command.argv)) > TEXT_LIMIT)
      return Promise.resolve(err(commandTooLong(this.host, command, TEXT_LIMIT)));
    if (signal?.aborted === true) return Promise.resolve(err(interrupted(this.host, command)));
    return new Promise((resolve) => {
      let over = false;
      const settle = (result: Result<Program, Problem>): void => {
        // What comes too late has nobody to wait for it.
        if (over && result.ok) result.value.stop();
        over = true;
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        resolve(result);
      };
      const onAbort = (): void => {
        settle(err(interrupted(this.host, command)));
      };
      const giveUp = (): void => {
        settle(err(commandTimedOut(this.host, command, timeoutMs)));
      };
      const timer = timeoutMs > 0 ? setTimeout(giveUp, timeoutMs) : undefined;
      signal?.addEventListener('abort', onAbort, {once: true});
      void this.#open(command.argv, () => over).then(settle);
    });
  }

  async #open(argv: Argv, unwanted: () => boolean): Promise<Result<Program, Problem>> {
    await this.#slots.take();
    let program: Result<Program, Problem | typeof noChannel>;
    try {
      program = await this.#execute(argv, unwanted);
      if (!program.ok && program.error === noChannel) {
        await this.#slots.nextLeaves();
        program = await this.#execute(argv, unwanted);
      }
    } catch (bug) {
      this.#slots.give();
      throw bug;
    }
    if (program.ok)
      void program.value.ended.then(() => {
        this.#slots.give();
      });
    else this.#slots.give();
    if (program.ok) return program;
    return program.error === noChannel ? err(this.#full()) : err(program.error);
  }

  async #execute(
    argv: Argv,
    unwanted: () => boolean,
  ): Promise<Result<Program, Problem | typeof noChannel>> {
    const connected = await this.#connection();
    if (!connected.ok) return connected;
    // Given up while it waited: it must not run any more.
    if (unwanted()) return err(connectionLost(this.host, 'nobody waits for it'));
    return execute(this.host, connected.value, argv);
  }

  /** The one connection; made again when the last one was lost or never came about. */
  #connection(): Promise<Result<Connection, Problem>> {
    if (this.#closing.signal.aborted)
      return Promise.resolve(err(connectionLost(this.host, 'it was closed')));
    if (this.#connecting !== undefined) return this.#connecting;
    const {address, ssh} = this.#host;
    const errand = {host: this.host, env: this.#env, signal: this.#closing.signal};
    const connecting = connectSsh(errand, address, ssh);
    this.#connecting = connecting;
    const forget = (): void => {
      if (this.#connecting === connecting) this.#connecting = undefined;
    };
    void connecting.then((result) => {
      if (!result.ok) forget();
      else result.value.lost.add(forget);
    });
    return connecting;
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
