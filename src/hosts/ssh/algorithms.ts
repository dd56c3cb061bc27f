import type {CipherAlgorithm, KexAlgorithm, MacAlgorithm, ServerHostKeyAlgorithm} from 'ssh2';
import {err, ok, type Result} from '../../base/result.js';

/**
 * What OpenSSH's configuration allows, as `ssh -G` prints it. A list that is absent allows everything. `cm` asks for
 * fewer algorithms than OpenSSH has, and never for one that the configuration leaves out.
 */
export interface AllowedAlgorithms {
  readonly hostKey?: readonly string[];
  readonly kex?: readonly string[];
  readonly ciphers?: readonly string[];
  readonly macs?: readonly string[];
  /** Of keys that log in. */
  readonly publicKey?: readonly string[];
}

/** Strongest first. SHA-1 signatures and DSA are not taken. */
const hostKeys: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
];

const kexes: readonly KexAlgorithm[] = [
  'curve25519-sha256',
  'curve25519-sha256@libssh.org',
  'ecdh-sha2-nistp256',
  'ecdh-sha2-nistp384',
  'ecdh-sha2-nistp521',
  'diffie-hellman-group-exchange-sha256',
  'diffie-hellman-group14-sha256',
  'diffie-hellman-group15-sha512',
  'diffie-hellman-group16-sha512',
  'diffie-hellman-group17-sha512',
  'diffie-hellman-group18-sha512',
];

/** Their packets are authenticated without a MAC. GCM is two to three times as fast on a processor that knows AES. */
const sealed: readonly CipherAlgorithm[] = [
  'aes128-gcm@openssh.com',
  'aes256-gcm@openssh.com',
  'chacha20-poly1305@openssh.com',
];
const counters: readonly CipherAlgorithm[] = ['aes128-ctr', 'aes192-ctr', 'aes256-ctr'];

const macs: readonly MacAlgorithm[] = [
  'hmac-sha2-256-etm@openssh.com',
  'hmac-sha2-512-etm@openssh.com',
  'hmac-sha1-etm@openssh.com',
  'hmac-sha2-256',
  'hmac-sha2-512',
  'hmac-sha1',
];

export interface Algorithms {
  readonly serverHostKey: ServerHostKeyAlgorithm[];
  readonly kex: KexAlgorithm[];
  readonly cipher: CipherAlgorithm[];
  readonly hmac: MacAlgorithm[];
}

const within = <Name extends string>(
  ours: readonly Name[],
  allowed: readonly string[] | undefined,
): Name[] => ours.filter((name) => allowed?.includes(name) ?? true);

const typeOf = (algorithm: string): string =>
  algorithm.startsWith('rsa-sha2-') ? 'ssh-rsa' : algorithm;

/** A setting that leaves nothing, and what it could name. */
export interface NoneLeft {
  readonly setting: string;
  readonly ours: readonly string[];
}

const none = (
  setting: string,
  allowed: readonly string[] | undefined,
  ours: readonly string[],
): Result<never, NoneLeft> => err({setting: `${setting} ${allowed?.join(',') ?? ''}`, ours});

/** What is asked for: of the host keys those first that are known. An error is the setting that leaves nothing. */
export function algorithmsFor(
  allowed: AllowedAlgorithms,
  known: readonly string[],
): Result<Algorithms, NoneLeft> {
  const serverHostKey = within(hostKeys, allowed.hostKey).sort(
    (a, b) => Number(known.includes(typeOf(b))) - Number(known.includes(typeOf(a))),
  );
  if (serverHostKey.length === 0) return none('HostKeyAlgorithms', allowed.hostKey, hostKeys);
  const kex = within(kexes, allowed.kex);
  if (kex.length === 0) return none('KexAlgorithms', allowed.kex, kexes);
  const hmac = within(macs, allowed.macs);
  const cipher = within(hmac.length > 0 ? [...sealed, ...counters] : sealed, allowed.ciphers);
  if (cipher.length > 0)
    return ok({serverHostKey, kex, cipher, hmac: hmac.length > 0 ? hmac : [...macs]});
  return within(counters, allowed.ciphers).length > 0
    ? none('MACs', allowed.macs, macs)
    : none('Ciphers', allowed.ciphers, [...sealed, ...counters]);
}

/** Whether a key of this type may be shown to a server. Which hash an RSA key signs with is chosen by the server. */
export function mayLogInWith(type: string, {publicKey}: AllowedAlgorithms): boolean {
  if (publicKey === undefined) return true;
  return type === 'ssh-rsa'
    ? ['rsa-sha2-256', 'rsa-sha2-512'].every((each) => publicKey.includes(each))
    : publicKey.includes(type);
}

const list = (value: string | undefined): readonly string[] | undefined =>
  value === undefined || value === '' ? undefined : value.split(',');

/** `words`: what `ssh -G` prints, by keyword. */
export function allowedIn(words: ReadonlyMap<string, readonly string[]>): AllowedAlgorithms {
  const named = {
    hostKey: list(words.get('hostkeyalgorithms')?.[0]),
    kex: list(words.get('kexalgorithms')?.[0]),
    ciphers: list(words.get('ciphers')?.[0]),
    macs: list(words.get('macs')?.[0]),
    publicKey: list(
      words.get('pubkeyacceptedalgorithms')?.[0] ?? words.get('pubkeyacceptedkeytypes')?.[0],
    ),
  };
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
}
