import {type ChildProcess, spawn} from 'node:child_process';
import {existsSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {script} from '../../src/base/command.js';
import {localTransport} from '../../src/hosts/local.js';
import {quote} from '../../src/hosts/quote.js';
import {askReceiver, installReceivers} from '../../src/hosts/link/receive.js';
import {must} from './contract.js';
import {type Sshd, noSshd, startSshd} from './sshd.js';

const silentSeconds = 3;

describe.skipIf(noSshd() !== undefined)('a receiver whose connection dies', () => {
  let sshd: Sshd;
  let folder: string;
  let client: ChildProcess;

  /** Receives into `taken`, and writes `ended` when it has come to the end. */
  beforeEach(async () => {
    sshd = await startSshd();
    folder = mkdtempSync('/tmp/cm-receive-');
    const take = script('take', 'echo "$$" > "$1/pid"; cat > "$1/taken"; : > "$1/ended"', folder);
    const receivers = {take: {kind: 'program', command: take}} as const;
    must(
      await localTransport('here', process.env).run(
        installReceivers(folder, receivers, silentSeconds),
      ),
    );
    client = spawn('ssh', [
      ...['-F', '/dev/null', '-i', sshd.identity, '-p', String(sshd.port)],
      ...['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null'],
      ...[
        '-o',
        'IdentityAgent=none',
        '-o',
        'ServerAliveInterval=1',
        '-o',
        'ServerAliveCountMax=30',
      ],
      ...['root@127.0.0.1', quote(askReceiver(folder, 'take').argv)],
    ]);
    client.stdin?.write('some');
    await expect.poll(() => existsSync(join(folder, 'pid'))).toBe(true);
  });

  afterEach(() => {
    client.kill('SIGKILL');
    sshd.close();
    rmSync(folder, {recursive: true, force: true});
  });

  const hasEnded = (): boolean => existsSync(join(folder, 'ended'));

  test('sees its end, though nobody tells it', async () => {
    client.kill('SIGSTOP');
    await expect.poll(hasEnded, {interval: 200}).toBe(true);
    expect(readFileSync(join(folder, 'taken'), 'utf8')).toBe('some');
  });

  test('goes on where only nothing is sent, and leaves nobody who watches', async () => {
    await sleep(3000 * silentSeconds);
    expect(hasEnded()).toBe(false);
    client.stdin?.end(' more');
    await expect.poll(hasEnded).toBe(true);
    expect(readFileSync(join(folder, 'taken'), 'utf8')).toBe('some more');
    const watchers = script('who watches', 'pgrep -f "$1/receive" || :', folder);
    const watching = async (): Promise<string> =>
      must(await localTransport('here', process.env).run(watchers)).stdout;
    await expect.poll(watching).toBe('');
  });
});
