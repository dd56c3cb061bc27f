import {spawn, type ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {type Command, script} from '../../src/base/command.js';
import type {StopPolicy} from '../../src/engines/engine.js';
import {heedsStop, readStop, stopWith, stopWords, untilEnded} from '../../src/engines/stop.js';
import {found} from '../planner/world.js';
import {ShellHost} from '../rig/shell-host.js';

let host: ShellHost;
const children: ChildProcess[] = [];

beforeEach(() => {
  host = new ShellHost();
  mkdirSync(host.at('/bin'), {recursive: true});
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  host[Symbol.dispose]();
});

/** A program in the place of the first process of a container, once it says that it is ready. */
async function program(text: string): Promise<ChildProcess> {
  const child = spawn('sh', ['-c', `${text}; echo ready; while :; do sleep 0.02; done`]);
  children.push(child);
  await once(child.stdout, 'data');
  return child;
}

const ended = (child: ChildProcess): boolean =>
  child.exitCode !== null || child.signalCode !== null;

/** An engine that knows this process as its container, and writes down what it is asked. */
function engine(child: ChildProcess): void {
  writeFileSync(
    host.at('/bin/podman'),
    `#!/bin/sh
echo "$1 $2 $3" >> ${host.at('/asked')}
case $1 in
  container) if [ -e /proc/${child.pid}/exe ]; then echo true false ${child.pid}; else echo false false 0; fi ;;
  kill) kill -s "$3" ${child.pid} ;;
esac
`,
  );
  chmodSync(host.at('/bin/podman'), 0o755);
}

const run = ({argv: [program, ...words], ...rest}: Command) =>
  host.run({
    ...rest,
    argv: ['env', `PATH=${host.at('/bin')}:/usr/bin:/bin`, program, ...words],
  });

const made = (stop: StopPolicy, settings = {signal: 15, timeoutMs: 10_000}) =>
  stopWith(stopWords('podman'), 'stop', {
    container: found('app', 'running', {stop: settings}),
    stop,
  });

async function stopped(
  child: ChildProcess,
  policy: StopPolicy,
  settings?: {signal: number; timeoutMs: number},
) {
  engine(child);
  const {command, read} = made(policy, settings).stop;
  const {code, stdout, stderr} = await run(command);
  expect([code, stderr]).toEqual([0, '']);
  return read(stdout);
}

const mark = () => existsSync(host.at('/run/cm/ending-app'));
const asked = () => readFileSync(host.at('/asked'), 'utf8');

const listens = `trap 'sleep 0.2; echo flushed > "$FILE"; exit 0' TERM`;
const withFile = (text: string) =>
  text.replace('$FILE', host.at('/flushed')).replace('$GO', host.at('/go'));
const takesLong = `trap 'until [ -e "$GO" ]; do sleep 0.02; done; echo flushed > "$FILE"; exit 0' TERM`;

describe('a stop', () => {
  test('waits for a program that writes what it holds', async () => {
    const child = await program(withFile(listens));
    const how = await stopped(child, {then: 'abort'});
    expect(how).toEqual({ok: true, value: 'it ended by itself'});
    expect(readFileSync(host.at('/flushed'), 'utf8')).toBe('flushed\n');
    expect(asked()).not.toContain('kill --signal 9');
    expect(mark()).toBe(false);
  });

  test('that is too long is an error, and kills nothing; a start waits for its end', async () => {
    const child = await program(withFile(takesLong));
    const how = await stopped(child, {timeoutMs: 100, then: 'abort'});
    expect(how).toMatchObject({ok: false});
    expect(!how.ok && how.error).toContain('did not end within 0.1s of SIGTERM');
    expect([ended(child), mark()]).toEqual([false, true]);
    const started = run(script('start', `name=$1\n${untilEnded()}`, 'app'));
    writeFileSync(host.at('/go'), '');
    await started;
    expect([readFileSync(host.at('/flushed'), 'utf8'), mark()]).toEqual(['flushed\n', false]);
    expect(asked()).not.toContain('kill --signal 9');
  });

  test('kills where the plan says so', async () => {
    const child = await program(`trap : TERM`);
    const how = await stopped(child, {timeoutMs: 100, then: 'kill'});
    expect(how).toEqual({ok: true, value: 'killed after 0.1s'});
    expect(mark()).toBe(false);
  });

  test('kills at once what would never hear of it', async () => {
    const child = await program(`trap '' TERM`);
    const how = await stopped(child, {then: 'abort'});
    expect(how).toMatchObject({
      ok: true,
      value: expect.stringContaining('killed at once') as string,
    });
    expect(asked()).not.toContain('kill --signal 15');
  });

  test('sends the signal that the container was made with', async () => {
    const child = await program(`trap '' TERM; trap 'exit 3' USR1`);
    expect(await stopped(child, {then: 'abort'}, {signal: 10, timeoutMs: 10_000})).toMatchObject({
      ok: true,
    });
    expect(asked()).toContain('kill --signal 10');
  });

  test('kills at once what was made to be', async () => {
    const child = await program(withFile(listens));
    const how = await stopped(child, {then: 'abort'}, {signal: 15, timeoutMs: 0});
    expect(how).toEqual({ok: true, value: 'killed after 0s'});
  });

  test('of one that does not run does nothing', async () => {
    const child = await program(':');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await stopped(child, {then: 'abort'})).toMatchObject({ok: true});
    expect(asked()).not.toContain('kill');
  });

  test('that takes back a start always ends', async () => {
    const child = await program(`trap : TERM`);
    engine(child);
    const {halt} = made({then: 'abort'}, {signal: 15, timeoutMs: 100});
    expect(await run(halt)).toMatchObject({code: 0});
    expect(asked()).toContain('kill --signal 9');
  });
});

