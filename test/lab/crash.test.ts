import {afterEach, expect, test} from 'vitest';
import {checkFill} from '../../src/lab/demo-redis.js';
import {CountingClient} from '../../src/lab/redis-client.js';
import {begins} from './cm-run.js';
import {describeLab, expectExit, expectWhole, must} from './rig.js';

/** Where the runner is killed: as soon as this step begins. */
const places = [
  ['link', 'before anything was changed'],
  ['declare-leaving', 'with everything ready'],
  ['autostart-off', 'right before the freeze'],
  ['freeze', 'while its memory is on its way'],
  ['restore', 'while it is restored'],
  ['running', 'restored, and not committed'],
  ['commit', 'while it is committed'],
  ['retire', 'committed, and the source still there'],
  ['close-link', 'with nothing left to do but tidy up'],
] as const;

describeLab('a runner that is killed', {lab: 'crash', images: ['redis']}, (rig) => {
  afterEach(async () => {
    await rig.clear();
  });

  test.each(places)('at "%s", %s: the next run ends it well', async (step) => {
    const redis = await rig.redis('alpha', 'redis', 20, ['--restart=always']);
    const digest = await rig.fill(redis, 16);
    const client = must(await CountingClient.start(rig.ip(20)));
    const plan = await rig.plan(
      'crash',
      `containers:\n  redis: {on: beta, strategy: stateful, verify: {tcp: 6379}}\n`,
    );
    const run = rig.begin(['apply', plan, '--yes', '--json']);
    await run.until(begins(`redis/${step}`));
    run.signal('SIGKILL');
    expect((await run.ended).exit).toBe(137);

    await rig.pass();
    expectExit(await rig.apply(plan), 0);
    expect(await rig.where('redis')).toBe('beta running');
    expect(await rig.see('beta', 'redis')).toMatchObject({restored: true, policy: 'always'});
    expectWhole(await client.stop());
    must(await checkFill(redis, digest, 160));
    redis.close();
    expect(await rig.leftovers()).toEqual([]);
    expectExit(await rig.apply(plan), 0);
  });
});
