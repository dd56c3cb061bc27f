import {mkdtempSync, readdirSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {spawnSync} from 'node:child_process';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {restoreText} from '../../src/engines/podman/checkpoint.js';
import {temporaryFolder} from '../../src/engines/podman/temporary.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cm-temporary-'));
});

afterEach(() => {
  rmSync(folder, {recursive: true, force: true});
});

const chosen = (temporary: string): string =>
  spawnSync('sh', ['-euc', `${temporaryFolder}\necho "$TMPDIR"`], {
    env: {PATH: process.env['PATH'], TMPDIR: temporary},
    encoding: 'utf8',
  }).stdout;

test('temporary files of a restore go to /run where nothing more can be written to the usual place', () => {
  expect(chosen(join(folder, 'missing'))).toBe('/run\n');
  expect(chosen('/proc')).toBe('/run\n');
  expect(chosen(folder)).toBe(`${folder}\n`);
  expect(readdirSync(folder)).toEqual([]);
  expect(restoreText.indexOf(temporaryFolder)).toBeLessThan(
    restoreText.indexOf('podman container restore'),
  );
  expect(restoreText).toContain(temporaryFolder);
});
