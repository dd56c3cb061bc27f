import {execFileSync, spawn} from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {text as readAll} from 'node:stream/consumers';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {builtProgram} from '../rig/program.js';

// A pull request's repository with every trick that git, ssh, YAML, links, the environment and editors
// offer. Looking at it must run nothing of it, and show nothing that is not in it.
const root = mkdtempSync(join(tmpdir(), 'cm-pull-request-'));
const repository = join(root, 'repository');
const canary = join(root, 'canary');
const secret = 'wJalrXUtnFEMI/K7MDENG';
const shadow = join(root, 'shadow');

const bin = builtProgram();

const env = {
  PATH: `.:${repository}/bin:${process.env['PATH'] ?? ''}`,
  HOME: join(root, 'home'),
  LANG: 'C.UTF-8',
  AWS_SECRET_ACCESS_KEY: secret,
  CM_VAR_WHERE: 'beta',
};

function write(name: string, text: string): string {
  const path = join(repository, name);
  mkdirSync(join(path, '..'), {recursive: true});
  writeFileSync(path, text);
  return path;
}

const program = `#!/bin/sh\necho "$0 $*" >> '${canary}'\nexit 1\n`;

const hosts = (ssh: string): string => `apiVersion: cm/v1
name: NAME
hosts:
  alpha: {address: 127.0.0.1:1${ssh}}
  beta: {address: 127.0.0.1:1}
containers:
  web: {on: beta, strategy: cold}
`;

const runs = `touch ${canary}`;

/** Plans that look harmless and name programs, files or secrets. */
const plans: Readonly<Record<string, string>> = {
  'ssh.yaml': hosts(', ssh: {config: ../evil-ssh, identity: ../evil-key, knownHosts: ../known}'),
  'hooks.yaml': `${hosts('')}hooks: {before: {run: [sh, -c, "${runs}"]}, onFailure: {run: [sh, -c, "${runs}"]}}\n`,
  'secret.yaml': hosts('').replace('on: beta', 'on: "${AWS_SECRET_ACCESS_KEY}"'),
  'name.yaml': hosts('').replace('127.0.0.1:1}', '"${AWS_SECRET_ACCESS_KEY}.example"}'),
  'default.yaml': hosts('').replace('on: beta', 'on: "${AWS_SECRET_ACCESS_KEY:-beta}"'),
  'mine.yaml': hosts('').replace('on: beta', 'on: "${CM_VAR_WHERE}"'),
  'command.yaml': hosts('').replace('127.0.0.1:1}', `"$(${runs}).example"}`),
  'option.yaml': hosts('').replace('127.0.0.1:1}', `"-oProxyCommand=${runs}"}`),
  'saved.yaml': '{"cm-plan": 1, "cm": "0", "files": [], "plans": []}\n',
  'bomb.yaml': `a: &a [x, x, x, x, x, x, x, x, x, x]\n${['b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']
    .map((name, index) => {
      const before = `*${String.fromCharCode(97 + index)}`;
      return `${name}: &${name} [${Array.from({length: 10}, () => before).join(', ')}]`;
    })
    .join('\n')}\n`,
  'tag.yaml': `a: !!js/function "function(){require('fs').writeFileSync('${canary}','')}"\n`,
};

beforeAll(() => {
  mkdirSync(join(root, 'home'));
  mkdirSync(repository);
  writeFileSync(shadow, 'root:$6$secret-hash:19000:0:99999:7:::\n');
  const evil = write('bin/evil', program);
  for (const name of ['git', 'ssh', 'sh', 'node', 'podman', 'vi', 'editor', 'less'])
    write(`bin/${name}`, program);
  for (const name of ['git', 'ssh', 'vi']) write(name, program);
  execFileSync('chmod', ['-R', '+x', join(repository, 'bin')]);
  for (const name of ['git', 'ssh', 'vi']) chmodSync(join(repository, name), 0o755);
  write('evil-ssh', `Match exec "${runs}"\n  ProxyCommand ${runs}\nHost *\n  ProxyCommand ${runs}\n`);
  write('evil-key', 'no key\n');
  write('known', '127.0.0.1 ssh-ed25519 AAAA\n');
  write('.gitattributes', '* filter=evil\n');
  write('.vscode/settings.json', `{"git.path": "${evil}"}\n`);
  write('.editorconfig', 'root = true\n');
  write('.npmrc', `script-shell=${evil}\n`);
  write('.env', `NODE_OPTIONS=--require=${evil}\n`);
  write('node_modules/cpu-features/index.js', `require('fs').writeFileSync('${canary}', '')\n`);
  // A bare repository in the folder of the plans.
  write('plans/HEAD', 'ref: refs/heads/main\n');
  write('plans/config', `[core]\n\tbare = false\n\tworktree = ${root}\n\tfsmonitor = "${evil}"\n`);
  for (const name of ['objects', 'refs']) mkdirSync(join(repository, 'plans', name));
  for (const [name, text] of Object.entries(plans))
    write(`plans/${name}`, text.replace('NAME', name.split('.')[0] ?? ''));
  symlinkSync(shadow, join(repository, 'plans', 'shadow.yaml'));
  symlinkSync('/proc/self/environ', join(repository, 'plans', 'environ.yaml'));
  symlinkSync('/dev/zero', join(repository, 'plans', 'zero.yaml'));
  execFileSync('mkfifo', [join(repository, 'plans', 'pipe.yaml')]);
  symlinkSync(root, join(repository, 'elsewhere'));
  write('../out.yaml', hosts('').replace('NAME', 'out'));
});

