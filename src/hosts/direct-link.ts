import type {Command} from '../base/command.js';
import {script} from '../base/command.js';
import type {Problem} from '../base/problem.js';
import type {Result} from '../base/result.js';
import {err, ok} from '../base/result.js';
import {addKey, removeKey} from './authorized-keys.js';
import type {Link, Receivers, SendOptions, Sent, SyncOptions} from './link.js';
import {endFolders, keyComment, removeEnd} from './link-folder.js';
import {
  notClosed,
  notOpened,
  notPrepared,
  programMissing,
  streamProblem,
  syncProblem,
} from './link-problems.js';
import {CONNECT, MAKE_KEY, SEND, SYNC} from './link-scripts.js';
import {quote} from './quote.js';
import {installReceivers} from './receive.js';
import {progressBytes, readStats, rsyncArguments, VANISHED} from './rsync.js';
import {readEnd, TaggedLines} from './tagged-lines.js';
import type {Endpoint, Output, Transport} from './transport.js';

export interface DirectLinkOptions {
  readonly from: Transport;
  readonly to: Transport;
  readonly toEndpoint: Endpoint;
  /** Made on both hosts, in memory: `/run/cm/<run>/<lane>`, at most 80 plain characters. */
  readonly folder: string;
  readonly receivers: Receivers;
  /** When a runner that died leaves nothing usable behind any more; idle connections end by then too. */
  readonly expiresInMs: number;
  /** Bits per second, for each stream. */
  readonly bandwidth?: number;
  /** Where the target's sshd looks for keys; absent: `~/.ssh/authorized_keys` there. */
  readonly authorizedKeys?: string;
}

/** One connection for each receiver up to this many: streams at the same time do not share one processor. */
const MAX_CONNECTIONS = 4;

/** A stream takes as long as it takes; this is only so that nothing stays for ever. */
const LONGEST_MS = 24 * 60 * 60 * 1000;

interface Connection {
  readonly control: string;
  readonly pid: string;
}

/** Runs a script of ours; a status other than 0 is a problem too. */
async function runScript(
  transport: Transport,
  command: Command,
  problem: (output: Output) => Problem = (output) => notPrepared(transport.host, output),
): Promise<Result<Output, Problem>> {
  const ran = await transport.run({timeoutMs: 120_000, ...command});
  return ran.ok && ran.value.code !== 0 ? err(problem(ran.value)) : ran;
}

function missing(options: DirectLinkOptions, have: string): Problem | undefined {
  const host = options.from.host;
  const folders = Object.values(options.receivers).some(({kind}) => kind === 'folder');
  if (folders && !have.includes('have rsync\n'))
    return programMissing(host, 'rsync', 'copying a folder');
  if (options.bandwidth !== undefined && !have.includes('have pv\n'))
    return programMissing(host, 'pv', 'a bandwidth limit');
  return undefined;
}

/** Lets the key in, connects with it, and takes it out again: it lives for about a second. */
async function connect(
  options: DirectLinkOptions,
  publicKey: string,
): Promise<Result<Connection[], Problem>> {
  const {from, to, toEndpoint, folder, authorizedKeys = ''} = options;
  const {source, target} = endFolders(folder);
  const {address, port, user, hostKeys} = toEndpoint;
  const seconds = Math.ceil(options.expiresInMs / 1000);
  const added = await runScript(
    to,
    addKey(authorizedKeys, {
      publicKey,
      comment: keyComment(folder),
      expiresInSeconds: seconds,
      command: `sh ${target}/receive`,
    }),
  );
  if (!added.ok) return added;
  const count = Math.min(MAX_CONNECTIONS, Math.max(1, Object.keys(options.receivers).length));
  const opened = await runScript(
    from,
    script(
      `connect to ${to.host}`,
      CONNECT,
      source,
      address,
      String(port),
      user,
      String(Math.max(60, seconds)),
      String(count),
      ...hostKeys,
    ),
    (output) => notOpened({source: from.host, target: to.host}, `${address}:${port}`, output),
  );
  // Authentication is over: sessions on the open connections need the key no more.
  const removed = await runScript(to, removeKey(authorizedKeys, publicKey));
  if (!opened.ok) return opened;
  if (!removed.ok) return removed;
  return ok(
    opened.value.stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' '))
      .map(([number = '', pid = '']) => ({control: `${source}/c${number}`, pid})),
  );
}

class DirectLink implements Link {
  readonly way = 'direct';
  readonly #options: DirectLinkOptions;
  readonly #publicKey: string;
  readonly #connections: readonly Connection[];
  #streams = 0;
  #closing: Promise<readonly Problem[]> | undefined;

  constructor(options: DirectLinkOptions, publicKey: string, connections: readonly Connection[]) {
    this.#options = options;
    this.#publicKey = publicKey;
    this.#connections = connections;
  }

