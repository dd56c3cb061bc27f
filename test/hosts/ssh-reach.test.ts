import {type ChildProcess, execFileSync, spawn} from 'node:child_process';
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {createServer, type AddressInfo} from 'node:net';
import {join} from 'node:path';
import {afterAll, afterEach, beforeAll, describe, expect, test} from 'vitest';
import {command, script} from '../../src/base/command.js';
import type {Problem} from '../../src/base/problem.js';
import {openTransports} from '../../src/hosts/open.js';
import {sshTransport} from '../../src/hosts/ssh/ssh.js';
import type {HostsEnv} from '../../src/hosts/ssh/config.js';
import type {Transport} from '../../src/hosts/transport.js';
import type {Host, SshSettings} from '../../src/plan/plan.js';
import {until} from '../rig/limits.js';
import {failure, must} from './contract.js';
import {type Loopback, keyPair, startLoopback} from './ssh-server.js';

describe('reaching a host over ssh', () => {
  let loopback: Loopback;
  const opened: Transport[] = [];

  beforeAll(async () => {
    loopback = await startLoopback();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((transport) => transport.close()));
  });
  afterAll(() => loopback.close());

  const transportTo = (more: Partial<Host> = {}, env: HostsEnv = loopback.env): Transport => {
    const transport = sshTransport({...loopback.host, ...more}, env);
    opened.push(transport);
    return transport;
  };

  const settings = (more: Partial<SshSettings>): Partial<Host> => ({
    ssh: {...loopback.host.ssh, ...more},
  });

  const problemOf = async (more: Partial<Host>, env?: HostsEnv): Promise<Problem | undefined> =>
    failure(await transportTo(more, env).run(command('true')));

  const file = (name: string, text: string): string => {
    writeFileSync(join(loopback.folder, name), text, {mode: 0o600});
    return join(loopback.folder, name);
  };

  test('many commands share one connection and at most eight channels', async () => {
    const before = loopback.logins();
    const transport = transportTo();
    await Promise.all(Array.from({length: 40}, () => transport.run(script('t', 'sleep 0.05'))));
    expect(loopback.logins() - before).toBe(1);
    expect(loopback.most()).toBeLessThanOrEqual(8);
  });

  test('a lost connection is said, and made again by the next command', async () => {
    const transport = transportTo();
    must(await transport.run(command('true')));
    const before = loopback.logins();
    const mark = join(loopback.folder, 'runs');
    const running = transport.run(script('t', 'echo x >>"$1"; sleep 600', mark));
    await until(() => existsSync(mark));
    loopback.cut();
    expect(failure(await running)).toMatchObject({
      kind: 'unreachable',
      code: 'connection-lost',
      host: 'alpha',
    });
    expect(loopback.logins()).toBe(before);
    must(await transport.run(command('true')));
    expect(loopback.logins()).toBe(before + 1);
    expect(readFileSync(mark, 'utf8')).toBe('x\n');
  });

  test.each([1, 3])('a server that opens %d session(s) a connection is enough', async (most) => {
    const narrow = await startLoopback({maxSessions: most});
    const transport = sshTransport(narrow.host, narrow.env);
    const outputs = await Promise.all(
      Array.from({length: 6}, () => transport.run(script('t', 'sleep 0.1; echo y'))),
    );
    expect(outputs.map((each) => must(each).stdout)).toEqual(Array(6).fill('y\n'));
    expect(narrow.logins()).toBeGreaterThan(1);
    await transport.close();
    await narrow.close();
  });

  test('a server that opens none is refused, with the setting', async () => {
    const narrow = await startLoopback({maxSessions: 0});
    const transport = sshTransport(narrow.host, narrow.env);
    const problem = failure(await transport.run(command('true')));
    expect(problem).toMatchObject({code: 'refused', host: 'alpha'});
    expect(problem?.remedy).toContain('MaxSessions');
    await transport.close();
    await narrow.close();
  });

  test.each([
    [1, 100, 3, undefined],
    [2, 100, 17, undefined],
    [10, 1, 3, undefined],
    [2, 2, 5, 4],
  ])(
    'of %d session(s) on each of %d connection(s), %d are asked for at once before a move',
    async (maxSessions, maxConnections, wanted, opens) => {
      const narrow = await startLoopback({maxSessions, maxConnections});
      const transport = sshTransport(narrow.host, narrow.env);
      must(await transport.run(command('true')));
      const problem = await transport.probeSessions?.(wanted);
      if (opens === undefined) expect(problem).toBeUndefined();
      else {
        expect(problem).toMatchObject({code: 'too-few-sessions', host: 'alpha'});
        expect(problem?.message).toContain(`opens ${opens} of the ${wanted} ssh sessions`);
        expect(problem?.remedy).toContain('MaxSessions');
      }
      must(await transport.run(command('true')));
      await transport.close();
      await narrow.close();
    },
  );

  test('commands that wait for another one leave it a session, however many they are', async () => {
    const transport = transportTo();
    const go = join(loopback.folder, 'go');
    const wait = script('t', 'until [ -e "$1" ]; do sleep 0.05; done; echo went', go);
    const waiting = Array.from({length: 20}, () => transport.run(wait));
    must(await transport.run(script('t', 'touch "$1"', go)));
    for (const each of waiting) expect(must(await each).stdout).toBe('went\n');
  });

  test('its endpoint is the checked one, or what the plan says for peers', async () => {
    expect(must(await transportTo().endpoint())).toEqual({
      user: 'tester',
      address: '127.0.0.1',
      port: loopback.port,
      hostKeys: [loopback.hostKey],
    });
    expect(must(await transportTo({peerAddress: '10.1.1.1'}).endpoint())).toMatchObject({
      address: '10.1.1.1',
      port: 22,
    });
  });

  test('a name that is not known', async () => {
    const problem = await problemOf({address: 'no-such-host.invalid'});
    expect(problem).toMatchObject({kind: 'unreachable', code: 'name-unknown', host: 'alpha'});
    expect(problem?.remedy).toBeDefined();
  });

  test('a port where nobody listens', async () => {
    expect(await problemOf({address: '127.0.0.1:1'})).toMatchObject({code: 'refused'});
  });

  test('a server that says nothing', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => {
      silent.listen(0, '127.0.0.1', resolve);
    });
    const {port} = silent.address() as AddressInfo;
    const config = file('short', 'ConnectTimeout 1\nGlobalKnownHostsFile none\n');
    expect(await problemOf({address: `127.0.0.1:${port}`, ...settings({config})})).toMatchObject({
      code: 'timed-out',
    });
    const late = await transportTo({address: `127.0.0.1:${port}`}).run({
      ...command('true'),
      timeoutMs: 300,
    });
    expect(failure(late)?.code).toBe('command-timed-out');
    silent.close();
  });

  test('a server that hangs up', async () => {
    const rude = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => {
      rude.listen(0, '127.0.0.1', resolve);
    });
    const {port} = rude.address() as AddressInfo;
    expect(await problemOf({address: `127.0.0.1:${port}`})).toMatchObject({
      code: 'connection-lost',
    });
    rude.close();
  });

  test('a key that is not known: its fingerprint and what to run', async () => {
    const knownHosts = file('none', '');
    const problem = await problemOf(settings({knownHosts}));
    expect(problem).toMatchObject({kind: 'unreachable', code: 'host-key-unknown', host: 'alpha'});
    const printed = execFileSync('ssh-keygen', ['-lf', '-'], {
      input: loopback.hostKey,
      encoding: 'utf8',
    });
    expect(problem?.message).toContain(printed.split(' ')[1]);
    expect(problem?.remedy).toContain(`-o UserKnownHostsFile=${knownHosts}`);
    expect(problem?.remedy).toContain(`-p ${loopback.port} tester@127.0.0.1 true`);
  });

  test('a configuration that takes every key does not open us', async () => {
    const config = file('open', 'StrictHostKeyChecking no\nGlobalKnownHostsFile none\n');
    const problem = await problemOf(settings({config, knownHosts: file('none', '')}));
    expect(problem?.code).toBe('host-key-unknown');
    expect(problem?.message).toContain('StrictHostKeyChecking');
  });

  test('a key that has changed: where the other one stands', async () => {
    const knownHosts = file('changed', `# one\n[127.0.0.1]:${loopback.port} ${keyPair().public}\n`);
    const problem = await problemOf(settings({knownHosts}));
    expect(problem?.code).toBe('host-key-changed');
    expect(problem?.message).toContain(`${knownHosts}:2`);
  });

  test('a revoked key', async () => {
    const knownHosts = file(
      'revoked',
      `[127.0.0.1]:${loopback.port} ${loopback.hostKey}\n@revoked * ${loopback.hostKey}\n`,
    );
    expect((await problemOf(settings({knownHosts})))?.code).toBe('host-key-revoked');
  });

  test('HostKeyAlias is what the key is looked up by', async () => {
    const config = file('alias', 'HostKeyAlias the-one\nGlobalKnownHostsFile none\n');
    const knownHosts = file('aliased', `the-one ${loopback.hostKey}\n`);
    must(await transportTo(settings({config, knownHosts})).run(command('true')));
  });

  test('a wrong key: what was tried', async () => {
    const identity = file('wrong', keyPair().private);
    const problem = await problemOf(settings({identity}));
    expect(problem).toMatchObject({kind: 'unreachable', code: 'not-authenticated'});
    expect(problem?.message).toContain(`the key "${identity}"`);
    expect(problem?.message).toContain('no ssh agent');
  });

  test('an encrypted key: use an agent', async () => {
    const identity = join(loopback.folder, 'locked');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'secret', '-f', identity]);
    const problem = await problemOf(settings({identity}));
    expect(problem?.code).toBe('not-authenticated');
    expect(problem?.message).toMatch(/encrypted: unlock it in an ssh agent/);
  });

  test('a key that is not there', async () => {
    const problem = await problemOf(settings({identity: '/nowhere/id'}));
    expect(problem?.message).toContain('"/nowhere/id": it is not there');
  });

  describe('with an ssh agent', () => {
    let agent: ChildProcess;
    let env: HostsEnv;

    beforeAll(async () => {
      const socket = join(loopback.folder, 'agent');
      agent = spawn('ssh-agent', ['-D', '-a', socket], {stdio: 'ignore'});
      await until(() => existsSync(socket));
      env = {...loopback.env, variables: {...loopback.env.variables, SSH_AUTH_SOCK: socket}};
      const other = file('other', keyPair().private);
      for (const key of [other, loopback.host.ssh.identity ?? ''])
        execFileSync('ssh-add', ['-q', key], {env: {...process.env, SSH_AUTH_SOCK: socket}});
    });
    afterAll(() => {
      agent.kill();
    });

    test('its keys are offered', async () => {
      const config = file('agentonly', 'IdentityFile none\nGlobalKnownHostsFile none\n');
      const {knownHosts = ''} = loopback.host.ssh;
      must(await transportTo({ssh: {config, knownHosts}}, env).run(command('true')));
    });

    test('a named identity keeps its other keys back', async () => {
      const identity = file('third', keyPair().private);
      const problem = await problemOf(settings({identity}), env);
      expect(problem?.code).toBe('not-authenticated');
      expect(problem?.message).toContain('only keys named for this host');
    });

    test('an agent that does not answer is one way less', async () => {
      const dead = {...env, variables: {...env.variables, SSH_AUTH_SOCK: '/nowhere/agent'}};
      must(await transportTo({}, dead).run(command('true')));
    });
  });

  describe('through others', () => {
    let second: Loopback;

    beforeAll(async () => {
      second = await startLoopback();
    });
    afterAll(() => second.close());

    const both = (): string =>
      file(
        'both',
        readFileSync(join(loopback.folder, 'known_hosts'), 'utf8') +
          readFileSync(join(second.folder, 'known_hosts'), 'utf8'),
      );

    const jump = (knownHosts: string): Partial<Host> => ({
      address: `tester@127.0.0.1:${second.port}`,
      ssh: {
        config: file(
          'jump',
          `GlobalKnownHostsFile none\nMatch originalhost first\n  HostName 127.0.0.1\n  Port ${loopback.port}\n  User tester\n  IdentityFile ${loopback.host.ssh.identity ?? ''}\n` +
            'Match originalhost 127.0.0.1\n  ProxyJump first\n',
        ),
        identity: second.host.ssh.identity ?? '',
        knownHosts,
      },
    });

    test('ProxyJump', async () => {
      const before = loopback.logins();
      expect(must(await transportTo(jump(both())).run(command('echo', 'there'))).stdout).toBe(
        'there\n',
      );
      expect(loopback.logins()).toBe(before + 1);
    });

    test('every host on the way is checked', async () => {
      const onlySecond = join(second.folder, 'known_hosts');
      const problem = await problemOf(jump(onlySecond));
      expect(problem?.code).toBe('host-key-unknown');
      expect(problem?.message).toContain(`:${loopback.port}`);
      expect((await problemOf(jump(join(loopback.folder, 'known_hosts'))))?.code).toBe(
        'host-key-unknown',
      );
    });

    test('ProxyCommand', async () => {
      const relay = file(
        'relay.mjs',
        "import {connect} from 'node:net';\nconst s = connect(Number(process.argv[3]), process.argv[2]);\nprocess.stdin.pipe(s).pipe(process.stdout);\n",
      );
      const config = file(
        'proxy',
        `GlobalKnownHostsFile none\nProxyCommand ${process.execPath} ${relay} %h %p\n`,
      );
      const transport = transportTo(settings({config}));
      expect(must(await transport.run(command('echo', 'there'))).stdout).toBe('there\n');
    });

    test('a ProxyCommand that fails', async () => {
      const config = file('proxy', 'GlobalKnownHostsFile none\nProxyCommand false\n');
      expect(await problemOf(settings({config}))).toMatchObject({
        kind: 'unreachable',
        code: 'connection-lost',
      });
    });
  });

  test('openTransports makes one transport a host, and connects nothing before the first command', async () => {
    const before = loopback.logins();
    const here: Host = {...loopback.host, name: 'here', address: 'local'};
    const all = openTransports([loopback.host, here], loopback.env);
    const [a, b] = await Promise.all([all.get('alpha'), all.get('alpha')]);
    expect(must(a)).toBe(must(b));
    expect(loopback.logins()).toBe(before);
    expect(must(await must(await all.get('here')).run(command('echo', 'x'))).stdout).toBe('x\n');
    expect(must(await must(a).run(command('echo', 'y'))).stdout).toBe('y\n');
    expect(failure(await all.get('other'))?.code).toBe('name-unknown');
    await all.close();
    expect(failure(await must(a).run(command('true')))?.code).toBe('connection-lost');
  });
});
