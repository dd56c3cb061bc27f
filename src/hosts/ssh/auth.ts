import {readFile} from 'node:fs/promises';
import type {AuthHandlerMiddleware, IdentityCallback, ParsedKey, SignCallback} from 'ssh2';
import ssh2 from 'ssh2';
import type {Problem} from '../../base/problem.js';
import {notReached} from '../host-problems.js';
import {keyType} from './known-hosts.js';
import {mayLogInWith, type AllowedAlgorithms} from './algorithms.js';
import type {SshTarget} from './config.js';

const {BaseAgent, createAgent, utils} = ssh2;

type AnyKey = string | Buffer | ParsedKey;

const sshBytes = (key: AnyKey): Buffer | undefined => {
  const parsed: unknown = utils.parseKey(key);
  const one: unknown = Array.isArray(parsed) ? parsed[0] : parsed;
  return one instanceof Error || one === undefined ? undefined : (one as ParsedKey).getPublicSSH();
};

/** An agent that offers the keys of the configuration first, or no others at all. */
class OrderedAgent extends BaseAgent<AnyKey> {
  readonly #inner: InstanceType<typeof BaseAgent>;
  readonly #first: readonly Buffer[];
  readonly #only: boolean;
  readonly #allowed: AllowedAlgorithms;

  constructor(socket: string, first: readonly Buffer[], only: boolean, allowed: AllowedAlgorithms) {
    super();
    this.#allowed = allowed;
    this.#inner = createAgent(socket);
    this.#first = first;
    this.#only = only;
  }

  override getIdentities(callback: IdentityCallback<AnyKey>): void {
    this.#inner.getIdentities((error, keys) => {
      if (error !== undefined && error !== null) {
        callback(error);
        return;
      }
      const named = (key: AnyKey): boolean => {
        const bytes = sshBytes(key);
        return bytes !== undefined && this.#first.some((mine) => mine.equals(bytes));
      };
      // The agent of ssh2 hands parsed keys over; its types allow more.
      const all = ((keys ?? []) as AnyKey[]).filter((key) =>
        mayLogInWith(keyType(sshBytes(key) ?? Buffer.alloc(0)) ?? '', this.#allowed),
      );
      const [first, rest] = [all.filter(named), all.filter((key) => !named(key))];
      callback(undefined, this.#only ? first : [...first, ...rest]);
    });
  }

  override sign(key: AnyKey, data: Buffer, options: unknown, callback?: SignCallback): void {
    // ssh2 calls it with or without options; the inner agent takes both forms.
    if (typeof options === 'function') this.#inner.sign(key, data, options as SignCallback);
    else this.#inner.sign(key, data, options as object, callback);
  }
}

/** The ways to prove who we are, and what became of each, for the message when all have failed. */
export interface Credentials {
  readonly handler: AuthHandlerMiddleware;
  /** What was tried or left out and why, one phrase each. */
  readonly tried: readonly string[];
}

interface Identity {
  readonly file: string;
  readonly key?: ParsedKey;
  readonly publicKey?: Buffer;
  readonly note?: string;
}

async function readIdentity(file: string): Promise<Identity> {
  const [secret, open] = await Promise.all([
    readFile(file).catch((error: unknown) => error as NodeJS.ErrnoException),
    readFile(`${file}.pub`).catch(() => undefined),
  ]);
  const publicKey = open === undefined ? undefined : sshBytes(open);
  const known = publicKey === undefined ? {} : {publicKey};
  if (secret instanceof Error)
    return {
      file,
      ...known,
      note: secret.code === 'ENOENT' ? '' : `it cannot be read (${secret.code ?? ''})`,
    };
  const parsed: unknown = utils.parseKey(secret);
  const key: unknown = Array.isArray(parsed) ? parsed[0] : parsed;
  if (key instanceof Error) {
    const locked = /encrypted|passphrase/i.test(key.message);
    return {
      file,
      ...known,
      note: locked
        ? 'it is encrypted: unlock it in an ssh agent (ssh-add)'
        : `it is not a key that can be used (${key.message})`,
    };
  }
  const usable = key as ParsedKey;
  if (!usable.isPrivateKey())
    return {file, publicKey: usable.getPublicSSH(), note: 'it is a public key'};
  return {file, key: usable, publicKey: usable.getPublicSSH()};
}

function unlessForbidden(identity: Identity, allowed: AllowedAlgorithms): Identity {
  const {file, key} = identity;
  if (key === undefined || mayLogInWith(key.type, allowed)) return identity;
  const note = `PubkeyAcceptedAlgorithms of the ssh configuration leaves out "${key.type}"`;
  return {file, note};
}

type Attempt = {readonly said: string} & (
  | {readonly type: 'agent'; readonly agent: InstanceType<typeof BaseAgent>}
  | {readonly type: 'publickey'; readonly key: ParsedKey}
);

function attemptsOf(target: SshTarget, identities: readonly Identity[]): Attempt[] {
  const {agent, identitiesOnly} = target;
  const first = identities.flatMap(({publicKey}) => (publicKey === undefined ? [] : [publicKey]));
  const files = identities.flatMap(({file, key}): Attempt[] =>
    key === undefined ? [] : [{type: 'publickey', key, said: `the key "${file}"`}],
  );
  if (agent === undefined) return files;
  const only = identitiesOnly ? ', only keys named for this host' : '';
  return [
    {
      type: 'agent',
      agent: new OrderedAgent(agent, first, identitiesOnly, target.allowed),
      said: `the ssh agent (${agent}${only})`,
    },
    ...files,
  ];
}

/** Agent first, then key files, as OpenSSH does. Passwords are never asked for. */
export async function credentials(target: SshTarget): Promise<Credentials> {
  const identities = await Promise.all(
    target.identityFiles.map(async (file) =>
      unlessForbidden(await readIdentity(file), target.allowed),
    ),
  );
  const tried = identities.flatMap(({file, note}) =>
    note === undefined || (note === '' && target.settings.identity === undefined)
      ? []
      : [`not the key "${file}": ${note === '' ? 'it is not there' : note}`],
  );
  if (target.agent === undefined) tried.push('no ssh agent (SSH_AUTH_SOCK is not set)');
  const attempts = attemptsOf(target, identities);
  const {user: username} = target;
  return {
    tried,
    handler: (_left, _partial, next) => {
      const attempt = attempts.shift();
      if (attempt === undefined) {
        // The types of ssh2 leave out `false`, its word for "nothing left".
        next(false as unknown as 'none');
        return;
      }
      tried.push(attempt.said);
      const {type} = attempt;
      next(
        type === 'agent'
          ? {type, username, agent: attempt.agent}
          : {type, username, key: attempt.key},
      );
    },
  };
}

export const notAuthenticated = (
  host: string,
  target: SshTarget,
  tried: readonly string[],
): Problem =>
  notReached(
    host,
    'not-authenticated',
    `host "${host}" (${target.hostname}:${target.port}) did not let user "${target.user}" in; tried: ${tried.join('; ')}`,
    `put one of these keys into ~${target.user}/.ssh/authorized_keys on that host, or name the right key`,
  );
