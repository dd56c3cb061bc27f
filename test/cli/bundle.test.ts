import {execFileSync, spawnSync} from 'node:child_process';
import {cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {builtProgram} from '../rig/program.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cm-bundle-'));
});
afterEach(() => {
  rmSync(folder, {recursive: true, force: true});
});

test('the built program takes no native module from a folder above it', () => {
  cpSync(dirname(builtProgram()), join(folder, 'app/dist'), {recursive: true});
  writeFileSync(join(folder, 'app/package.json'), '{"type": "module"}');
  for (const name of ['cpu-features', 'ssh2', 'nan']) {
    mkdirSync(join(folder, 'node_modules', name), {recursive: true});
    writeFileSync(
      join(folder, 'node_modules', name, 'index.js'),
      `require('node:fs').writeFileSync(${JSON.stringify(join(folder, 'loaded'))}, '${name}');`,
    );
  }
  const plan = join(folder, 'plan.yaml');
  writeFileSync(
    plan,
    'apiVersion: cm/v1\nname: x\nhosts: {alpha: {address: "127.0.0.1:1"}, beta: {address: "127.0.0.1:1"}}\ncontainers: {web: {on: alpha}}\n',
  );
  const ran = spawnSync(process.execPath, [join(folder, 'app/dist/main.js'), 'plan', plan], {
    encoding: 'utf8',
    env: {PATH: process.env['PATH'], HOME: folder},
  });
  // It came as far as connecting, so what speaks ssh is loaded.
  expect(ran.stderr + ran.stdout).toMatch(/127\.0\.0\.1:1/);
  expect(() => readFileSync(join(folder, 'loaded'))).toThrow();
});

test('packages are installed without running their scripts', () => {
  const said = execFileSync('npm', ['config', 'get', 'ignore-scripts'], {encoding: 'utf8'});
  expect(said.trim()).toBe('true');
});
