import {execFile, execFileSync, spawn} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {promisify} from 'node:util';
import * as fc from 'fast-check';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {command, type Command} from '../../src/base/command.js';
import {copyBack, copyFolder, copyOnce} from '../../src/planner/checkpoint/keep-scripts.js';
import type {Link} from '../../src/hosts/link/link.js';
import {localTransport} from '../../src/hosts/local.js';
import {openLink} from '../../src/hosts/open.js';
import {failure, must} from './contract.js';
import {limit} from '../rig/limits.js';
import {whole} from '../rig/ring.js';
import {noSshd} from './sshd.js';

const run = promisify(execFile);

/** All that a copy has to have in common with its original; inodes as the first of their names. */
const LIST = `cd "$1"
find . -mindepth 1 -printf '%P %y %M %U:%G %T@ %i' \\( -type d -printf ' -' -o -printf ' %s' \\) -printf ' %l\\n' | LC_ALL=C sort |
  awk '{i = $6; if (!(i in first)) first[i] = $1; $6 = first[i]; print}'
find . -type f -exec sha256sum {} + | LC_ALL=C sort -k 2
find . -print0 | LC_ALL=C sort -z | xargs -0 getfattr -dh -m - 2>/dev/null
find . ! -type l -print0 | LC_ALL=C sort -z | xargs -0 getfacl -n 2>/dev/null`;

const listed = async (folder: string): Promise<string> =>
  (await run('sh', ['-c', LIST, 'sh', folder])).stdout;

/** Records trust no file that changed within the last three seconds. */
const settle = () => sleep(3200);

const names = ['a', 'b', 'c', 'd', 'd/a', 'd/b', 'e/a', 'e/b', 'e/d/a'];
const name = fc.constantFrom(...names);
const two = fc.tuple(name, name);
/** Few sizes and times, so that different files often have the same. */
const size = fc.constantFrom(0, 1, 4000, 70_000);
const byte = fc.constantFrom('x', 'y', 'z');
const time = fc.constantFrom('@1700000000.123456789', '@1700000000.5', '@1600000000');

/** One thing that a program may do to a tree; whatever is in its way stays there. */
const operation = fc.oneof(
  fc
    .tuple(name, size, byte)
    .map(([at, n, b]) => `regular ${at} && head -c ${n} /dev/zero | tr '\\0' ${b} > ${at}`),
  fc
    .tuple(name, size, byte, time)
    .map(
      ([at, n, b, t]) =>
        `regular ${at} && head -c ${n} /dev/zero | tr '\\0' ${b} | dd of=${at} conv=notrunc status=none; touch -d ${t} ${at}`,
    ),
  fc.tuple(name, byte).map(([at, b]) => `regular ${at} && printf ${b} >> ${at}`),
  two.map(([one, other]) => `ln -T ${one} ${other}`),
  two.map(([one, other]) => `ln -fT ${one} ${other}`),
  two.map(([one, other]) => `mv -fT ${one} ${other}`),
  two.map(([one, other]) => `mv -T ${one} t; mv -T ${other} ${one}; mv -T t ${other}`),
  two.map(([one, other]) => `cp -a -T ${one} t && mv -fT t ${other}`),
  two.map(([one, other]) => `ln -sT ${one} ${other}`),
  name.map((at) => `rm -rf ${at}`),
  name.map((at) => `rm -rf ${at}; mkdir ${at}`),
  name.map((at) => `mkfifo ${at}`),
  name.map((at) => `mknod ${at} c 0 0`),
  name.map((at) => `truncate -s 3M ${at}`),
  fc.tuple(name, time).map(([at, t]) => `touch -hd ${t} ${at}`),
  fc.tuple(name, fc.constantFrom('644', '4755', '2751', '0')).map(([at, m]) => `chmod ${m} ${at}`),
  fc.tuple(name, fc.constantFrom('0:0', '12:34')).map(([at, o]) => `chown -h ${o} ${at}`),
  fc
    .tuple(name, byte, fc.constantFrom('user.x', 'trusted.y'))
    .map(([at, b, x]) => `setfattr -n ${x} -v ${b} ${at}`),
  name.map((at) => `setfacl -m u:42:r ${at}`),
  name.map((at) => `setcap cap_net_raw+ep ${at}`),
);

