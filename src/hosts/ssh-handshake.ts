import type {Duplex} from 'node:stream';
import type {Client as SshClient, ConnectConfig, ServerHostKeyAlgorithm} from 'ssh2';
import ssh2 from 'ssh2';
import type {Problem} from '../base/problem.js';
import type {Result} from '../base/result.js';
import {err, ok} from '../base/result.js';
import {connectProblem, type SshError} from './connect-problem.js';
import {hostKeyProblem, inOrder, keyName, readKnownHosts} from './host-key.js';
import {connectionLost} from './host-problems.js';
import {judge, keyType, knownTypes} from './known-hosts.js';
import type {Credentials} from './ssh-auth.js';
import type {HostsEnv, SshTarget} from './ssh-config.js';

/** A connection that has been checked and let in. */
export interface Connection {
  readonly client: SshClient;
  readonly target: SshTarget;
  /** `ssh-ed25519 AAAA…`, as checked. */
  readonly hostKey: string;
  /** Called once when it is gone, with why. Who no longer cares leaves, or a long run would gather listeners. */
  readonly lost: Set<(why: string) => void>;
  end(): void;
}

/** Silence for this long three times over means that the connection is lost. */
const KEEP_ALIVE_MS = 15_000;

const fixed = (
  {user, connectTimeoutMs}: SshTarget,
  serverHostKey: ServerHostKeyAlgorithm[],
): ConnectConfig => ({
  username: user,
  readyTimeout: connectTimeoutMs,
  keepaliveInterval: KEEP_ALIVE_MS,
  keepaliveCountMax: 3,
  algorithms: {
    serverHostKey,
    // Two to three times as fast as the default (chacha20) on a processor that knows AES.
    cipher: {prepend: ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com'], append: [], remove: []},
  },
});

/** For which host of the plan, with what, and until when. */
export interface Errand {
  readonly host: string;
  readonly env: HostsEnv;
  /** Gives up what is not finished. */
  readonly signal: AbortSignal;
}

/** Connects through a socket, checks the key, logs in. */
export async function handshake(
  {host, signal}: Errand,
  target: SshTarget,
  open: () => Duplex,
  {handler, tried}: Credentials,
): Promise<Result<Connection, Problem>> {
  const known = await readKnownHosts(target.knownHosts);
  const id = keyName(target);
  // Opened last: a socket that fails while nobody listens would be a bug, or would never be heard of.
  const socket = open();
  const client = new ssh2.Client();
  let shown: Buffer | undefined;
  let refusal: Problem | undefined;
  const config: ConnectConfig = {
    ...fixed(target, inOrder(knownTypes(known, id))),
    sock: socket,
    authHandler: handler,
    hostVerifier: (key: Buffer) => {
      shown = key;
      refusal = hostKeyProblem(host, target, key, judge(known, id, key));
      return refusal === undefined;
    },
  };
  const giveUp = (): void => {
    socket.destroy();
  };
  signal.addEventListener('abort', giveUp);
  if (signal.aborted) giveUp();
  return new Promise((resolve) => {
    let why = 'the server closed it';
    const lost: Connection['lost'] = new Set();
    client.on('close', () => {
      signal.removeEventListener('abort', giveUp);
      for (const listener of lost) listener(why);
      resolve(err(refusal ?? connectionLost(host, why)));
    });
    client.on('error', (error: SshError) => {
      // An agent that fails is one way less; the next one is tried.
      if (error.level === 'agent') return;
      why = error.message;
      resolve(err(refusal ?? connectProblem(host, target, error, tried)));
      socket.destroy();
    });
    client.on('ready', () => {
      signal.removeEventListener('abort', giveUp);
      const key = shown ?? Buffer.alloc(0);
      const hostKey = `${keyType(key) ?? ''} ${key.toString('base64')}`;
      resolve(ok({client, target, hostKey, lost, end: () => client.end()}));
    });
    client.connect(config);
  });
}
