import {afterEach, expect, test} from 'vitest';
import {Counter} from './counting.js';
import {butKept, checkpoints} from './kept.js';
import {describeLab} from './rig.js';
import {clear, leftovers, plan as planOf, startBundle, where} from './runc-rig.js';

describeLab('kept checkpoints of runc', {lab: 'keptr', images: ['redis']}, (rig) => {
  const counter = new Counter(rig, 'runc');
  let plan: string;

  afterEach(async () => {
    await clear(rig);
  });

  const start = async (): Promise<void> => {
    plan = await planOf(rig, 'keptr', 'containers: {count: {on: alpha, strategy: stateful}}\n');
    const place = {last: 30, network: 'hook', image: 'redis'} as const;
    await startBundle(rig, 'count', place, counter.program);
    await counter.begun();
  };

  test('it goes on; back to where it was; forward again; and on another host', async () => {
    await start();
    const before = await counter.counted();
    await rig.cm('checkpoint', 'create', 'count', plan, '--yes');
    expect(await counter.counted()).toBeGreaterThanOrEqual(before);
    expect(await where(rig, 'count')).toBe('alpha running');

    await counter.mark();
    const late = await counter.counted();
    await rig.cm('restore', 'count@latest', plan, '--yes');
    expect(await where(rig, 'count')).toBe('alpha running restored');
    await counter.counted();
    expect(await counter.marked()).toBe('');

    const safety = (await checkpoints(rig, plan)).at(-1);
    await rig.cm('restore', String(safety?.['id']), plan, '--yes');
    expect(await counter.counted()).toBeGreaterThanOrEqual(late);
    expect(await counter.marked()).toBe('/files/mark\n/mark');

    await rig.cm('restore', 'count@latest', plan, '--on', 'beta', '--yes');
    expect(await where(rig, 'count')).toBe('beta running restored');
    await counter.counted('beta');
    expect(await counter.marked('beta')).toBe('');
    expect(butKept(await leftovers(rig, 'count'))).toEqual([]);
  });

  test('the runner is killed when what was there is gone: the next one brings it back', async () => {
    await start();
    await rig.cm('checkpoint', 'create', 'count', plan, '--yes');
    await counter.mark();
    const before = await counter.counted();
    await rig.killAt('count/back-v0', 'restore', 'count@latest', plan);
    await rig.pass();
    await rig.cm('resume', plan, '--yes');
    expect(await counter.counted()).toBeGreaterThanOrEqual(before);
    expect(await counter.marked()).toBe('/files/mark\n/mark');
  });
});
