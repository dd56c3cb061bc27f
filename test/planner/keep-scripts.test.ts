import {chmodSync, chownSync, existsSync, mkdirSync, statSync, symlinkSync} from 'node:fs';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {makeOwn} from '../../src/planner/checkpoint/keep-scripts.js';
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
