import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {command} from '../../src/base/command.js';
import {encodeName} from '../../src/state/host/host-files.js';
import type {LeaseText} from '../../src/state/host/lease-record.js';
import {
  acquire,
  drain,
  guard,
  guardProblem,
  heartbeat,
  readAcquired,
  readHeartbeat,
  readUnlocked,
  release,
  unlock,
} from '../../src/state/host/lease.js';
import {ShellHost} from '../rig/shell-host.js';
import {until} from '../rig/limits.js';

const text = (run: string, name = 'redis'): LeaseText => ({
  run,
  name,
  owner: 'ann@desk',
  plan: 'evening',
  since: '2026-01-01T00:00:00.000Z',
});

let host: ShellHost;
beforeEach(() => {
  host = new ShellHost();
});
afterEach(() => {
  host[Symbol.dispose]();
});

const file = (name = 'redis') => host.at(`/run/cm/leases/${encodeName(name)}`);

const age = (seconds: number, name = 'redis') => {
  const then = Date.now() / 1000 - seconds;
  utimesSync(file(name), then, then);
};

async function take(run: string, name = 'redis', ended?: string) {
  const output = await host.run(acquire(text(run, name), ended));
  expect(output.stderr).toBe('');
  const answer = readAcquired(name, output.stdout);
  if (!answer.ok) throw new Error(answer.error);
  return answer.value;
}

describe('a lease', () => {
  it('is taken once, and again by the same run', async () => {
    expect(await take('r1')).toEqual({kind: 'taken'});
    expect(await take('r1')).toEqual({kind: 'taken'});
    const held = await take('r2');
    expect(held).toMatchObject({kind: 'held', by: {run: 'r1', owner: 'ann@desk', expired: false}});
  });

  it('is given to exactly one of many that come at once', async () => {
    const runs = Array.from({length: 12}, (_, index) => `r${String(index)}`);
    const answers = await Promise.all(runs.map(async (run) => take(run)));
    expect(answers.filter(({kind}) => kind === 'taken')).toHaveLength(1);
  });

  it('is taken over after 60 s without a heartbeat, and not before', async () => {
    await take('r1');
    age(55);
    expect((await take('r2')).kind).toBe('held');
    age(62);
    expect(await take('r2')).toMatchObject({kind: 'over', from: {run: 'r1', expired: true}});
    expect((await take('r1')).kind).toBe('held');
  });

  it('is taken over at once from a run that is known to have ended, and from no other', async () => {
    await take('r1');
    expect((await take('r3', 'redis', 'r2')).kind).toBe('held');
    expect(await take('r3', 'redis', 'r1')).toMatchObject({kind: 'over', from: {run: 'r1'}});
    expect((await take('r1', 'redis', 'r2')).kind).toBe('held');
  });

  it('names the process of its runner; what is not of that form names none', async () => {
    const process = {scope: '0123456789abcdef'.repeat(2), pid: 4711, start: '12345'};
    await host.run(acquire({...text('r1'), process}));
    expect(await take('r2')).toMatchObject({kind: 'held', by: {process}});
    for (const wrong of [{pid: 0}, {pid: 1.5}, {scope: '../x'}, {start: '-1'}, {start: 7}]) {
      const line = JSON.stringify({run: 'r1', process: {...process, ...wrong}});
      writeFileSync(file(), line);
      expect(await take('r2')).not.toHaveProperty('by.process');
    }
  });

  it('from a future that the clock was set back from is expired', async () => {
    await take('r1');
    age(-3600);
    expect((await take('r2')).kind).toBe('over');
  });

  it('is not taken for mine when my run begins like its run', async () => {
    await take('r10');
    expect((await take('r1')).kind).toBe('held');
  });

  it('lives on by heartbeats, which tell what was lost', async () => {
    await take('r1');
    await take('r2', 'web');
    age(50);
    const output = await host.run(heartbeat('r1', ['redis', 'web', 'gone']));
    expect(readHeartbeat(['redis', 'web', 'gone'], output.stdout)).toEqual(['web', 'gone']);
    expect(existsSync(file('gone'))).toBe(false);
    expect(await take('r3')).toMatchObject({kind: 'held', by: {run: 'r1'}});
  });

  it('is released by its holder alone', async () => {
    await take('r1');
    await host.run(release('redis', 'r2'));
    expect(existsSync(file())).toBe(true);
    await host.run(release('redis', 'r1'));
    expect(existsSync(file())).toBe(false);
    expect((await host.run(release('redis', 'r1'))).code).toBe(0);
  });

  it('is unlocked by force, or only when the named run has it', async () => {
    expect(readUnlocked('redis', (await host.run(unlock('redis'))).stdout)).toEqual({
      ok: true,
      value: {kind: 'free'},
    });
    await take('r1');
    const other = readUnlocked('redis', (await host.run(unlock('redis', 'r2'))).stdout);
    expect(other).toMatchObject({value: {kind: 'other', by: {run: 'r1'}}});
    const done = readUnlocked('redis', (await host.run(unlock('redis'))).stdout);
    expect(done).toMatchObject({value: {kind: 'unlocked', was: {run: 'r1'}}});
    expect(existsSync(file())).toBe(false);
  });

  it.each([
    "it's",
    'a/b',
    '../../etc/passwd',
    '..',
    '.new',
    '-rf',
    '$(id)',
    'a b\n"c"',
    'ü%2F',
    '*',
  ])('has a safe file for the name %j', async (name) => {
    expect((await take('r1', name)).kind).toBe('taken');
    expect(readdirSync(host.at('/run/cm/leases'))).toEqual([encodeName(name)]);
    expect(await take('r2', name)).toMatchObject({kind: 'held', by: {name, run: 'r1'}});
    const guarded = await host.run(guard(command('echo', name), {name, run: 'r1'}));
    expect(guarded.stdout).toBe(`${name}\n`);
    await host.run(release(name, 'r1'));
    expect(readdirSync(host.at('/run/cm/leases'))).toEqual([]);
  });

  it('that cannot be read keeps others out until it expires', async () => {
    mkdirSync(host.at('/run/cm/leases'), {recursive: true});
    writeFileSync(file(), 'garbage\nmore');
    expect(await take('r1')).toMatchObject({kind: 'held', by: {owner: '?'}});
    age(61);
    expect((await take('r1')).kind).toBe('over');
    expect(readFileSync(file(), 'utf8')).toContain('"run":"r1"');
  });
});

