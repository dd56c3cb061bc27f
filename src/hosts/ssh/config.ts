import {execa} from 'execa';
import type {Problem} from '../../base/problem.js';
import {type Result, err, ok} from '../../base/result.js';
import type {SshSettings} from '../../plan/plan.js';
import {lastLines, notReached} from '../host-problems.js';
import type {Variables} from '../local.js';
import {parseAddress, portOf, type Address} from './address.js';
import {allowedIn, type AllowedAlgorithms} from './algorithms.js';

/** What reaching hosts needs to know of the person who runs it. */
export interface HostsEnv {
  /** The environment of local programs; PATH and SSH_AUTH_SOCK matter. */
  readonly variables: Variables;
  /** Absolute. */
  readonly home: string;
  readonly user: string;
}

/** Where to connect and how to know that it is right: OpenSSH's configuration, resolved. */
export interface SshTarget {
  readonly address: Address;
  readonly settings: SshSettings;
  readonly hostname: string;
  readonly port: number;
  readonly user: string;
  readonly identityFiles: readonly string[];
  /** Only the keys of `identityFiles` may be offered, also by the agent. */
  readonly identitiesOnly: boolean;
  /** The socket of the agent. */
  readonly agent?: string;
  /** All known_hosts files, the user's first. */
  readonly knownHosts: readonly string[];
  readonly hostKeyAlias?: string;
  /** Files with keys that no host may have. */
  readonly revokedHostKeys: readonly string[];
  readonly requiredRsaBits: number;
  readonly allowed: AllowedAlgorithms;
  /** The hosts to go through, in order, as written. */
  readonly proxyJump: readonly string[];
  /** Ready for `sh -c`. */
  readonly proxyCommand?: string;
  readonly connectTimeoutMs: number;
  /** As written; unknown keys are refused whatever it says. */
  readonly strictHostKeyChecking: string;
  /** Whether OpenSSH itself would have taken an unknown key without asking. */
  readonly opensUp: boolean;
}

const CONNECT_TIMEOUT_MS = 20_000;

/** What a timer of Node.js can wait. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

type Words = ReadonlyMap<string, readonly string[]>;

/** What `ssh -G` prints: a keyword in lowercase and its value on each line; some keywords stand there many times. */
export function parseSshG(text: string): Words {
  const words = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const space = line.indexOf(' ');
    if (space < 1) continue;
    const key = line.slice(0, space);
    words.set(key, [...(words.get(key) ?? []), line.slice(space + 1).trim()]);
  }
  return words;
}

type Tokens = Readonly<Record<string, string>>;

const expand = (text: string, tokens: Tokens, env: HostsEnv): string =>
  text
    .replace(/^~(?=\/|$)/, env.home)
    .replaceAll(/\$\{(\w+)\}/g, (_all, name: string) => env.variables[name] ?? '')
    .replaceAll(/%(.)/g, (all, token: string) => tokens[token] ?? all);

function agentOf(word: string | undefined, tokens: Tokens, env: HostsEnv): string | undefined {
  if (word === 'none') return undefined;
  if (word === undefined || word === 'SSH_AUTH_SOCK') return env.variables['SSH_AUTH_SOCK'];
  return word.startsWith('$') && !word.startsWith('${')
    ? env.variables[word.slice(1)]
    : expand(word, tokens, env);
}

const unlessNone = (word: string | undefined): string | undefined =>
  word === undefined || word === '' || word === 'none' ? undefined : word;

const files = (words: Words, key: string, tokens: Tokens, env: HostsEnv): string[] =>
  (words.get(key)?.[0] ?? '')
    .split(' ')
    .filter((file) => unlessNone(file) !== undefined)
    .map((file) => expand(file, tokens, env));

function identities(words: Words, settings: SshSettings, tokens: Tokens, env: HostsEnv): string[] {
  if (settings.identity !== undefined) return [settings.identity];
  const named = words.get('identityfile') ?? defaultIdentities;
  return named.filter((file) => file !== 'none').map((file) => expand(file, tokens, env));
}

const knownHostsFiles = (words: Words, settings: SshSettings, tokens: Tokens, env: HostsEnv) => [
  ...(settings.knownHosts === undefined
    ? files(words, 'userknownhostsfile', tokens, env)
    : [settings.knownHosts]),
  ...files(words, 'globalknownhostsfile', tokens, env),
];

const connectTimeoutMs = (words: Words): number => {
  const seconds = Number(words.get('connecttimeout')?.[0]);
  return seconds > 0 ? Math.min(seconds * 1000, LONGEST_TIMEOUT_MS) : CONNECT_TIMEOUT_MS;
};

/** OpenSSH's own default. */
const REQUIRED_RSA_BITS = 1024;

const wholeNumber = (text = ''): number | undefined =>
  /^\d{1,6}$/.test(text) ? Number(text) : undefined;