  async send(
    producer: Command,
    receiver: string,
    options: SendOptions = {},
  ): Promise<Result<Sent, Problem>> {
    const {from, folder, bandwidth} = this.#options;
    const {control, pid} = this.#connection(receiver);
    const lines = new TaggedLines(options.onProgress);
    this.#streams += 1;
    const sending = script(
      `${producer.title ?? producer.argv.join(' ')} → ${receiver}`,
      SEND,
      `${endFolders(folder).source}/stream${this.#streams}`,
      control,
      receiver,
      `exec ${quote(producer.argv)}`,
      pid,
      bandwidth === undefined ? '' : String(Math.max(1, Math.floor(bandwidth / 8))),
    );
    const {stdin, timeoutMs = LONGEST_MS} = producer;
    const ran = await from.run(
      {...sending, timeoutMs, ...(stdin === undefined ? {} : {stdin})},
      {...signalOf(options), onLine: lines.take},
    );
    if (!ran.ok) return ran;
    const {stderr, durationMs} = ran.value;
    const end = readEnd(lines.end);
    if (end === undefined) return err(notPrepared(from.host, ran.value));
    const failed = streamProblem(this.#ends(), producer, {
      producer: {code: end.producer, stderr},
      receiver: {code: end.receiver, stderr: lines.errors, name: receiver},
      receiverFirst: end.receiverFirst,
    });
    if (failed !== undefined) return err(failed);
    return ok({bytes: end.bytes, durationMs, notes: stderr, answer: lines.answer});
  }

  async sync(
    from: string,
    receiver: string,
    options: SyncOptions = {},
  ): Promise<Result<Sent, Problem>> {
    const {live = false, onProgress} = options;
    const words = rsyncArguments(options, this.#options.bandwidth);
    const {control} = this.#connection(receiver);
    const ran = await this.#options.from.run(
      {
        ...script(`rsync ${from} → ${receiver}`, SYNC, control, from, receiver, ...words),
        timeoutMs: LONGEST_MS,
      },
      {
        ...signalOf(options),
        onLine: (line) => {
          const bytes = progressBytes(line);
          if (bytes !== undefined) onProgress?.({bytes});
        },
      },
    );
    if (!ran.ok) return ran;
    const {code, stdout, stderr, durationMs} = ran.value;
    if (code !== 0 && !(live && code === VANISHED))
      return err(syncProblem(this.#ends(), from, code, stderr));
    return ok({...readStats(stdout), durationMs, notes: stderr});
  }

  close(): Promise<readonly Problem[]> {
    this.#closing ??= removeAll(this.#options, this.#publicKey);
    return this.#closing;
  }

  #ends() {
    return {source: this.#options.from.host, target: this.#options.to.host};
  }

  #connection(receiver: string): Connection {
    const index = Object.keys(this.#options.receivers).indexOf(receiver);
    const connection = this.#connections[index % this.#connections.length];
    if (connection === undefined)
      throw new RangeError(`"${receiver}" is not a receiver of this link`);
    return connection;
  }
}

export const signalOf = ({signal}: SendOptions) => (signal === undefined ? {} : {signal});

async function removeAll(options: DirectLinkOptions, publicKey?: string): Promise<Problem[]> {
  const {from, to, folder, authorizedKeys = ''} = options;
  const {source, target} = endFolders(folder);
  const ofKey = async (): Promise<Problem[]> => {
    if (publicKey === undefined) return [];
    const removed = await runScript(to, removeKey(authorizedKeys, publicKey));
    return removed.ok ? [] : [notClosed(to.host, 'the one-time key', removed.error.message)];
  };
  const [a, key, b] = await Promise.all([removeEnd(from, source), ofKey(), removeEnd(to, target)]);
  return [...a, ...key, ...b];
}

/** Takes back what has been done so far; what could not be is left to its expiry. */
async function abandon(options: DirectLinkOptions, problem: Problem, publicKey?: string) {
  await removeAll(options, publicKey);
  return err(problem);
}

/** Prepares both hosts and connects them; see `Link`. About five round trips, all before anything is frozen. */
export async function openDirectLink(options: DirectLinkOptions): Promise<Result<Link, Problem>> {
  const {from, to, folder, receivers} = options;
  const {source, target} = endFolders(folder);
  const seconds = Math.ceil(options.expiresInMs / 1000);
  const [made, installed] = await Promise.all([
    runScript(from, script(`prepare ${source}`, MAKE_KEY, source, String(seconds))),
    runScript(to, installReceivers(target, receivers, seconds)),
  ]);
  if (!made.ok) return abandon(options, made.error);
  if (!installed.ok) return abandon(options, installed.error);
  const lacking = missing(options, made.value.stdout);
  if (lacking !== undefined) return abandon(options, lacking);
  const publicKey = /^ssh-ed25519 \S+/m.exec(made.value.stdout)?.[0] ?? '';
  const connections = await connect(options, publicKey);
  if (!connections.ok) return abandon(options, connections.error, publicKey);
  return ok(new DirectLink(options, publicKey, connections.value));
}
