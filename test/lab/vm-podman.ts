import {expect, test} from 'vitest';
import {imageName} from '../../src/lab/lab.js';
import {
  answers,
  expectMemory,
  movesInRounds,
  noticesNoConvergence,
  refusesBelowFloor,
  slownessOf,
  type Ahead,
} from './ahead.js';
import {expectExit, type Rig} from './rig.js';

/** Pre-copy beneath podman, in virtual machines that track memory. */
export function testPodmanRounds(rig: Rig): void {
  const podmanRun = (last: number, words: readonly string[], program: readonly string[]) =>
    rig.shell(
      'alpha',
      'podman "$@" >/dev/null',
      ...[...words, 'run', '--detach', '--restart', 'always', '--network', 'lan'],
      ...['--ip', rig.ip(last), '--mac-address', `02:00:00:00:00:${last}`],
      ...['--name', 'dirty', imageName('dirty'), 'dirty', ...program],
    );

  const ahead: Ahead = {
    get address() {
      return rig.ip(21);
    },
    apply: async (name, text) =>
      rig.begin(['apply', await rig.plan(name, text), '--yes', '--json'], {longestSeconds: 400})
        .ended,
    where: () => rig.where('dirty'),
    process: (host) =>
      rig.shell(
        host,
        "podman container inspect --format '{{.Id}} {{.State.Pid}} {{.State.StartedAt}}' dirty",
      ),
    slowness: () => slownessOf(rig),
    leftovers: () => rig.leftovers(),
  };

  test('podman pre-copy: a budget below the floor is refused before the first round', async () => {
    await rig.clear();
    await podmanRun(21, [], ['mib=48']);
    await answers(rig.ip(21));
    await refusesBelowFloor(ahead);
  });

  test('podman pre-copy: three rounds and more while it runs, and every page right there', async () => {
    await movesInRounds(ahead);
    expect(await rig.see('beta', 'dirty')).toMatchObject({restored: true, policy: 'always'});
  });

  test('podman pre-copy: what changes faster than the link carries ends as the plan says', async () => {
    await noticesNoConvergence(ahead);
    expect(await rig.see('alpha', 'dirty')).toMatchObject({restored: true, policy: 'always'});
  });

  /** Nothing is known of moves before: what they took may say that so little memory is not worth the rounds. */
  test.each([
    ['runc', 22, []],
    ['crun', 23, ['--runtime', 'crun']],
  ] as const)(
    'podman pre-copy: %s holds the container, every page is right there',
    async (runtime, last, words) => {
      await rig.clear();
      await podmanRun(last, words, ['mib=40', 'rate=50', 'hot=1']);
      await answers(rig.ip(last));
      const before = await expectMemory(rig.ip(last), 40);
      const text =
        'limits: {bandwidth: 60Mbit}\ncontainers: {dirty: {on: beta, strategy: pre-copy, verify: {tcp: 7000}}}\n';
      rig.stateFolder = `state-podman-${runtime}`;
      const apply = ['apply', await rig.plan(runtime, text), '--yes', '--json'];
      const moved = await rig.begin(apply, {longestSeconds: 400}).ended;
      expectExit(moved, 0);
      expect(moved.lines.filter(({type}) => type === 'round').length).toBeGreaterThanOrEqual(2);
      expect(await rig.where('dirty')).toBe('beta running');
      const seen = await rig.see('beta', 'dirty');
      expect(seen).toMatchObject({restored: true, policy: 'always', raw: {OCIRuntime: runtime}});
      await expectMemory(rig.ip(last), 40, before);
      expect(await rig.leftovers()).toEqual([]);
      await rig.clear();
    },
  );
}