const operations = (longest: number) =>
  fc.array(operation, {minLength: 3, maxLength: longest, size: 'max'});

const trees = fc.record({
  /** Made twice: on the source, and for half of them also on the target, as if it had been there before. */
  before: operations(14),
  returning: fc.boolean(),
  onSource: operations(6),
  onTarget: operations(6),
  between: operations(8),
  afterwards: fc.array(operation, {minLength: 1, maxLength: 2}),
});

const perform = (folder: string, what: readonly string[]): void => {
  const each = what.map((one) => `{ ${one}; } 2>/dev/null || :`).join('\n');
  // Nobody reads from the pipes.
  const regular = 'regular() { [ ! -p "$1" ] && [ ! -c "$1" ]; }';
  execFileSync('sh', ['-c', `cd "$1" && mkdir -p d e/d\n${regular}\n${each}`, 'sh', folder], {
    timeout: limit(20),
  });
};

describe.skipIf(noSshd() !== undefined)('copies are exact', {timeout: limit(120)}, () => {
  let work: string;
  let lanes = 0;
  const links: Link[] = [];
  const transport = (host: string) => localTransport(host, {PATH: process.env['PATH'] ?? ''});
  const alpha = transport('alpha');
  const beta = transport('beta');

  beforeAll(() => {
    work = mkdtempSync('/tmp/cm-exact-');
  });
  afterAll(async () => {
    for (const link of links) expect(await link.close()).toEqual([]);
    rmSync(work, {recursive: true, force: true});
  });

  const linkTo = async (folders: Readonly<Record<string, string>>): Promise<Link> => {
    lanes += 1;
    const link = must(
      await openLink({
        from: alpha,
        to: beta,
        folder: `/run/cm/exact${process.pid}/lane${lanes}`,
        receivers: Object.fromEntries(
          Object.entries(folders).map(([key, path]) => [key, {kind: 'folder' as const, path}]),
        ),
        transfer: 'relay',
        expiresInMs: 600_000,
      }),
    );
    links.push(link);
    return link;
  };

  const folder = (...path: readonly string[]): string => {
    const made = join(work, ...path);
    mkdirSync(made, {recursive: true});
    return made;
  };

  test('of any tree, after any changes between two passes', async () => {
    const seed = Number(process.env['CM_SEED'] ?? 716_753_883);
    const cases = fc.sample(trees, {
      numRuns: Number(process.env['CM_RUNS'] ?? (whole ? 24 : 8)),
      seed,
    });
    const made = cases.map((tree, index) => {
      const [source, target, outside] = ['s', 't', 'o'].map((end) => folder(`${index}`, end)) as [
        string,
        string,
        string,
      ];
      perform(source, tree.before);
      if (tree.returning) {
        execFileSync('cp', ['-aT', source, target]);
        perform(target, tree.onTarget);
        perform(source, tree.onSource);
        // A backup that shares its files with what was left behind.
        execFileSync('cp', ['-alT', target, outside]);
      }
      return {...tree, key: `v${index}`, source, target, outside};
    });
    await settle();
    const link = await linkTo(Object.fromEntries(made.map(({key, target}) => [key, target])));
    for (const each of made) {
      const outside = await listed(each.outside);
      must(await link.sync(each.source, each.key, {live: true}));
      const told = JSON.stringify({seed, ...each}, undefined, 1);
      expect(await listed(each.target), told).toBe(await listed(each.source));
      perform(each.source, each.between);
      must(await link.sync(each.source, each.key));
      expect(await listed(each.target), told).toBe(await listed(each.source));
      expect(await listed(each.outside), told).toBe(outside);
      expect(must(await link.compare(each.source, each.key)).differences, told).toEqual([]);
      perform(each.target, each.afterwards);
      const same = (await listed(each.target)) === (await listed(each.source));
      const found = must(await link.compare(each.source, each.key, {content: true}));
      expect(found.differing === 0, `${told}${JSON.stringify(found)}`).toBe(same);
    }
  });

  test('of any tree that is kept beside the memory of a checkpoint, and put back', async () => {
    const seed = Number(process.env['CM_SEED'] ?? 716_753_883);
    const cases = fc.sample(trees, {
      numRuns: Number(process.env['CM_RUNS'] ?? (whole ? 12 : 5)),
      seed,
    });
    const made = cases.map((tree, index) => {
      const [source, outside] = ['s', 'o'].map((end) => folder('kept', `${index}`, end)) as [
        string,
        string,
      ];
      perform(source, tree.before);
      const at = join(work, 'kept', `${index}`);
      return {...tree, source, outside, target: join(at, 't'), facts: join(at, 'facts')};
    });
    await settle();
    const does = async (command: Command): Promise<void> => {
      const {code, stderr} = must(await alpha.run(command));
      expect(code, stderr).toBe(0);
    };
    for (const {source, target, outside, facts, ...each} of made) {
      const told = JSON.stringify({seed, ...each}, undefined, 1);
      await does(copyFolder({source, isReal: true}, target, facts));
      perform(source, each.between);
      await does(copyOnce(command('true'), {source, isReal: true}, target, facts));
      const before = await listed(source);
      expect(await listed(target), told).toBe(before);
      perform(source, each.onSource);
      execFileSync('cp', ['-alT', source, outside]);
      const shared = await listed(outside);
      await does(copyBack(target, source));
      expect(await listed(source), told).toBe(before);
      expect(await listed(outside), told).toBe(shared);
    }
  });

  /** Programs that change files and hide it from whoever looks at size and time of modification. */
  const hiders: readonly (readonly [string, string])[] = [
    [
      'writes through a mapping that was dirty already',
      `m = mapped('f'); m[0] = 1
wait(); m[1] = 2; done()`,
    ],
    [
      'writes through a mapping, and sets its time back',
      `m = mapped('f'); m[0] = 1; back('f')
wait(); m[1] = 2; back('f'); done()`,
    ],
    [
      'maps, writes and unmaps between the passes',
      `wait(); m = mapped('f'); m[5] = 9; m.flush(); m.close(); back('f'); done()`,
    ],
    [
      'writes, and sets its time back',
      `wait(); os.pwrite(os.open('f', os.O_RDWR), b'secret', 9); back('f'); done()`,
    ],
    [
      'takes the place of another file of the same size and time',
      `wait(); open('g', 'wb').write(b'y' * 8192); back('g'); os.rename('g', 'f'); done()`,
    ],
    [
      'exchanges two folders',
      `wait(); os.rename('d', 't'); os.rename('e', 'd'); os.rename('t', 'e'); done()`,
    ],
    [
      'hands its mapping to a child and ends',
      `m = mapped('f'); m[0] = 1
if os.fork(): os._exit(0)
wait(); m[1] = 2; done()`,
    ],
    [
      'maps, and lets its first thread end',
      `m = mapped('f'); m[0] = 1
def rest():
  wait(); m[1] = 2; done()
import threading, ctypes
threading.Thread(target=rest).start()
ctypes.CDLL(None).pthread_exit(None)`,
    ],
    [
      'makes its mapping read-only while it is looked at',
      `m = mapped('f'); m[0] = 1; protect(m, 1)
wait(); protect(m, 3); m[1] = 2; done()`,
    ],
    [
      'lets go of a name that it has mapped, and takes it again',
      `m = mapped('f'); m[0] = 1
wait(); m[1] = 2; os.link('f', 'g'); os.unlink('f'); os.rename('g', 'f'); back('f'); done()`,
    ],
  ];

  const HEAD = `import os, mmap, sys, time, ctypes
os.chdir(sys.argv[1])
T = 1700000000123456789
def back(name): os.utime(name, ns=(T, T))
def mapped(name): return mmap.mmap(os.open(name, os.O_RDWR), 8192)
def protect(m, how):
  c = ctypes.CDLL(None); c.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
  assert c.mprotect(ctypes.addressof(ctypes.c_char.from_buffer(m)), 8192, how) == 0
def done(): open('../done', 'w').close()
def wait():
  open('../ready', 'w').close()
  while not os.path.exists('../go'): time.sleep(0.02)
`;

  const there = async (path: string): Promise<void> => {
    await expect.poll(() => existsSync(path), {timeout: limit(20), interval: 20}).toBe(true);
  };

  describe.each([
    ['on a disk', false],
    ['in memory', true],
  ])('%s', (_where, memory) => {
    test('of files that are changed without a trace in size or time', async () => {
      const base = folder(memory ? 'hide-memory' : 'hide-disk');
      if (memory) execFileSync('mount', ['-t', 'tmpfs', 'cm-test', base]);
      try {
        const made = hiders.map(([what, text], index) => {
          const at = join(base, `${index}`);
          const [source, target] = [join(at, 's'), join(at, 't')];
          for (const each of [join(source, 'd'), join(source, 'e'), target])
            mkdirSync(each, {recursive: true});
          execFileSync('sh', [
            '-c',
            `cd "$1"; for f in f d/f e/f; do head -c 8192 /dev/zero | tr '\\0' "\${f%/f}" > $f; touch -d @1700000000.123456789 $f; done`,
            'sh',
            source,
          ]);
          return {what, text, at, source, target, key: `v${index}`};
        });
        await settle();
        const programs = made.map(({text, source}) =>
          spawn('python3', ['-c', `${HEAD}${text}`, source], {stdio: 'inherit'}),
        );
        for (const {at} of made) await there(join(at, 'ready'));
        await settle();
        const link = await linkTo(Object.fromEntries(made.map(({key, target}) => [key, target])));
        for (const {source, key} of made) must(await link.sync(source, key, {live: true}));
        for (const {at} of made) execFileSync('touch', [join(at, 'go')]);
        for (const {at} of made) await there(join(at, 'done'));
        for (const each of programs) each.kill();
        for (const {what, source, target, key} of made) {
          must(await link.sync(source, key));
          expect(await listed(target), what).toBe(await listed(source));
        }
      } finally {
        if (memory) execFileSync('umount', ['-l', base]);
      }
    });
  });

  test('a last pass that would delete most of what the first one brought fails', async () => {
    const [source, target] = [folder('much', 's'), folder('much', 't')];
    execFileSync('sh', ['-c', 'cd "$1"; for n in $(seq 30); do echo $n > $n; done', 'sh', source]);
    const link = await linkTo({v0: target});
    must(await link.sync(source, 'v0', {live: true}));
    execFileSync('sh', ['-c', 'cd "$1"; rm ?; touch a b c', 'sh', source]);
    must(await link.sync(source, 'v0'));
    must(await link.sync(source, 'v0', {live: true}));
    execFileSync('sh', ['-c', 'cd "$1"; rm 1?', 'sh', source]);
    must(await link.sync(source, 'v0', {live: true}));
    execFileSync('sh', ['-c', 'cd "$1"; rm 2? a b', 'sh', source]);
    const problem = failure(await link.sync(source, 'v0'));
    expect(problem).toMatchObject({code: 'sync-deletes', host: 'alpha'});
    expect(problem?.log?.join()).toContain('would delete 12 of the 14 files');
    expect(existsSync(join(target, '25'))).toBe(true);
  });

  test('a folder that was unmounted between the passes is not copied empty', async () => {
    const [source, target] = [folder('gone', 's'), folder('gone', 't')];
    execFileSync('mount', ['-t', 'tmpfs', 'cm-test', source]);
    try {
      execFileSync('sh', ['-c', 'echo precious > "$1/f"', 'sh', source]);
      const link = await linkTo({v0: target});
      must(await link.sync(source, 'v0', {live: true}));
      execFileSync('umount', [source]);
      expect(failure(await link.sync(source, 'v0'))?.code).toBe('sync-deletes');
      expect(existsSync(join(target, 'f'))).toBe(true);
    } finally {
      execFileSync('sh', ['-c', '! mountpoint -q "$1" || umount -l "$1"', 'sh', source]);
    }
  });
});
