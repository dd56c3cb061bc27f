import {chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, expect, test} from 'vitest';
import type {Context} from '../../src/cli/session/context.js';
import {allowsRunnerHooks, refuseRunnerHooks} from '../../src/cli/session/runner-config.js';
import {readPlans} from '../../src/plan/read.js';
import {world} from '../plan/world.js';

const home = mkdtempSync(join(tmpdir(), 'cm-runner-'));
afterAll(() => {
  rmSync(home, {recursive: true, force: true});
});

const context = {home, machine: {env: {}, uid: process.getuid?.()}} as unknown as Context;

async function refused(hooks: string): Promise<readonly string[]> {
  const text = `apiVersion: cm/v1
name: web
hosts: {alpha: {address: alpha}, beta: {address: beta}}
${hooks}`;
  const read = await readPlans('plan.yaml', text, world);
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  return refuseRunnerHooks(context, read.value.plans).map(({message}) => message);
}

const containers = (more: string): string => `containers: {web: {on: beta${more}}}\n`;

test.each([
  ['of the plan', `hooks: {onFailure: {run: [evil]}}\n${containers('')}`],
  ['of a container', containers(', hooks: {onRollback: {run: [evil], on: runner}}')],
  ['of all containers', `defaults: {hooks: {after: {run: [evil]}}}\n${containers('')}`],
  ['that name no place', containers(', hooks: {before: {run: [evil]}}')],
])('watch refuses hooks on its machine: %s', async (_, hooks) => {
  expect(await refused(hooks)).toEqual([
    expect.stringMatching(/^plan "web" has hooks that run on this machine \(plan\.yaml/u),
  ]);
});

test('watch takes hooks that run elsewhere', async () => {
  expect(await refused(containers(', hooks: {after: {run: [tell], on: target}}'))).toEqual([]);
});

test("only a flag or the runner's own configuration allows them", async () => {
  const file = join(home, '.config', 'cm', 'config.yaml');
  const allowed = async (): Promise<boolean> => allowsRunnerHooks(context, []);
  expect(await allowsRunnerHooks(context, ['runner'])).toBe(true);
  expect(await allowed()).toBe(false);
  mkdirSync(join(file, '..'), {recursive: true});
  writeFileSync(file, 'watch: {allowHooks: [runner]}\n', {mode: 0o644});
  expect(await allowed()).toBe(true);
  // Anybody could have written this.
  chmodSync(file, 0o666);
  expect(await allowed()).toBe(false);
  chmodSync(file, 0o644);
  for (const text of ['watch: {allowHooks: [everything]}', 'watch: yes', '[', '']) {
    writeFileSync(file, text);
    expect(await allowed()).toBe(false);
  }
});
