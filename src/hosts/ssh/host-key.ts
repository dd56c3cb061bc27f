import {readFile} from 'node:fs/promises';
import type {Problem} from '../../base/problem.js';
import {unreachable} from '../../base/result.js';
import {notReached} from '../host-problems.js';
import {
  type KnownHost,
  type Verdict,
  fingerprint,
  hostId,
  keyType,
  parseKnownHosts,
} from './known-hosts.js';
import {quote} from '../quote.js';
import type {RevokedKey} from './revoked-keys.js';
import type {SshTarget} from './config.js';

/** All entries of the files; a file that is not there or may not be read makes nothing known. */
export async function readKnownHosts(files: readonly string[]): Promise<KnownHost[]> {
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  return texts.flatMap((text, index) => parseKnownHosts(text, files[index] ?? ''));
}

/** The name under which a target's key is looked up. */
export const keyName = ({hostKeyAlias, hostname, port}: SshTarget): string =>
  hostKeyAlias === undefined ? hostId(hostname, port) : hostKeyAlias.toLowerCase();

function sshCommand({address, settings, knownHosts}: SshTarget): string {
  const {user, name, port} = address;
  return quote([
    'ssh',
    ...(settings.config === undefined ? [] : ['-F', settings.config]),
    ...(settings.knownHosts === undefined
      ? []
      : ['-o', `UserKnownHostsFile=${knownHosts.join(' ')}`]),
    '-o',
    'StrictHostKeyChecking=ask',
    ...(port === undefined ? [] : ['-p', String(port)]),
    user === undefined ? name : `${user}@${name}`,
    'true',
  ]).replace(/^'ssh'/, 'ssh');
}

function unknown(
  host: string,
  target: SshTarget,
  key: Buffer,
  verdict: Verdict & {kind: 'unknown'},
) {
  const asides = [
    verdict.otherTypes.length > 0
      ? `keys of other types are known: ${verdict.otherTypes.join(', ')}`
      : '',
    verdict.authorities.length > 0
      ? `the certificate authority at ${verdict.authorities.join(', ')} is not used: host certificates are not supported`
      : '',
    target.opensUp
      ? `StrictHostKeyChecking ${target.strictHostKeyChecking} in the ssh configuration does not open this runner`
      : '',
  ].filter((aside) => aside !== '');
  return notReached(
    host,
    'host-key-unknown',
    `the key of host "${host}" (${keyName(target)}) is not known: ${fingerprint(key)} ${keyType(key) ?? ''}${asides.map((a) => `; ${a}`).join('')}`,
    `compare it with what "ssh-keygen -lf" prints for the public key in /etc/ssh on that host, then run: ${sshCommand(target)}`,
  );
}

/** The bits of an RSA key; nothing for a key of another type. */
function rsaBits(key: Buffer): number | undefined {
  if (keyType(key) !== 'ssh-rsa') return undefined;
  const exponentAt = 4 + key.readUInt32BE(0);
  const modulusAt = exponentAt + 4 + key.readUInt32BE(exponentAt);
  const modulus = key.subarray(modulusAt + 4);
  const first = modulus.findIndex((byte) => byte !== 0);
  return first < 0 ? 0 : (modulus.length - first) * 8 - Math.clz32(modulus[first] ?? 0) + 24;
}

/** What the ssh configuration says against a key, also when it is known. */
export function forbiddenKey(
  host: string,
  {requiredRsaBits}: SshTarget,
  key: Buffer,
  revoked: readonly RevokedKey[],
): Problem | undefined {
  const by = revoked.find((each) => each.key.equals(key));
  if (by) return revokedProblem(host, by.at, key);
  const bits = rsaBits(key);
  if (bits === undefined || bits >= requiredRsaBits) return undefined;
  return notReached(
    host,
    'host-key-refused',
    `the RSA key of host "${host}" has ${bits} bits, and the ssh configuration says RequiredRSASize ${requiredRsaBits}`,
    'give the host a longer key, or one of another type',
  );
}

const revokedProblem = (host: string, at: string, key: Buffer): Problem =>
  notReached(
    host,
    'host-key-revoked',
    `the key of host "${host}" is revoked by ${at}: ${fingerprint(key)}`,
    'give the host a new key, and do not connect to it before',
  );

/** What to say when the key that a server showed is not the known one; nothing when it is. */
export function hostKeyProblem(
  host: string,
  target: SshTarget,
  key: Buffer,
  verdict: Verdict,
): Problem | undefined {
  switch (verdict.kind) {
    case 'match':
      return undefined;
    case 'unknown':
      return unknown(host, target, key, verdict);
    case 'changed':
      return notReached(
        host,
        'host-key-changed',
        `the key of host "${host}" (${keyName(target)}) is not the known one of ${verdict.at}: ${fingerprint(key)} ${keyType(key) ?? ''}; someone may be listening in`,
        `find out why it changed; when it is right, remove ${verdict.at}, then run: ${sshCommand(target)}`,
      );
    case 'revoked':
      return revokedProblem(host, verdict.at, key);
    default:
      return unreachable(verdict);
  }
}
