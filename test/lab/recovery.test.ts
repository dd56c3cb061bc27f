import {afterEach, expect, test} from 'vitest';
import {checkFill} from '../../src/lab/demo/demo-redis.js';
import {CountingClient} from '../../src/lab/demo/redis-client.js';
import {describeLab, expectExit, expectWhole, must} from './rig.js';

describeLab('a person who decides', {lab: 'recovery', images: ['redis']}, (rig) => {
  afterEach(async () => {
    await rig.clear();
  });

  const plan = async () =>
    rig.plan('recovery', 'containers:\n  redis: {on: beta, verify: {tcp: 6379}}\n');

  test('ends an interrupted move, and begins none', async () => {
    const redis = await rig.redis('alpha', 'redis', 20);
    const client = must(await CountingClient.start(rig.ip(20)));
    const file = await plan();
    const idle = await rig.begin(['resume', file, '--yes', '--json']).ended;
    expectExit(idle, 0);
    expect(await rig.where('redis')).toBe('alpha running');
    await rig.killAt('redis/restore', 'apply', file);
    await rig.pass();
    expectExit(await rig.begin(['resume', file, '--yes', '--json']).ended, 0);
    expectWhole(await client.stop());
    redis.close();
    // Whichever of the two it has become: one runs, and there is nothing left to end.
    expect(await rig.where('redis')).toMatch(/^(alpha|beta) running$/);
    expect(await rig.leftovers()).toEqual([]);
  });

  test('takes back what a run has moved, connection and all', async () => {
    const redis = await rig.redis('alpha', 'redis', 20, ['--restart=always']);
    const digest = await rig.fill(redis, 16);
    const client = must(await CountingClient.start(rig.ip(20)));
    const file = await plan();
    const there = await rig.apply(file);
    expectExit(there, 0);
    const run = there.lines.find(({type}) => type === 'run-started')?.['run'];
    const back = await rig.begin(['rollback', String(run), file, '--yes', '--json']).ended;
    expectExit(back, 0);
    expect(back.stdout).toContain('still says otherwise');
    expect(await rig.where('redis')).toBe('alpha running');
    expect(await rig.see('alpha', 'redis')).toMatchObject({restored: true, policy: 'always'});
    expectWhole(await client.stop());
    must(await checkFill(redis, digest, 160));
    redis.close();
    expect(await rig.leftovers()).toEqual([]);
    const again = await rig.begin(['rollback', String(run), file, '--yes', '--json']).ended;
    expectExit(again, 0);
    expect(await rig.where('redis')).toBe('alpha running');
  });
});
