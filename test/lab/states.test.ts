import {expect, test} from 'vitest';
import {Counter} from './counting.js';
import {butKept, hinderRestores} from './kept.js';
import {describeLab} from './rig.js';
import {statesOf, testStates, type Counting} from './states.js';

describeLab('what a container should be doing', {lab: 'states', images: ['redis']}, (rig) => {
  const counter = new Counter(rig, 'podman');
  const counting: Counting = {
    counter,
    policy: 'always',
    run: async () => counter.run('--network', 'lan', '--ip', rig.ip(20)),
    see: async (host) => rig.see(host, 'count'),
    plan: async (text) => rig.plan('states', text),
    // Only checkpoints, which are meant to be there, and what is written down of them.
    leftovers: async () => butKept(await rig.leftovers()),
    clear: async () => rig.clear(),
  };

  testStates(rig, counting);

  test('the runner is killed when it comes back, and nothing of it is left but what is kept: the next one brings it', async () => {
    const {apply, applyTwice, counted, planned} = statesOf(rig, counting);
    await apply(', state: parked');
    const parkedAt = await counted();
    const plan = await planned(', state: running');
    await hinderRestores(rig, 'slow', async () => rig.killAt('count/restore', 'apply', plan));
    await rig.pass();
    expect(await rig.where('count')).toBe('');
    await applyTwice(', state: running');
    expect(await rig.see('alpha', 'count')).toMatchObject({restored: true, policy: 'always'});
    await expect.poll(async () => counted()).toBeGreaterThan(parkedAt);
    expect(await counting.leftovers()).toEqual([]);
  });
});