describe('a guarded command', () => {
  it('runs with its words and its input while the lease is mine', async () => {
    await take('r1');
    const inner = {
      ...command('sh', '-c', 'cat; printf %s "$1"; exit 7', 'x', `it's "$HOME"`),
      stdin: 'in:',
    };
    const output = await host.run(guard(inner, {name: 'redis', run: 'r1'}));
    expect(output).toMatchObject({code: 7, stdout: `in:it's "$HOME"`});
    expect(guardProblem('alpha', 'redis', output)).toBeUndefined();
  });

  it('does not run once the lease is somebody else’s, or gone', async () => {
    await take('r1');
    const mark = host.at('/ran');
    const guarded = guard(command('touch', mark), {name: 'redis', run: 'r1'});
    age(100);
    await take('r2');
    const output = await host.run(guarded);
    expect(guardProblem('alpha', 'redis', output)).toMatchObject({
      kind: 'locked',
      code: 'lease-lost',
    });
    await host.run(unlock('redis'));
    expect((await host.run(guarded)).code).toBe(97);
    // As a restart leaves it: what was in memory is gone, and nobody has come since.
    rmSync(host.at('/run/cm'), {recursive: true});
    const forgotten = await host.run(guarded);
    expect(guardProblem('alpha', 'redis', forgotten)).toMatchObject({code: 'lease-forgotten'});
    expect(existsSync(mark)).toBe(false);
  });

  /** A guarded command of the run `r1` that has begun, and ends when it is told to. */
  const underWay = async (): Promise<{ended: Promise<unknown>; finish: () => void}> => {
    const [begun, end] = [host.at('/begun'), host.at('/end')];
    const text = ': >"$1"; until [ -e "$2" ]; do sleep 0.05; done';
    const wrapped = command('sh', '-c', text, 'cm', begun, end);
    const ended = host.run(guard(wrapped, {name: 'redis', run: 'r1'}));
    await until(() => existsSync(begun));
    return {
      ended,
      finish: () => {
        writeFileSync(end, '');
      },
    };
  };

  it('waits for one that a dead runner left behind, as does the new holder', async () => {
    await take('r1');
    const {ended, finish} = await underWay();
    age(100);
    await take('r2');
    expect(guardProblem('alpha', 'redis', await host.run(drain('redis', 0)))).toMatchObject({
      code: 'busy',
    });
    const waiting = host.run(drain('redis', 600));
    finish();
    expect(await waiting).toMatchObject({code: 0});
    await ended;
  });

  it('that still runs is told to whoever takes the lease next, also when it was given back', async () => {
    await take('r1');
    const {ended, finish} = await underWay();
    await host.run(release('redis', 'r1'));
    expect(await take('r2')).toEqual({kind: 'taken', busy: true});
    finish();
    await ended;
    expect(await take('r2')).toEqual({kind: 'taken'});
  });

  it('that comes after a later one of its run is not run', async () => {
    await take('r1');
    const numbered = async (order: number, run = 'r1') =>
      host.run(guard(command('echo', `n${String(order)}`), {name: 'redis', run, order}));
    expect((await numbered(2)).stdout).toBe('n2\n');
    expect((await numbered(2)).stdout).toBe('n2\n');
    const late = await numbered(1);
    expect(late).toMatchObject({code: 97, stdout: ''});
    expect(guardProblem('alpha', 'redis', late)).toMatchObject({kind: 'step', code: 'too-late'});
    expect((await host.run(guard(command('echo', 'x'), {name: 'redis', run: 'r1'}))).code).toBe(0);
    age(100);
    await take('r2');
    expect((await numbered(1, 'r2')).stdout).toBe('n1\n');
  });

  it('does not leave its lock to a program that it leaves running', async () => {
    await take('r1');
    const [lives, end, ended] = [host.at('/lives'), host.at('/end'), host.at('/ended')];
    const program = ': >"$1"; until [ -e "$2" ]; do sleep 0.05; done; : >"$3"';
    const text = `sh -c '${program}' cm "$@" >/dev/null 2>&1 </dev/null & echo left`;
    const leaving = command('sh', '-c', text, 'cm', lives, end, ended);
    await host.run(guard(leaving, {name: 'redis', run: 'r1'}));
    await until(() => existsSync(lives));
    expect((await host.run(drain('redis', 0))).code).toBe(0);
    expect(existsSync(ended)).toBe(false);
    writeFileSync(end, '');
    await until(() => existsSync(ended));
  });
});
