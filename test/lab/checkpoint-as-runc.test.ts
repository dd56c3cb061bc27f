import {afterEach, beforeEach, expect, test} from 'vitest';
import type {Ended} from './cm-run.js';
import {Counter} from './counting.js';
import {butKept} from './kept.js';
import {describeLab, expectExit} from './rig.js';
import {clear, leftovers, plan as planOf, startBundle, where, type Network} from './runc-rig.js';

describeLab('beside the first one, with runc', {lab: 'keptasr', images: ['redis']}, (rig) => {
  const counter = new Counter(rig, 'runc');
  let plan: string;

  const planned = async (more = ''): Promise<string> =>
    planOf(
      rig,
      'keptasr',
      `containers: {count: {on: alpha, strategy: stateful, connections: close${more}}}\n`,
    );

  const begin = async (...words: readonly string[]): Promise<Ended> =>
    rig.begin([...words, plan, '--yes', '--json']).ended;

  const bundles = async (host: string): Promise<string> => rig.shell(host, 'cd /srv; echo *');

  const copied = async (host: string, name: string): Promise<number> =>
    counter.counted(host, {name, mounted: `/srv/${name}-count-data`});

  const left = async (...names: readonly string[]): Promise<readonly string[]> =>
    butKept(await leftovers(rig, ...names));

  const run = async (network: Network): Promise<void> => {
    await startBundle(rig, 'count', {last: 30, network, image: 'redis'}, counter.program);
    await counter.begun();
  };

  beforeEach(async () => {
    plan = await planned();
  });

  afterEach(async () => {
    await clear(rig);
  });

  test('it goes on where it was, in a bundle of its own, and the first one goes on by itself; also on another host', async () => {
    await run('none');
    expectExit(await begin('checkpoint', 'create', 'count'), 0);
    const kept = await counter.counted();
    const config = await rig.shell('alpha', 'sha256sum /srv/count/config.json');
    for (const [name, host] of [
      ['twin', 'alpha'],
      ['far.one', 'beta'],
    ] as const) {
      expectExit(await begin('restore', 'count@latest', '--as', name, '--on', host), 0);
      expect(await where(rig, name)).toBe(`${host} running restored`);
      const then = await copied(host, name);
      await expect.poll(async () => copied(host, name)).toBeGreaterThan(then);
    }
    expect(await where(rig, 'count')).toBe('alpha running');
    expect(await counter.counted()).toBeGreaterThan(kept);
    expect(await rig.shell('alpha', 'sha256sum /srv/count/config.json')).toBe(config);
    expect(await bundles('alpha')).toBe('count count-data twin twin-count-data');
    expect(await bundles('beta')).toBe('far.one far.one-count-data');

    const again = await begin('restore', 'count@latest', '--as', 'twin');
    expectExit(again, 14);
    expect(again.stdout).toContain('name-taken');

    // In a cgroup of its own, so that what is done to the first one is not done to it; it is one like any other.
    await rig.shell('alpha', 'runc pause count');
    const alone = await copied('alpha', 'twin');
    await expect.poll(async () => copied('alpha', 'twin')).toBeGreaterThan(alone);
    await rig.shell('alpha', 'runc delete --force count');
    plan = await planOf(rig, 'keptasr', 'containers: {twin: {on: alpha}}\n');
    expectExit(await begin('checkpoint', 'create', 'twin'), 0);
    const later = await copied('alpha', 'twin');
    await expect.poll(async () => copied('alpha', 'twin')).toBeGreaterThan(later);
    const found = await left('twin', 'far.one');
    expect(found.filter((line) => !line.includes('checkpoints/twin'))).toEqual([]);
  });

  test('what does not answer is gone again, with all that was made for it', async () => {
    await run('none');
    expectExit(await begin('checkpoint', 'create', 'count'), 0);
    plan = await planned(', verify: {exec: ["false"], within: 1s}');
    const failed = await begin('restore', 'count@latest', '--as', 'twin');
    expectExit(failed, 1);
    expect(failed.stdout).toContain('not-verified');
    expect(await where(rig, 'twin')).toBe('');
    expect(await bundles('alpha')).toBe('count count-data');
    await counter.counted();
    expect(await left('count')).toEqual([]);
  });

  test('the runner is killed when it runs already: the next one removes it, and makes it anew', async () => {
    await run('none');
    expectExit(await begin('checkpoint', 'create', 'count'), 0);
    const words = ['restore', 'count@latest', '--as', 'twin'];
    await rig.killAt('twin/commit', ...words, plan);
    expect(await where(rig, 'twin')).toBe('alpha running restored');
    const pid = await rig.shell('alpha', 'runc state twin | jq .pid');
    await rig.pass();
    expectExit(await begin(...words), 0);
    expect(await where(rig, 'twin')).toBe('alpha running restored');
    expect(await rig.shell('alpha', 'runc state twin | jq .pid')).not.toBe(pid);
    await copied('alpha', 'twin');
    await counter.counted();
    expect(await left('count', 'twin')).toEqual([]);
  });

  test('a fixed address is the first one’s: refused, and nothing is made', async () => {
    await run('hook');
    expectExit(await begin('checkpoint', 'create', 'count'), 0);
    const refused = await begin('restore', 'count@latest', '--as', 'twin');
    expectExit(refused, 14);
    expect(refused.stdout).toContain('address-taken');
    expect(await bundles('alpha')).toBe('count count-data');
    expect(await left('count')).toEqual([]);
  });

  test('on the network of its host it is refused beside the first one, and not on another host', async () => {
    await run('host');
    expectExit(await begin('checkpoint', 'create', 'count'), 0);
    const refused = await begin('restore', 'count@latest', '--as', 'twin');
    expectExit(refused, 14);
    expect(refused.stdout).toContain('network-shared');
    expect(await bundles('alpha')).toBe('count count-data');
    expectExit(await begin('restore', 'count@latest', '--as', 'twin', '--on', 'beta'), 0);
    await copied('beta', 'twin');
  });
});
