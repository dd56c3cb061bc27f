import {expect, test} from 'vitest';
import {
  answers,
  movesInRounds,
  noticesNoConvergence,
  refusesBelowFloor,
  type Ahead,
} from './ahead.js';
import {askDirty} from './dirty.js';
import {describeLab} from './rig.js';
import {leftovers, plan, startBundle, where} from './runc-rig.js';

/** What needs a kernel that tracks memory. */
describeLab('bundles in virtual machines', {lab: 'rvm', images: ['dirty'], vm: {}}, (rig) => {
  const ahead: Ahead = {
    get address() {
      return rig.ip(31);
    },
    apply: async (name, text) =>
      rig.begin(['apply', await plan(rig, name, text), '--yes', '--json'], {longestMs: 400_000})
        .ended,
    where: () => where(rig, 'dirty'),
    process: (host) => rig.shell(host, 'runc state dirty | jq -c "[.pid, .created, .status]"'),
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
  }, 600_000);

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
    const run = rig.begin(words, {longestMs: 400_000});
    await run.until(({type, verdict}) => type === 'round' && verdict === 'stuck');
    await expect.poll(share, {timeout: 30_000}).toBe('90000 100000');
    const {exit, lines, stdout} = await run.ended;
    expect(exit, stdout).toBe(1);
    const verdicts = lines.flatMap(({type, verdict}) => (type === 'round' ? [verdict] : []));
    expect(verdicts.filter((verdict) => verdict === 'stuck')).toHaveLength(2);
    expect(await share()).toBe('max 100000');
  }, 600_000);

  test('runc pre-copy: what changes faster than the link carries ends as the plan says', async () => {
    await noticesNoConvergence(ahead);
  }, 600_000);
});
