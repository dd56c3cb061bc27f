import {spawn} from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {script} from '../../src/base/command.js';
import {scratchText} from '../../src/planner/steps/parts.js';
import {encodeName} from '../../src/state/host/host-files.js';
import {leaseLine} from '../../src/state/host/lease-record.js';
import {acquire, guard} from '../../src/state/host/lease.js';
import {ownerLine, readSwept, sweep} from '../../src/state/host/leftovers.js';
import {record} from '../rig/record.js';
import {ShellHost} from '../rig/shell-host.js';
import {until} from '../rig/limits.js';

let host: ShellHost;
beforeEach(() => {
  host = new ShellHost();
});
afterEach(() => {
  host[Symbol.dispose]();
});

const lease = (run: string, name: string) => ({
  ...{run, name, owner: 'ann@desk', plan: 'evening', since: '2026-01-01T00:00:00.000Z'},
});

/** As a run makes it; it holds an image of memory. */
async function scratch(run: string, name: string, lane = '0'): Promise<string> {
  const folder = `/run/cm/${run}/${lane}`;
  const made = await host.run(script('mkdir', scratchText, folder, name, ownerLine(run, name)));
  expect(made).toMatchObject({code: 0, stderr: ''});
  writeFileSync(path.join(host.at(folder), 'pages-1.img'), 'secret');
  return host.at(folder);
}

function hold(run: string, name: string, ageSeconds = 0): string {
  const file = host.at(`/run/cm/leases/${encodeName(name)}`);
  mkdirSync(path.dirname(file), {recursive: true});
  writeFileSync(file, `${leaseLine(lease(run, name))}\n`);
  const then = Date.now() / 1000 - ageSeconds;
  utimesSync(file, then, then);
  return file;
}

function note(name: string, text: string): void {
  const folder = host.at('/var/lib/cm/moves');
  mkdirSync(folder, {recursive: true});
  writeFileSync(path.join(folder, `${encodeName(name)}.json`), text);
}

/** By the run `own`, which moves the container `mine`. */
async function swept(ended: readonly string[] = [], home = host.at('/home')) {
  const {argv, ...rest} = sweep('own', 'mine', ended);
  const ran = await host.run({...rest, argv: ['env', `HOME=${home}`, ...argv]});
  expect(ran.stderr).toBe('');
  expect(ran.code).toBe(0);
  return readSwept(ran.stdout);
}

test('what a dead run left goes, whatever container it was for', async () => {
  const over = await scratch('dead', 'a b');
  const mine = await scratch('dead', 'mine', '1');
  hold('dead', 'a b', 90);
  hold('own', 'mine');
  const own = await scratch('own', 'mine');
  expect((await swept()).over).toEqual([
    {run: 'dead', container: 'a b'},
    {run: 'dead', container: 'mine'},
  ]);
  expect([existsSync(over), existsSync(mine), existsSync(own)]).toEqual([false, false, true]);
  expect(readdirSync(host.at('/run/cm')).sort()).toEqual(['busy', 'leases', 'lock', 'own']);
  // Whoever is stopped for longer than that, and goes on, finds that it has lost its lease.
  expect(readdirSync(host.at('/run/cm/leases'))).toEqual(['mine']);
});

test('a run that gave its lease back, or lost it to another run, has no use for its folders', async () => {
  const given = await scratch('given', 'web');
  const lost = await scratch('lost', 'db');
  hold('other', 'db');
  await swept();
  expect([existsSync(given), existsSync(lost)]).toEqual([false, false]);
  expect(readdirSync(host.at('/run/cm/leases'))).toEqual(['db']);
});

test('a live run keeps what it has, however old its files are', async () => {
  const folder = await scratch('live', 'web');
  const old = Date.now() / 1000 - 90 * 86_400;
  for (const name of readdirSync(folder)) utimesSync(path.join(folder, name), old, old);
  hold('live', 'web', 55);
  const {over, held} = await swept();
  expect(over).toEqual([]);
  expect(held).toMatchObject([{name: 'web', run: 'live', expired: false}]);
  expect(existsSync(folder)).toBe(true);
});

test('the runner may know better that a run has ended', async () => {
  const folder = await scratch('killed', 'web');
  const live = await scratch('live', 'db');
  hold('killed', 'web');
  hold('live', 'db');
  expect((await swept(['killed'])).over).toEqual([{run: 'killed', container: 'web'}]);
  expect([existsSync(folder), existsSync(live)]).toEqual([false, true]);
});

test.each([
  ['leaving', record({container: 'web', run: 'dead', phase: 'leaving'})],
  ['arriving', record({container: 'web', run: 'dead', phase: 'arriving'})],
  ['leaving with another run', record({container: 'web', run: 'third', phase: 'leaving'})],
])('what an unfinished move needs for its way back stays: %s', async (_what, each) => {
  const folder = await scratch('dead', 'web');
  note('web', JSON.stringify(each));
  hold('dead', 'web', 3600);
  expect((await swept(['dead'])).over).toEqual([]);
  expect(readFileSync(path.join(folder, 'pages-1.img'), 'utf8')).toBe('secret');
  note('web', JSON.stringify(record({container: 'web', run: 'dead', phase: 'left'})));
  expect((await swept()).over).toHaveLength(1);
});

test('of its own container a run knows that it needs nothing for a way back', async () => {
  const folder = await scratch('dead', 'mine');
  note('mine', JSON.stringify(record({container: 'mine', run: 'dead', phase: 'arriving'})));
  hold('own', 'mine');
  expect((await swept()).over).toEqual([{run: 'dead', container: 'mine'}]);
  expect(existsSync(folder)).toBe(false);
});

