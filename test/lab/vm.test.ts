import {rm} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {down, imageName, labStatus, link, reboot} from '../../src/lab/lab.js';
import {hostFolder} from '../../src/lab/lab-state.js';
import {runInHost} from '../../src/lab/ssh.js';
import {up} from '../../src/lab/up.js';
import {askDirty, checkDirty} from './dirty.js';
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

  test('a container has an address on the wire, and its memory is dumped while it runs', async () => {
    await rig.shell(
      'alpha',
      'podman run --detach --name dirty --network lan --ip "$1" "$2" dirty mib=16 rate=200 hot=2 >/dev/null',
      ...[rig.ip(20), imageName('dirty')],
    );
    await expect
      .poll(() => askDirty(rig.ip(20), 'count').catch(String), {timeout: 30_000})
      .toMatch(/^count=/);
    const before = await checkDirty(rig.ip(20));
    expect(before).toMatchObject({pages: 4096, bad: 0, due: before.memory});
    expect(await askDirty(rig.ip(20), 'rate 100')).toBe('rate=100 hot=2');
    await rig.shell(
      'alpha',
      'podman container checkpoint --pre-checkpoint --export /srv/pre.tar dirty >/dev/null',
    );
    const after = await checkDirty(rig.ip(20));
    expect(after).toMatchObject({bad: 0, due: after.memory});
    expect(after.memory).not.toBe(before.memory);
    expect(after.written).toBeGreaterThan(before.written);
    // What was not written to since then is not dumped again: at least 14 of its 16 MiB.
    await rig.shell(
      'alpha',
      'podman container checkpoint --with-previous --compress none --export /srv/rest.tar dirty >/dev/null',
    );
    expect(Number(await rig.shell('alpha', 'stat -c %s /srv/rest.tar'))).toBeLessThan(3 * 2 ** 20);
    await rig.shell('alpha', 'podman container restore dirty >/dev/null');
    const restored = await checkDirty(rig.ip(20));
    expect(restored).toMatchObject({bad: 0, due: restored.memory});
    expect(restored.written).toBeGreaterThan(after.written);
    await rig.shell('alpha', 'podman rm --force --time 0 dirty >/dev/null');
  });

  test('podman pre-copy: rounds while it runs, every page right there and back again', async () => {
    await rig.clear();
    await rig.shell(
      'alpha',
      'podman run --detach --name dirty --restart always --network lan --ip "$1" --mac-address 02:00:00:00:00:21 "$2" dirty mib=80 rate=100 hot=1 >/dev/null',
      ...[rig.ip(21), imageName('dirty')],
    );
    await expect
      .poll(() => askDirty(rig.ip(21), 'count').catch(String), {timeout: 30_000})
      .toMatch(/^count=/);
    let {written} = await checkDirty(rig.ip(21));
    for (const to of ['beta', 'alpha']) {
      const text = `containers: {dirty: {on: ${to}, strategy: pre-copy, verify: {tcp: 7000}}}\n`;
      const words = ['apply', await rig.plan(`to-${to}`, text), '--yes', '--json'];
      const moved = await rig.begin(words, {longestMs: 400_000}).ended;
      expectExit(moved, 0);
      expect(await rig.where('dirty')).toBe(`${to} running`);
      const rounds = moved.lines.filter(({type}) => type === 'round');
      expect(rounds[0]).toMatchObject({round: 1, skipped: 0});
      expect(rounds[0]?.['pages']).toBeGreaterThanOrEqual(20_480);
      // What is sent while it does not serve is no more than what it writes to, with room to spare.
      const freeze = moved.lines.find(
        ({type, step}) => type === 'step-settled' && String(step).endsWith('/freeze'),
      );
      expect(freeze?.['bytes']).toBeLessThan(20 * 2 ** 20);
      const after = await checkDirty(rig.ip(21));
      expect(after).toMatchObject({pages: 20_480, bad: 0, due: after.memory});
      expect(after.written).toBeGreaterThan(written);
      expect(await rig.see(to, 'dirty')).toMatchObject({restored: true, policy: 'always'});
      expect(await rig.leftovers()).toEqual([]);
      ({written} = after);
    }
    await rig.clear();
  }, 900_000);

  test('a reboot loses memory and keeps the disk, and a cut cable is one', async () => {
    await rig.shell(
      'beta',
      'echo kept >/etc/kept; echo kept >/srv/kept; touch /tmp/lost /run/lost',
    );
    must(await link(rig.lab, 'beta', 'down'));
    expect(must(await labStatus(rig.lab)).map(({cable}) => cable)).toEqual(['up', 'down']);
    expect((await runInHost(rig.lab, 'beta', ['true'], {timeoutMs: 1000})).ok).toBe(false);
    must(await link(rig.lab, 'beta', 'up'));
    must(await reboot(rig.place, rig.lab, 'beta'));
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
