import {execFile} from 'node:child_process';
import {promisify} from 'node:util';
import type {Machine} from './machine.js';
import {safePath} from './untrusted.js';

const run = promisify(execFile);

/** A git that takes longer is killed, ms. */
const TIMEOUT_MS = 5000;

const MAX_OUTPUT_BYTES = 64 * 2 ** 20;

/** A repository that configures more filters than this is not asked. */
const MOST_FILTERS = 50;

/** The state of the working copy that a folder is in; what is not known is absent. */
export interface GitState {
  readonly commit?: string;
  readonly dirty?: boolean;
}

/**
 * A repository's own configuration names programs that git runs, and anybody who can push can commit a bare
 * repository into a folder. The command line overrides every file of the configuration.
 */
const OVERRIDES: readonly string[] = [
  'safe.bareRepository=explicit',
  'core.fsmonitor=false',
  'core.hooksPath=/dev/null',
  'core.sshCommand=false',
  'core.gitProxy=false',
  'core.askPass=false',
  'core.pager=cat',
  'core.alternateRefsCommand=false',
  'credential.helper=',
  'diff.external=false',
  'protocol.allow=never',
  'status.submoduleSummary=false',
];

const settings = (pairs: readonly string[]): readonly string[] =>
  pairs.flatMap((pair) => ['-c', pair]);

/** What git needs of the environment, and nothing that steers it: no GIT_DIR, no GIT_CONFIG_*, no secrets. */
function environment(env: Machine['env']): Record<string, string> {
  const kept = ['HOME', 'XDG_CONFIG_HOME', 'USER', 'LOGNAME', 'TMPDIR'].flatMap((name) => {
    const value = env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(kept),
    PATH: safePath(env['PATH']),
    LC_ALL: 'C',
    // Looking must not write to the index.
    GIT_OPTIONAL_LOCKS: '0',
    // An object that is missing must not be fetched: the remote's program is in the configuration.
    GIT_NO_LAZY_FETCH: '1',
    GIT_ALLOW_PROTOCOL: 'none',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: 'false',
    GIT_PAGER: 'cat',
  };
}

/** The one place that starts git. */
async function git(
  folder: string,
  env: Machine['env'],
  config: readonly string[],
  words: readonly string[],
): Promise<string> {
  const args = ['-C', folder, ...settings([...OVERRIDES, ...config]), ...words];
  const {stdout} = await run('git', args, {
    env: environment(env),
    timeout: TIMEOUT_MS,
    killSignal: 'SIGKILL',
    maxBuffer: MAX_OUTPUT_BYTES,
  });
  return stdout;
}

/** Whose filters are switched off: the user's own are for repositories that the user trusts. */
type Whose = 'repository' | 'any';

/** The names of the filters for whose configuration the repository, rather than the user, is responsible. */
export function readFilters(listing: string, whose: Whose): readonly string[] {
  const fields = listing.split('\0');
  const names = new Set<string>();
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const [scope = '', key = ''] = fields.slice(index, index + 2);
    const mine = scope === 'system' || scope === 'global';
    const name = /^filter\.(.*)\.[^.]+$/su.exec(key)?.[1];
    if (name !== undefined && (whose === 'any' || !mine)) names.add(name);
  }
  return [...names];
}

/** Settings that switch these filters off; undefined when a name cannot be written on a command line. */
function withoutFilters(names: readonly string[]): readonly string[] | undefined {
  if (names.length > MOST_FILTERS || names.some((name) => !/^[\w.-]+$/u.test(name)))
    return undefined;
  return names.flatMap((name) => [
    `filter.${name}.clean=`,
    `filter.${name}.smudge=`,
    `filter.${name}.process=`,
    `filter.${name}.required=false`,
  ]);
}

async function listFilters(folder: string, env: Machine['env']): Promise<string> {
  const words = ['config', '--show-scope', '--null', '--name-only', '--get-regexp', '^filter\\.'];
  try {
    return await git(folder, env, [], words);
  } catch (error) {
    // It ends with 1 when there is none.
    if ((error as {readonly code?: unknown}).code === 1) return '';
    throw error;
  }
}

/** Commit and whether anything differs from it, from `git status --porcelain=v2 --branch`. */
export function readGitStatus(stdout: string): GitState {
  const lines = stdout.split('\n').filter((line) => line !== '');
  const commit = /^# branch\.oid ([0-9a-f]{40,64})$/mu.exec(stdout)?.[1];
  if (commit === undefined) return {};
  return {commit, dirty: lines.some((line) => !line.startsWith('#'))};
}

async function readState(folder: string, env: Machine['env'], whose: Whose): Promise<GitState> {
  // Of a folder that looks like a bare repository itself; a git older than 2.38 knows no safe.bareRepository.
  const inside = await git(folder, env, [], ['rev-parse', '--is-inside-git-dir']);
  if (inside.trim() !== 'false') return {};
  const filters = withoutFilters(readFilters(await listFilters(folder, env), whose));
  if (!filters) return {};
  const words = ['status', '--porcelain=v2', '--branch', '--ignore-submodules=dirty'];
  return readGitStatus(await git(folder, env, filters, words));
}

/** The state of the repository around a folder, without running anything that the repository brings. */
export async function askGit(
  folder: string,
  env: Machine['env'],
  whose: Whose = 'repository',
): Promise<GitState> {
  try {
    return await readState(folder, env, whose);
  } catch {
    // No repository, no git, or one that does not answer.
    return {};
  }
}
