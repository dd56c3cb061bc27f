import {execFile, spawn} from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {basename, join} from 'node:path';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {script} from '../../src/base/command.js';
import {openDirectLink} from '../../src/hosts/link/direct-link.js';
import type {Link, Receivers} from '../../src/hosts/link/link.js';
import {sshTransport} from '../../src/hosts/ssh/ssh.js';
import type {Endpoint, Transport} from '../../src/hosts/transport.js';
import {limit} from '../rig/limits.js';
import {failure, must} from './contract.js';
import {type Sshd, noSshd, startSshd} from './sshd.js';

interface Ran {
  readonly code: number;
  readonly output: string;
}

const ran = (file: string, ...words: string[]): Promise<Ran> =>
  new Promise((resolve) => {
    execFile(file, words, {timeout: limit(60)}, (error, stdout, stderr) => {
      resolve({code: error === null ? 0 : Number(error.code ?? 1), output: stdout + stderr});
    });
  });

/** What root of the source can do: it has the connections that the link has made. */
describe.skipIf(noSshd() !== undefined)('a hostile source', {timeout: limit(120)}, () => {
  let sshd: Sshd;
  let from: Transport;
  let to: Transport;
  let toEndpoint: Endpoint;
  let work: string;
  let volume: string;
  let victim: string;
  let link: Link;
  let lanes = 0;
  const folder = (): string => `/run/cm/hostile${process.pid}/lane${lanes}`;

  beforeAll(async () => {
    sshd = await startSshd();
    from = sshTransport(sshd.host('alpha'), sshd.env);
    to = sshTransport(sshd.host('beta'), sshd.env);
    const endpoint = must(await to.endpoint());
    if (endpoint === undefined) throw new Error('a host behind ssh has an endpoint');
    toEndpoint = endpoint;
  });
  beforeEach(() => {
    work = mkdtempSync('/tmp/cm-hostile-');
    [volume, victim] = [join(work, 'volume'), join(work, 'victim')];
    for (const path of [volume, victim]) mkdirSync(path);
  });
  afterEach(async () => {
    expect(await link.close()).toEqual([]);
    rmSync(work, {recursive: true, force: true});
  });
  afterAll(async () => {
    await Promise.all([from.close(), to.close()]);
    sshd.close();
  });

  const open = async (receivers: Receivers): Promise<void> => {
    lanes += 1;
    link = must(
      await openDirectLink({
        from,
        to,
        toEndpoint,
        folder: folder(),
        receivers,
        expiresInMs: 60_000,
        authorizedKeys: sshd.authorizedKeys,
      }),
    );
  };
  const overLink = (): string[] => [
    ...['-F', '/dev/null', '-o', 'ControlMaster=no', '-o', 'ProxyCommand=false'],
    ...['-S', `${folder()}/s/c0`],
  ];
  /** The link's own program in place of ssh knows where the receiver's answer begins. */
  const rsyncWords = (...words: string[]): string[] => [
    ...['-rlptgoD', '--no-inc-recursive', '-e', `sh ${folder()}/s/over ${folder()}/s/c0`],
    ...words,
  ];
  const tree = (name: string, files: Readonly<Record<string, string>>): string => {
    const at = join(work, name);
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(at, path, '..'), {recursive: true});
      writeFileSync(join(at, path), text);
    }
    return `${at}/`;
  };

  test('writes nowhere else when one session swaps a folder for a link under the other', async () => {
    writeFileSync(join(victim, 'keep'), 'of the target');
    await open({v0: {kind: 'folder', path: volume}});
    const first = tree('a', {'x/1big': 'b'.repeat(300_000), 'x/keep': 'evil', 'x/pwn': 'evil'});
    mkdirSync(join(work, 'b'));
    symlinkSync(victim, join(work, 'b/x'));
    const slow = spawn('rsync', rsyncWords('--inplace', '--bwlimit=60', first, 'cm:v0/'), {
      stdio: 'ignore',
    });
    const ended = new Promise((resolve) => slow.on('close', resolve));
    await expect.poll(() => existsSync(join(volume, 'x/1big'))).toBe(true);
    await ran('rsync', ...rsyncWords('--delete', `${join(work, 'b')}/`, 'cm:v0/'));
    await ended;
    expect(readdirSync(victim)).toEqual(['keep']);
    expect(readFileSync(join(victim, 'keep'), 'utf8')).toBe('of the target');
  });

  test('finds nothing behind a link that was there before', async () => {
    symlinkSync(victim, join(volume, 'out'));
    symlinkSync('/proc/1/root', join(volume, 'up'));
    await open({v0: {kind: 'folder', path: volume}});
    // A receiver without any care of its own, in the place of rsync.
    const careless = [
      ...['-c', 'unshare -m --propagation slave sh "$0/confine" "$0/root" "$1" "" "" sh -c "$2"'],
      ...[`${folder()}/t`, volume],
      'cd /to; ls -a / /proc; for at in out up ../.. /tmp /run /etc/ssh; do echo evil >$at/pwn || echo kept out of $at; done',
    ];
    const {output} = await ran('sh', ...careless);
    for (const at of ['out', 'up', '../..', '/tmp', '/run', '/etc/ssh'])
      expect(output).toContain(`kept out of ${at}`);
    expect(readdirSync(victim)).toEqual([]);
    expect(output).not.toContain('cmdline');
  });

  test('makes devices and cannot open them', async () => {
    await open({v0: {kind: 'folder', path: volume}});
    const {output} = await ran(
      ...[
        'sh',
        '-c',
        'unshare -m --propagation slave sh "$0/confine" "$0/root" "$1" "" "" sh -c "$2"',
      ],
      ...[`${folder()}/t`, volume, 'mknod /to/zero c 1 5; head -c 1 /to/zero; echo "= $?"'],
    );
    expect(output).toContain('= 1');
    expect(lstatSync(join(volume, 'zero')).isCharacterDevice()).toBe(true);
  });

  test('gets no folder that has become another one since', async () => {
    const landing = join(work, 'landing');
    symlinkSync(volume, landing);
    await open({v0: {kind: 'folder', path: landing}});
    rmSync(volume, {recursive: true});
    symlinkSync(victim, volume);
    const sent = await ran('rsync', ...rsyncWords(tree('a', {pwn: 'evil'}), 'cm:v0/'));
    expect(sent.output).toContain('not the one that was prepared');
    expect(readdirSync(victim)).toEqual([]);
  });

  test('gets no folder behind a link that it has sent itself', async () => {
    const landing = join(work, 'landing');
    mkdirSync(landing);
    await open({v0: {kind: 'folder', path: volume}, rootfs: {kind: 'folder', path: landing}});
    mkdirSync(join(volume, 'rootfs'));
    rmSync(landing, {recursive: true});
    symlinkSync(join(volume, 'rootfs'), landing);
    mkdirSync(join(work, 'bundle'));
    symlinkSync(victim, join(work, 'bundle/rootfs'));
    const sent = await ran(
      'rsync',
      ...rsyncWords('--delete', `${join(work, 'bundle')}/`, 'cm:v0/'),
    );
    expect(sent.output).toBe('');
    const more = await ran('rsync', ...rsyncWords(tree('a', {pwn: 'evil'}), 'cm:rootfs/'));
    expect(more.output).toContain('not the one that was prepared');
    expect(readdirSync(victim)).toEqual([]);
  });

  test('finds nothing of itself behind a link while it sends', async () => {
    writeFileSync(join(victim, 'secret'), 'of the host');
    symlinkSync(victim, join(volume, 'out'));
    writeFileSync(join(volume, 'file'), 'of the container');
    await open({v0: {kind: 'folder', path: victim}});
    // A sender without any care of its own, in the place of rsync.
    const careless = [
      ...['-c', 'unshare -m --propagation slave sh "$0/confine" "$0/root" "$1" "" "$0" sh -c "$2"'],
      ...[`${folder()}/s`, volume],
      'cat /from/file /from/out/secret /proc/1/root/etc/passwd; echo changed >/from/file; ls /root /tmp',
    ];
    const {output} = await ran('sh', ...careless);
    expect(output).toContain('of the container');
    expect(output).not.toContain('of the host');
    expect(readFileSync(join(volume, 'file'), 'utf8')).toBe('of the container');
  });

  test('sends nothing from a folder that has become a link', async () => {
    const target = join(work, 'target');
    mkdirSync(target);
    await open({v0: {kind: 'folder', path: target}});
    rmSync(volume, {recursive: true});
    symlinkSync(victim, volume);
    writeFileSync(join(victim, 'secret'), 'of the host');
    const problem = failure(await link.sync(volume, 'v0', {live: true, real: true}));
    expect(problem?.code).toBe('sync-moved');
    expect(problem?.log?.join()).toContain(`leads to "${victim}" now`);
    expect(readdirSync(target)).toEqual([]);
  });

  test('is refused a folder in which the kernel shows its own files', async () => {
    mkdirSync(join(volume, 'proc'));
    await ran('mount', '-t', 'proc', 'proc', join(volume, 'proc'));
    try {
      await open({v0: {kind: 'folder', path: volume}});
      const sent = await ran('rsync', ...rsyncWords(tree('a', {file: 'x'}), 'cm:v0/'));
      expect(sent.output).toContain('a file system of the kernel (proc) is mounted below');
    } finally {
      await ran('umount', join(volume, 'proc'));
    }
  });

  test('has no session and no connection left once the link is sealed', async () => {
    const take = script('take', 'echo here; cat >>"$1/taken"', work);
    await open({v0: {kind: 'folder', path: volume}, round: {kind: 'program', command: take}});
    const writer = spawn('ssh', [...overLink(), 'cm', 'round'], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const gone = new Promise((resolve) => writer.on('close', resolve));
    await new Promise((resolve) => writer.stdout.once('data', resolve));
    const syncing = spawn(
      'rsync',
      rsyncWords('--bwlimit=1', tree('a', {big: 'x'.repeat(200_000)}), 'cm:v0/'),
      {stdio: 'ignore'},
    );
    const ended = new Promise((resolve) => syncing.on('close', resolve));
    // Of this link alone: what a receiver sees of the host is this test's folder.
    const receives = async (): Promise<boolean> => {
      const own = `for pid in $(pgrep -f "rsync --server .*/to/"); do ! grep -qsF "$1" "/proc/$pid/mountinfo" || exit 0; done
exec pgrep -f "confine $2" >/dev/null`;
      return (await ran('sh', '-c', own, 'receives', basename(work), folder())).code === 0;
    };
    await expect.poll(receives).toBe(true);
    must(await link.seal());
    writer.stdin.on('error', () => undefined);
    writer.stdin.write('after the commit');
    await Promise.all([gone, ended]);
    expect(existsSync(join(work, 'taken')) ? readFileSync(join(work, 'taken'), 'utf8') : '').toBe(
      '',
    );
    expect(await receives()).toBe(false);
    expect((await ran('ssh', ...overLink(), 'cm', 'round')).code).not.toBe(0);
    expect(failure(await link.send(script('say', 'echo late'), 'round'))).toBeDefined();
  });

  test('keeps a link from being sealed only as long as the kernel lets it', async () => {
    // Neither TERM nor HUP ends it.
    const deaf = script(
      'deaf',
      `: ${work}; trap "" TERM HUP; echo here; while :; do sleep 1; done`,
    );
    await open({deaf: {kind: 'program', command: deaf}});
    const client = spawn('ssh', [...overLink(), 'cm', 'deaf'], {stdio: ['pipe', 'pipe', 'ignore']});
    await new Promise((resolve) => client.stdout.once('data', resolve));
    must(await link.seal());
    expect((await ran('pgrep', '-f', `: ${work}; trap`)).code).toBe(1);
  });
});
