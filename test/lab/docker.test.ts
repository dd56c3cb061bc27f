import {afterEach, beforeAll, expect, test} from 'vitest';
import {checkFill} from '../../src/lab/demo/demo-redis.js';
import {imageName} from '../../src/lab/lab.js';
import {CountingClient} from '../../src/lab/demo/redis-client.js';
import {DockerRig} from './docker-rig.js';
import type {Ended} from './cm-run.js';
import {until} from '../rig/limits.js';
import {describeLab, expectExit, expectWhole, must} from './rig.js';
import {expectUnseen, secretWords} from './unseen.js';

const sample = imageName('busybox');

/** Two writers, a shell that began both, and the program itself: each writes a number a line, and none may be missing or come twice. */
const program = `
count() { i=0; while :; do i=$((i + 1)); echo $i >> "$1"; sleep 0.05; done; }
count /data/background &
(count /forked) &
i=0
while :; do i=$((i + 1)); echo $i; echo $i > /dev/shm/last; sleep 0.05; done`;

describeLab('docker: a move with its memory', {lab: 'docker', images: []}, (rig) => {
  const docker = new DockerRig(rig);

  beforeAll(async () => {
    await docker.start(['redis', 'busybox']);
  });

  afterEach(async () => {
    await docker.clear();
  });

  /** The redis in the container `app` on alpha answers. */
  const serves = (): Promise<void> =>
    until(
      async () => (await rig.shell('alpha', 'docker exec app redis-cli ping 2>&1 || :')) === 'PONG',
    );

  const stateful = (name: string, more = ''): Promise<string> =>
    docker.plan(name, `containers:\n  ${name}: {on: beta, strategy: stateful${more}}\n`);

  test('200 MB and a client on it move; then there is nothing to do; then it moves back', async () => {
    const redis = await docker.redis('alpha', 'redis', 20, '--restart=always');
    const digest = await rig.fill(redis, 200);
    const client = must(await CountingClient.start(rig.ip(20)));
    const plan = await stateful('redis', ', verify: {tcp: 6379}');
    expectExit(await rig.apply(plan), 0);
    expect(await docker.where('redis')).toBe('beta running');
    expect(await docker.restored('beta', 'redis')).toBe(true);
    must(await checkFill(redis, digest, 2000));
    await docker.expectClean();
    const arrived = await docker.see('beta', 'redis');
    expect(arrived?.HostConfig.RestartPolicy.Name).toBe('always');
    // In the cgroup of its own ID, where docker looks for it.
    expect(await rig.shell('beta', 'cat "/proc/$1/cgroup"', `${arrived?.State.Pid}`)).toContain(
      `${arrived?.Id}`,
    );

    const events = await docker.events();
    const again = await rig.apply(plan);
    expectExit(again, 0);
    expect(again.lines.filter(({type}) => type === 'step-started')).toEqual([]);
    expect(await docker.see('beta', 'redis')).toMatchObject({State: arrived?.State});
    expect(await docker.events()).toBe(events);

    const back = await docker.plan(
      'back',
      'containers:\n  redis: {on: alpha, strategy: stateful}\n',
    );
    expectExit(await rig.apply(back), 0);
    expect(await docker.where('redis')).toBe('alpha running');
    expectWhole(await client.stop());
    must(await checkFill(redis, digest, 2000));
    redis.close();
    await docker.expectClean();
  });

  test('a shell with processes in the background goes on where it was, and nothing is written twice', async () => {
    await rig.onAll('docker network create --subnet 172.30.0.0/24 own >/dev/null');
    await docker.run(
      'alpha',
      ...['--name', 'app', '--network', 'own', '--publish', '8080:80'],
      ...['--volume', 'data:/data', sample, 'sh', '-c', program],
    );
    const count = (file: string, host = 'beta'): Promise<string> =>
      rig.shell(host, 'docker exec app cat "$1" 2>/dev/null || :', file);
    const last = async (host?: string): Promise<number> =>
      Number(await count('/dev/shm/last', host));
    await until(async () => (await last('alpha')) > 15);
    expectExit(await rig.apply(await stateful('app')), 0);
    expect(await docker.restored('beta', 'app')).toBe(true);
    const before = await last();
    await until(async () => (await last()) > before + 5);
    for (const file of ['/data/background', '/forked']) {
      const lines = (await count(file)).split('\n');
      expect(lines).toEqual(lines.map((_, index) => `${index + 1}`));
      expect(lines.length).toBeGreaterThan(20);
    }
    // What it prints from now on follows what it printed on the source.
    const said = (await rig.shell('beta', 'docker logs app')).split('\n').map(Number);
    expect(said).toEqual(said.map((_, index) => (said[0] ?? 0) + index));
    expect(said[0]).toBeGreaterThan(10);
    await rig.shell('beta', 'docker pause app >/dev/null; docker unpause app >/dev/null');
    await docker.expectClean();
  });

  test('connections through a bridge cannot be kept, and are closed where the plan says so', async () => {
    await docker.run('alpha', ...['--name', 'app', '--publish', '6379:6379', imageName('redis')]);
    await serves();
    const address = await rig.shell(
      'alpha',
      `docker inspect --format '{{.NetworkSettings.IPAddress}}' app`,
    );
    await rig.shell(
      'alpha',
      `setsid bash -c 'exec 3<>/dev/tcp/$0/6379; sleep 600' "$1" >/dev/null 2>&1 </dev/null &
until ss -Htn state established | grep -q :6379; do sleep 0.1; done`,
      address,
    );
    const events = await docker.settledEvents();
    const refused = await rig.apply(await stateful('app'));
    expectExit(refused, 14);
    expect(codes(refused)).toContain('connections-bound');
    expect(await docker.events()).toBe(events);
    expectExit(
      await rig.apply(await stateful('app', ', connections: close, verify: {tcp: 6379}')),
      0,
    );
    expect(await docker.restored('beta', 'app')).toBe(true);
    expect(await rig.shell('beta', 'docker exec app redis-cli ping')).toBe('PONG');
    await docker.expectClean();
  });

  test('no secret of it is seen on any host while it moves', async () => {
    const made = `docker run --detach --stop-timeout 1 --name app --network none "$@" >/dev/null`;
    await rig.shell('alpha', made, ...secretWords, imageName('redis'));
    await expectUnseen(rig, 'docker');
  });

  test("on the host's network, where its port is taken at the last moment: it goes on where it was", async () => {
    await docker.run('alpha', ...['--name', 'app', '--network', 'host', imageName('redis')]);
    await serves();
    await rig.shell('alpha', 'docker exec app redis-cli set key value >/dev/null');
    const taken = `hooks: {beforeFreeze: {run: [sh, -c, "setsid busybox nc -l -p 6379 >/dev/null 2>&1 </dev/null & until ss -Hltn | grep -q :6379; do sleep 0.1; done"], on: target}}`;
    const failed = await rig.apply(await stateful('app', `, ${taken}`));
    expectExit(failed, 1);
    expect(failed.stdout).toContain("Can't bind");
    expect(await docker.where('app')).toBe('alpha running');
    expect(await docker.restored('alpha', 'app')).toBe(true);
    expect(await rig.shell('alpha', 'docker exec app redis-cli get key')).toBe('value');
    await docker.expectClean();
    await rig.shell('beta', 'kill $(pidof busybox)');
    expectExit(await rig.apply(await stateful('app')), 0);
    expect(await rig.shell('beta', 'docker exec app redis-cli get key')).toBe('value');
    await docker.expectClean();
  });

  test('the restore fails: its client never knows, and the next run moves it', async () => {
    const redis = await docker.redis('alpha', 'redis', 21);
    const digest = await rig.fill(redis, 16);
    const client = must(await CountingClient.start(rig.ip(21)));
    const broken = 'mkdir -p /etc/criu; echo no-such-option > /etc/criu/runc.conf';
    const sabotage = `, hooks: {beforeFreeze: {run: [sh, -c, "${broken}"], on: target}}`;
    const failed = await rig.apply(await stateful('redis', sabotage));
    expectExit(failed, 1);
    // Whose it is, it stays as it was.
    expect(await rig.shell('beta', 'cat /etc/criu/runc.conf; rm -r /etc/criu')).toBe(
      'no-such-option',
    );
    expect(await docker.where('redis')).toBe('alpha running');
    expect(await docker.restored('alpha', 'redis')).toBe(true);
    expect(await rig.shell('beta', 'docker ps --all --quiet; docker volume ls --quiet')).toBe('');
    await docker.expectClean();
    expectExit(await rig.apply(await stateful('redis')), 0);
    expect(await docker.where('redis')).toBe('beta running');
    must(await checkFill(redis, digest, 160));
    expectWhole(await client.stop());
    redis.close();
    await docker.expectClean();
  });

  test.each([
    ['create', 'with nothing changed on the source'],
    ['freeze', 'while its memory is on its way'],
    ['restore', 'while it is restored'],
    ['commit', 'while it is committed'],
  ])('a runner that is killed at "%s", %s: the next run ends it well', async (step) => {
    const redis = await docker.redis('alpha', 'redis', 22, '--restart=always');
    const digest = await rig.fill(redis, 16);
    const client = must(await CountingClient.start(rig.ip(22)));
    const plan = await stateful('redis');
    await rig.killAt(`redis/${step}`, 'apply', plan);
    await rig.pass();
    expectExit(await rig.apply(plan), 0);
    expect(await docker.where('redis')).toBe('beta running');
    expect(await docker.restored('beta', 'redis')).toBe(true);
    expect((await docker.see('beta', 'redis'))?.HostConfig.RestartPolicy.Name).toBe('always');
    expectWhole(await client.stop());
    must(await checkFill(redis, digest, 160));
    redis.close();
    await docker.expectClean();
    expectExit(await rig.apply(plan), 0);
  });

  test.each([
    {code: 'tty', words: ['--tty']},
    {code: 'device', words: ['--device', '/dev/null']},
    {code: 'auto-remove', words: ['--rm']},
    {code: 'privileged', words: ['--privileged']},
    {code: 'init-link', words: ['--init']},
    {code: 'network-missing', words: ['--network', 'own']},
    {
      code: 'volume-is-mount',
      words: [
        '--mount',
        'type=volume,source=nas,target=/nas,volume-opt=type=none,volume-opt=o=bind,volume-opt=device=/srv',
      ],
    },
    {code: 'joins-another', words: ['--network', 'container:other']},
  ])('$code: refused before anything is touched', async ({code, words}) => {
    await docker.run('alpha', '--name', 'other', sample);
    await rig.shell('alpha', 'docker network create --subnet 172.30.0.0/24 own >/dev/null');
    await docker.run('alpha', '--name', 'app', ...words, sample);
    const events = await docker.settledEvents();
    const refused = await rig.apply(await stateful('app'));
    expectExit(refused, 14);
    expect(codes(refused)).toContain(code);
    expect(await docker.events()).toBe(events);
    expect(await docker.where('app')).toBe('alpha running');
    await docker.expectClean();
  });
});

/** The codes of all problems of a run that is over. */
const codes = ({lines}: Ended): readonly unknown[] =>
  lines.filter((line) => line.type === 'problem').map((line) => line['code']);
