import {afterEach, beforeEach, expect, test} from 'vitest';
import type {Ended, Line} from './cm-run.js';
import type {Counter} from './counting.js';
import {checkpoints} from './kept.js';
import {expectExit, type Rig} from './rig.js';

interface Sight {
  readonly running: boolean;
  readonly restored: boolean;
  readonly policy: string;
}

/** A container that counts, by the name of `count`, of one engine. */
export interface Counting {
  readonly counter: Counter;
  /** Begins on alpha. */
  readonly run: () => Promise<void>;
  readonly see: (host: string) => Promise<Sight | undefined>;
  /** Its restart policy, as it was begun with. */
  readonly policy: string;
  /** Writes a plan; the text is all that follows the hosts. */
  readonly plan: (text: string) => Promise<string>;
  /** What an administrator does when a host has restarted. */
  readonly restarted?: (host: string) => Promise<void>;
  /** What `cm` must have taken away again. */
  readonly leftovers: () => Promise<readonly string[]>;
  readonly clear: () => Promise<void>;
}

/** Words of a test of one engine. */
export interface States {
  readonly planned: (state: string, on?: string) => Promise<string>;
  readonly apply: (state: string, on?: string) => Promise<Ended>;
  /** The second time there is nothing to do. */
  readonly applyTwice: (state: string, on?: string) => Promise<Ended>;
  /** Also while it does not run. */
  readonly counted: (host?: string) => Promise<number>;
}

export function statesOf(rig: Rig, {counter, plan}: Counting): States {
  const planned = async (state: string, on = 'alpha'): Promise<string> =>
    plan(`containers:\n  count: {on: ${on}, strategy: stateful${state}}\n`);
  const apply = async (state: string, on = 'alpha'): Promise<Ended> =>
    rig.cm('apply', await planned(state, on), '--yes');
  return {
    planned,
    apply,
    applyTwice: async (state, on) => {
      const ended = await apply(state, on);
      expect(steps(await apply(state, on))).toEqual([]);
      return ended;
    },
    counted: async (host = 'alpha') => counter.counted(host, {inside: false}),
  };
}

const steps = (ended: Ended): readonly Line[] =>
  ended.lines.filter(({type}) => type === 'step-started');

/** What a plan says a container should be doing, whichever engine has it. */
export function testStates(rig: Rig, counting: Counting): void {
  const {policy, see, leftovers} = counting;
  const {planned, apply, applyTwice, counted} = statesOf(rig, counting);

  beforeEach(async () => {
    await counting.run();
  });

  afterEach(async () => {
    await counting.clear();
  });

  test('stopped, moved as it is, and started where it came to: with its restart policy', async () => {
    await applyTwice(', state: stopped');
    expect(await see('alpha')).toMatchObject({running: false, policy: 'no'});
    await applyTwice(', state: stopped', 'beta');
    expect(await see('beta')).toMatchObject({running: false, policy: 'no'});
    expect(await see('alpha')).toBeUndefined();
    const before = await counted('beta');

    await applyTwice(', state: running', 'beta');
    expect(await see('beta')).toMatchObject({running: true, restored: false, policy});
    expect(before).toBeGreaterThan(3);
    expect(await leftovers()).toEqual([]);
  });

  test('parked through a reboot of its host, and back with its memory; then parked on another host', async () => {
    await applyTwice(', state: parked');
    expect(await see('alpha')).toMatchObject({running: false, policy: 'no'});
    const parkedAt = await counted();
    await rig.reboot('alpha');
    await counting.restarted?.('alpha');

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
    expect(await see('alpha')).toMatchObject({running: true, restored: true, policy});
    await expect.poll(async () => counted()).toBeGreaterThan(parkedAt);

    // It comes to where it belongs, and is parked there, in one run.
    await apply(', state: parked');
    await applyTwice(', state: parked', 'beta');
    expect(await see('alpha')).toBeUndefined();
    expect(await see('beta')).toMatchObject({running: false, policy: 'no'});
    const there = await counted('beta');
    await applyTwice(', state: running', 'beta');
    expect(await see('beta')).toMatchObject({running: true, restored: true, policy});
    await expect.poll(async () => counted('beta')).toBeGreaterThan(there);
    expect(await leftovers()).toEqual([]);
  });
}
