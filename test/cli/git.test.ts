import {execFileSync} from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, expect, test} from 'vitest';
import {askGit, readFilters} from '../../src/cli/session/git.js';

const root = mkdtempSync(join(tmpdir(), 'cm-git-'));
afterAll(() => {
  rmSync(root, {recursive: true, force: true});
});

const home = join(root, 'home');
mkdirSync(home);
const env = {PATH: process.env['PATH'], HOME: home, GIT_CONFIG_NOSYSTEM: '1'};

function git(folder: string, ...words: readonly string[]): string {
  const who = ['-c', 'user.name=a', '-c', 'user.email=a@example.org'];
  const args = ['-C', folder, ...who, '-c', 'protocol.file.allow=always', ...words];
  return execFileSync('git', args, {env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore']});
}

/** What an attacker's program leaves behind. */
const canaryOf = (folder: string): string => join(folder, '..', 'canary');

function program(folder: string, output = ''): string {
  const path = join(folder, '..', 'evil');
  writeFileSync(path, `#!/bin/sh\ntouch '${canaryOf(folder)}'\n${output}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** A repository with one commit, in a folder that has a parent of its own. */
function repository(name: string): string {
  const folder = join(root, name, 'repository');
  mkdirSync(folder, {recursive: true});
  git(folder, 'init', '--quiet', '--initial-branch=main');
  writeFileSync(join(folder, 'plan.yaml'), 'apiVersion: cm/v1\n');
  git(folder, 'add', '.');
  git(folder, 'commit', '--quiet', '--message=plan');
  return folder;
}

/** Makes git compare the content: the file is as long as before, and newer. */
function touch(folder: string): void {
  const later = new Date(Date.now() + 5000);
  utimesSync(join(folder, 'plan.yaml'), later, later);
}

/** Turns a repository into files that can be committed to another one: HEAD, config, objects, refs. */
function embed(folder: string, config: string): string {
  const plans = join(folder, 'plans');
  renameSync(join(folder, '.git'), plans);
  const worktree = join(folder, '..', 'elsewhere');
  mkdirSync(worktree);
  git(plans, '--git-dir', plans, 'config', 'core.bare', 'false');
  git(plans, '--git-dir', plans, 'config', 'core.worktree', worktree);
  git(plans, '--git-dir', plans, 'config', 'core.fsmonitor', config);
  return plans;
}

type Trick = (folder: string) => string;

/** Each changes a repository so that a plain `git status` runs the program; the folder to ask about. */
const tricks: Readonly<Record<string, Trick>> = {
  'a file system monitor': (folder) => {
    git(folder, 'config', 'core.fsmonitor', program(folder, 'exit 1'));
    return folder;
  },
  'a bare repository in the folder of the plans': (folder) =>
    embed(folder, program(folder, 'exit 1')),
  'a bare repository above the folder of the plans': (folder) => {
    const below = join(embed(folder, program(folder, 'exit 1')), 'below');
    mkdirSync(below);
    return below;
  },
  'a file that names the repository': (folder) => {
    git(folder, 'config', 'core.fsmonitor', program(folder, 'exit 1'));
    renameSync(join(folder, '.git'), join(folder, 'hidden'));
    git(folder, '--git-dir', join(folder, 'hidden'), 'config', 'core.worktree', folder);
    writeFileSync(join(folder, '.git'), 'gitdir: hidden\n');
    return folder;
  },
  'the configuration of a working copy': (folder) => {
    git(folder, 'config', 'extensions.worktreeConfig', 'true');
    git(folder, 'config', '--worktree', 'core.fsmonitor', program(folder, 'exit 1'));
    return folder;
  },
  'an included configuration': (folder) => {
    writeFileSync(
      join(folder, 'more'),
      `[core]\n\tfsmonitor = ${program(folder, 'exit 1')}\n[filter "z"]\n\tclean = false\n`,
    );
    git(folder, 'config', 'includeIf.gitdir:/.path', join(folder, 'more'));
    return folder;
  },
  'a clean filter': (folder) => {
    writeFileSync(join(folder, '.gitattributes'), '*.yaml filter=x\n');
    git(folder, 'config', 'filter.x.clean', program(folder, 'cat'));
    touch(folder);
    return folder;
  },
  'a clean filter whose name is no word': (folder) => {
    writeFileSync(join(folder, '.gitattributes'), '*.yaml filter=a=b\n');
    git(folder, 'config', 'filter.a=b.clean', program(folder, 'cat'));
    touch(folder);
    return folder;
  },
  'a process filter': (folder) => {
    writeFileSync(join(folder, '.gitattributes'), '*.yaml filter=x\n');
    git(folder, 'config', 'filter.x.process', program(folder, 'exit 1'));
    git(folder, 'config', 'filter.x.required', 'true');
    touch(folder);
    return folder;
  },
  'a submodule': (folder) => {
    const inner = repository(join('inner', String(Math.random()).slice(2)));
    git(folder, 'submodule', 'add', '--quiet', inner, 'sub');
    git(folder, 'commit', '--quiet', '--message=submodule');
    git(join(folder, 'sub'), 'config', 'core.fsmonitor', program(folder, 'exit 1'));
    return folder;
  },
  'a remote that has a missing object': (folder) => {
    const script = program(folder, 'exit 1');
    const tree = git(folder, 'rev-parse', 'HEAD^{tree}').trim();
    rmSync(join(folder, '.git', 'objects', tree.slice(0, 2), tree.slice(2)));
    git(folder, 'config', 'core.repositoryFormatVersion', '1');
    git(folder, 'config', 'extensions.partialClone', 'origin');
    git(folder, 'config', 'remote.origin.url', folder);
    git(folder, 'config', 'remote.origin.promisor', 'true');
    git(folder, 'config', 'remote.origin.uploadpack', script);
    git(folder, 'config', 'protocol.file.allow', 'always');
    return folder;
  },
};

test.each(Object.entries(tricks))('%s is not run', async (name, trick) => {
  const folder = repository(name.replaceAll(' ', '-'));
  const asked = trick(folder);
  await askGit(asked, env);
  expect(existsSync(canaryOf(folder))).toBe(false);
  // The trick is one: git by itself falls for it.
  try {
    git(asked, 'status', '--porcelain=v2', '--branch');
  } catch {
    // Not every one leaves a repository that git can read.
  }
  expect(existsSync(canaryOf(folder))).toBe(true);
});

test('the environment does not lead git elsewhere', async () => {
  const folder = repository('environment');
  const other = repository('other');
  const commit = git(folder, 'rev-parse', 'HEAD').trim();
  const misled = {
    ...env,
    GIT_DIR: join(other, '.git'),
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'core.fsmonitor',
    GIT_CONFIG_VALUE_0: program(folder, 'exit 1'),
  };
  expect(await askGit(folder, misled)).toEqual({commit, dirty: false});
  expect(existsSync(canaryOf(folder))).toBe(false);
});

test('a git below the current folder is not taken for git', async () => {
  const folder = repository('path');
  const at = join(folder, 'git');
  renameSync(program(folder), at);
  const before = process.cwd();
  process.chdir(folder);
  try {
    expect(await askGit(folder, {...env, PATH: `.:${env.PATH ?? ''}`})).toMatchObject({
      dirty: true,
    });
  } finally {
    process.chdir(before);
  }
  expect(existsSync(canaryOf(folder))).toBe(false);
});

test('an honest repository is read as before', async () => {
  const folder = repository('honest');
  const commit = git(folder, 'rev-parse', 'HEAD').trim();
  expect(await askGit(folder, env)).toEqual({commit, dirty: false});
  writeFileSync(join(folder, 'new.yaml'), 'a: 1\n');
  expect(await askGit(folder, env)).toEqual({commit, dirty: true});
  const worktree = join(root, 'honest', 'worktree');
  git(folder, 'worktree', 'add', '--quiet', worktree);
  expect(await askGit(worktree, env)).toEqual({commit, dirty: false});
  expect(await askGit(root, env)).toEqual({});
});

test("the user's own filters go on working", async () => {
  const folder = repository('filter');
  writeFileSync(join(home, '.gitconfig'), '[filter "mine"]\n\tclean = tr a-z A-Z\n');
  writeFileSync(join(folder, '.gitattributes'), '*.txt filter=mine\n');
  writeFileSync(join(folder, 'a.txt'), 'text\n');
  git(folder, 'add', '.');
  git(folder, 'commit', '--quiet', '--message=filtered');
  const later = new Date(Date.now() + 5000);
  utimesSync(join(folder, 'a.txt'), later, later);
  expect(await askGit(folder, env)).toMatchObject({dirty: false});
  rmSync(join(home, '.gitconfig'));
});

test('filters are told apart by whose configuration they are in', () => {
  const listing = 'global\0filter.lfs.clean\0local\0filter.x.y.process\0worktree\0filter.z.clean\0';
  expect(readFilters(listing, 'repository')).toEqual(['x.y', 'z']);
  expect(readFilters(listing, 'any')).toEqual(['lfs', 'x.y', 'z']);
});