const defaultIdentities = ['~/.ssh/id_rsa', '~/.ssh/id_ecdsa', '~/.ssh/id_ed25519'];

/** Where it is and who we are there; what is written in the address itself wins. */
function placeOf(address: Address, words: Words, env: HostsEnv) {
  const hostname = words.get('hostname')?.[0] ?? address.name;
  const named = portOf(words.get('port')?.[0]) ?? 22;
  const port = address.port ?? (Number.isInteger(named) ? named : 22);
  const user = address.user ?? words.get('user')?.[0] ?? env.user;
  return {hostname, port, user};
}

/** What may be absent, left out rather than undefined. */
function optional(words: Words, tokens: Tokens, env: HostsEnv) {
  const agent = agentOf(words.get('identityagent')?.[0], tokens, env);
  const proxyCommand = unlessNone(words.get('proxycommand')?.[0]);
  const hostKeyAlias = unlessNone(words.get('hostkeyalias')?.[0]);
  return {
    ...(agent === undefined || agent === '' ? {} : {agent}),
    ...(hostKeyAlias === undefined ? {} : {hostKeyAlias}),
    ...(proxyCommand === undefined ? {} : {proxyCommand: expand(proxyCommand, tokens, env)}),
  };
}

/** The plan's own settings win over what the files say. */
export function toTarget(
  address: Address,
  settings: SshSettings,
  words: Words,
  env: HostsEnv,
): SshTarget {
  const place = placeOf(address, words, env);
  const {hostname: h, port, user: r} = place;
  const tokens = {'%': '%', h, n: address.name, p: String(port), r, u: env.user, d: env.home};
  const strict = words.get('stricthostkeychecking')?.[0] ?? 'ask';
  return {
    address,
    settings,
    ...place,
    ...optional(words, tokens, env),
    identityFiles: identities(words, settings, tokens, env),
    identitiesOnly: settings.identity !== undefined || words.get('identitiesonly')?.[0] === 'yes',
    knownHosts: knownHostsFiles(words, settings, tokens, env),
    revokedHostKeys: files(words, 'revokedhostkeys', tokens, env),
    requiredRsaBits: wholeNumber(words.get('requiredrsasize')?.[0]) ?? REQUIRED_RSA_BITS,
    allowed: allowedIn(words),
    proxyJump: unlessNone(words.get('proxyjump')?.[0])?.split(',') ?? [],
    connectTimeoutMs: connectTimeoutMs(words),
    strictHostKeyChecking: strict,
    opensUp: ['no', 'off', 'false', 'accept-new'].includes(strict),
  };
}

/** What OpenSSH would take without a configuration file. */
const withoutSsh = new Map([
  ['userknownhostsfile', ['~/.ssh/known_hosts ~/.ssh/known_hosts2']],
  ['globalknownhostsfile', ['/etc/ssh/ssh_known_hosts /etc/ssh/ssh_known_hosts2']],
]);

const configProblem = (
  host: string,
  message: string,
  remedy: string,
  stderr: string,
): Result<never, Problem> =>
  err({...notReached(host, 'name-unknown', message, remedy), log: lastLines(stderr)});

/**
 * Asks OpenSSH itself (`ssh -G`), which knows Include, Match and tokens. Where the ssh program is missing,
 * an address that needs no configuration file still works.
 */
export async function resolveTarget(
  host: string,
  text: string,
  settings: SshSettings,
  env: HostsEnv,
): Promise<Result<SshTarget, Problem>> {
  const address = parseAddress(text);
  if (address === undefined)
    return configProblem(
      host,
      `"${text}" is not an address`,
      'write it as [user@]host[:port], an IPv6 address in brackets',
      '',
    );
  const {config} = settings;
  const asked = await askSsh(address, config, env.variables);
  if (asked.exitCode === 0) return ok(toTarget(address, settings, parseSshG(asked.stdout), env));
  if (asked.code !== 'ENOENT')
    return configProblem(
      host,
      `the ssh configuration for "${text}" cannot be read`,
      'correct what ssh complains about',
      asked.stderr,
    );
  if (config === undefined) return ok(toTarget(address, settings, withoutSsh, env));
  return configProblem(
    host,
    `the ssh configuration "${config}" cannot be read: there is no ssh program here`,
    'install the OpenSSH client',
    '',
  );
}

const askSsh = ({name, port, user}: Address, config: string | undefined, env: Variables) =>
  execa(
    'ssh',
    [
      '-G',
      ...(config === undefined ? [] : ['-F', config]),
      ...(port === undefined ? [] : ['-p', String(port)]),
      ...(user === undefined ? [] : ['-l', user]),
      '--',
      name,
    ],
    {reject: false, extendEnv: false, env, stdin: 'ignore', timeout: 30_000},
  );
