import {afterEach, beforeEach, expect, test} from 'vitest';
import {begins, type Ended} from './cm-run.js';
import {Counter} from './counting.js';
import {butKept, hinderRestores} from './kept.js';
import {describeLab, expectExit} from './rig.js';

describeLab('beside the first one', {lab: 'keptas', images: ['redis']}, (rig) => {
  const counter = new Counter(rig, 'podman');
  let plan: string;

  const planned = async (more = ''): Promise<string> =>
    rig.plan('keptas', `containers:\n  count: {on: alpha, strategy: stateful${more}}\n`);

  const begin = async (...words: readonly string[]): Promise<Ended> =>
    rig.begin([...words, plan, '--yes', '--json']).ended;

  const volumes = async (host: string): Promise<string> =>
    rig.shell(host, 'echo $(podman volume ls --quiet)');

  const leftovers = async (): Promise<readonly string[]> => butKept(await rig.leftovers());

  const copied = async (host: string, name: string): Promise<number> =>
    counter.counted(host, {name, mounted: `${name}-data`});

  const run = async (...words: readonly string[]): Promise<void> =>
    counter.run('--label', 'a=b"c', ...words);

  beforeEach(async () => {
    plan = await planned();
  });

  afterEach(async () => {
    await rig.clear();
  });

  test('it goes on where it was, with volumes of its own, and the first one goes on by itself; also on another host', async () => {
    await run();
    expectExit(await begin('checkpoint', 'create', 'count'), 0);
    const kept = await counter.counted();
    const before = await rig.see('alpha', 'count');
    for (const [name, host] of [
      ['twin', 'alpha'],
      ['far.one', 'beta'],
    ] as const) {
      expectExit(await begin('restore', 'count@latest', '--as', name, '--on', host), 0);
      const seen = await rig.see(host, name);
      expect(seen).toMatchObject({restored: true, running: true, policy: 'always'});
      expect(seen?.raw).toMatchObject({Config: {Labels: {a: 'b"c'}}});
      const then = await copied(host, name);
      await expect.poll(async () => copied(host, name)).toBeGreaterThan(then);
    }
    const {id, startedAt} = before ?? {};
    expect(await rig.see('alpha', 'count')).toMatchObject({id, startedAt, running: true});
    expect(await counter.counted()).toBeGreaterThan(kept);
    expect(await volumes('alpha')).toBe('data twin-data');
    expect(await volumes('beta')).toBe('far.one-data');

    const again = await begin('restore', 'count@latest', '--as', 'twin');
    expectExit(again, 14);
    expect(again.stdout).toContain('name-taken');

    // CRIU would have put the copy into the first one's cgroup, and the end of that one would be its end. It is one like any other.
    await rig.shell('alpha', 'podman rm --force --time 0 count >/dev/null');
    const alone = await copied('alpha', 'twin');
    await expect.poll(async () => copied('alpha', 'twin')).toBeGreaterThan(alone);
    plan = await rig.plan('keptas', 'containers: {twin: {on: alpha}}\n');
    expectExit(await begin('checkpoint', 'create', 'twin'), 0);
    const later = await copied('alpha', 'twin');
    await expect.poll(async () => copied('alpha', 'twin')).toBeGreaterThan(later);
    const left = await leftovers();
    expect(left.filter((line) => !line.includes('checkpoints/twin'))).toEqual([]);
  });

  test('what does not answer is gone again, with all that was made for it', async () => {
    await run();
    expectExit(await begin('checkpoint', 'create', 'count'), 0);
    plan = await planned(', verify: {exec: ["false"], within: 1s}');
    const failed = await begin('restore', 'count@latest', '--as', 'twin');
    expectExit(failed, 1);
    expect(failed.stdout).toContain('not-verified');
    expect(await rig.where('twin')).toBe('');
    expect(await volumes('alpha')).toBe('data');
    await counter.counted();
    expect(await leftovers()).toEqual([]);
  });

  test('the runner is killed when it runs already: the next one removes it, and makes it anew', async () => {
    await run();
    expectExit(await begin('checkpoint', 'create', 'count'), 0);
    const words = ['restore', 'count@latest', '--as', 'twin'];
    await hinderRestores(rig, 'late', async () => {
      const killed = rig.begin([...words, plan, '--yes', '--json']);
      await killed.until(begins('twin/restore'));
      await expect.poll(async () => rig.where('twin')).toBe('alpha running');
      killed.signal('SIGKILL');
      await killed.ended;
    });
    const dead = await rig.see('alpha', 'twin');
    expect(dead?.policy).toBe('no');
    await rig.pass();
    expectExit(await begin(...words), 0);
    const seen = await rig.see('alpha', 'twin');
    expect(seen).toMatchObject({restored: true, running: true, policy: 'always'});
    expect(seen?.id).not.toBe(dead?.id);
    await copied('alpha', 'twin');
    await counter.counted();
    expect(await leftovers()).toEqual([]);
  });

  test('a fixed address is the first one’s: refused, and nothing is made', async () => {
    await run('--network', 'lan', '--ip', rig.ip(20));
    expectExit(await begin('checkpoint', 'create', 'count'), 0);
    const events = await rig.events();
    const refused = await begin('restore', 'count@latest', '--as', 'twin');
    expectExit(refused, 14);
    expect(refused.stdout).toContain('address-taken');
    expect(await rig.events()).toBe(events);
    expect(await leftovers()).toEqual([]);
  });
});
