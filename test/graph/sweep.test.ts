import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {script} from '../../src/base/command.js';
import {sweepText} from '../../src/graph/commit.js';
import {ShellHost} from '../rig/shell-host.js';

test("what a dead run slowed down has its CPU again, and nobody else's folder is touched", async () => {
  using host = new ShellHost();
  const group = host.at('/group');
  mkdirSync(group, {recursive: true});
  writeFileSync(path.join(group, 'cpu.max'), '20000 100000\n');
  const folder = (name: string, container: string): string => {
    const made = host.at(`/run/cm/${name}/0`);
    mkdirSync(made, {recursive: true});
    writeFileSync(path.join(made, 'container'), container);
    return made;
  };
  const dead = folder('dead', 'a b');
  writeFileSync(path.join(dead, 'throttled'), `${group}\nmax 100000\n`);
  const [others, own] = [folder('others', 'b'), folder('own', 'a b')];
  const swept = await host.run(script('sweep', sweepText, 'a b', '/run/cm/own/0'));
  expect(swept).toMatchObject({code: 0, stderr: ''});
  expect(readFileSync(path.join(group, 'cpu.max'), 'utf8')).toBe('max 100000\n');
  expect(() => readFileSync(path.join(dead, 'container'))).toThrow();
  expect(readFileSync(path.join(others, 'container'), 'utf8')).toBe('b');
  expect(readFileSync(path.join(own, 'container'), 'utf8')).toBe('a b');
});
