import {afterEach, beforeEach, expect, test} from 'vitest';
import {reboot} from '../../src/lab/lab.js';
import type {Ended, Line} from './cm-run.js';
import {Counter} from './counting.js';
import {butKept, checkpoints, hinderRestores} from './kept.js';
import {describeLab, expectExit, must} from './rig.js';

describeLab('what a container should be doing', {lab: 'states', images: ['redis']}, (rig) => {
  const counter = new Counter(rig, 'podman');

  const planned = async (state: string, on = 'alpha'): Promise<string> =>
    rig.plan('states', `containers:\n  count: {on: ${on}, strategy: stateful${state}}\n`);

  const apply = async (state: string, on = 'alpha'): Promise<Ended> =>
    rig.cm('apply', await planned(state, on), '--yes');

  const steps = (ended: Ended): readonly Line[] =>
    ended.lines.filter(({type}) => type === 'step-started');

  /** The second time there is nothing to do. */
  async function applyTwice(state: string, on = 'alpha'): Promise<Ended> {
    const ended = await apply(state, on);
    expect(steps(await apply(state, on))).toEqual([]);
    return ended;
  }

  /** Also while it does not run. */
  const counted = async (host = 'alpha'): Promise<number> => counter.counted(host, {inside: false});

  /** Only checkpoints, which are meant to be there, and what is written down of them. */
  const leftovers = async (): Promise<readonly string[]> => butKept(await rig.leftovers());

  beforeEach(async () => {
    await counter.run('--network', 'lan', '--ip', rig.ip(20));
  });

  afterEach(async () => {
    await rig.clear();
  });

  test('stopped, moved as it is, and started where it came to: with its restart policy', async () => {
    await applyTwice(', state: stopped');
    expect(await rig.see('alpha', 'count')).toMatchObject({running: false, policy: 'no'});
    await applyTwice(', state: stopped', 'beta');
    expect(await rig.see('beta', 'count')).toMatchObject({running: false, policy: 'no'});
    expect(await rig.see('alpha', 'count')).toBeUndefined();
    const before = await rig.shell('beta', 'podman volume ls --quiet');
    expect(before).toContain('data');

    await applyTwice(', state: running', 'beta');
    expect(await rig.see('beta', 'count')).toMatchObject({running: true, policy: 'always'});
    expect(await leftovers()).toEqual([]);
  });

  test('the runner is killed when it comes back, and nothing of it is left but what is kept: the next one brings it', async () => {
    await apply(', state: parked');
    const parkedAt = await counted();
    const plan = await planned(', state: running');
    await hinderRestores(rig, 'slow', async () => rig.killAt('count/restore', 'apply', plan));
    await rig.pass();
    expect(await rig.where('count')).toBe('');
    await applyTwice(', state: running');
    expect(await rig.see('alpha', 'count')).toMatchObject({restored: true, policy: 'always'});
    await expect.poll(async () => counted()).toBeGreaterThan(parkedAt);
    expect(await leftovers()).toEqual([]);
  });

  test('parked through a reboot of its host, and back with its memory; then parked on another host', async () => {
    await applyTwice(', state: parked');
    expect(await rig.see('alpha', 'count')).toMatchObject({running: false, policy: 'no'});
    const parkedAt = await counted();
    must(await reboot(rig.place, rig.lab, 'alpha'));

    const status = await rig.cm('status', await planned(', state: parked'));
    expect(status.stdout).toContain('"state":"parked"');
    // Nobody starts it fresh, and what it comes back from is not removed.
    expect(steps(await apply(''))).toEqual([]);
    expect(steps(await apply(', state: stopped'))).toEqual([]);
    const [kept] = await checkpoints(rig, await planned(''));
    const words = ['checkpoint', 'rm', String(kept?.['id']), await planned(''), '--yes', '--json'];
    const refused = await rig.begin(words).ended;
    expectExit(refused, 14);
    expect(refused.stdout).toContain('parked-upon');
    expect(await counted()).toBe(parkedAt);

    await applyTwice(', state: running');
    expect(await rig.see('alpha', 'count')).toMatchObject({restored: true, policy: 'always'});
    await expect.poll(async () => counted()).toBeGreaterThan(parkedAt);

    // It comes to where it belongs, and is parked there, in one run.
    await apply(', state: parked');
    await applyTwice(', state: parked', 'beta');
    expect(await rig.see('alpha', 'count')).toBeUndefined();
    expect(await rig.see('beta', 'count')).toMatchObject({running: false, policy: 'no'});
    const there = await counted('beta');
    await applyTwice(', state: running', 'beta');
    expect(await rig.see('beta', 'count')).toMatchObject({restored: true, policy: 'always'});
    await expect.poll(async () => counted('beta')).toBeGreaterThan(there);
    expect(await leftovers()).toEqual([]);
  });
});
