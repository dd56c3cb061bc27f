import {execFile} from 'node:child_process';
import {createHash, randomBytes} from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {join} from 'node:path';
import {afterAll, afterEach, beforeAll, describe, expect, test} from 'vitest';
import {type Command, command, script} from '../../src/base/command.js';
import {addKey, removeKey} from '../../src/hosts/link/authorized-keys.js';
import type {DirectLinkOptions} from '../../src/hosts/link/direct-ends.js';
import {openDirectLink} from '../../src/hosts/link/direct-link.js';
import type {Link, Receivers} from '../../src/hosts/link/link.js';
import {sshTransport} from '../../src/hosts/ssh/ssh.js';
import type {Endpoint, Transport} from '../../src/hosts/transport.js';
import {ownerLine, readSwept, sweep} from '../../src/state/host/leftovers.js';
import {failure, must} from './contract.js';
import {type Sshd, noSshd, startSshd} from './sshd.js';
import {limit, until} from '../rig/limits.js';

const skipped = noSshd();

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const ran = (file: string, ...words: string[]): Promise<Ran> =>
  new Promise((resolve) => {
    execFile(file, words, {timeout: limit(30)}, (error, stdout, stderr) => {
      resolve({code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr});
    });
  });

describe.skipIf(skipped !== undefined)(
  'a direct link between two hosts with OpenSSH',
  {timeout: limit(30)},
  () => {
    let sshd: Sshd;
    let from: Transport;
    let to: Transport;
    let toEndpoint: Endpoint;
    let work: string;
    let before: Buffer;
    let lanes = 0;
    const open: Link[] = [];

    beforeAll(async () => {
      sshd = await startSshd();
      from = sshTransport(sshd.host('alpha'), sshd.env);
      to = sshTransport(sshd.host('beta'), sshd.env);
      const endpoint = must(await to.endpoint());
      if (endpoint === undefined) throw new Error('a host behind ssh has an endpoint');
      toEndpoint = endpoint;
      work = mkdtempSync('/tmp/cm-link-');
      before = readFileSync(sshd.authorizedKeys);
    });
    afterEach(async () => {
      for (const link of open.splice(0)) expect(await link.close()).toEqual([]);
      expect(readFileSync(sshd.authorizedKeys).equals(before)).toBe(true);
    });
    afterAll(async () => {
      expect(existsSync(`/run/cm/test${process.pid}`)).toBe(false);
      await Promise.all([from.close(), to.close()]);
      sshd.close();
      rmSync(work, {recursive: true, force: true});
    });

    const optionsFor = (
      receivers: Receivers,
      more: Partial<DirectLinkOptions> = {},
    ): DirectLinkOptions => ({
      from,
      to,
      toEndpoint,
      folder: `/run/cm/test${process.pid}/lane${(lanes += 1)}`,
      receivers,
      expiresInMs: 60_000,
      authorizedKeys: sshd.authorizedKeys,
      ...more,
    });

    const link = async (
      receivers: Receivers,
      more: Partial<DirectLinkOptions> = {},
    ): Promise<Link> => {
      const opened = must(await openDirectLink(optionsFor(receivers, more)));
      open.push(opened);
      return opened;
    };

    const program = (text: string, ...values: string[]): Receivers[string] => ({
      kind: 'program',
      command: script('receive', text, ...values),
    });

    const producer = (text: string, ...values: string[]): Command =>
      script('produce', text, ...values);

    test('carries 64 MiB unchanged and says how many bytes there were', async () => {
      const file = join(work, 'random');
      const bytes = randomBytes(64 << 20);
      writeFileSync(file, bytes);
      const l = await link({image: program('sha256sum; echo done')});
      const seen: number[] = [];
      const sent = must(
        await l.send(producer('echo note >&2; cat "$1"', file), 'image', {
          onProgress: (p) => seen.push(p.bytes),
        }),
      );
      expect(sent.answer).toBe('done');
      expect(sent.notes).toBe('note\n');
      expect(Math.abs(sent.bytes - bytes.length) / bytes.length).toBeLessThan(0.002);
      const both = await link({image: program('sha256sum')});
      expect(must(await both.send(command('cat', file), 'image')).answer.split(' ')[0]).toBe(
        createHash('sha256').update(bytes).digest('hex'),
      );
    });

    test('shows progress while it goes on', async () => {
      const l = await link({slow: program('cat >/dev/null')});
      const seen: number[] = [];
      must(
        await l.send(
          producer('for i in 1 2 3 4; do head -c 1000000 /dev/zero; sleep 0.4; done'),
          'slow',
          {
            onProgress: ({bytes}) => seen.push(bytes),
          },
        ),
      );
      expect(seen.length).toBeGreaterThanOrEqual(2);
      expect([...seen].sort((a, b) => a - b)).toEqual(seen);
    });

    test('the key is gone as soon as the link stands, on both hosts', async () => {
      const l = await link({any: program('cat')});
      expect(readFileSync(sshd.authorizedKeys).equals(before)).toBe(true);
      expect(existsSync(`/run/cm/test${process.pid}/lane${lanes}/s/key`)).toBe(false);
      expect(must(await l.send(command('echo', 'still works'), 'any')).answer).toBe('still works');
    });

    test('says that the producer failed, with its words', async () => {
      const l = await link({any: program('cat >/dev/null; exit 9')});
      const problem = failure(await l.send(producer('echo x; echo "no disk" >&2; exit 3'), 'any'));
      expect(problem).toMatchObject({
        kind: 'step',
        code: 'producer-failed',
        host: 'alpha',
        log: ['no disk'],
      });
      expect(problem?.message).toContain('status 3');
    });

    test('says that the receiver failed, with its words, when it did so first', async () => {
      const l = await link({any: program('head -c 10 >/dev/null; echo "no room" >&2; exit 4')});
      const problem = failure(await l.send(producer('cat /dev/zero'), 'any'));
      expect(problem).toMatchObject({code: 'receiver-failed', host: 'beta', log: ['no room']});
      expect(problem?.message).toContain('status 4');
      const quiet = failure(await l.send(producer('head -c 5 /dev/zero'), 'any'));
      expect(quiet?.code).toBe('receiver-failed');
    });

    test('says that the target is full', async () => {
      const l = await link({any: program('cat >/dev/full')});
      const problem = failure(await l.send(producer('head -c 3000000 /dev/zero'), 'any'));
      expect(problem?.code).toBe('receiver-failed');
      expect(problem?.log?.join()).toContain('No space left');
    });

    test('does not take an early end of the receiver for success', async () => {
      const l = await link({any: program('head -c 10 >/dev/null')});
      expect(failure(await l.send(producer('cat /dev/zero'), 'any'))?.code).toBe('receiver-failed');
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
      // A second session ends it, and that session has to go through the login shell first.
      await expect
        .poll(
          async () =>
            (await ran('pgrep', '-f', `/run/cm/test${process.pid}/lane${lanes}/s/stream`)).code,
          {
            timeout: limit(10),
          },
        )
        .toBe(1);
    });

    test('feeds the producer its own standard input', async () => {
      const l = await link({any: program('cat')});
      expect(must(await l.send({...command('cat'), stdin: 'secret'}, 'any')).answer).toBe('secret');
    });

    test('keeps to a bandwidth', async () => {
      const l = await link({any: program('cat >/dev/null')}, {bandwidth: 16_000_000});
      const sent = must(await l.send(producer('head -c 3000000 /dev/zero'), 'any'));
      expect(sent.durationMs).toBeGreaterThan(1000);
    });

    test('says when the connection breaks in the middle', async () => {
      const l = await link({any: program('cat >/dev/null')});
      let flows = false;
      const sending = l.send(producer('cat /dev/zero'), 'any', {
        onProgress: () => {
          flows = true;
        },
      });
      await until(() => flows);
      const {stdout} = await ran(
        'pgrep',
        '-f',
        `ssh .* /run/cm/test${process.pid}/lane${lanes}/s/c0 -i`,
      );
      process.kill(Number(stdout.trim().split('\n')[0]), 'SIGKILL');
      expect(failure(await sending)?.code).toBe('link-lost');
      expect(failure(await l.send(command('echo', 'x'), 'any'))?.code).toBe('link-lost');
    });

    test('gives two streams at a time what is theirs', async () => {
      const l = await link({a: program('wc -c'), b: program('wc -c')});
      const [a, b] = await Promise.all([
        l.send(producer('head -c 20000000 /dev/zero'), 'a'),
        l.send(producer('head -c 1000000 /dev/zero'), 'b'),
      ]);
      expect([must(a).answer, must(b).answer]).toEqual(['20000000', '1000000']);
      expect(must(b).bytes).toBeLessThan(1_100_000);
    });

    describe('sync', () => {
      const tree = (name: string): {source: string; target: string} => {
        const [source, target] = [join(work, name, 'source'), join(work, name, 'target')];
        mkdirSync(source, {recursive: true});
        mkdirSync(target, {recursive: true});
        return {source, target};
      };

      test('makes a folder the same, with everything that makes files what they are', async () => {
        const {source, target} = tree('all');
        await ran(
          'sh',
          '-c',
          `cd ${source}
        echo one >one; ln one two; ln -s one three; mkdir d; chmod 2751 d; chown 1234:5678 one
        truncate -s 10M hole; mkfifo pipe; mknod whiteout c 0 0; setfattr -n user.x -v y one
        setfattr -n trusted.overlay.opaque -v y d; setfacl -m u:42:r one; touch 'a "b'
        setcap cap_net_raw+ep one || true`,
        );
        writeFileSync(join(source, "new\nline 'q' $HOME"), 'odd');
        writeFileSync(join(target, 'stale'), 'x');
        symlinkSync('/etc', join(target, 'd'));
        const l = await link({volume: {kind: 'folder', path: target}});
        const sent = must(await l.sync(source, 'volume'));
        expect(sent.answer).toMatch(/^\d+ files transferred$/);
        const listed = async (path: string): Promise<string> =>
          (
            await ran(
              'sh',
              '-c',
              `cd ${path} && find . -printf '%p %M %n %U:%G %s %l\\n' | sort; getfattr -dR -m - . ; getfacl -nR .`,
            )
          ).stdout;
        expect(await listed(target)).toBe(await listed(source));
        expect(lstatSync(join(target, 'one')).ino).toBe(lstatSync(join(target, 'two')).ino);
        expect(statSync(join(target, 'hole')).blocks).toBeLessThan(100);
      });

      test('sends only what differs', async () => {
        const {source, target} = tree('some');
        writeFileSync(join(source, 'big'), randomBytes(8 << 20));
        const l = await link({volume: {kind: 'folder', path: target}});
        const seen: number[] = [];
        must(
          await l.sync(source, 'volume', {live: true, onProgress: ({bytes}) => seen.push(bytes)}),
        );
        expect(seen.at(-1)).toBe(8 << 20);
        const bytes = readFileSync(join(source, 'big'));
        bytes.fill(7, 100, 5000);
        writeFileSync(join(source, 'big'), bytes);
        expect(must(await l.sync(source, 'volume')).bytes).toBeLessThan(200_000);
        expect(readFileSync(join(target, 'big')).equals(bytes)).toBe(true);
      });

      test('fails and deletes nothing when the source is not there', async () => {
        const {target} = tree('gone');
        writeFileSync(join(target, 'kept'), 'x');
        const l = await link({volume: {kind: 'folder', path: target}});
        expect(failure(await l.sync(join(work, 'nowhere'), 'volume'))?.code).toBe('sync-failed');
        expect(readdirSync(target)).toEqual(['kept']);
      });

      test('fails at opening when the folder is not there', async () => {
        const opened = await openDirectLink(
          optionsFor({v: {kind: 'folder', path: join(work, 'missing')}}),
        );
        expect(failure(opened)).toMatchObject({code: 'link-not-prepared', host: 'beta'});
      });
    });

    describe('what else the key could be used for', () => {
      let over: (...words: string[]) => Promise<Ran>;
      let control: string;
      let target: string;

      let fort: Link;

      beforeAll(async () => {
        target = join(work, 'fort');
        mkdirSync(target, {recursive: true});
        fort = must(
          await openDirectLink(
            optionsFor({
              stream: program('cat >/dev/null; echo took'),
              volume: {kind: 'folder', path: target},
            }),
          ),
        );
        control = `/run/cm/test${process.pid}/lane${lanes}/s/c0`;
        const words = [
          '-F',
          '/dev/null',
          '-S',
          control,
          '-o',
          'ControlMaster=no',
          '-o',
          'ProxyCommand=false',
        ];
        over = (...more) => ran('ssh', ...words, '-o', 'BatchMode=yes', ...more);
      });
      afterAll(async () => {
        expect(await fort.close()).toEqual([]);
      });

      test.each([
        ['another name', 'other'],
        ['a path', '../t/program.stream'],
        ['a name and more', 'stream x'],
        ['a command', 'id'],
        ['a list', 'stream;id'],
        ['a substitution', 'stream$(id)'],
        ['a new line', 'stream\nid'],
        ['backticks', '`id`'],
        ['a variable', '$HOME'],
        ['scp', 'scp -t /tmp'],
        ['the folder as a program', 'volume'],
        ['reading back', 'rsync --server --sender -logDtpre.iLsfxCIvu . volume/'],
        ['reading back, later', 'rsync --server -logDtpre.iLsfxCIvu --sender . volume/'],
        ['a log file', 'rsync --server --log-file=/tmp/cm-owned -logDtpre.iLsfxCIvu . volume/'],
        ['options on standard input', 'rsync --server -slogDtpre.iLsfxCIvu . volume/'],
        ['an option that takes the next word', 'rsync --server -vT /etc . volume/'],
        ['e that takes the next word', 'rsync --server -vle --daemon . volume/'],
        ['a daemon', 'rsync --server --daemon -v . volume/'],
        ['a temporary folder', 'rsync --server -v --temp-dir=/etc . volume/'],
        ['a backup folder', 'rsync --server -v --backup-dir=/etc . volume/'],
        ['link-dest', 'rsync --server -v --link-dest=/etc . volume/'],
        ['another shell', 'rsync --server -v --rsync-path=/bin/sh . volume/'],
        ['another folder', 'rsync --server -logDtpre.iLsfxCIvu . /etc/'],
        ['a folder above', 'rsync --server -logDtpre.iLsfxCIvu . volume/../../'],
        ['a folder below', 'rsync --server -logDtpre.iLsfxCIvu . volume/x/'],
        ['two folders', 'rsync --server -logDtpre.iLsfxCIvu . volume/ volume/'],
        ['no options', 'rsync --server . volume/'],
        ['a program as a folder', 'rsync --server -logDtpre.iLsfxCIvu . stream/'],
        ['a glob', 'rsync --server -v . volum?/'],
        ['a number that is none', 'rsync --server -v --bwlimit=1x . volume/'],
        ['following links', 'rsync --server -vKlogDtpre.iLsfxCIvu . volume/'],
      ])('%s is refused', async (_what, asked) => {
        const {code, stdout, stderr} = await over('cm', asked);
        expect([code, stdout]).toEqual([126, '']);
        expect(stderr).toContain('cm: refused');
      });

      test('a shell, sftp, a terminal and forwarding are refused', async () => {
        expect((await over('cm')).code).toBe(126);
        expect((await over('-s', 'cm', 'sftp')).code).not.toBe(0);
        expect((await over('-tt', 'cm', 'id')).stdout).not.toContain('uid=');
        const forwarded = await over('-W', `127.0.0.1:${sshd.port}`, 'cm');
        expect(forwarded.code).not.toBe(0);
        expect(forwarded.stdout).toBe('');
        const remote = await over('-O', 'forward', '-R', '0:127.0.0.1:1', 'cm');
        expect(remote.code).not.toBe(0);
      });

      test('the key itself can do no more, and nothing once it is removed', async () => {
        const key = join(work, 'stolen');
        await ran('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', key);
        const publicKey = readFileSync(`${key}.pub`, 'utf8').split(' ').slice(0, 2).join(' ');
        const login = (...words: string[]): Promise<Ran> =>
          ran(
            'ssh',
            '-F',
            '/dev/null',
            '-n',
            '-i',
            key,
            '-p',
            String(sshd.port),
            '-o',
            'BatchMode=yes',
            '-o',
            'IdentitiesOnly=yes',
            '-o',
            `UserKnownHostsFile=${sshd.folder}/known_hosts`,
            'root@127.0.0.1',
            ...words,
          );
        const dispatcher = `sh ${control.replace(/s\/c0$/, 't')}/receive`;
        must(
          await to.run(
            addKey(sshd.authorizedKeys, {
              publicKey,
              comment: 'cm:a:b',
              expiresInSeconds: 60,
              command: dispatcher,
            }),
          ),
        );
        expect(await login('stream')).toMatchObject({code: 0, stdout: 'took\n'});
        expect(await login('id')).toMatchObject({code: 126, stdout: ''});
        expect(
          (await login('-N', '-o', 'ExitOnForwardFailure=yes', '-R', '0:127.0.0.1:1')).code,
        ).not.toBe(0);
        must(await to.run(removeKey(sshd.authorizedKeys, publicKey)));
        const after = await login('stream');
        expect(after.code).toBe(255);
        expect(after.stderr).toContain('Permission denied');
      });
    });

    test('refuses a target that shows another host key', async () => {
      const wrong = {
        ...toEndpoint,
        hostKeys: [
          `ssh-ed25519 ${Buffer.concat([Buffer.from([0, 0, 0, 11]), Buffer.from('ssh-ed25519'), Buffer.from([0, 0, 0, 32]), randomBytes(32)]).toString('base64')}`,
        ],
      };
      const problem = failure(
        await openDirectLink(optionsFor({any: program('cat')}, {toEndpoint: wrong})),
      );
      expect(problem).toMatchObject({code: 'link-not-opened', host: 'alpha'});
      expect(problem?.log?.join('\n')).toMatch(
        /Host key verification failed|REMOTE HOST IDENTIFICATION/,
      );
    });

    test('refuses an expired key', async () => {
      const problem = failure(
        await openDirectLink(optionsFor({any: program('cat')}, {expiresInMs: -60_000})),
      );
      expect(problem?.code).toBe('link-not-opened');
      expect(problem?.log?.join()).toContain('Permission denied');
    });

    test('what a runner that died has left is removed by the next run: connections, keys, memory', async () => {
      const l = must(await openDirectLink(optionsFor({any: program('cat')})));
      const run = `test${process.pid}`;
      const folder = `/run/cm/${run}/lane${lanes}`;
      const home = mkdtempSync(join(work, 'home-'));
      mkdirSync(join(home, '.ssh'));
      symlinkSync(sshd.authorizedKeys, join(home, '.ssh/authorized_keys'));
      const swept = async () => {
        const {argv, ...rest} = sweep('next', `mine-${run}`);
        const command: Command = {...rest, argv: ['env', `HOME=${home}`, ...argv]};
        return readSwept(must(await from.run(command)).stdout).over.filter(
          (each) => each.run === run,
        );
      };
      const lease = `/run/cm/leases/${run}`;
      mkdirSync('/run/cm/leases', {recursive: true});
      writeFileSync(join(folder, 'owner'), `${ownerLine(run, run)}\n`);
      writeFileSync(lease, `{"run":"${run}",}\n`);
      // As it is when the runner dies while it connects.
      const key = (await ran('ssh-keygen', '-y', '-f', sshd.identity)).stdout.trim().split(' ');
      const publicKey = key.slice(0, 2).join(' ');
      const allowed = {comment: `cm:${run}:lane${lanes}`, expiresInSeconds: 600, command: 'sh /x'};
      must(await to.run(addKey(sshd.authorizedKeys, {publicKey, ...allowed})));
      expect(await swept()).toEqual([]);
      expect(must(await l.send(command('echo', 'x'), 'any')).answer).toBe('x');
      rmSync(lease);
      expect(await swept()).toEqual([{run, container: run}]);
      expect((await ran('pgrep', '-f', `${folder}/s/c0 -i`)).stdout).toBe('');
      expect(existsSync(`/run/cm/${run}`)).toBe(false);
      expect(readFileSync(sshd.authorizedKeys).equals(before)).toBe(true);
    });

    test('close may be called twice and ends the connection', async () => {
      const l = await link({any: program('cat')});
      expect(await l.close()).toEqual([]);
      expect(await l.close()).toEqual([]);
      expect(failure(await l.send(command('echo', 'x'), 'any'))).toBeDefined();
    });
  },
);
