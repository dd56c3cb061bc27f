import {rm} from 'node:fs/promises';
import {join} from 'node:path';
import {beforeAll, describe, expect, test} from 'vitest';
import {down, labStatus, link} from '../../src/lab/lab.js';
import {hostFolder} from '../../src/lab/lab-state.js';
import {runInHost} from '../../src/lab/host/ssh.js';
import {up} from '../../src/lab/up.js';
import {remains} from './remains.js';
import {describeLab, must} from './rig.js';
import {testBundleRounds} from './vm-bundle.js';
import {testDockerRounds} from './vm-docker.js';
import {testPodmanRounds} from './vm-podman.js';

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

  /** What was learned from moves of one engine says nothing of another. */
  const learnsAnew = (engine: string): void => {
    beforeAll(() => {
      rig.stateFolder = `state-${engine}`;
    });
  };

  describe('podman', () => {
    learnsAnew('podman');
    testPodmanRounds(rig);
  });

  describe('bundles', () => {
    learnsAnew('bundles');
    testBundleRounds(rig);
  });

  describe('docker', () => {
    learnsAnew('docker');
    testDockerRounds(rig);
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
