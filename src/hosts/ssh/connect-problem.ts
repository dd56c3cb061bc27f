import type {ClientErrorExtensions} from 'ssh2';
import type {Problem} from '../../base/problem.js';
import {connectionLost, notReached} from '../host-problems.js';
import {notAuthenticated} from './auth.js';
import type {SshTarget} from './config.js';

export type SshError = Error & ClientErrorExtensions & {code?: string | number};

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

/** Why a connection did not come about, from what ssh2 says. */
export function connectProblem(
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
