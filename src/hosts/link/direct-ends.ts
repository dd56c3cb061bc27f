import {type Command, script} from '../../base/command.js';
import type {Problem} from '../../base/problem.js';
import {type Result, err, ok} from '../../base/result.js';
import {addKey, removeKey} from './authorized-keys.js';
import type {Receivers} from './link.js';
import {endFolders, keyComment, removeEnd} from './folder.js';
import {notClosed, notOpened, notPrepared, programMissing} from './problems.js';
import {CONNECT} from './connect-script.js';
import type {Endpoint, Output, Transport} from '../transport.js';

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

/**
 * How long the one-time key lets anybody in. Only the login needs it, right after it was written down; when the runner
 * dies between the two, nobody takes it out again. The connections that it opened have their own limit.
 */
const KEY_SECONDS = 180;

/**
 * One connection for each receiver up to this many: streams at the same time do not share one processor. There are more
 * where the target's server opens too few sessions on each.
 */
const MAX_CONNECTIONS = 4;

export interface Connection {
  readonly control: string;
  readonly pid: string;
}

/** Runs a script of ours; a status other than 0 is a problem too. */
export async function runScript(
  transport: Transport,
  command: Command,
  problem: (output: Output) => Problem = (output) => notPrepared(transport.host, output),
): Promise<Result<Output, Problem>> {
  const ran = await transport.run({timeoutMs: 120_000, ...command});
  return ran.ok && ran.value.code !== 0 ? err(problem(ran.value)) : ran;
}

/** What the source has not, and this link needs. */
export function missing(options: DirectLinkOptions, have: string): Problem | undefined {
  const host = options.from.host;
  const folders = Object.values(options.receivers).some(({kind}) => kind === 'folder');
  if (folders && !have.includes('have rsync\n'))
    return programMissing(host, 'rsync', 'copying a folder');
  if (options.bandwidth !== undefined && !have.includes('have pv\n'))
    return programMissing(host, 'pv', 'a bandwidth limit');
  return undefined;
}

/** Lets the key in, connects with it, and takes it out again: it lives for about a second. */
export async function connect(
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
      expiresInSeconds: Math.min(KEY_SECONDS, seconds),
      command: `sh ${target}/receive`,
    }),
  );
  if (!added.ok) return added;
  const streams = Math.max(1, Object.keys(options.receivers).length);
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
      String(Math.min(MAX_CONNECTIONS, streams)),
      String(streams),
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

/** Leaves nothing on either host; says what could not be taken away. */
export async function removeAll(
  options: DirectLinkOptions,
  publicKey?: string,
): Promise<Problem[]> {
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
