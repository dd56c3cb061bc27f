import {execFileSync} from 'node:child_process';
import {
  chmodSync,
  chownSync,
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
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeEach, describe, expect, test} from 'vitest';
import {addKey, DROP_OLD_KEYS, removeKey} from '../../src/hosts/link/authorized-keys.js';
import {script} from '../../src/base/command.js';
import {localTransport} from '../../src/hosts/local.js';
import {must} from './contract.js';

const root = mkdtempSync(join(tmpdir(), 'cm-keys-'));
let count = 0;

const pair = (): string => {
  const file = join(root, `key${(count += 1)}`);
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'x', '-f', file]);
  return readFileSync(`${file}.pub`, 'utf8').split(' ').slice(0, 2).join(' ');
};

describe('authorized_keys', () => {
  let folder: string;
  let keys: string;
  const publicKey = pair();
  const transport = localTransport('here', {PATH: process.env['PATH'] ?? '', HOME: root});
  const key = (more = {}) => ({
    publicKey,
    comment: 'cm:run:lane',
    expiresInSeconds: 60,
    command: 'sh /run/cm/run/lane/t/receive',
    ...more,
  });
  const run = async (wanted: Parameters<typeof transport.run>[0]): Promise<string> => {
    const output = must(await transport.run(wanted));
    expect(output).toMatchObject({code: 0, stderr: ''});
    return output.stdout;
  };

  beforeEach(() => {
    folder = join(root, `home${(count += 1)}`);
    mkdirSync(folder);
    keys = join(folder, 'authorized_keys');
  });
  afterAll(() => {
    rmSync(root, {recursive: true, force: true});
  });

  test.each([
    ['nothing in it', ''],
    ['no end of the last line', 'ssh-ed25519 AAAA me'],
    ['windows line ends', 'a\r\nb\r\n'],
    ['empty lines and comments', '\n\n# x\n\n \t\n'],
    ['NUL and broken UTF-8', Buffer.from([0, 255, 254, 10, 0, 195, 40])],
    ['backslashes, quotes, percent', 'command="echo \\"$HOME\\" %s\\n `id`" ssh-rsa AAAA\\\n%d\n'],
    ['a line of 300,000 characters', `${'x'.repeat(300_000)}\ny`],
    ['something that looks like ours', 'restrict,command="x" ssh-ed25519 AAAA cm:run:lane:1'],
  ])('with %s stays byte for byte', async (_what, content) => {
    writeFileSync(keys, content, {mode: 0o640});
    const before = readFileSync(keys);
    await run(addKey(keys, key()));
    const during = readFileSync(keys);
    expect(during.subarray(during.indexOf(10) + 1).equals(before)).toBe(true);
    expect(during.toString('latin1')).toMatch(
      /^restrict,expiry-time="\d{14}Z?",command="sh \/run\/cm\/run\/lane\/t\/receive" ssh-ed25519 \S+ cm:run:lane:\d+\n/,
    );
    await run(removeKey(keys, publicKey));
    await run(removeKey(keys, publicKey));
    expect(readFileSync(keys).equals(before)).toBe(true);
    expect(readdirSync(folder)).toEqual(['authorized_keys']);
  });

  test('keeps owner and mode', async () => {
    writeFileSync(keys, 'x\n');
    chmodSync(keys, 0o604);
    if (process.getuid?.() === 0) chownSync(keys, 1234, 2345);
    const before = statSync(keys);
    await run(addKey(keys, key()));
    const {mode, uid, gid} = statSync(keys);
    expect({mode, uid, gid}).toEqual({mode: before.mode, uid: before.uid, gid: before.gid});
  });

  test('follows a link to the file and leaves the link', async () => {
    const real = join(folder, 'real');
    mkdirSync(real);
    writeFileSync(join(real, 'keys'), 'x\n');
    symlinkSync(join(real, 'keys'), keys);
    await run(addKey(keys, key()));
    expect(lstatSync(keys).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(real, 'keys'), 'utf8')).toMatch(/^restrict.*\nx\n$/);
  });

  test('makes the file and its folder where there is none, for the user alone', async () => {
    await run(addKey('', key()));
    const made = join(root, '.ssh');
    expect([
      statSync(made).mode & 0o777,
      statSync(join(made, 'authorized_keys')).mode & 0o777,
    ]).toEqual([0o700, 0o600]);
    await run(removeKey('', publicKey));
    expect(readFileSync(join(made, 'authorized_keys'), 'utf8')).toBe('');
  });

  test('loses nothing when many change it at once', async () => {
    writeFileSync(keys, 'mine\n');
    const all = Array.from({length: 8}, pair);
    await Promise.all(all.map((one) => run(addKey(keys, key({publicKey: one})))));
    expect(readFileSync(keys, 'utf8').trimEnd().split('\n').length).toBe(9);
    await Promise.all(all.map((one) => run(removeKey(keys, one))));
    expect(readFileSync(keys, 'utf8')).toBe('mine\n');
  });

  test('leaves the file alone when there is no room', async () => {
    if (process.getuid?.() !== 0) return;
    const small = join(folder, 'small');
    mkdirSync(small);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8k', 'tmpfs', small]);
    try {
      writeFileSync(join(small, 'keys'), 'x'.repeat(4096));
      const output = must(await transport.run(addKey(join(small, 'keys'), key())));
      expect(output.code).not.toBe(0);
      expect(readFileSync(join(small, 'keys'), 'utf8')).toBe('x'.repeat(4096));
      expect(readdirSync(small)).toEqual(['keys']);
    } finally {
      execFileSync('umount', [small]);
    }
  });

  test('refuses what could break out of the line', () => {
    expect(() => addKey(keys, key({comment: 'cm:a b:c'}))).toThrow(RangeError);
    expect(() => addKey(keys, key({command: 'x" y'}))).toThrow(RangeError);
    expect(() => addKey(keys, key({publicKey: 'ssh-ed25519 AAAA\nssh-rsa'}))).toThrow(RangeError);
    expect(() => removeKey(keys, 'ssh-ed25519 A#d')).toThrow(RangeError);
  });

  test('keys that have expired, and those of runs that are over, are dropped, and nothing else', async () => {
    const drop = script('drop', `${DROP_OLD_KEYS}drop_old_keys "$1" "$2"`, keys, ' cm:r3:a ');
    expect(await run(drop)).toBe('');
    expect(existsSync(keys)).toBe(false);
    const foreign = Buffer.concat([
      Buffer.from(
        'restrict,command="x" ssh-ed25519 AAAA cm:run:lane:1\nssh-rsa AAAA cm:x:y:1\n# restrict cm:x:y:1\n',
      ),
      Buffer.from([0, 255, 10, 0]),
      Buffer.from('last'),
    ]);
    writeFileSync(keys, foreign);
    const [dead, alive, over] = [pair(), pair(), pair()];
    await run(addKey(keys, key({publicKey: dead, comment: 'cm:r1:a', expiresInSeconds: -10})));
    await run(addKey(keys, key({publicKey: alive, comment: 'cm:r2:a'})));
    await run(addKey(keys, key({publicKey: over, comment: 'cm:r3:a'})));
    await run(drop);
    const after = readFileSync(keys);
    expect(after.toString('latin1')).not.toContain(dead);
    expect(after.toString('latin1')).not.toContain(over);
    expect(after.toString('latin1')).toContain(alive);
    expect(after.subarray(after.indexOf(10) + 1).equals(foreign)).toBe(true);
  });
});
