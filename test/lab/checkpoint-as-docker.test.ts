import {afterEach, beforeAll, beforeEach, expect, test} from 'vitest';
import {imageName} from '../../src/lab/lab.js';
import type {Ended} from './cm-run.js';
import {Counter} from './counting.js';
import {DockerRig} from './docker-rig.js';
import {butKept, checkpoints} from './kept.js';
import {describeLab, expectExit} from './rig.js';

describeLab('beside the first one, with docker', {lab: 'keptasd', images: ['redis']}, (rig) => {
  const docker = new DockerRig(rig);
  const counter = new Counter(rig, 'docker');
  const [, , counting] = counter.program;
  let plan: string;

  const planned = async (more = ''): Promise<string> =>
    docker.plan(
      'keptasd',
      `containers:\n  count: {on: alpha, strategy: stateful, connections: close${more}}\n`,
    );

  const begin = async (...words: readonly string[]): Promise<Ended> =>
    rig.begin([...words, plan, '--yes', '--json']).ended;

  const volumes = async (host: string): Promise<string> =>
    rig.shell(host, 'echo $(docker volume ls --quiet | LC_ALL=C sort)');

  const copied = async (host: string, name: string): Promise<number> =>
    counter.counted(host, {name, mounted: `${name}-data`});

  const run = async (text: string, ...words: readonly string[]): Promise<void> => {
    await docker.run(
      'alpha',
      ...['--name', 'count', '--restart', 'always', '--label', 'a=b"c', '--volume', 'data:/data'],
      ...[...words, imageName('redis'), 'sh', '-c', text],
    );
    await counter.begun();
  };

  beforeAll(async () => {
    await docker.start(['redis']);
  });

  beforeEach(async () => {
    plan = await planned();
    await rig.onAll('docker network create --subnet 172.30.0.0/24 own >/dev/null');
  });

  afterEach(async () => {
    await docker.clear();
  });

  test('it goes on where it was, with volumes of its own, and the first one goes on by itself; also on another host', async () => {
    // A connection within it is open when it is kept: the copy has none.
    const talking = `redis-server --save '' >/dev/null & until redis-cli ping >/dev/null 2>&1; do sleep 0.1; done; redis-cli subscribe a >/dev/null &\n${counting}`;
    await run(talking, '--network', 'own', '--network-alias', 'web');
    expectExit(await begin('checkpoint', 'create', 'count'), 0);
    const [head] = await checkpoints(rig, plan);
    const told = await rig.cm('checkpoint', 'inspect', String(head?.['id']), plan);
    expect(told.stdout).toContain('ESTAB');
    const kept = await counter.counted();
    const before = await docker.see('alpha', 'count');
    for (const [name, host] of [
      ['twin', 'alpha'],
      ['far.one', 'beta'],
    ] as const) {
      expectExit(await begin('restore', 'count@latest', '--as', name, '--on', host), 0);
      expect(await docker.restored(host, name)).toBe(true);
      const seen = await docker.see(host, name);
      expect(seen).toMatchObject({
        State: {Running: true},
        HostConfig: {RestartPolicy: {Name: 'always'}},
        Config: {Labels: {a: 'b"c'}},
      });
      expect(JSON.stringify(seen?.NetworkSettings.Networks)).not.toContain('"web"');
      const then = await copied(host, name);
      await expect.poll(async () => copied(host, name)).toBeGreaterThan(then);
      expect(await rig.shell(host, 'docker exec "$1" redis-cli ping', name)).toBe('PONG');
    }
    const {Id, State} = before ?? {};
    const after = await docker.see('alpha', 'count');
    expect(after).toMatchObject({Id, State: {Running: true, StartedAt: State?.StartedAt}});
    expect(await counter.counted()).toBeGreaterThan(kept);
    expect(await volumes('alpha')).toBe('data twin-data');
    expect(await volumes('beta')).toBe('far.one-data');

    const again = await begin('restore', 'count@latest', '--as', 'twin');
    expectExit(again, 14);
    expect(again.stdout).toContain('name-taken');

    // A copy is a container like any other; its cgroup is its own, so that the end of the first one is not its end.
    await rig.shell('alpha', 'docker rm --force count >/dev/null');
    plan = await docker.plan('keptasd', 'containers: {twin: {on: alpha, connections: close}}\n');
    expectExit(await begin('checkpoint', 'create', 'twin'), 0);
    const alone = await copied('alpha', 'twin');
    await expect.poll(async () => copied('alpha', 'twin')).toBeGreaterThan(alone);
    const left = butKept(await rig.leftovers());
    expect(left.filter((line) => !line.includes('checkpoints/twin'))).toEqual([]);
  });

  test('what does not answer is gone again, with all that was made for it', async () => {
    await run(counting);
    expectExit(await begin('checkpoint', 'create', 'count'), 0);
    plan = await planned(', verify: {exec: ["false"], within: 1s}');
    const failed = await begin('restore', 'count@latest', '--as', 'twin');
    expectExit(failed, 1);
    expect(failed.stdout).toContain('not-verified');
    expect(await docker.where('twin')).toBe('');
    expect(await volumes('alpha')).toBe('data');
    await counter.counted();
    expect(butKept(await rig.leftovers())).toEqual([]);
  });

  test('the runner is killed when it runs already: the next one removes it, and makes it anew', async () => {
    await run(counting, '--network', 'own');
    expectExit(await begin('checkpoint', 'create', 'count'), 0);
    const words = ['restore', 'count@latest', '--as', 'twin'];
    await rig.killAt('twin/running', ...words, plan);
    const dead = await docker.see('alpha', 'twin');
    expect(dead).toMatchObject({
      State: {Running: true},
      HostConfig: {RestartPolicy: {Name: 'no'}},
    });
    await rig.pass();
    expectExit(await begin(...words), 0);
    expect(await docker.restored('alpha', 'twin')).toBe(true);
    const seen = await docker.see('alpha', 'twin');
    expect(seen?.Id).not.toBe(dead?.Id);
    await copied('alpha', 'twin');
    await counter.counted();
    expect(butKept(await rig.leftovers())).toEqual([]);
  });

  test.each([
    {code: 'address-taken', words: () => ['--network', 'lan', '--ip', rig.ip(20)]},
    {code: 'network-shared', words: () => ['--network', 'host']},
  ])('$code: refused, and nothing is made', async ({code, words}) => {
    await run(counting, ...words());
    expectExit(await begin('checkpoint', 'create', 'count'), 0);
    const events = await docker.settledEvents();
    const refused = await begin('restore', 'count@latest', '--as', 'twin');
    expectExit(refused, 14);
    expect(refused.stdout).toContain(code);
    expect(await docker.settledEvents()).toBe(events);
    expect(butKept(await rig.leftovers())).toEqual([]);
  });
});