describe('a start', () => {
  test('kills what has been asked to end, and never does', async () => {
    const child = await program(`trap : TERM`);
    await stopped(child, {timeoutMs: 50, then: 'abort'});
    await run(script('start', `name=$1\n${untilEnded(200)}`, 'app'));
    expect(mark()).toBe(false);
    expect(ended(child) || (await once(child, 'exit'))).toBeTruthy();
  });

  test('does not wait for another process of the same number', async () => {
    mkdirSync(host.at('/run/cm'), {recursive: true});
    writeFileSync(host.at('/run/cm/ending-app'), `${process.pid} 1\n`);
    await run(script('start', `name=$1\n${untilEnded()}`, 'app'));
    expect(mark()).toBe(false);
  });
});

describe('which signals a first process heeds', () => {
  const TERM = '0000000000004000';
  const none = '0000000000000000';
  const lines = (own: string, blocks: string, ignores: string, handles: string) => [
    ...[`NSpid:\t${own}`, `SigBlk:\t${blocks}`, `SigIgn:\t${ignores}`, `SigCgt:\t${handles}`],
  ];

  test.each([
    ['a handler', lines('4711\t1', none, none, TERM), true],
    ['none, first of its namespace', lines('4711\t1', none, none, none), false],
    ['none, in the namespace of the host', lines('4711', none, none, none), true],
    ['ignored', lines('4711', none, TERM, none), false],
    ['blocked, as an init waits for it', lines('4711\t1', 'fffffffe7ffbfeff', none, none), true],
    ['not known', [], undefined],
  ])('%s', (_, given, heeds) => {
    expect(heedsStop(given, 15).heedsStop).toBe(heeds);
  });

  test.each([
    ['SIGTERM', 15],
    ['INT', 2],
    ['SIGRTMIN+3', 37],
    ['SIGRTMAX-3', 61],
    ['RTMAX', 64],
    ['9', 9],
    [undefined, 15],
    [3, 3],
    ['nonsense', Number.NaN],
  ])('%s', (StopSignal, signal) => {
    expect(readStop({Config: {StopSignal}})).toEqual({signal, timeoutMs: 10_000});
  });
});
