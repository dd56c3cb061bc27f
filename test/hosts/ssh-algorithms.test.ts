import {execFileSync} from 'node:child_process';
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, afterEach, beforeAll, describe, expect, test} from 'vitest';
import {command} from '../../src/base/command.js';
import type {Result} from '../../src/base/result.js';
import {algorithmsFor, allowedIn, mayLogInWith} from '../../src/hosts/ssh/algorithms.js';
import {parseSshG} from '../../src/hosts/ssh/config.js';
import {sshTransport} from '../../src/hosts/ssh/ssh.js';
import type {Transport} from '../../src/hosts/transport.js';
import {failure, must} from './contract.js';
import {type Sshd, noSshd, startSshd} from './sshd.js';

function valueOf<T>(result: Result<T, unknown>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

const said = (text: string) => allowedIn(parseSshG(text));

describe('algorithms', () => {
  test('are our own without a configuration, those of known keys first', () => {
    const {serverHostKey, cipher} = valueOf(algorithmsFor({}, ['ssh-rsa']));
    expect(serverHostKey.slice(0, 3)).toEqual(['rsa-sha2-512', 'rsa-sha2-256', 'ssh-ed25519']);
    expect(cipher[0]).toBe('aes128-gcm@openssh.com');
  });

  test('are never those that the configuration leaves out', () => {
    const allowed = said(
      'hostkeyalgorithms rsa-sha2-512,ssh-dss\nkexalgorithms sntrup761x25519-sha512,curve25519-sha256\nciphers aes256-ctr\nmacs umac-128@openssh.com,hmac-sha2-512',
    );
    expect(valueOf(algorithmsFor(allowed, ['ssh-ed25519']))).toEqual({
      serverHostKey: ['rsa-sha2-512'],
      kex: ['curve25519-sha256'],
      cipher: ['aes256-ctr'],
      hmac: ['hmac-sha2-512'],
    });
  });

  test('without a MAC of ours only ciphers are left that need none', () => {
    const {cipher} = valueOf(
      algorithmsFor(
        said('ciphers aes128-ctr,aes256-gcm@openssh.com\nmacs umac-64@openssh.com'),
        [],
      ),
    );
    expect(cipher).toEqual(['aes256-gcm@openssh.com']);
  });

  test.each([
    ['hostkeyalgorithms ssh-dss', 'HostKeyAlgorithms ssh-dss'],
    ['kexalgorithms sntrup761x25519-sha512', 'KexAlgorithms sntrup761x25519-sha512'],
    ['ciphers 3des-cbc,aes256-cbc', 'Ciphers 3des-cbc,aes256-cbc'],
    ['ciphers aes128-ctr\nmacs umac-64@openssh.com', 'MACs umac-64@openssh.com'],
  ])('a setting that leaves none is named: %j', (text, setting) => {
    const left = algorithmsFor(said(text), []);
    expect(left).toMatchObject({ok: false, error: {setting}});
  });

  test('keys log in only with what is allowed', () => {
    const both = said('pubkeyacceptedalgorithms ssh-ed25519,rsa-sha2-512,rsa-sha2-256');
    expect([mayLogInWith('ssh-rsa', both), mayLogInWith('ecdsa-sha2-nistp256', both)]).toEqual([
      true,
      false,
    ]);
    // The server chooses the hash, so one of them is not enough.
    expect(mayLogInWith('ssh-rsa', said('pubkeyacceptedalgorithms rsa-sha2-512'))).toBe(false);
    expect(mayLogInWith('ssh-rsa', {})).toBe(true);
  });
});

describe.skipIf(noSshd() !== undefined)('a server and the ssh configuration', () => {
  let sshd: Sshd;
  const opened: Transport[] = [];

  beforeAll(async () => {
    sshd = await startSshd('Ciphers aes256-ctr,aes256-gcm@openssh.com\nMACs hmac-sha2-512');
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((transport) => transport.close()));
  });
  afterAll(() => {
    sshd.close();
  });

  const reach = async (lines: string) => {
    const config = join(sshd.folder, 'more_config');
    writeFileSync(config, `GlobalKnownHostsFile none\n${lines}\n`);
    const host = sshd.host('alpha');
    const transport = sshTransport({...host, ssh: {...host.ssh, config}}, sshd.env);
    opened.push(transport);
    return transport.run(command('true'));
  };
  const file = (name: string, content: string): string => {
    writeFileSync(join(sshd.folder, name), content);
    return join(sshd.folder, name);
  };

  test('meet where both allow the same', async () => {
    must(await reach('Ciphers aes256-ctr\nMACs hmac-sha2-512,umac-64@openssh.com'));
    must(await reach('PubkeyAcceptedAlgorithms ssh-ed25519'));
  });

  test.each([
    'Ciphers aes128-ctr',
    'Ciphers aes256-ctr\nMACs hmac-sha2-256',
    'HostKeyAlgorithms ecdsa-sha2-nistp256',
    'PubkeyAcceptedAlgorithms rsa-sha2-512,rsa-sha2-256',
  ])('do not where the configuration allows nothing that the server has: %j', async (lines) => {
    expect(failure(await reach(lines))).toMatchObject({kind: 'unreachable'});
  });

  test('a key that is revoked is refused, though it is known', async () => {
    const key = readFileSync(join(sshd.folder, 'host.pub'), 'utf8');
    const other = execFileSync('ssh-keygen', ['-y', '-f', sshd.identity], {encoding: 'utf8'});
    must(await reach(`RevokedHostKeys ${file('others', `# ours\n${other}`)}`));
    const listed = file('revoked', `${other}\n${key}`);
    expect(failure(await reach(`RevokedHostKeys ${listed}`))).toMatchObject({
      code: 'host-key-revoked',
      message: expect.stringContaining(`revoked by ${listed}:3`) as string,
    });
  });

  test('a list of revoked keys that cannot be read revokes all', async () => {
    const krl = join(sshd.folder, 'krl');
    execFileSync('ssh-keygen', ['-q', '-k', '-f', krl, join(sshd.folder, 'id.pub')]);
    for (const [name, why] of [
      [krl, 'binary form'],
      [`${krl}-none`, 'ENOENT'],
    ] as const) {
      const problem = failure(await reach(`RevokedHostKeys ${name}`));
      expect(problem).toMatchObject({kind: 'unreachable', code: 'ssh-setting'});
      expect(problem?.message).toContain(`RevokedHostKeys ${name}`);
      expect(problem?.message).toContain(why);
    }
  });

  test('an RSA key is as long as the configuration requires', async () => {
    const rsa = readFileSync(join(sshd.folder, 'host_rsa.pub'), 'utf8');
    writeFileSync(
      join(sshd.folder, 'known_hosts'),
      `[127.0.0.1]:${sshd.port} ${rsa.split(' ').slice(0, 2).join(' ')}\n`,
      {flag: 'a'},
    );
    must(await reach('HostKeyAlgorithms rsa-sha2-512\nRequiredRSASize 3072'));
    expect(
      failure(await reach('HostKeyAlgorithms rsa-sha2-512\nRequiredRSASize 4096')),
    ).toMatchObject({
      code: 'host-key-refused',
      message: expect.stringContaining('has 3072 bits') as string,
    });
  });
});
