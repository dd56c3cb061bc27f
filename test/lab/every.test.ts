import {expect, test} from 'vitest';
import {imageName} from '../../src/lab/lab.js';
import {checkpoints} from './kept.js';
import {describeLab, expectExit} from './rig.js';

describeLab(
  'checkpoints that are made again and again',
  {lab: 'every', images: ['redis']},
  (rig) => {
    const planned = async (checkpoints: string): Promise<string> =>
      rig.plan('every', `containers:\n  count: {on: alpha, checkpoints: ${checkpoints}}\n`);

    test('cm watch makes them, in a folder of their own, and leaves as many as the plan wants', async () => {
      await rig.shell(
        'alpha',
        'podman run --detach --name count -- "$1" sh -c "while :; do sleep 0.2; done" >/dev/null',
        imageName('redis'),
      );
      const plan = await planned('{every: 2s, keep: 2, in: /srv/kept here}');
      const watch = rig.begin(['watch', plan, '--json']);
      const made = new Set<unknown>();
      await expect
        .poll(
          async () => {
            for (const {id} of await checkpoints(rig, plan)) made.add(id);
            return made.size;
          },
          {interval: 500},
        )
        .toBeGreaterThan(3);
      watch.signal('SIGINT');
      await watch.ended;
      expect((await checkpoints(rig, plan)).length).toBeLessThanOrEqual(3);
      expect(await rig.see('alpha', 'count')).toMatchObject({running: true, restored: true});

      const fewer = await planned('{keep: 1, in: /srv/kept here}');
      const newest = (await checkpoints(rig, plan)).at(-1)?.['id'];
      await rig.shell(
        'alpha',
        'mkdir "/srv/kept here/cm-checkpoints/count/20200101T000000Z-000000.part"',
      );
      expectExit(await rig.begin(['checkpoint', 'prune', fewer, '--yes', '--json']).ended, 0);
      expect((await checkpoints(rig, fewer)).map(({id}) => id)).toEqual([newest]);
      expectExit(await rig.begin(['checkpoint', 'rm', String(newest), fewer, '--yes']).ended, 0);
      expect(
        await rig.shell('alpha', 'find "/srv/kept here" -mindepth 1 ! -name cm-checkpoints'),
      ).toBe('');
      expect(await rig.leftovers()).toEqual([]);
    });
  },
);
