import {spawn, spawnSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {processTable} from '../../src/state/host/runner-process.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'cm-proc-'));
});
afterEach(() => {
  rmSync(root, {recursive: true, force: true});
});

const stat = (pid: number, {start = '500', state = 'S', threads = 7, name = 'node'} = {}) =>
  `${pid} (${name}) ${state} 1 1 1 0 -1 4194304 1 0 0 0 1 1 0 0 20 0 ${threads} 0 ${start} 1 1\n`;

interface Fake {
  readonly boot?: string;
  readonly machine?: string;
  readonly pids?: string;
  readonly time?: string;
  readonly own?: string;
}

/** A machine whose /proc shows these processes. */
function machine(stats: Readonly<Record<string, string>>, fake: Fake = {}) {
  rmSync(root, {recursive: true, force: true});
  const file = (path: string, text: string) => {
    mkdirSync(join(root, path, '..'), {recursive: true});
    writeFileSync(join(root, path), text);
  };
  file('etc/machine-id', `${fake.machine ?? 'm1'}\n`);
  file('proc/sys/kernel/random/boot_id', `${fake.boot ?? 'b1'}\n`);
  file('proc/self/stat', fake.own ?? stat(100));
  for (const [pid, text] of Object.entries(stats)) file(`proc/${pid}/stat`, text);
  mkdirSync(join(root, 'proc/self/ns'));
  symlinkSync(fake.pids ?? 'pid:[1]', join(root, 'proc/self/ns/pid'));
  symlinkSync(fake.time ?? 'time:[1]', join(root, 'proc/self/ns/time'));
  const known = new Set(Object.keys(stats).map(Number));
  return (exists: (pid: number) => boolean = (pid) => known.has(pid)) =>
    processTable({pid: 100, exists, root});
}

const other = (fake?: Fake) => {
  const {self} = machine({}, fake)();
  if (!self) throw new Error('no scope');
  return {...self, pid: 200, start: '600'};
};

describe('a process of this machine', () => {
  test('has ended when the kernel does not know it', () => {
    const runner = other();
    expect(machine({})().hasEnded(runner)).toBe(true);
    expect(machine({200: stat(200, {start: '600'})})().hasEnded(runner)).toBe(false);
  });

  test('has ended when its number is another one\u2019s by now', () => {
    const runner = other();
    expect(machine({200: stat(200, {start: '601'})})().hasEnded(runner)).toBe(true);
  });

  test('has ended when it only waits to be reaped, unless threads of it still run', () => {
    const runner = other();
    const zombie = {start: '600', state: 'Z'};
    expect(machine({200: stat(200, {...zombie, threads: 1})})().hasEnded(runner)).toBe(true);
    expect(machine({200: stat(200, {...zombie, threads: 2})})().hasEnded(runner)).toBe(false);
  });

  test('is read behind any name that it has given itself', () => {
    const runner = other();
    const name = 'x) Z 1 (y';
    expect(machine({200: stat(200, {start: '600', name})})().hasEnded(runner)).toBe(false);
  });

  test('may live when it is hidden, or cannot be read', () => {
    const runner = other();
    expect(machine({})(() => true).hasEnded(runner)).toBe(false);
    expect(machine({200: 'garbage'})(() => true).hasEnded(runner)).toBe(false);
  });
});

test.each<[string, Fake]>([
  ['another machine', {machine: 'm2'}],
  ['another boot', {boot: 'b2'}],
  ['another pid namespace', {pids: 'pid:[2]'}],
  ['another time namespace', {time: 'time:[2]'}],
])('of a process of %s nothing is known', (_, fake) => {
  const runner = other(fake);
  expect(machine({})().hasEnded(runner)).toBe(false);
});

test('nothing is known where /proc shows another namespace, or nothing', () => {
  const runner = other();
  const outer = machine({}, {own: stat(4100)})();
  expect([outer.self, outer.hasEnded(runner)]).toEqual([undefined, false]);
  rmSync(root, {recursive: true});
  const none = processTable({pid: 100, exists: () => false, root});
  expect([none.self, none.hasEnded(runner)]).toEqual([undefined, false]);
});

const exists = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
};

test.runIf(process.platform === 'linux')('real processes, before and after their end', async () => {
  const {self, hasEnded} = processTable({pid: process.pid, exists});
  if (!self) throw new Error('no scope');
  expect(hasEnded(self)).toBe(false);
  const child = spawn('sleep', ['60']);
  const pid = child.pid ?? 0;
  const {stdout} = spawnSync('cut', ['-d ', '-f22', `/proc/${pid}/stat`], {encoding: 'utf8'});
  const runner = {...self, pid, start: stdout.trim()};
  expect(hasEnded(runner)).toBe(false);
  expect(hasEnded({...runner, start: '1'})).toBe(true);
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('close', resolve));
  expect(hasEnded(runner)).toBe(true);
});
