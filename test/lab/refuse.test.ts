import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {afterEach, expect, test} from 'vitest';
import {imageName, loadImage} from '../../src/lab/lab.js';
import {knownHostsOf} from '../../src/lab/lab-state.js';
import {CountingClient} from '../../src/lab/demo/redis-client.js';
import {hostsBlock} from '../../src/lab/host/ssh-files.js';
import {begins, type Ended} from './cm-run.js';
import {describeLab, expectExit, expectWhole, must, type Rig} from './rig.js';

const sample = imageName('busybox');

/** Nothing at all is done to a container on any host while `work` goes on. */
async function untouched(rig: Rig, work: () => Promise<Ended>): Promise<Ended> {
  const events = await rig.events();
  const ended = await work();
  expect(await rig.events()).toBe(events);
  expect(await rig.leftovers()).toEqual([]);
  return ended;
}

/** The codes of all problems of a run that is over. */
const codes = ({lines}: Ended): readonly unknown[] =>
  lines.filter((line) => line.type === 'problem').map((line) => line['code']);

describeLab('what cannot be', {lab: 'refuse', images: ['busybox', 'redis']}, (rig) => {
  afterEach(async () => {
    await rig.clear();
    await rig.onAll('podman network rm own >/dev/null 2>&1 || :');
  });

  const run = (host: string, ...words: readonly string[]): Promise<string> =>
    rig.shell(host, 'podman run --detach --stop-timeout 1 "$@" >/dev/null', ...words);
  const stateful = 'containers:\n  app: {on: beta, strategy: stateful}\n';

  test.each([
    {code: 'tty', alpha: ['--tty', '--network', 'lan'], beta: []},
    {code: 'network-missing', alpha: ['--network', 'own'], beta: []},
    {code: 'port-taken', alpha: ['--publish', '8080:80'], beta: ['--publish', '8080:81']},
    {code: 'auto-remove', alpha: ['--rm'], beta: []},
  ])('$code: refused before anything is touched', async ({code, alpha, beta}) => {
    if (alpha.includes('own'))
      await rig.shell(
        'alpha',
        'podman network create --driver macvlan --opt parent=eth0 --subnet 10.99.0.0/24 own >/dev/null',
      );
    await run('alpha', '--name', 'app', ...alpha, sample);
    if (beta.length > 0) {
      must(await loadImage(rig.lab, 'beta', 'busybox'));
      await run('beta', '--name', 'other', ...beta, sample);
    }
    const plan = await rig.plan('refused', stateful);
    const refused = await untouched(rig, () => rig.apply(plan));
    expectExit(refused, 14);
    expect(codes(refused)).toContain(code);
    expect((await rig.see('alpha', 'app'))?.running).toBe(true);
  });

  const perl = (text: string): readonly string[] => [
    ...['--volume', '/usr:/usr:ro', sample, '/usr/bin/perl', '-MSocket=:all', '-MIO::Handle', '-e'],
    `sub ready { open(R, ">", "/ready"); sleep 1 while 1 } ${text}; ready()`,
  ];

  /** Refusal code → what is put before the image, and what makes a container of that kind. */
  const kinds: Readonly<Record<string, readonly string[]>> = {
    mptcp: perl('socket(S, AF_INET, SOCK_STREAM, 262) && listen(S, 5) or die'),
    'ping-socket': perl(
      'socket(S, AF_INET, SOCK_DGRAM, 1) && bind(S, sockaddr_in(0, INADDR_ANY)) or die',
    ),
    'posix-queue': perl('syscall(240, $n = "left", 65, 384, 0) > 0 or die'),
    'deleted-file-large': perl(
      'open(F, ">", "/root/x"); print F "x" x 3e6; F->flush; unlink("/root/x")',
    ),
    'deleted-name': perl('open(F, ">", "/root/x"); link("/root/x", "/root/y"); unlink("/root/x")'),
    'nested-namespace': [
      ...['--cap-add', 'SYS_ADMIN', '--security-opt', 'seccomp=unconfined'],
      ...perl('if (fork) { sleep 1 while 1 } syscall(272, 0x04000000) == 0 or die'),
    ],
    'unix-socket-outside': [
      ...['--volume', '/srv/log:/srv/log'],
      ...perl(
        'socket(S, AF_UNIX, SOCK_STREAM, 0) && connect(S, sockaddr_un("/srv/log/socket")) or die',
      ),
    ],
    'watched-file': perl('mkdir("/app"); syscall(254, syscall(294, 0), $p = "/app", 2) > 0 or die'),
    'ipv6-connection': perl(
      'socket(L, AF_INET6, SOCK_STREAM, 0); bind(L, pack_sockaddr_in6(7, inet_pton(AF_INET6, "::"))); listen(L, 5); socket(S, AF_INET6, SOCK_STREAM, 0); until (connect(S, pack_sockaddr_in6(7, inet_pton(AF_INET6, "fd00:7::1")))) { select(undef, undef, undef, 0.1) }',
    ),
    'bind-link': ['--volume', '/srv/link:/srv/link', sample],
    'init-link': ['--init', sample],
    exec: [sample],
  };

  const allKinds = (on: string): string =>
    `containers:\n${Object.keys(kinds)
      .map((name) => `  ${name}: {on: ${on}}\n`)
      .join('')}defaults: {strategy: stateful, connections: keep}\n`;

  test('what CRIU cannot take along is found in the processes, before anything is frozen', async () => {
    await rig.onAll('mkdir -p /srv/log /srv/place; ln -sfn /srv/place /srv/link');
    const listener = await rig.shell(
      'alpha',
      `rm -f /srv/log/socket
perl -MSocket -e 'socket(S, AF_UNIX, SOCK_STREAM, 0); bind(S, sockaddr_un("/srv/log/socket")); listen(S, 5); alarm 80; while (accept(my $c, S)) { push @k, $c }' >/dev/null 2>&1 </dev/null &
echo $!; until [ -e /srv/log/socket ]; do sleep 0.1; done`,
    );
    for (const [name, words] of Object.entries(kinds)) await run('alpha', '--name', name, ...words);
    await rig.shell(
      'alpha',
      `pid=$(podman inspect --format '{{.State.Pid}}' ipv6-connection)
nsenter --net="/proc/$pid/ns/net" ip address add fd00:7::1/64 dev eth0 nodad
podman exec --detach exec sleep 600
for name; do until podman exec "$name" test -e /ready; do sleep 0.1; done; done`,
      ...Object.keys(kinds).filter((name) => kinds[name]?.includes('-MSocket=:all')),
    );
    const refused = await untouched(rig, async () =>
      rig.apply(await rig.plan('kinds', allKinds('beta'))),
    );
    expectExit(refused, 14);
    for (const name of Object.keys(kinds)) {
      const told = refused.lines.filter(
        (line) => line.type === 'problem' && line['container'] === name,
      );
      expect([name, told.map((line) => line['code'])]).toEqual([
        name,
        expect.arrayContaining([name]),
      ]);
    }
    await rig.shell('alpha', 'kill "$1"', listener);
  });

  test('multipath TCP, switched off as it is advised: moved with its memory', async () => {
    await run(
      'alpha',
      ...['--name', 'app', '--sysctl', 'net.mptcp.enabled=0', '--network', 'lan'],
      ...perl(
        'socket(S, AF_INET, SOCK_STREAM, 262) || socket(S, AF_INET, SOCK_STREAM, 0) or die; listen(S, 5) or die',
      ),
    );
    const plan = await rig.plan(
      'advised',
      'containers:\n  app: {on: beta, strategy: stateful, volumes: {/usr: shared}}\n',
    );
    expectExit(await rig.apply(plan), 0);
    expect(await rig.where('app')).toBe('beta running');
  });

  test('a watched file of its image, and the folder named to CRIU as it is advised: moved', async () => {
    await rig.onAll('mkdir -p /etc/criu; echo "irmap-scan-path /app" > /etc/criu/runc.conf');
    await run('alpha', '--name', 'app', ...(kinds['watched-file'] ?? []));
    await rig.shell('alpha', 'until podman exec app test -e /ready; do sleep 0.1; done');
    const plan = await rig.plan(
      'watched',
      'containers:\n  app: {on: beta, strategy: stateful, volumes: {/usr: shared}}\n',
    );
    const moved = await rig.apply(plan);
    await rig.onAll('rm -rf /etc/criu');
    expectExit(moved, 0);
    expect(await rig.where('app')).toBe('beta running');
  });

  test('settings of its network, a network made as advised, and a firewall inside that nothing would bring back', async () => {
    const settings = `pid=$(podman inspect --format '{{.State.Pid}}' app)
nsenter --net="/proc/$pid/ns/net" cat /proc/sys/net/core/somaxconn /proc/sys/net/ipv4/ip_unprivileged_port_start`;
    await rig.shell(
      'alpha',
      'podman network create --driver macvlan --opt parent=eth0 --opt mtu=1400 --internal --subnet 10.99.0.0/24 --gateway 10.99.0.9 --label team=web own >/dev/null',
    );
    const words = ['--network', 'own', '--sysctl', 'net.core.somaxconn=777'];
    await run('alpha', '--name', 'app', ...words, sample);
    await rig.shell(
      'alpha',
      `pid=$(podman inspect --format '{{.State.Pid}}' app)
nsenter --net="/proc/$pid/ns/net" sh -c 'echo 80 > /proc/sys/net/ipv4/ip_unprivileged_port_start; nft add table inet closed'
nsenter --net="/proc/$pid/ns/net" nft add chain inet closed output '{ type filter hook output priority 0; policy drop; }'`,
    );
    const plan = await rig.plan('inside', stateful);
    const refused = await untouched(rig, () => rig.apply(plan));
    expectExit(refused, 14);
    expect(codes(refused)).toEqual(expect.arrayContaining(['network-missing', 'network-inside']));
    const advice = refused.lines.find((line) => line['code'] === 'network-missing');
    const [, making = ''] = /: (podman network create .*)$/.exec(String(advice?.['remedy'])) ?? [];
    await rig.shell('beta', `${making} >/dev/null`);
    await rig.shell(
      'alpha',
      `nsenter --net="/proc/$(podman inspect --format '{{.State.Pid}}' app)/ns/net" nft flush ruleset`,
    );
    expectExit(await rig.apply(plan), 0);
    expect(await rig.shell('beta', settings)).toBe('777\n80');
    const [here, there] = await rig.onAll(
      `podman network inspect own --format '{{.Driver}} {{.Internal}} {{.Subnets}} {{.Options}} {{.Labels}}'`,
    );
    expect(there).toBe(here);
  });

  test("made through podman's two APIs, which tell no command: moved with the settings they asked for", async () => {
    await rig.shell(
      'alpha',
      `podman system service --time 30 unix:///run/test-api.sock >/dev/null 2>&1 </dev/null &
until [ -S /run/test-api.sock ]; do sleep 0.1; done
ask() { curl -fsS --unix-socket /run/test-api.sock -X POST -H 'Content-Type: application/json' "$@" >/dev/null; }
ask -d "{\\"Image\\": \\"$1\\", \\"HostConfig\\": {\\"Sysctls\\": {\\"net.core.somaxconn\\": \\"99\\"}}}" 'http://d/v1.41/containers/create?name=one'
ask -d "{\\"image\\": \\"$1\\", \\"name\\": \\"two\\", \\"sysctl\\": {\\"net.core.somaxconn\\": \\"98\\"}}" http://d/v5.0.0/libpod/containers/create
podman start one two >/dev/null`,
      sample,
    );
    const plan = await rig.plan(
      'api',
      'containers:\n  one: {on: beta}\n  two: {on: beta}\ndefaults: {strategy: cold}\n',
    );
    expectExit(await rig.apply(plan), 0);
    const settings = await rig.shell(
      'beta',
      'for name in one two; do podman exec "$name" cat /proc/sys/net/core/somaxconn; done',
    );
    expect(settings).toBe('99\n98');
  });

  test('a name that is taken on the target: refused', async () => {
    await run('alpha', '--name', 'app', sample);
    must(await loadImage(rig.lab, 'beta', 'busybox'));
    await rig.shell('beta', 'podman create --name app "$1" >/dev/null', sample);
    const plan = await rig.plan('taken', stateful);
    const refused = await untouched(rig, () => rig.apply(plan));
    expectExit(refused, 14);
    expect(codes(refused)).toContain('name-taken');
  });

  test('a container that cannot be read: refused alone, and the others of its host are moved', async () => {
    await run('alpha', '--name', 'odd', '--mount', 'type=devpts,destination=/dev/pts', sample);
    await run('alpha', '--name', 'app', sample);
    const both = await rig.plan('both', `${stateful}  odd: {on: beta, strategy: cold}\n`);
    const refused = await untouched(rig, () => rig.apply(both));
    expectExit(refused, 14);
    expect(codes(refused)).toEqual(['container-unreadable']);
    expectExit(await rig.apply(await rig.plan('one', stateful)), 0);
    expect(await rig.where('app')).toBe('beta running');
  });

  test('files on the target that nobody said may go: refused', async () => {
    await run('alpha', '--name', 'app', '--volume', 'data:/data', sample);
    await rig.shell(
      'beta',
      'podman volume create data >/dev/null; echo precious > /var/lib/containers/storage/volumes/data/_data/file',
    );
    const plan = await rig.plan('files', stateful);
    expectExit(await untouched(rig, () => rig.apply(plan)), 14);
  });

  test('a volume that is a mount: refused, and shared once the target mounts the same', async () => {
    const fill = 'mkdir -p /srv/nas; echo one > /srv/nas/file';
    await rig.shell(
      'alpha',
      `${fill}; podman volume create --opt type=none --opt o=bind --opt device=/srv/nas nas >/dev/null`,
    );
    await run('alpha', '--name', 'app', '--volume', 'nas:/nas', '--network', 'lan', sample);
    const copied = await rig.plan('copied', stateful);
    const refused = await untouched(rig, () => rig.apply(copied));
    expectExit(refused, 14);
    expect(codes(refused)).toEqual(['volume-is-mount']);
    const remedy = String(refused.lines.find(({type}) => type === 'problem')?.['remedy']);
    const [, advised = ''] = /with "(podman volume create [^"]*)"/.exec(remedy) ?? [];
    await rig.shell('beta', advised);
    const shared = await rig.plan(
      'shared',
      'containers:\n  app: {on: beta, strategy: stateful, volumes: {nas: shared}}\n',
    );
    const missing = await untouched(rig, () => rig.apply(shared));
    expect(codes(missing)).toEqual(['shared-missing']);
    await rig.shell('beta', fill);
    expectExit(await rig.apply(shared), 0);
    expect(await rig.shell('beta', 'podman exec app cat /nas/file')).toBe('one');
    await rig.onAll('podman rm -f -t 0 app; podman volume rm nas; rm -rf /srv/nas');
  });

  test('what cannot be done statefully is done cold, and it is said why', async () => {
    await run('alpha', '--name', 'app', '--tty', '--network', 'lan', sample);
    const plan = await rig.plan(
      'ladder',
      'containers:\n  app: {on: beta, strategy: [stateful, cold]}\n',
    );
    const moved = await rig.begin(['apply', plan, '--yes']).ended;
    expectExit(moved, 0);
    expect(moved.stdout).toContain('it has a terminal ("-t"), which stays behind on the source');
    expect(await rig.where('app')).toBe('beta running');
    expect(await rig.leftovers()).toEqual([]);
  });

  test('two runners at once: one works, one goes, and one that waits finds nothing to do', async () => {
    await rig.redis('alpha', 'app', 25).then((redis) => {
      redis.close();
    });
    const client = must(await CountingClient.start(rig.ip(25)));
    const go = join(rig.folder, 'go');
    const wait = `until [ -e ${go} ]; do sleep 0.1; done`;
    const hook = `hooks: {beforeFreeze: {run: [sh, -c, "${wait}"], on: runner}}`;
    const slow = await rig.plan(
      'slow',
      `containers:\n  app: {on: beta, strategy: stateful, ${hook}}\n`,
    );
    const first = rig.begin(['apply', slow, '--yes', '--json']);
    await first.until(begins('app/beforeFreeze-1'));
    const waiting = rig.apply(slow, '--lock-wait', '1m');
    const second = await rig.apply(slow);
    expectExit(second, 11);
    expect(second.stdout).toContain('is leased by');
    await writeFile(go, '');
    expectExit(await first.ended, 0);
    const third = await waiting;
    expectExit(third, 0);
    expect(third.lines.some(begins('app/freeze'))).toBe(false);
    expect(await rig.where('app')).toBe('beta running');
    expectWhole(await client.stop());
    expect(await rig.leftovers()).toEqual([]);
  });

  test('what depends on another is moved after it, and its failure is its own', async () => {
    for (const name of ['one', 'two'])
      await run('alpha', '--name', name, '--network', 'lan', sample);
    const plan = await rig.plan(
      'order',
      'containers:\n' +
        '  two: {on: beta, strategy: cold, dependsOn: [one], verify: {exec: ["false"], within: 1s}}\n' +
        '  one: {on: beta, strategy: cold}\n',
    );
    const half = await rig.apply(plan);
    expectExit(half, 1);
    const order = half.lines.flatMap((line) =>
      line.type === 'container-settled' ? [[line['container'], line['outcome']]] : [],
    );
    expect(order).toEqual([
      ['one', 'moved'],
      ['two', 'back'],
    ]);
    expect(await rig.where('one')).toBe('beta running');
    expect(await rig.where('two')).toBe('alpha running');
    expect(await rig.leftovers()).toEqual([]);
  });

  test('a host that is not who it should be: nobody talks to it', async () => {
    await run('alpha', '--name', 'app', '--network', 'lan', sample);
    const known = await readFile(knownHostsOf(rig.lab), 'utf8');
    const [alpha = '', beta = ''] = known.split('\n');
    const key = (line: string): string => line.slice(line.indexOf(' '));
    const wrong = `${alpha}\n${beta.replace(key(beta), key(alpha))}\n`;
    await writeFile(join(rig.folder, 'wrong'), wrong);
    const hosts = hostsBlock(rig.lab).replaceAll('}}', ', knownHosts: ./wrong}}');
    const plan = await rig.plan('wrong-key', stateful, hosts);
    const refused = await untouched(rig, () => rig.apply(plan));
    expectExit(refused, 12);
    expect(refused.stdout).toContain('host-key');
  });

  test('a host that does not answer: nothing is touched on the other', async () => {
    await run('alpha', '--name', 'app', '--network', 'lan', sample);
    const hosts = hostsBlock(rig.lab).replace(`@${rig.ip(2)}`, `@${rig.ip(60)}`);
    const plan = await rig.plan('down', stateful, hosts);
    const refused = await untouched(rig, () => rig.apply(plan));
    expectExit(refused, 12);
    expect(codes(refused)).toContain('timed-out');
  });
});
