import type {Duplex} from 'node:stream';
import type {
  Client as SshClient,
  ClientErrorExtensions,
  ConnectConfig,
  ServerHostKeyAlgorithm,
} from 'ssh2';
import ssh2 from 'ssh2';
import type {Problem} from '../base/problem.js';
import type {Result} from '../base/result.js';
import {err, ok} from '../base/result.js';
import type {SshSettings} from '../plan/plan.js';
import {hostKeyProblem, inOrder, keyName, readKnownHosts} from './host-key.js';
import {connectionLost, notReached} from './host-problems.js';
import {judge, keyType, knownTypes} from './known-hosts.js';
import type {Credentials} from './ssh-auth.js';
import {credentials, notAuthenticated} from './ssh-auth.js';
import type {HostsEnv, SshTarget} from './ssh-config.js';
import {resolveTarget} from './ssh-config.js';
import {proxySocket, tcpSocket} from './ssh-socket.js';

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

/** More hosts in between than this is a configuration that goes in circles. */
const MAX_JUMPS = 8;

type SshError = Error & ClientErrorExtensions & {code?: string | number};

/** What `fetch`, `curl` and people call the ways in which a socket does not come about. */
function socketProblem(host: string, target: SshTarget, error: SshError): Problem {
  const at = `${target.hostname}:${target.port}`;
  const code = String(error.code);
  if (['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA'].includes(code))
    return notReached(
      host,
      'name-unknown',
      `the name "${target.hostname}" of host "${host}" is not known`,
      'correct the address, or the name service of this machine',
    );
  if (code === 'ECONNREFUSED')
    return notReached(
      host,
      'refused',
      `host "${host}" (${at}) refuses connections`,
      'see that its ssh server runs and listens on that port',
    );
  if (['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH'].includes(code))
    return notReached(
      host,
      'timed-out',
      `host "${host}" (${at}) does not answer (${code})`,
      silent,
    );
  return connectionLost(host, `${error.message} while connecting to ${at}`);
}

const silent = 'see that it is up, that the address is right, and that no firewall is in between';

const timedOut = (host: string, {hostname, port, connectTimeoutMs}: SshTarget): Problem =>
  notReached(
    host,
    'timed-out',
    `host "${host}" (${hostname}:${port}) did not finish the handshake within ${connectTimeoutMs} ms`,
    silent,
  );

function connectProblem(
  host: string,
  target: SshTarget,
  error: SshError,
  tried: readonly string[],
): Problem {
  if (
    error.level === 'client-authentication' ||
    /too many authentication failures/i.test(error.message)
  )
    return notAuthenticated(host, target, tried);
  if (error.level === 'client-timeout') return timedOut(host, target);
  if (error.level === 'client-socket') return socketProblem(host, target, error);
  return connectionLost(host, error.message);
}

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
async function handshake(
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

function through(jump: Connection, {hostname, port}: SshTarget): Promise<Duplex | Error> {
  return new Promise((resolve) => {
    jump.client.forwardOut('127.0.0.1', 0, hostname, port, (error, channel) => {
      resolve(error ?? channel);
    });
  });
}

/** Goes through one host after another; every one of them is checked like the last. */
async function jumpTo(
  errand: Errand,
  target: SshTarget,
  depth: number,
): Promise<Result<{socket: Duplex; last: Connection}, Problem>> {
  const {host, env} = errand;
  // The identity is that of the last host; the files say which one a host in between wants.
  const {config, knownHosts} = target.settings;
  const settings: SshSettings = {
    ...(config === undefined ? {} : {config}),
    ...(knownHosts === undefined ? {} : {knownHosts}),
  };
  let last: Connection | undefined;
  for (const [index, name] of target.proxyJump.entries()) {
    const next = await resolveTarget(host, name.replace(/^ssh:\/\//, ''), settings, env);
    if (!next.ok) return next;
    // Only the first one is reached as its own configuration says; the others from the one before.
    const step = index === 0 ? next.value : {...next.value, proxyJump: []};
    const reached: Result<Connection, Problem> = await reach(errand, step, depth + 1, last);
    if (!reached.ok) {
      last?.end();
      return reached;
    }
    last = reached.value;
  }
  if (last === undefined) throw new Error('a jump without a host to jump through');
  const socket = await through(last, target);
  if (socket instanceof Error) {
    last.end();
    return err(
      connectionLost(
        host,
        `${last.target.hostname} cannot reach ${target.hostname}:${target.port} (${socket.message})`,
      ),
    );
  }
  return ok({socket, last});
}

async function reach(
  errand: Errand,
  target: SshTarget,
  depth: number,
  before?: Connection,
): Promise<Result<Connection, Problem>> {
  const {host, env} = errand;
  if (depth > MAX_JUMPS)
    return err(connectionLost(host, 'its ProxyJump configuration goes in circles'));
  const auth = await credentials(target);
  if (before !== undefined) {
    const socket = await through(before, target);
    if (socket instanceof Error) return err(connectionLost(host, socket.message));
    return behind(before, await handshake(errand, target, () => socket, auth));
  }
  if (target.proxyJump.length > 0) {
    const jumped = await jumpTo(errand, target, depth);
    if (!jumped.ok) return jumped;
    const {socket, last} = jumped.value;
    return behind(last, await handshake(errand, target, () => socket, auth));
  }
  const {proxyCommand} = target;
  return handshake(
    errand,
    target,
    () =>
      proxyCommand === undefined ? tcpSocket(target) : proxySocket(proxyCommand, env.variables),
    auth,
  );
}

/** Ends the connection in front together with the one behind it. */
function behind(before: Connection, result: Result<Connection, Problem>) {
  if (!result.ok) before.end();
  else
    result.value.lost.add(() => {
      before.end();
    });
  return result;
}

/** Reaches a host as OpenSSH would, except that it never takes a key that is not known. */
export async function connectSsh(
  errand: Errand,
  address: string,
  settings: SshSettings,
): Promise<Result<Connection, Problem>> {
  const target = await resolveTarget(errand.host, address, settings, errand.env);
  return target.ok ? reach(errand, target.value, 0) : target;
}
