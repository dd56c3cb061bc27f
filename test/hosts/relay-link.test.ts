import {createHash, randomBytes} from 'node:crypto';
import {execFileSync} from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import {join} from 'node:path';
import {afterAll, afterEach, beforeAll, describe, expect, test} from 'vitest';
import {type Command, command, script} from '../../src/base/command.js';
import type {Link, Receivers} from '../../src/hosts/link/link.js';
import {localTransport} from '../../src/hosts/local.js';
import {openLink} from '../../src/hosts/open.js';
import {sshTransport} from '../../src/hosts/ssh/ssh.js';
import type {Transport} from '../../src/hosts/transport.js';
import {failure, must} from './contract.js';
import {type Loopback, startLoopback} from './ssh-server.js';
import {noSshd} from './sshd.js';
import {limit, until} from '../rig/limits.js';

const program = (text: string): Receivers[string] => ({
  kind: 'program',
  command: script('receive', text),
});
const producer = (text: string, ...values: string[]): Command => script('produce', text, ...values);

/** Needs rsync and folders below /run, as the direct link does. */
const skipped = noSshd();

describe.skipIf(skipped !== undefined).each(['ssh to ssh', 'local to ssh', 'ssh to local'])(
  'a relay, %s',
  {timeout: limit(30)},
  (way) => {
    let loopback: Loopback;
    let from: Transport;
    let to: Transport;
    let work: string;
    const base = `/run/cm/relay${process.pid}`;
    let lanes = 0;
    const open: Link[] = [];

    beforeAll(async () => {
      loopback = await startLoopback();
      const [here, there] = way.split(' to ');
      const make = (kind: string | undefined, name: string): Transport =>
        kind === 'ssh'
          ? sshTransport({...loopback.host, name}, loopback.env)
          : localTransport(name, {PATH: process.env['PATH'] ?? ''});
      [from, to] = [make(here, 'alpha'), make(there, 'beta')];
      work = mkdtempSync('/tmp/cm-relay-');
    });
    afterEach(async () => {
      for (const link of open.splice(0)) expect(await link.close()).toEqual([]);
      expect(existsSync(base)).toBe(false);
    });
    afterAll(async () => {
      await Promise.all([from.close(), to.close()]);
      await loopback.close();
      rmSync(work, {recursive: true, force: true});
    });

    const link = async (receivers: Receivers, more = {}): Promise<Link> => {
      lanes += 1;
      const opened = must(
        await openLink({
          from,
          to,
          folder: `${base}/lane${lanes}`,
          receivers,
          transfer: 'relay',
          expiresInMs: 60_000,
          ...more,
        }),
      );
      expect(opened.way).toBe('relay');
      open.push(opened);
      return opened;
    };

    test('carries 64 MiB unchanged', async () => {
      const file = join(work, 'random');
      const bytes = randomBytes(64 << 20);
      writeFileSync(file, bytes);
      const l = await link({image: program('echo began; sha256sum')});
      const seen: number[] = [];
      const sent = must(
        await l.send(producer('echo note >&2; cat "$1"', file), 'image', {
          onProgress: (p) => seen.push(p.bytes),
        }),
      );
      expect(sent.bytes).toBe(bytes.length);
      expect(sent.answer.split(' ')[0]).toBe(createHash('sha256').update(bytes).digest('hex'));
      expect(sent.notes).toBe('note\n');
    });

    test('a failing producer, a failing receiver, a full target, an early end', async () => {
      const l = await link({
        all: program('cat >/dev/null; exit 9'),
        some: program('head -c 10 >/dev/null; echo "no room" >&2; exit 4'),
        full: program('cat >/dev/full'),
        early: program('head -c 10 >/dev/null'),
        late: program('cat >/dev/null; echo "cannot restore" >&2; exit 7'),
      });
      expect(
        failure(await l.send(producer('echo x; echo "no disk" >&2; exit 3'), 'all')),
      ).toMatchObject({
        code: 'producer-failed',
        host: 'alpha',
        log: ['no disk'],
      });
      expect(failure(await l.send(producer('cat /dev/zero'), 'some'))).toMatchObject({
        code: 'receiver-failed',
        host: 'beta',
        log: ['no room'],
      });
      expect(
        failure(await l.send(producer('head -c 3000000 /dev/zero'), 'full'))?.log?.join(),
      ).toContain('No space left');
      expect(failure(await l.send(producer('cat /dev/zero'), 'early'))?.code).toBe(
        'receiver-failed',
      );
      expect(failure(await l.send(producer('echo x'), 'late'))).toMatchObject({
        code: 'receiver-failed',
        log: ['cannot restore'],
      });
      expect(failure(await l.send(producer('echo x'), 'nobody'))).toMatchObject({
        code: 'receiver-failed',
      });
    });

    test('a producer that takes its time after the stream is not cut off', async () => {
      const l = await link({any: program('cat')});
      const sent = must(
        await l.send(producer('echo data; exec >&-; sleep 0.5; echo tidied >&2'), 'any'),
      );
      expect([sent.answer, sent.notes]).toEqual(['data', 'tidied\n']);
    });

    test('can be interrupted', async () => {
      const l = await link({any: program('cat >/dev/null')});
      const stop = new AbortController();
      let flows = false;
      const sending = l.send(producer('cat /dev/zero'), 'any', {
        signal: stop.signal,
        onProgress: () => {
          flows = true;
        },
      });
      await until(() => flows);
      stop.abort();
      expect(failure(await sending)?.code).toBe('interrupted');
    });

    test('keeps to a bandwidth', async () => {
      const l = await link({any: program('wc -c')}, {bandwidth: 16_000_000});
      const sent = must(await l.send(producer('head -c 3000000 /dev/zero'), 'any'));
      expect(sent.answer).toBe('3000000');
      expect(sent.durationMs).toBeGreaterThan(1000);
    });

    test('sync makes a folder the same and sends only what differs', async () => {
      const [source, target] = [join(work, `s${lanes}`), join(work, `t${lanes}`)];
      mkdirSync(source);
      mkdirSync(target);
      writeFileSync(join(source, 'big'), randomBytes(8 << 20));
      writeFileSync(join(source, "new\nline 'q'"), 'odd');
      execFileSync('sh', [
        '-c',
        'cd "$1"; mknod whiteout c 0 0; ln big two; mkfifo p; chown 12:34 p',
        'x',
        source,
      ]);
      writeFileSync(join(target, 'stale'), 'x');
      const l = await link({volume: {kind: 'folder', path: target}});
      const sent = must(await l.sync(source, 'volume', {live: true}));
      expect(sent.bytes).toBeGreaterThan(8 << 20);
      const listed = (path: string): string =>
        execFileSync(
          'sh',
          ['-c', `cd "$1" && find . -printf '%p %M %n %U:%G %s %l\\n' | sort`, 'x', path],
          {encoding: 'utf8'},
        );
      expect(listed(target)).toBe(listed(source));
      const bytes = readFileSync(join(source, 'big'));
      bytes.fill(7, 100, 5000);
      writeFileSync(join(source, 'big'), bytes);
      const again = must(await l.sync(source, 'volume'));
      expect(again.bytes).toBeLessThan(200_000);
      expect(readFileSync(join(target, 'big')).equals(bytes)).toBe(true);
    });

    test('sync fails and deletes nothing when the source is not there, or the receiver is no folder', async () => {
      const target = join(work, `g${lanes}`);
      mkdirSync(target);
      writeFileSync(join(target, 'kept'), 'x');
      const l = await link({volume: {kind: 'folder', path: target}, stream: program('cat')});
      expect(failure(await l.sync(join(work, 'nowhere'), 'volume'))?.code).toBe('sync-failed');
      expect(failure(await l.sync(work, 'stream'))?.log?.join()).toContain('cm: refused');
      expect(readdirSync(target)).toEqual(['kept']);
      expect(must(await l.send(command('echo', 'x'), 'stream')).answer).toBe('x');
    });
  },
);

