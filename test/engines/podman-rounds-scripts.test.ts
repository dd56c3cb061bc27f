import {flat} from '../rig/flat-moves.js';
import {spawn, type ChildProcess} from 'node:child_process';
import {chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {script, type Command} from '../../src/base/command.js';
import {lastRound} from '../../src/engines/criu/chained-rounds.js';
import type {Rounds} from '../../src/engines/engine.js';
import {podmanMoves} from '../../src/engines/podman/moves.js';
import type {Output} from '../../src/hosts/transport.js';
import {ShellHost} from '../rig/shell-host.js';
import {aPair} from './podman-pair.js';

/*
 * The scripts of rounds as they are, with programs in place of podman, its runtime and criu that do
 * to files what those do. Against the real ones they run in the lab.
 */

const id = 'f'.repeat(64);
let host: ShellHost;
let conmon: ChildProcess;

const read = (file: string): string => readFileSync(host.at(file), 'utf8');

function program(name: string, text: string): void {
  writeFileSync(host.at(`/bin/${name}`), `#!/bin/sh -eu\n${text}\n`);
  chmodSync(host.at(`/bin/${name}`), 0o755);
}

beforeEach(() => {
  host = new ShellHost();
  for (const folder of ['/bin', '/source', '/target', '/group']) mkdirSync(host.at(folder));
  // the sign that it is conmon is its argument "-r", as podman gives it
  const words = ['-c', 'sleep 60; :', 'conmon', '-b', '/b', '-r', host.at('/bin/runc'), '-n', 'x'];
  conmon = spawn('sh', words);
  writeFileSync(host.at('/group/cpu.max'), 'max 100000\n');
  writeFileSync(host.at('/running'), 'true\n');
  program(
    'podman',
    `case $4 in
  *ConmonPid*) echo ${String(conmon.pid)} ;;
  *Running*) cat '${host.at('/running')}' ;;
  *CgroupPath*) echo "/../../..${host.at('/group')}" ;;
esac`,
  );
  // The programs of this folder are not seen where those of the host are; criu runs there in the lab.
  program(
    'unshare',
    `folder=$9
shift 11
for word; do
  shift
  set -- "$@" "$(printf %s "$word" | sed "s|/to|$folder|g")"
done
exec "$@"`,
  );
  program('criu', `echo "$*" >> '${host.at('/criu')}'`);
  program(
    'runc',
    `echo "root '$XDG_RUNTIME_DIR': $*" >> '${host.at('/runc')}'
if [ -e '${host.at('/broken')}' ]; then echo 'Error (x.c:1): it did not work' > "$6/dump.log"; exit 7; fi
head -c 9000 /dev/zero > "$4/pages-1.img"
for image in pagemap-1.img inventory.img; do echo $image > "$4/$image"; done
echo noise > "$6/dump.log"
echo figures > "$6/stats-dump"`,
  );
});

afterEach(() => {
  conmon.kill();
  host[Symbol.dispose]();
});

const run = async ({argv}: Command): Promise<Output> =>
  host.run({argv: ['env', `PATH=${host.at('/bin')}:${process.env['PATH'] ?? ''}`, ...argv]});

function rounds(side: 'source' | 'target'): Rounds {
  const made = podmanMoves(aPair(), host.at(`/${side}`)).rounds;
  if (!made) throw new Error('no rounds');
  return made;
}

const send = async (n: number): Promise<Output> =>
  run(
    script('', 'to=$1; shift; "$@" > "$to"', host.at('/stream'), ...rounds('source').send(n).argv),
  );

/** Takes what was sent, or the beginning of it. */
const receive = async (bytes = 1_000_000): Promise<Output> =>
  run(
    script(
      '',
      'from=$1 bytes=$2; shift 2; head -c "$bytes" "$from" | "$@"',
      host.at('/stream'),
      String(bytes),
      ...rounds('target').receive.argv,
    ),
  );

/** What a freeze would build on. */
const last = async (): Promise<string> =>
  (
    await run(script('', `scratch=$1\n${lastRound}\necho "$last"`, host.at('/source')))
  ).stdout.trim();

test('each builds on the one before and lands as it was sent', async () => {
  for (const n of [1, 2]) {
    expect(await send(n)).toMatchObject({
      code: 0,
      stderr: `stats-dump 4096 ${btoa('figures\n')}\n`,
    });
    expect(await receive()).toMatchObject({code: 0, stdout: '', stderr: ''});
    expect(statSync(host.at(`/target/rounds/${n}/pages-1.img`)).size).toBe(9000);
    expect(existsSync(host.at(`/target/rounds/${n}/dump.log`))).toBe(false);
  }
  const where = (n: number): string => {
    const folder = host.at(`/source/rounds/${n}`);
    return `--image-path ${folder} --work-path ${folder} --tcp-established --file-locks`;
  };
  expect(read('/runc')).toBe(
    `root '': checkpoint --pre-dump ${where(1)} ${id}
root '': checkpoint --pre-dump ${where(2)} --parent-path ../1 ${id}
`,
  );
  expect(read('/criu').trim().split('\n')).toEqual([
    `dedup -D ${host.at('/source/rounds/1')}`,
    `dedup -D ${host.at('/target/rounds/1')}`,
    `dedup -D ${host.at('/source/rounds/2')}`,
    `dedup -D ${host.at('/target/rounds/2')}`,
  ]);
  expect(await last()).toBe('2');
});

test('none is made twice, or without the one before', async () => {
  await send(1);
  expect(await send(1)).toMatchObject({
    code: 75,
    stderr: 'round 1 cannot be made again: it reset the marks of what has changed\n',
  });
  expect(await send(3)).toMatchObject({
    code: 75,
    stderr: 'round 2 is not there, and round 3 builds on it\n',
  });
  expect(read('/runc').trim().split('\n')).toHaveLength(1);
});

test('one that fails says why, and makes all of them useless', async () => {
  await send(1);
  writeFileSync(host.at('/broken'), '');
  expect(await send(2)).toMatchObject({code: 7, stderr: 'Error (x.c:1): it did not work\n'});
  expect(await send(2)).toMatchObject({code: 75});
  expect(await last()).toBe('0');
  expect(existsSync(host.at('/source/rounds'))).toBe(false);
});

test('a freeze that was tried makes all of them useless', async () => {
  await send(1);
  expect(await last()).toBe('1');
  expect(await send(2)).toMatchObject({
    code: 75,
    stderr: 'no round can follow a freeze: it reset the marks of what has changed\n',
  });
  expect(await last()).toBe('0');
});

test('one that arrives cut off is noticed, wherever it was cut', async () => {
  await send(1);
  const whole = statSync(host.at('/stream')).size;
  for (const bytes of [0, 512, 1024, 2048, 5000, 9000, 12_000]) {
    expect(bytes).toBeLessThan(whole);
    const {code, stderr} = await receive(bytes);
    expect(`${bytes}: ${code}`).not.toBe(`${bytes}: 0`);
    expect(stderr).toMatch(/\S/);
    await run(rounds('target').forget);
  }
  expect(await receive()).toMatchObject({code: 0});
});

test('one that was altered on the way is noticed, though it is as long as it was', async () => {
  await run(flat(podmanMoves(aPair(), host.at('/target'))).ready);
  await run(flat(podmanMoves(aPair(), host.at('/source'))).ready);
  await send(1);
  const stream = readFileSync(host.at('/stream'));
  const middle = stream.indexOf(Buffer.alloc(9000)) + 4500;
  stream[middle] = 1;
  writeFileSync(host.at('/stream'), stream);
  expect(await receive()).toMatchObject({
    code: 65,
    stderr: 'the round that arrived is not what was sent: the checksums of its images differ\n',
  });
});

test('one that was cut off cannot hide behind the next', async () => {
  await send(1);
  await receive();
  writeFileSync(host.at('/target/rounds/1/pages-1.img'), 'short');
  await send(2);
  expect(await receive()).toMatchObject({
    code: 65,
    stderr: 'the round that arrived is not whole: the sizes of its images differ\n',
  });
});

test('forgotten, nothing is left of them and a new beginning can be made, and forgetting twice is fine', async () => {
  await send(1);
  await last();
  expect(await run(rounds('source').forget)).toMatchObject({code: 0});
  expect(await run(rounds('source').forget)).toMatchObject({code: 0});
  expect(existsSync(host.at('/source/rounds'))).toBe(false);
  expect(existsSync(host.at('/source/pre-checkpoint'))).toBe(false);
  expect(await send(1)).toMatchObject({code: 0});
});

test('a container that is frozen keeps the rounds that hold its memory', async () => {
  await send(1);
  await last();
  writeFileSync(host.at('/running'), 'false\n');
  expect(await run(rounds('source').forget)).toMatchObject({
    code: 75,
    stderr: 'the rounds hold memory of a container that is frozen\n',
  });
  expect(existsSync(host.at('/source/rounds/1/pages-1.img'))).toBe(true);
  writeFileSync(host.at('/running'), 'true\n');
  expect(await run(rounds('source').forget)).toMatchObject({code: 0});
  expect(existsSync(host.at('/source/rounds'))).toBe(false);
});

const throttle = async (percent?: number): Promise<Output> => {
  const made = rounds('source').throttle?.(percent);
  if (!made) throw new Error('no throttle');
  return run(made);
};

test('the share of the CPU is put back as it was, by whoever comes first', async () => {
  writeFileSync(host.at('/group/cpu.max'), '150000 100000\n');
  for (const back of [async () => throttle(), async () => run(rounds('source').forget)]) {
    await throttle(30);
    expect(read('/group/cpu.max')).toBe('30000 100000\n');
    await throttle(10);
    expect(read('/group/cpu.max')).toBe('10000 100000\n');
    expect(await back()).toMatchObject({code: 0});
    expect(read('/group/cpu.max')).toBe('150000 100000\n');
    writeFileSync(host.at('/group/cpu.max'), '150000 100000\n');
    expect(await back()).toMatchObject({code: 0});
  }
});

test('a container that was allowed less keeps that', async () => {
  writeFileSync(host.at('/group/cpu.max'), '10000 50000\n');
  await throttle(20);
  expect(read('/group/cpu.max')).toBe('10000 50000\n');
  await throttle(19);
  expect(read('/group/cpu.max')).toBe('19000 100000\n');
});

test('without a controller it says so', async () => {
  await run({argv: ['rm', host.at('/group/cpu.max')]});
  expect(await throttle(30)).toMatchObject({
    code: 69,
    stderr: 'the container has no "cpu.max": the host has no cpu controller of cgroup version 2\n',
  });
});
