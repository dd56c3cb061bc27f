import {afterAll, expect, test} from 'vitest';
import {
  answers,
  expectMemory,
  movesInRounds,
  noticesNoConvergence,
  refusesBelowFloor,
  slownessOf,
  type Ahead,
} from './ahead.js';
import {askDirty, holdDirty} from './dirty.js';
import {expectExit, type Rig} from './rig.js';
import {clear, leftovers, plan, startBundle, where} from './runc-rig.js';

/** Pre-copy of bundles, in virtual machines that track memory. */
export function testBundleRounds(rig: Rig): void {
  afterAll(async () => {
    await clear(rig);
  });

  const ahead: Ahead = {
    get address() {
      return rig.ip(31);
    },
    apply: async (name, text) =>
      rig.begin(['apply', await plan(rig, name, text), '--yes', '--json'], {longestSeconds: 400})
        .ended,
    where: () => where(rig, 'dirty'),
    process: (host) => rig.shell(host, 'runc state dirty | jq -c "[.pid, .created, .status]"'),
    slowness: () => slownessOf(rig),
    leftovers: () => leftovers(rig, 'dirty'),
  };

  test('runc pre-copy: a budget below the floor is refused before the first round', async () => {
    const program = ['dirty', 'mib=48'];
    await startBundle(rig, 'dirty', {last: 31, network: 'hook', image: 'dirty'}, program);
    await answers(rig.ip(31));
    await refusesBelowFloor(ahead);
  });

  test('runc pre-copy: three rounds and more while it runs, and every page right there', async () => {
    await movesInRounds(ahead);
  });

  test('runc pre-copy: slowed down where the plan allows it, for as long as it is tried', async () => {
    const share = (): Promise<string> =>
      rig.shell(
        'beta',
        'cat "/sys/fs/cgroup$(sed -n s/^0:://p "/proc/$(runc state dirty | jq .pid)/cgroup")/cpu.max"',
      );
    expect(await share()).toBe('max 100000');
    await askDirty(rig.ip(31), 'rate 8000');
    const text =
      'limits: {bandwidth: 100Mbit}\ncontainers: {dirty: {on: alpha, strategy: pre-copy, onNoConverge: abort, throttle: 90%}}\n';
    const words = ['apply', await plan(rig, 'slower', text), '--yes', '--json'];
    const run = rig.begin(words, {longestSeconds: 400});
    await run.until(({type, verdict}) => type === 'round' && verdict === 'stuck');
    await expect.poll(share).toBe('90000 100000');
    const {exit, lines, stdout} = await run.ended;
    expect(exit, stdout).toBe(1);
    const verdicts = lines.flatMap(({type, verdict}) => (type === 'round' ? [verdict] : []));
    expect(verdicts.filter((verdict) => verdict === 'stuck')).toHaveLength(2);
    expect(await share()).toBe('max 100000');
  });

  test('runc pre-copy: what changes faster than the link carries ends as the plan says', async () => {
    await noticesNoConvergence(ahead);
  });

  test.each(['runc', 'crun'] as const)(
    '%s pre-copy: rounds while it runs, every page right there, its connection goes on',
    async (runtime) => {
      const last = {runc: 32, crun: 33}[runtime];
      const address = rig.ip(last);
      const place = {last, network: 'named', image: 'dirty', runtime} as const;
      await startBundle(rig, runtime, place, ['dirty', 'mib=40', 'rate=50', 'hot=1']);
      await answers(address);
      const held = await holdDirty(address);
      const before = await expectMemory(address, 40);
      const here = `run: [ip, -n, ${runtime}, link, set, eth0, up], on: target`;
      const told = `run: [ip, netns, exec, ${runtime}, arping, -U, -c, "1", -I, eth0, ${address}], on: target`;
      const hooks = `{beforeFreeze: {${here}}, afterRestore: {${told}}}`;
      const text = `limits: {bandwidth: 60Mbit}\ncontainers: {${runtime}: {on: beta, strategy: pre-copy, verify: {tcp: 7000}, hooks: ${hooks}}}\n`;
      // What earlier moves took may say that so little memory is not worth the rounds.
      rig.stateFolder = `state-bundles-${runtime}`;
      const words = ['apply', await plan(rig, runtime, text, runtime), '--yes', '--json'];
      const moved = await rig.begin(words, {longestSeconds: 400}).ended;
      expectExit(moved, 0);
      expect(moved.lines.filter(({type}) => type === 'round').length).toBeGreaterThanOrEqual(2);
      expect(await where(rig, runtime)).toBe('beta running restored');
      await expectMemory(address, 40, before);
      expect(await held.ask('count')).toMatch(/^count=/);
      held.close();
      expect(await rig.shell('alpha', `ls /run/${runtime}`)).toBe('');
      expect(await leftovers(rig, 'runc', 'crun', 'dirty')).toEqual([]);
    },
  );
}
