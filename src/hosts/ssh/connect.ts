import type {Duplex} from 'node:stream';
import type {Problem} from '../../base/problem.js';
import {type Result, err, ok} from '../../base/result.js';
import type {SshSettings} from '../../plan/plan.js';
import {connectionLost} from '../host-problems.js';
import {credentials} from './auth.js';
import {type SshTarget, resolveTarget} from './config.js';
import {handshake, type Connection, type Errand} from './handshake.js';
import {proxySocket, tcpSocket} from './socket.js';

/** More hosts in between than this is a configuration that goes in circles. */
const MAX_JUMPS = 8;

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
