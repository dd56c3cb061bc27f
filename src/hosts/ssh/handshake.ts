import type {Duplex} from 'node:stream';
import type {Client as SshClient, ConnectConfig} from 'ssh2';
import ssh2 from 'ssh2';
import type {Problem} from '../../base/problem.js';
import {type Result, err, ok} from '../../base/result.js';
import {connectProblem, type SshError} from './connect-problem.js';
import {forbiddenKey, hostKeyProblem, keyName, readKnownHosts} from './host-key.js';
import {connectionLost, notReached} from '../host-problems.js';
import {judge, keyType, knownTypes} from './known-hosts.js';
import {readRevokedKeys} from './revoked-keys.js';
import {algorithmsFor, type Algorithms} from './algorithms.js';
import type {Credentials} from './auth.js';
import type {HostsEnv, SshTarget} from './config.js';

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

const fixed = ({user, connectTimeoutMs}: SshTarget, algorithms: Algorithms): ConnectConfig => ({
  username: user,
  readyTimeout: connectTimeoutMs,
  keepaliveInterval: KEEP_ALIVE_MS,
  keepaliveCountMax: 3,
  algorithms,
});

/** For which host of the plan, with what, and until when. */
export interface Errand {
  readonly host: string;
  readonly env: HostsEnv;
  /** Gives up what is not finished. */
  readonly signal: AbortSignal;
}

/** What a connection is checked by. */
interface Checks {
  readonly algorithms: Algorithms;
  /** What is wrong with the key that the server shows. */
  readonly refuse: (key: Buffer) => Problem | undefined;
}

/** Fails where the ssh configuration asks for what cannot be done: nothing in it is passed over that makes a connection safer. */
async function checksFor(host: string, target: SshTarget): Promise<Result<Checks, Problem>> {
  const known = await readKnownHosts(target.knownHosts);
  const revoked = await readRevokedKeys(target.revokedHostKeys);
  if (!revoked.ok)
    return err(
      notReached(
        host,
        'ssh-setting',
        `host "${host}" (${target.hostname}) is not connected to: the ssh configuration says "RevokedHostKeys ${target.revokedHostKeys.join(' ')}", and ${revoked.error}`,
        'name a file there that holds public keys, one a line, or remove the setting',
      ),
    );
  const id = keyName(target);
  const algorithms = algorithmsFor(target.allowed, knownTypes(known, id));
  if (!algorithms.ok)
    return err(
      notReached(
        host,
        'ssh-setting',
        `host "${host}" (${target.hostname}) is not connected to: the ssh configuration says "${algorithms.error.setting}", and cm has none of these`,
        `add one of these to that setting: ${algorithms.error.ours.join(', ')}`,
      ),
    );
  const refuse = (key: Buffer): Problem | undefined =>
    forbiddenKey(host, target, key, revoked.value) ??
    hostKeyProblem(host, target, key, judge(known, id, key));
  return ok({algorithms: algorithms.value, refuse});
}

/** Connects through a socket, checks the key, logs in. */
export async function handshake(
  {host, signal}: Errand,
  target: SshTarget,
  open: () => Duplex,
  {handler, tried}: Credentials,
): Promise<Result<Connection, Problem>> {
  const checks = await checksFor(host, target);
  if (!checks.ok) return checks;
  // Opened last: a socket that fails while nobody listens would be a bug, or would never be heard of.
  const socket = open();
  const client = new ssh2.Client();
  let shown: Buffer | undefined;
  let refusal: Problem | undefined;
  const config: ConnectConfig = {
    ...fixed(target, checks.value.algorithms),
    sock: socket,
    authHandler: handler,
    hostVerifier: (key: Buffer) => {
      shown = key;
      refusal = checks.value.refuse(key);
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
