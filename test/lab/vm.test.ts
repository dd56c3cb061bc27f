import {rm} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {down, imageName, labStatus, link} from '../../src/lab/lab.js';
import {hostFolder} from '../../src/lab/lab-state.js';
import {runInHost} from '../../src/lab/ssh.js';
import {up} from '../../src/lab/up.js';
import {
  answers,
  expectMemory,
  movesInRounds,
  noticesNoConvergence,
  refusesBelowFloor,
  type Ahead,
} from './ahead.js';
import {remains} from './remains.js';
import {describeLab, expectExit, must} from './rig.js';

/** Both machines boot once for all of it; what needs a kernel that tracks memory belongs here. */
describeLab('virtual machines', {lab: 'vm', images: ['dirty'], vm: {}}, (rig) => {
  test('are hosts as the others are, with a kernel that tracks memory', async () => {
    expect(await rig.onAll('hostname; criu check --feature mem_dirty_track')).toEqual([
      'alpha\nmem_dirty_track is supported',
      'beta\nmem_dirty_track is supported',
    ]);
    const boot = await rig.shell('alpha', 'cat /proc/sys/kernel/random/boot_id');
    must(await up(rig.place, {lab: rig.name, say: () => undefined}));
    expect(await rig.shell('alpha', 'cat /proc/sys/kernel/random/boot_id')).toBe(boot);
    expect(
      await up(rig.place, {lab: rig.name, vm: {memory: 1024}, say: () => undefined}),
    ).toMatchObject({ok: false, error: {code: 'lab-kind'}});
  });

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

  test('podman pre-copy: crun holds the container', async () => {
    await rig.clear();
    await podmanRun(22, ['--runtime', 'crun'], ['mib=40', 'rate=50', 'hot=1']);
    await answers(rig.ip(22));
    const before = await expectMemory(rig.ip(22), 40);
    const text =
      'limits: {bandwidth: 60Mbit}\ncontainers: {dirty: {on: beta, strategy: pre-copy, verify: {tcp: 7000}}}\n';
    // What runc's moves have taught may say that so little memory is not worth the rounds.
    const env = {XDG_STATE_HOME: join(rig.folder, 'state-crun')};
    const words = ['apply', await rig.plan('crun', text), '--yes', '--json'];
    const moved = await rig.begin(words, {longestSeconds: 400, env}).ended;
    expectExit(moved, 0);
    expect(moved.lines.filter(({type}) => type === 'round').length).toBeGreaterThanOrEqual(2);
    expect(await rig.where('dirty')).toBe('beta running');
    const seen = await rig.see('beta', 'dirty');
    expect(seen).toMatchObject({restored: true, raw: {OCIRuntime: 'crun'}});
    await expectMemory(rig.ip(22), 40, before);
    expect(await rig.leftovers()).toEqual([]);
    await rig.clear();
  });

  test('a reboot loses memory and keeps the disk, and a cut cable is one', async () => {
    await rig.shell(
      'beta',
      'echo kept >/etc/kept; echo kept >/srv/kept; touch /tmp/lost /run/lost',
    );
    must(await link(rig.lab, 'beta', 'down'));
    expect(must(await labStatus(rig.lab)).map(({cable}) => cable)).toEqual(['up', 'down']);
    expect((await runInHost(rig.lab, 'beta', ['true'], {timeoutMs: 1000})).ok).toBe(false);
    must(await link(rig.lab, 'beta', 'up'));
    await rig.reboot('beta');
    expect(await rig.shell('beta', 'cat /etc/kept /srv/kept; ls /tmp /run')).toMatch(
      /^kept\nkept\n(?!.*lost)/s,
    );
  });

  test('their clocks keep the time of the machine, however busy that was when they booted', async () => {
    const began = Date.now();
    const clocks = await rig.onAll('date +%s%3N');
    for (const clock of clocks.map(Number)) {
      expect(clock).toBeGreaterThan(began - 3000);
      expect(clock).toBeLessThan(Date.now() + 3000);
    }
  });

  // The last one: there are no machines after it.
  test('down leaves nothing of them, whatever was lost of their files', async () => {
    expect(await remains(rig.place, [rig.name])).not.toEqual([]);
    await rm(join(rig.lab.folder, 'lab.json'));
    await rm(hostFolder(rig.lab, 'alpha'), {recursive: true});
    must(await down(rig.place, rig.name));
    expect(await remains(rig.place, [rig.name])).toEqual([]);
  });
});
