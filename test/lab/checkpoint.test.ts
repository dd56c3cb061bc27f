import {afterEach, beforeEach, expect, test} from 'vitest';
import {Counter} from './counting.js';
import {butKept, checkpoints, checkpointsIn, hinderRestores} from './kept.js';
import {describeLab, expectExit} from './rig.js';

describeLab('kept checkpoints', {lab: 'kept', images: ['redis']}, (rig) => {
  const counter = new Counter(rig, 'podman');
  let plan: string;

  const planned = async (more = '', on = 'alpha'): Promise<string> =>
    rig.plan('kept', `containers:\n  count: {on: ${on}, strategy: stateful${more}}\n`);

  const leftovers = async (): Promise<readonly string[]> => butKept(await rig.leftovers());

  beforeEach(async () => {
    plan = await planned();
    await counter.run('--network', 'lan', '--ip', rig.ip(20));
  });

  afterEach(async () => {
    await rig.clear();
  });

  test('it goes on as if nothing had been; and back to where it was, as often as one likes', async () => {
    await rig.cm('checkpoint', 'create', 'count', plan, '--yes', '--note', 'first');
    expect(await rig.see('alpha', 'count')).toMatchObject({running: true, policy: 'always'});
    const [one] = await checkpoints(rig, plan);
    expect(one).toMatchObject({container: 'count', host: 'alpha'});
    const inspected = checkpointsIn(
      await rig.cm('checkpoint', 'inspect', String(one?.['id']), plan),
    );
    expect(JSON.stringify(inspected)).toContain('"parent":1,"name":"sh"');

    await counter.mark();
    const late = await counter.counted();
    await rig.cm('restore', 'count@latest', plan, '--yes');
    const back = await counter.counted();
    expect(await counter.marked()).toBe('');
    expect(await rig.see('alpha', 'count')).toMatchObject({restored: true, policy: 'always'});
    await expect.poll(async () => counter.counted()).toBeGreaterThan(back);
    expect((await checkpoints(rig, plan)).map(({id}) => id)).toHaveLength(2);

    // What it was before it went back is kept as well.
    const safety = (await checkpoints(rig, plan)).at(-1);
    await rig.cm('restore', String(safety?.['id']), plan, '--yes');
    expect(await counter.counted()).toBeGreaterThanOrEqual(late);
    expect(await counter.marked()).toBe('/data/mark\n/mark');
    expect(await leftovers()).toEqual([]);
  });

  test('a byte of what is kept is another: found before anything is stopped', async () => {
    await rig.cm('checkpoint', 'create', 'count', plan, '--yes');
    await rig.shell(
      'alpha',
      'printf x | dd of="$(echo /var/lib/cm/checkpoints/count/*/checkpoint.tar)" bs=1 seek=90001 conv=notrunc 2>/dev/null',
    );
    const {startedAt} = (await rig.see('alpha', 'count')) ?? {};
    const failed = await rig.begin(['restore', 'count@latest', plan, '--yes', '--json']).ended;
    expectExit(failed, 1);
    expect(failed.stdout).toContain('is not what was kept');
    expect(await rig.see('alpha', 'count')).toMatchObject({running: true, startedAt});
    expect(await leftovers()).toEqual([]);
  });

  test('what was restored is not good: it is again what it was a moment ago', async () => {
    await rig.cm('checkpoint', 'create', 'count', plan, '--yes');
    await counter.mark();
    plan = await planned(', verify: {exec: ["false"], within: 1s}');
    const before = await counter.counted();
    const failed = await rig.begin(['restore', 'count@latest', plan, '--yes', '--json']).ended;
    expectExit(failed, 1);
    expect(failed.stdout).toContain('not-verified');
    expect(await counter.counted()).toBeGreaterThanOrEqual(before);
    expect(await counter.marked()).toBe('/data/mark\n/mark');
    expect(await rig.see('alpha', 'count')).toMatchObject({running: true, policy: 'always'});
    expect(await leftovers()).toEqual([]);
  });

  test.each([
    ['while it is frozen', ['checkpoint', 'create', 'count'], 'count/resume', false],
    ['when what was there is gone', ['restore', 'count@latest'], 'count/restore', true],
  ])('the runner is killed %s: the next one brings it back', async (_, words, step, restarts) => {
    await rig.cm('checkpoint', 'create', 'count', plan, '--yes');
    const before = await counter.counted();
    await hinderRestores(rig, 'slow', async () => rig.killAt(step, ...words, plan));
    expect(await rig.where('count')).not.toBe('alpha running');
    // What is in memory only is gone then.
    if (restarts) await rig.reboot('alpha');
    await rig.pass();
    await rig.cm('resume', plan, '--yes');
    expect(await counter.counted()).toBeGreaterThanOrEqual(before);
    expect(await rig.see('alpha', 'count')).toMatchObject({restored: true, policy: 'always'});
    await rig.cm('checkpoint', 'create', 'count', plan, '--yes');
    expect(await leftovers()).toEqual([]);
  });

  test('on another host, which has nothing of it; and again, from a host where it is not any more', async () => {
    await rig.cm('checkpoint', 'create', 'count', plan, '--yes');
    await counter.mark();
    const late = await counter.counted();
    await rig.cm('restore', 'count@latest', plan, '--on', 'beta', '--yes');
    expect(await rig.where('count')).toBe('beta running');
    await counter.counted('beta');
    expect(await counter.marked('beta')).toBe('');
    expect(await rig.see('beta', 'count')).toMatchObject({restored: true, policy: 'always'});

    const safety = (await checkpoints(rig, plan)).at(-1);
    await rig.cm('restore', String(safety?.['id']), plan, '--yes');
    expect(await rig.where('count')).toBe('beta running');
    expect(await counter.counted('beta')).toBeGreaterThanOrEqual(late);
    expect(await counter.marked('beta')).toBe('/data/mark\n/mark');
    expect(await leftovers()).toEqual([]);

    // Nobody knows it any more but what is kept of it.
    await rig.shell('beta', 'podman rm --force --time 0 count');
    await rig.cm('restore', 'count@latest', plan, '--yes');
    expect(await rig.where('count')).toBe('alpha running');
    await counter.counted();
    expect(await counter.marked()).toBe('');
    expect(await leftovers()).toEqual([]);
  });

  test('two at once: one keeps it, the other touches nothing', async () => {
    const runs = [1, 2].map(() =>
      rig.begin(['checkpoint', 'create', 'count', plan, '--yes', '--json']),
    );
    const ended = await Promise.all(runs.map(async (run) => run.ended));
    expect(ended.map(({exit}) => exit).sort()).toEqual([0, 11]);
    expect(await checkpoints(rig, plan)).toHaveLength(1);
    await counter.counted();
    expect(await leftovers()).toEqual([]);
  });
});
