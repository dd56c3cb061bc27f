import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, describe, expect, test} from 'vitest';
import {parseAddress} from '../../src/hosts/ssh/address.js';
import {parseSshG, resolveTarget, toTarget} from '../../src/hosts/ssh/config.js';
import {failure, must} from './contract.js';

describe('an address', () => {
  test.each([
    ['h', {name: 'h'}],
    ['h.example', {name: 'h.example'}],
    ['me@h', {user: 'me', name: 'h'}],
    ['h:2222', {name: 'h', port: 2222}],
    ['me@h:2222', {user: 'me', name: 'h', port: 2222}],
    ['10.0.0.1:22', {name: '10.0.0.1', port: 22}],
    ['[fe80::1]:2222', {name: 'fe80::1', port: 2222}],
    ['me@[fe80::1%eth0]', {user: 'me', name: 'fe80::1%eth0'}],
    ['fe80::1', {name: 'fe80::1'}],
    ['::1', {name: '::1'}],
    ['', undefined],
    ['-oProxyCommand=x', undefined],
    ['-x@h', undefined],
    ['me@-h', undefined],
    ['h:0', undefined],
    ['h:65536', undefined],
    ['h:x', undefined],
    ['h:', undefined],
    ['a b', undefined],
    ['a@b@c', undefined],
    ['[h', undefined],
  ])('%s', (text, expected) => {
    expect(parseAddress(text)).toEqual(expected);
  });
});

test.each([
  ['port x', 22, 20_000],
  ['port 1e999', 22, 20_000],
  ['port 0\nconnecttimeout 99999999999', 22, 2 ** 31 - 1],
])('what no ssh prints leaves a port and a time that can be used: %j', (text, port, ms) => {
  const env = {variables: {}, home: '/home/me', user: 'me'};
  const target = toTarget({name: 'h'}, {}, parseSshG(text), env);
  expect([target.port, target.connectTimeoutMs]).toEqual([port, ms]);
});

describe('the ssh configuration', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cm-config-'));
  const config = join(folder, 'config');
  afterAll(() => {
    rmSync(folder, {recursive: true, force: true});
  });
  writeFileSync(
    config,
    `Host web
  HostName web.internal
  Port 2022
  User deploy
  IdentityFile ~/.ssh/web_%r
  IdentitiesOnly yes
  IdentityAgent none
  ProxyJump a,me@b:2200
  HostKeyAlias web-key
  ConnectTimeout 7
  UserKnownHostsFile /k/one /k/two
  StrictHostKeyChecking accept-new
Host cmd
  ProxyCommand nc %h %p
  IdentityAgent $MY_AGENT
Host *
  GlobalKnownHostsFile none
`,
  );
  const env = {
    variables: {PATH: process.env['PATH'] ?? '', SSH_AUTH_SOCK: '/agent', MY_AGENT: '/mine'},
    home: '/home/me',
    user: 'me',
  };
  const of = async (address: string, more = {}) =>
    must(await resolveTarget('x', address, {config, ...more}, env));

  test('an alias becomes what the file says', async () => {
    const target = await of('web');
    expect(target).toMatchObject({
      hostname: 'web.internal',
      port: 2022,
      user: 'deploy',
      identityFiles: ['/home/me/.ssh/web_deploy'],
      identitiesOnly: true,
      proxyJump: ['a', 'me@b:2200'],
      hostKeyAlias: 'web-key',
      connectTimeoutMs: 7000,
      knownHosts: ['/k/one', '/k/two'],
      opensUp: true,
    });
    expect(target.agent).toBeUndefined();
  });

  test('what the address says wins', async () => {
    expect(await of('root@web:22')).toMatchObject({
      user: 'root',
      port: 22,
      hostname: 'web.internal',
    });
  });

  test('what the plan says wins', async () => {
    expect(await of('web', {identity: '/i', knownHosts: '/k'})).toMatchObject({
      identityFiles: ['/i'],
      identitiesOnly: true,
      knownHosts: ['/k'],
    });
  });

  test('defaults', async () => {
    const target = await of('h');
    expect(target).toMatchObject({
      hostname: 'h',
      port: 22,
      agent: '/agent',
      connectTimeoutMs: 20_000,
      opensUp: false,
      proxyJump: [],
    });
    expect(target.identityFiles).toContain('/home/me/.ssh/id_ed25519');
  });

  test('tokens of a ProxyCommand and a variable for the agent', async () => {
    expect(await of('cmd')).toMatchObject({proxyCommand: 'nc cmd 22', agent: '/mine'});
  });

  test('a file that OpenSSH does not understand', async () => {
    const bad = join(folder, 'bad');
    writeFileSync(bad, 'Nonsense yes\n');
    const problem = failure(await resolveTarget('x', 'h', {config: bad}, env));
    expect(problem).toMatchObject({kind: 'unreachable', code: 'name-unknown', host: 'x'});
    expect(problem?.log?.join()).toContain('Bad configuration option');
  });

  test('without an ssh program an address that needs no file still works', async () => {
    const bare = {...env, variables: {PATH: '/nowhere'}};
    expect(must(await resolveTarget('x', 'me@h:2222', {}, bare))).toMatchObject({
      hostname: 'h',
      port: 2222,
      user: 'me',
      knownHosts: [
        '/home/me/.ssh/known_hosts',
        '/home/me/.ssh/known_hosts2',
        '/etc/ssh/ssh_known_hosts',
        '/etc/ssh/ssh_known_hosts2',
      ],
    });
    const problem = failure(await resolveTarget('x', 'h', {config}, bare));
    expect(problem?.remedy).toBe('install the OpenSSH client');
  });
});
