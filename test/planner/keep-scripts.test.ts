import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {command} from '../../src/base/command.js';
import {
  copyBack,
  copyFolder,
  copyOnce,
  makeOwn,
} from '../../src/planner/checkpoint/keep-scripts.js';
import {withEvil} from '../rig/evil-program.js';
import {ShellHost} from '../rig/shell-host.js';

let host: ShellHost;
beforeEach(() => {
  host = new ShellHost();
});
afterEach(() => {
  host[Symbol.dispose]();
});

const make = async (folder: string) =>
  host.run(makeOwn(`${host.at(folder)}/cm-checkpoints/web/id`));

/** Of the folder that the plan names. */
function given(mode: number, path = '/srv'): void {
  mkdirSync(host.at(path), {recursive: true});
  chmodSync(host.at(path), mode);
}

test.each([0o755, 0o700, 0o1777, 0o3775])('memory is kept in a folder of mode %o', async (mode) => {
  given(mode);
  expect(await make('/srv')).toMatchObject({code: 0, stderr: ''});
  expect(statSync(host.at('/srv/cm-checkpoints/web')).mode & 0o777).toBe(0o700);
});

test.each([0o777, 0o775, 0o757, 0o2775])(
  'not in one of mode %o, in which others can swap folders',
  async (mode) => {
    given(mode);
    const made = await make('/srv');
    expect(made.code).toBe(77);
    expect(made.stderr).toContain(`${host.at('/srv')} can be written to by others`);
    expect(existsSync(host.at('/srv/cm-checkpoints/web/id.part'))).toBe(false);
    // The advised command helps.
    const [advised = ''] = /chmod go-w .*/.exec(made.stderr) ?? [];
    await host.run({argv: ['sh', '-c', advised]});
    expect((await make('/srv')).code).toBe(0);
  },
);

test('nor below one, however the path leads there', async () => {
  given(0o777);
  given(0o755, '/srv/below');
  symlinkSync(host.at('/srv/below'), host.at('/link'));
  for (const path of ['/srv/below', '/link']) expect((await make(path)).code).toBe(77);
});

test.skipIf(process.getuid?.() !== 0)('nor below a folder of another user', async () => {
  given(0o755);
  given(0o755, '/srv/below');
  chownSync(host.at('/srv'), 65534, 65534);
  const made = await make('/srv/below');
  expect(made.code).toBe(77);
  expect(made.stderr).toContain(`${host.at('/srv')} belongs to another user`);
});

test('files are put back where they were, and not where a link leads that came since', async () => {
  for (const folder of ['/kept/v0', '/srv/y', '/etc', '/scratch'])
    mkdirSync(host.at(folder), {recursive: true});
  writeFileSync(host.at('/kept/v0/file'), 'kept');
  writeFileSync(host.at('/etc/passwd'), 'of the host');
  symlinkSync(host.at('/srv/y'), host.at('/scratch/v0'));
  symlinkSync(host.at('/etc'), host.at('/srv/z'));
  symlinkSync(host.at('/srv/z'), host.at('/scratch/v1'));
  const [kept, y, z] = ['/kept/v0', '/srv/y', '/srv/z'].map((path) => host.at(path));
  for (const back of [
    copyBack(kept ?? '', y ?? '', true),
    copyBack(kept ?? '', host.at('/scratch/v0')),
  ]) {
    expect(await host.run(back)).toMatchObject({code: 0, stderr: ''});
    expect(readFileSync(host.at('/srv/y/file'), 'utf8')).toBe('kept');
  }
  for (const back of [
    copyBack(kept ?? '', z ?? '', true),
    copyBack(kept ?? '', host.at('/scratch/v1')),
  ]) {
    const failed = await host.run(back);
    expect(failed.code).toBe(68);
    expect(failed.stderr).toContain(`"${host.at('/srv/z')}" leads to "${host.at('/etc')}" now`);
    expect(readdirSync(host.at('/etc'))).toEqual(['passwd']);
  }
});

test('what copies files on one host reaches nothing but the two folders', async () => {
  for (const folder of ['/kept/v0', '/srv/y', '/outside', '/scratch/t'])
    mkdirSync(host.at(folder), {recursive: true});
  writeFileSync(host.at('/kept/v0/file'), 'kept');
  writeFileSync(host.at('/outside/secret'), 'of the host');
  const {code, stderr} = await host.run(
    withEvil(host, 'rsync', copyBack(host.at('/kept/v0'), host.at('/srv/y')), ':'),
  );
  expect(code).toBe(0);
  expect(stderr).toContain('this rsync is evil');
  expect(stderr).not.toContain('of the host');
  expect(readFileSync(host.at('/srv/y/file'), 'utf8')).toBe('kept');
  expect(readdirSync(host.at('/outside'))).toEqual(['secret']);
  for (const name of ['evil', 'receive', 'store'])
    expect(existsSync(host.at(`/scratch/${name}`))).toBe(false);
  expect(readdirSync(host.at('/run/cm'))).toEqual([]);
});

test('a last pass brings what has changed, been added and gone since the first', async () => {
  for (const folder of ['/from', '/to', '/scratch']) mkdirSync(host.at(folder), {recursive: true});
  for (const name of ['same', 'changed', 'gone', 'a\nb'])
    writeFileSync(host.at(`/from/${name}`), name);
  const from = {source: host.at('/from'), isReal: false};
  const [to, facts] = [host.at('/to'), host.at('/scratch/facts')];
  expect(await host.run(copyFolder(from, to, facts))).toMatchObject({code: 0, stderr: ''});
  writeFileSync(host.at('/from/changed'), 'CHANGED');
  writeFileSync(host.at('/from/a\nb'), 'A\nB');
  writeFileSync(host.at('/from/new'), 'new');
  rmSync(host.at('/from/gone'));
  const last = copyOnce(command('true'), from, to, facts);
  expect(await host.run(last)).toMatchObject({code: 0, stderr: ''});
  expect(readdirSync(to).sort()).toEqual(['a\nb', 'changed', 'new', 'same']);
  for (const name of ['same', 'changed', 'new', 'a\nb'])
    expect(readFileSync(host.at(`/to/${name}`), 'utf8')).toBe(
      readFileSync(host.at(`/from/${name}`), 'utf8'),
    );
});
