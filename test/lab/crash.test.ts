import {afterEach, expect, test} from 'vitest';
import {checkFill} from '../../src/lab/demo/demo-redis.js';
import {imageName} from '../../src/lab/lab.js';
import {CountingClient} from '../../src/lab/demo/redis-client.js';
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

describeLab('a runner that is killed', {lab: 'crash', images: ['redis', 'busybox']}, (rig) => {
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
    await rig.killAt(`redis/${step}`, 'apply', plan);

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

  test('in its downtime: the next run on the same machine does not wait for its leases', async () => {
    const redis = await rig.redis('alpha', 'redis', 20, ['--restart=always']);
    const digest = await rig.fill(redis, 16);
    const plan = await rig.plan(
      'again',
      `containers:\n  redis: {on: beta, strategy: stateful, verify: {tcp: 6379}}\n`,
    );
    await rig.killAt('redis/restore', 'apply', plan);
    // A run of another container leaves the only memory of this one alone.
    expectExit(await rig.apply(await other()), 0);
    const again = await rig.apply(plan);
    expectExit(again, 0);
    expect(again.stdout).toMatch(/run \S+ began to move it from alpha to beta and did not end/);
    expect(again.stdout).toMatch(/leased; run \S+ had left it behind/);
    expect(await rig.where('redis')).toBe('beta running');
    must(await checkFill(redis, digest, 160));
    redis.close();
    expect(await rig.leftovers()).toEqual([]);
  });

  /** A change of another container on the source. */
  const other = async (): Promise<string> => {
    await rig.shell(
      'alpha',
      'podman run --detach --network lan --name other "$1" >/dev/null',
      imageName('busybox'),
    );
    return rig.plan('other', 'containers:\n  other: {on: alpha, state: stopped}\n');
  };

  test('before anything was frozen: the next run of another container removes what it left', async () => {
    await rig.shell(
      'alpha',
      'podman run --detach --network lan --name app "$1" >/dev/null',
      imageName('busybox'),
    );
    const plan = await rig.plan('early', 'containers:\n  app: {on: beta, strategy: stateful}\n');
    await rig.killAt('app/declare-leaving', 'apply', plan);
    expect(await rig.shell('alpha', 'ls /run/cm/*/0')).toContain('owner');
    const ended = await rig.apply(await other());
    expectExit(ended, 0);
    expect(ended.stdout).toMatch(/removed what run \S+ left of app/);
    expect((await rig.shell('alpha', 'ls /run/cm')).trim().split(/\s+/)).toEqual([
      'busy',
      'leases',
      'lock',
    ]);
    expect(await rig.shell('alpha', 'pgrep -f "[s]sh -F /dev/null -MNf" || :')).toBe('');
    expectExit(await rig.apply(plan), 0);
    expect(await rig.where('app')).toBe('beta running');
    expect(await rig.leftovers()).toEqual([]);
  });

  /** Killed as soon as this begins, and these hosts lose their power at the same time. */
  const blackout = async (step: string, ...hosts: readonly string[]): Promise<string> => {
    const plan = await rig.plan('power', 'containers:\n  app: {on: beta, strategy: stateful}\n');
    await rig.shell(
      'alpha',
      'podman run --detach --network lan --restart=always --name app "$1" >/dev/null',
      imageName('busybox'),
    );
    const run = rig.begin(['apply', plan, '--yes', '--json']);
    await run.until(begins(`app/${step}`));
    run.signal('SIGKILL');
    for (const host of hosts) await rig.reboot(host);
    await run.ended;
    await rig.pass();
    return plan;
  };

  test('the target loses its power as well: the memory is still on the source', async () => {
    const plan = await blackout('restore', 'beta');
    expectExit(await rig.apply(plan), 0);
    expect(await rig.where('app')).toBe('beta running');
    expect(await rig.see('beta', 'app')).toMatchObject({restored: true, policy: 'always'});
    expect(await rig.leftovers()).toEqual([]);
  });

  test('both hosts lose their power: nobody pretends, and a person says what next', async () => {
    const plan = await blackout('restore', 'alpha', 'beta');
    const lost = await rig.apply(plan);
    expectExit(lost, 3);
    expect(lost.stdout).toContain('"memory-gone"');
    expect(await rig.where('app')).toBe('alpha stopped');
    await rig.shell('alpha', 'podman start app >/dev/null');
    expectExit(await rig.apply(plan), 0);
    expect(await rig.where('app')).toBe('beta running');
    expect(await rig.see('beta', 'app')).toMatchObject({policy: 'always'});
    expect(await rig.leftovers()).toEqual([]);
  });
});