afterAll(() => {
  rmSync(root, {recursive: true, force: true});
});

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

async function cm(
  words: readonly string[],
  more: Readonly<Record<string, string>> = {},
  cwd = repository,
): Promise<Ended> {
  const child = spawn(process.execPath, [bin, ...words], {
    cwd,
    env: {...env, ...more},
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((done) => child.on('close', done));
  const [out, error] = await Promise.all([readAll(child.stdout), readAll(child.stderr)]);
  return {code: await ended, output: out + error};
}

function expectNothing({output}: Ended): void {
  const ran = existsSync(canary) ? readFileSync(canary, 'utf8') || 'something' : 'nothing';
  rmSync(canary, {force: true});
  expect(`${ran} ran`).toBe('nothing ran');
  expect(output).not.toContain(secret);
  expect(output).not.toContain('secret-hash');
}

const names = [...Object.keys(plans), 'shadow.yaml', 'environ.yaml', 'zero.yaml', 'pipe.yaml'];

describe('a pull request that is looked at with --untrusted runs and shows nothing:', () => {
  test.each(['validate', 'plan', 'status', 'graph'])(
    'cm %s',
    async (verb) => {
      for (const format of [[], ['-o', 'json']])
        expectNothing(await cm([verb, 'plans', '--untrusted', ...format]));
    },
    300_000,
  );

  test.each(names)(
    '%s alone',
    async (name) => {
      expectNothing(await cm(['plan', `plans/${name}`, '--untrusted', '-o', 'json']));
      expectNothing(await cm(['validate', `plans/${name}`, '--untrusted']));
    },
    300_000,
  );
});

describe('what is not trusted', () => {
  const CI = {GITHUB_EVENT_NAME: 'pull_request', CM_UNTRUSTED: ''};

  test('gets no ssh settings, and is told so', async () => {
    const ended = await cm(['validate', 'plans/ssh.yaml', '--untrusted']);
    expect(ended).toMatchObject({code: 0});
    expect(ended.output).toContain('ssh settings of "alpha" are ignored');
  });

  test('gets only variables that were made for plans', async () => {
    expect(await cm(['validate', 'plans/mine.yaml', '--untrusted'])).toMatchObject({code: 0});
    expect(await cm(['validate', 'plans/default.yaml', '--untrusted'])).toMatchObject({code: 0});
    const ended = await cm(['validate', 'plans/secret.yaml', '--untrusted']);
    expect(ended.code).toBe(10);
    expect(ended.output).toContain('CM_VAR_');
  });

  test('is not reached through a link', async () => {
    const ended = await cm(['validate', 'elsewhere/out.yaml', '--untrusted']);
    expect(ended.code).toBe(10);
    expect(ended.output).toContain('link-refused');
    expect(await cm(['validate', 'elsewhere/out.yaml'])).toMatchObject({code: 0});
  });

  test.each([['apply'], ['watch'], ['resume'], ['unlock']])('is never carried out by %s', async (verb) => {
    const ended = await cm([verb, 'plans/hooks.yaml', ...(verb === 'apply' ? ['--yes'] : [])], CI);
    expect(ended.code).toBe(13);
    expect(ended.output).toContain('GITHUB_EVENT_NAME');
    expectNothing(ended);
  });

  test.each([
    [{GITHUB_EVENT_NAME: 'pull_request_target'}, 10],
    [{CI_MERGE_REQUEST_IID: '7'}, 10],
    [{CM_UNTRUSTED: '1'}, 10],
    [{BUILDKITE_PULL_REQUEST: 'false'}, 0],
    [{GITHUB_EVENT_NAME: 'push'}, 0],
    [{GITHUB_EVENT_NAME: 'pull_request', CM_UNTRUSTED: '0'}, 0],
  ])('is what the CI system says: %j', async (more, code) => {
    const settings = {...more, WHERE: 'beta'};
    write('where.yaml', hosts('').replace('NAME', 'where').replace('on: beta', 'on: "${WHERE}"'));
    expect(await cm(['validate', 'where.yaml'], settings)).toMatchObject({code});
  });
});

describe('without --untrusted', () => {
  const PATH = process.env['PATH'] ?? '';

  test.each(['zero.yaml', 'pipe.yaml'])('%s is refused at once', async (name) => {
    const ended = await cm(['validate', `plans/${name}`], {PATH});
    expect(ended.code).toBe(10);
    expect(ended.output).toContain('not a regular file');
  });

  test.each(['shadow.yaml', 'environ.yaml'])('%s is not shown', async (name) => {
    const ended = await cm(['validate', `plans/${name}`], {PATH});
    expect(ended.code).toBe(10);
    expectNothing(ended);
  });

  test('values of the environment are shown by their names', async () => {
    for (const words of [['validate'], ['plan'], ['validate', '-o', 'json'], ['plan', '-o', 'json']])
      for (const name of ['secret.yaml', 'name.yaml']) {
        const ended = await cm([...words, `plans/${name}`], {PATH});
        expect(ended.output).not.toContain(secret);
        if (words[0] === 'validate' && name === 'secret.yaml')
          expect(ended.output).toContain('${AWS_SECRET_ACCESS_KEY}');
      }
  });

  test('git runs nothing of the folder', async () => {
    for (const verb of ['validate', 'plan', 'status', 'graph'])
      expectNothing(await cm([verb, 'plans/default.yaml', '-o', 'json'], {PATH: process.env['PATH'] ?? ''}));
  });
});

describe('a repository with a program for everything that git, shells and editors may start', () => {
  const own = join(root, 'own');
  const git = (...words: readonly string[]): string =>
    execFileSync('git', ['-C', own, ...words], {
      env: {PATH: process.env['PATH'], HOME: join(root, 'home'), GIT_CONFIG_NOSYSTEM: '1'},
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });

  beforeAll(() => {
    mkdirSync(own);
    const evil = join(own, 'evil');
    const put = (name: string, text: string): void => {
      mkdirSync(join(own, name, '..'), {recursive: true});
      writeFileSync(join(own, name), text);
    };
    put('evil', program);
    chmodSync(evil, 0o755);
    put('plans/plan.yaml', hosts('').replace('NAME', 'own'));
    git('init', '--quiet');
    git('add', '.');
    git('-c', 'user.name=a', '-c', 'user.email=a@example.org', 'commit', '--quiet', '--message=x');
    for (const key of [
      ...['core.fsmonitor', 'core.sshCommand', 'core.pager', 'core.editor', 'core.askPass', 'core.gitProxy'],
      ...['diff.external', 'diff.evil.textconv', 'diff.evil.command', 'filter.evil.clean', 'filter.evil.smudge'],
      ...['filter.evil.process', 'merge.evil.driver', 'credential.helper', 'gpg.program', 'pager.status', 'pager.log'],
      ...['sequence.editor', 'uploadpack.packObjectsHook', 'interactive.diffFilter', 'trailer.x.command'],
    ])
      git('config', key, evil);
    for (const name of ['status', 'rev-parse', 'log', 'diff']) git('config', `alias.${name}`, `!${evil}`);
    git('config', 'core.hooksPath', own);
    git('config', 'include.path', '../more');
    put('more', `[core]\n\tfsmonitor = ${evil}\n`);
    put('.gitattributes', '* filter=evil diff=evil merge=evil\n');
    put('.git/info/attributes', '* filter=evil diff=evil\n');
    for (const hook of ['post-index-change', 'fsmonitor-watchman', 'pre-auto-gc', 'reference-transaction'])
      for (const at of [own, join(own, '.git/hooks')]) {
        mkdirSync(at, {recursive: true});
        writeFileSync(join(at, hook), program);
        chmodSync(join(at, hook), 0o755);
      }
    put('.envrc', `${evil}\n`);
    put('.env', `CM_ALLOW_HOOKS=runner\nCM_SSH_CONFIG=${own}/ssh_config\nNODE_OPTIONS=--require=${evil}\n`);
    put('ssh_config', `Match exec "${evil}"\n  ProxyCommand ${evil}\n`);
    put('.ssh/config', `Match exec "${evil}"\n  ProxyCommand ${evil}\n`);
    put('.config/cm/config.yaml', 'watch: {allowHooks: [runner]}\n');
    put('package.json', `{"scripts": {"postinstall": "${evil}"}, "main": "./evil"}\n`);
    put('.editorconfig', 'root = true\n');
    put('plans/\u001b]0;evil\u0007.yaml', hosts('').replace('NAME', 'odd'));
    execFileSync('mknod', [join(own, 'plans', 'device.yaml'), 'c', '1', '5']);
    execFileSync('touch', ['-d', '2030-01-01', join(own, 'plans', 'plan.yaml')]);
    rmSync(canary, {force: true});
  });

  test.each([
    ...['validate', 'plan', 'status', 'graph'].map((verb) => [verb, 'plans/plan.yaml', '-o', 'json']),
    ['plan', 'plans', '--untrusted', '-o', 'json'],
  ])('cm %s %s %s %s runs none of it', async (...words) => {
    const ended = await cm(words, {PATH: process.env['PATH'] ?? ''}, own);
    expectNothing(ended);
    expect(ended.output).not.toMatch(/[\u001b\u0007]/);
  });

  test('git by itself does', () => {
    try {
      git('status');
    } catch {
      // The programs fail on purpose.
    }
    expect(existsSync(canary)).toBe(true);
    rmSync(canary, {force: true});
  });
});

test('standard input has an end, too', () => {
  const script = `cat /dev/zero | node ${bin} validate -`;
  expect(() => execFileSync('sh', ['-c', script], {stdio: 'pipe', env: {...env, PATH: process.env['PATH']}})).toThrow(
    'MiB, which no plan has',
  );
});
