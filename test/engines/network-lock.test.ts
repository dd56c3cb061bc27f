import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {execa} from 'execa';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {unlockText} from '../../src/engines/criu/network-lock.js';

/** As `iptables-save` shows what CRIU 4.2 makes, in a namespace with rules of others. */
const locked = `*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:CRIU - [0:0]
:other - [0:0]
-A INPUT -j CRIU
-A INPUT -p tcp -j other
-A OUTPUT -j CRIU
-A CRIU -m mark --mark 0xc114 -j ACCEPT
-A CRIU -j DROP
COMMIT
`;

const unlocked = ['*filter', '-D INPUT -j CRIU', '-D OUTPUT -j CRIU', 'COMMIT'];
const removed = ['*filter', '-F CRIU', '-X CRIU', 'COMMIT'];

/** Programs that answer as if PID 77 and PID 78 were in a namespace of their own. */
const programs = {
  readlink:
    'case $1 in /proc/7[78]/*) echo "net:[2]" ;; /proc/self/*) echo "net:[1]" ;; *) exit 1 ;; esac',
  nsenter: '[ "$1" = --net=/proc/77/ns/net ] || echo "entered $1"; shift 2; exec "$@"',
  'iptables-save': 'cat "$HERE/rules"',
  'ip6tables-save': ':',
  'iptables-restore': 'echo "$*"; cat',
  'ip6tables-restore': 'echo no; exit 1',
  nft: '[ "$1" != list ] || { cat "$HERE/tables"; exit 0; }; echo "$*"',
  sleep: 'echo waited >> "$HERE/waits"',
};

describe.runIf(process.platform === 'linux')('what CRIU leaves locked', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cm-network-lock-'));
    for (const [name, text] of Object.entries(programs))
      await writeFile(join(folder, name), `#!/bin/sh\nset -e\n${text}\n`, {mode: 0o755});
    await writeFile(join(folder, 'tables'), 'table inet cm_x\ntable ip filter\n');
    await writeFile(join(folder, 'waits'), '');
  });
  afterEach(async () => {
    await rm(folder, {recursive: true, force: true});
  });

  /** What was done to open the network of PID 77, or of another. */
  const unlock = async (rules: string, pid = '77'): Promise<readonly string[]> => {
    await writeFile(join(folder, 'rules'), rules);
    const env = {HERE: folder, PATH: `${folder}:${process.env['PATH']}`};
    const {stdout} = await execa('sh', ['-euc', `${unlockText}\nunlock_network "$1"`, 'cm', pid], {
      env,
    });
    return stdout.split('\n').filter((line) => line !== '');
  };
  const waits = async (): Promise<number> =>
    (await readFile(join(folder, 'waits'), 'utf8')).split('\n').length - 1;

  test('its chain goes, and nothing else', async () => {
    const words = '-w --noflush';
    expect(await unlock(locked)).toEqual([words, ...unlocked, words, ...removed]);
    expect(await waits()).toBe(0);
  });

  test('its table goes, and nothing else', async () => {
    const table = 'CRIU-0b0cd592-40ac-4698-a4';
    await writeFile(
      join(folder, 'tables'),
      `table inet cm_x\ntable inet ${table}\ntable ip CRIU-1\n`,
    );
    expect(await unlock('')).toEqual([`delete table inet ${table}`]);
  });

  test.each([
    ['there is none', '*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n'],
    ['the chain is not only its own', locked.replace('-j DROP', '-s 10.0.0.1/32 -j DROP')],
    ['somebody jumps to it in another way', locked.replace('-A INPUT -j', '-A INPUT -i eth0 -j')],
    ['it is in another table', locked.replace('*filter', '*mangle')],
  ])('nothing is done where %s', async (_, rules) => {
    expect(await unlock(rules)).toEqual([]);
  });

  test.each([
    ['the namespace of the host', 'self'],
    ['a process that is gone', '99'],
    ['none', ''],
  ])('nothing is done in %s', async (_, pid) => {
    expect(await unlock(locked, pid)).toEqual([]);
  });

  const dumping = (pid: number, seconds: string) =>
    execa('/bin/sleep', [seconds], {argv0: `criu: dump --rpc -t ${pid}`, reject: false});

  test('nothing is done while somebody in this namespace is dumped', async () => {
    const criu = dumping(78, '60');
    expect(await unlock(locked)).toEqual([]);
    expect(await waits()).toBeGreaterThan(10);
    criu.kill();
    await criu;
    expect(await unlock(locked)).toHaveLength(10);
  });

  test('a dump in another namespace is no matter', async () => {
    const criu = dumping(79, '60');
    expect(await unlock(locked)).toHaveLength(10);
    criu.kill();
    await criu;
  });
});