describe.skipIf(skipped !== undefined)('what a receiver takes', {timeout: limit(30)}, () => {
  const transport = (name: string) => localTransport(name, {PATH: process.env['PATH'] ?? ''});
  let folder: string;

  afterEach(() => {
    rmSync(folder, {recursive: true, force: true});
  });

  const open = async (take: Receivers[string]): Promise<Link> =>
    must(
      await openLink({
        from: transport('alpha'),
        to: transport('beta'),
        folder: `${folder}/lane`,
        receivers: {take},
        transfer: 'relay',
        expiresInMs: 60_000,
      }),
    );

  test('is no more than was expected, to the byte, and more is a failure', async () => {
    folder = mkdtempSync('/run/cm-bound-');
    const most = 3 * 2 ** 18 + 7;
    const taken = join(folder, 'taken');
    const take = script('receive', 'cat >"$1"; wc -c <"$1"', taken);
    const l = await open({kind: 'program', command: take, most});
    for (const bytes of [0, 1, most - 1, most]) {
      const sent = must(await l.send(producer('head -c "$1" /dev/zero', String(bytes)), 'take'));
      expect(sent.answer).toBe(String(bytes));
    }
    // In pieces, since a pipe hands them over as they come.
    const trickle = producer(
      'n=0; while [ $n -lt "$1" ]; do echo xxxxxxxxx; n=$((n + 10)); done',
      '900000',
    );
    for (const more of [
      producer('head -c "$1" /dev/zero', String(most + 1)),
      producer('cat /dev/zero'),
      trickle,
    ]) {
      const problem = failure(await l.send(more, 'take'));
      expect(problem).toMatchObject({code: 'more-than-expected', host: 'beta'});
      expect(problem?.message).toContain('host "alpha" sent more to receiver "take"');
      expect(problem?.log).toContain(`more arrived than the ${most} bytes that were expected`);
      expect(statSync(taken).size).toBe(most);
    }
    expect(await l.close()).toEqual([]);
  });

  test('is no more than is free in memory', async () => {
    folder = mkdtempSync('/run/cm-bound-');
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'cm-bound', folder]);
    try {
      const take = script('receive', 'cat >"$1"', join(folder, 'taken'));
      const l = await open({kind: 'program', command: take, most: 2 ** 40, inMemory: true});
      const problem = failure(await l.send(producer('cat /dev/zero'), 'take'));
      expect(problem).toMatchObject({code: 'more-than-expected', host: 'beta'});
      expect(problem?.log?.join()).toMatch(
        /more arrived than the \d+ bytes that are free in memory/,
      );
      expect(execFileSync('df', ['-Pm', folder], {encoding: 'utf8'})).toMatch(/ 1[56] +\d+% /);
      expect(await l.close()).toEqual([]);
    } finally {
      execFileSync('umount', ['-l', folder]);
    }
  });

  test('a program that fails is heard with its own status', async () => {
    folder = mkdtempSync('/run/cm-bound-');
    const l = await open({kind: 'program', command: script('receive', 'exit 43'), most: 1000});
    const problem = failure(await l.send(producer('head -c 900 /dev/zero'), 'take'));
    expect(problem?.message).toContain('failed with status 43');
    expect(await l.close()).toEqual([]);
  });
});