test('a record or a lease that cannot be read, and a folder without an owner, keep what is there', async () => {
  const unread = await scratch('r1', 'web');
  note('web', '{"phase');
  const unknown = await scratch('r2', 'db');
  writeFileSync(hold('r2', 'db', 90), 'garbage');
  const foreign = host.at('/run/cm/r3/0');
  mkdirSync(foreign, {recursive: true});
  const odd = await scratch('r4', 'odd');
  writeFileSync(path.join(odd, 'owner'), '../../x ..\n');
  await swept();
  expect([unread, unknown, foreign, odd].map((each) => existsSync(each))).toEqual(
    Array(4).fill(true),
  );
});

test('a folder of an older version names its run by its path', async () => {
  const folder = await scratch('dead', 'web');
  rmSync(path.join(folder, 'owner'));
  await swept();
  expect(existsSync(folder)).toBe(false);
});

test('while a command of a dead run goes on, its folder stays', async () => {
  await host.run(acquire(lease('dead', 'web')));
  const folder = await scratch('dead', 'web');
  const dump = guard(
    script('dump', 'touch "$1/begun"; until [ -e "$1/end" ]; do sleep 0.05; done', folder),
    {name: 'web', run: 'dead'},
  );
  const running = host.run(dump);
  await until(() => existsSync(path.join(folder, 'begun')));
  hold('dead', 'web', 90);
  expect((await swept()).over).toEqual([]);
  writeFileSync(path.join(folder, 'end'), '');
  await running;
  expect((await swept()).over).toHaveLength(1);
});

test('a command that is under way while its lease is taken away does not begin', async () => {
  await host.run(acquire(lease('dead', 'web')));
  await scratch('dead', 'web');
  hold('dead', 'web', 90);
  await swept();
  const late = guard(script('late', 'touch "$1"', host.at('/late')), {name: 'web', run: 'dead'});
  expect(await host.run(late)).toMatchObject({code: 97});
  expect(existsSync(host.at('/late'))).toBe(false);
});

test('two runners that sweep at once take nothing of each other', async () => {
  const folders = await Promise.all(
    Array.from({length: 6}, (_, index) => scratch(`dead${index}`, `c${index}`)),
  );
  hold('r1', 'one');
  hold('r2', 'two');
  const own = [await scratch('r1', 'one'), await scratch('r2', 'two')];
  const ran = await Promise.all([
    host.run(sweep('r1', 'one')),
    host.run(sweep('r2', 'two')),
    host.run(sweep('r1', 'one')),
  ]);
  expect(ran.map(({code, stderr}) => ({code, stderr}))).toEqual(
    Array(3).fill({code: 0, stderr: ''}),
  );
  const told = ran.flatMap(({stdout}) => readSwept(stdout).over.map(({run}) => run));
  expect(told.sort()).toEqual(folders.map((_, index) => `dead${index}`));
  expect(folders.some((each) => existsSync(each))).toBe(false);
  expect(own.every((each) => existsSync(each))).toBe(true);
});

test('what a dead run slowed down has its CPU again', async () => {
  const group = host.at('/group');
  mkdirSync(group, {recursive: true});
  writeFileSync(path.join(group, 'cpu.max'), '20000 100000\n');
  const dead = await scratch('dead', 'web');
  writeFileSync(path.join(dead, 'throttled'), `${group}\nmax 100000\n`);
  await swept();
  expect(readFileSync(path.join(group, 'cpu.max'), 'utf8')).toBe('max 100000\n');
});

test('its keys go, also when they are still valid, and links lead nowhere', async () => {
  const folder = await scratch('dead', 'web');
  const precious = host.at('/precious');
  mkdirSync(precious);
  writeFileSync(path.join(precious, 'data'), 'x');
  await host.run(script('ln', 'ln -s "$1" "$2"', precious, path.join(folder, 'to/v0')));
  const keys = host.at('/home/.ssh/authorized_keys');
  mkdirSync(path.dirname(keys), {recursive: true});
  const of = (run: string) =>
    `restrict,expiry-time="20990101000000Z",command="sh /run/cm/${run}/0/t/receive" ssh-ed25519 AAAA cm:${run}:0:4070908800\n`;
  writeFileSync(keys, `${of('dead')}${of('live')}ssh-rsa AAAA me`);
  await swept();
  expect(readFileSync(keys, 'utf8')).toBe(`${of('live')}ssh-rsa AAAA me`);
  expect(readdirSync(precious)).toEqual(['data']);
});

test('whoever still receives in a folder is ended before it goes', async () => {
  const folder = await scratch('dead', 'web');
  mkdirSync(path.join(folder, 't'));
  const receiver = spawn(
    'sh',
    ['-c', 'exec 7>>"$1/sessions"; flock -s 7; echo; exec sleep 600', 'cm', `${folder}/t`],
    {detached: true, stdio: ['ignore', 'pipe', 'ignore']},
  );
  const ended = new Promise((resolve) => receiver.on('exit', resolve));
  await new Promise((resolve) => receiver.stdout.once('data', resolve));
  await swept();
  await ended;
  expect(existsSync(folder)).toBe(false);
});

test('on a host that has never seen a run there is nothing to do', async () => {
  expect(await swept()).toEqual({over: [], held: []});
  expect(existsSync(host.at('/run/cm'))).toBe(false);
});
