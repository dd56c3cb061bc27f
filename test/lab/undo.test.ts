import {afterEach, beforeEach, expect, test} from 'vitest';
import {checkFill} from '../../src/lab/demo/demo-redis.js';
import type {RedisConnection} from '../../src/lab/demo/redis.js';
import {CountingClient} from '../../src/lab/demo/redis-client.js';
import {alteredContent, alteredNames, alteringHook, quietFiles} from './altered.js';
import {begins} from './cm-run.js';
import {describeLab, expectExit, expectWhole, must} from './rig.js';

describeLab('a move that fails', {lab: 'undo', images: ['redis']}, (rig) => {
  let redis: RedisConnection;
  let client: CountingClient;
  let digest: string;

  beforeEach(async () => {
    await rig.shell('alpha', 'mkdir /srv/some');
    redis = await rig.redis('alpha', 'redis', 20, [
      '--restart=always',
      '--volume',
      '/srv/some:/some',
    ]);
    digest = await rig.fill(redis, 16);
    client = must(await CountingClient.start(rig.ip(20)));
  });

  afterEach(async () => {
    await client.stop(0);
    redis.close();
    await rig.clear();
  });

  const planned = (more = ''): Promise<string> =>
    rig.plan('undo', `containers:\n  redis: {on: beta, strategy: stateful${more}}\n`);

  /** It serves on alpha as if nothing had been, and nobody else knows of it. */
  const expectBack = async (): Promise<void> => {
    expect(await rig.where('redis')).toBe('alpha running');
    expect(await rig.see('alpha', 'redis')).toMatchObject({policy: 'always'});
    expect(await rig.leftovers()).toEqual([]);
    expect(await rig.shell('beta', 'podman ps -aq; podman volume ls -q')).toBe('');
  };

  const expectMoves = async (): Promise<void> => {
    expectExit(await rig.apply(await planned()), 0);
    expect(await rig.where('redis')).toBe('beta running');
    must(await checkFill(redis, digest, 160));
  };

  test('the restore fails: it goes on where it was, its client never knows, and the next run moves it', async () => {
    const sabotage = `, hooks: {beforeFreeze: {run: [rmdir, /srv/some], on: target}}`;
    const failed = await rig.apply(await planned(sabotage));
    expectExit(failed, 1);
    expect(failed.stdout).toContain('/srv/some');
    await expectBack();
    must(await checkFill(redis, digest, 160));
    await expectMoves();
    expectWhole(await client.stop());
    expect(await rig.leftovers()).toEqual([]);
  });

  test('a file is changed on the target meanwhile: found before anything is restored', async () => {
    await quietFiles(rig, 'alpha', '/srv/some');
    const sabotage = `, verify: {files: digest}, hooks: {${alteringHook('/srv/some')}}`;
    const failed = await rig.apply(await planned(sabotage));
    expectExit(failed, 1);
    for (const found of [alteredContent, alteredNames]) expect(failed.stdout).toContain(found);
    expect(failed.lines.some(begins('redis/restore'))).toBe(false);
    await expectBack();
    must(await checkFill(redis, digest, 160));
    expectWhole(await client.stop());
  });

  test('the image goes away under its feet: the same', async () => {
    const sabotage = `, hooks: {beforeFreeze: {run: [podman, rmi, --all, --force], on: target}}`;
    expectExit(await rig.apply(await planned(sabotage)), 1);
    await expectBack();
    must(await checkFill(redis, digest, 160));
    expectWhole(await client.stop());
  });

  test('a byte of its memory is not what was sent: found before anything is restored from it', async () => {
    // A tar on the target that changes one byte in the middle of the memory, and no size.
    const tar = `/usr/bin/tar "$@"
for pages in /to/images/pages-1.img /to/*/images/pages-1.img; do
  [ ! -e "$pages" ] || printf x | dd of="$pages" bs=1 seek=1000001 conv=notrunc 2>/dev/null
done`;
    await rig.shell(
      'beta',
      'printf "%s\\n" "#!/bin/sh" "$1" > /usr/local/bin/tar; chmod +x /usr/local/bin/tar',
      tar,
    );
    const failed = await rig.apply(await planned());
    await rig.shell('beta', 'rm /usr/local/bin/tar');
    expectExit(failed, 1);
    expect(failed.stdout).toContain('the checksums of its images differ');
    expect(failed.lines.some(begins('redis/restore'))).toBe(false);
    await expectBack();
    await expectMoves();
    expectWhole(await client.stop());
  });

  test('what has been verified is not good: it goes on where it was, as it was frozen', async () => {
    const failed = await rig.apply(await planned(', verify: {exec: ["false"], within: 1s}'));
    expectExit(failed, 1);
    expect(failed.stdout).toContain('not-verified');
    await expectBack();
    redis.close();
    redis = await rig.redisAt(20);
    must(await checkFill(redis, digest, 160));
    expect(Number(must(await redis.ask('GET', 'count')))).toBeGreaterThan(0);
    await expectMoves();
  });

  test('interrupted before the freeze: nothing has happened', async () => {
    const hook = `, hooks: {beforeFreeze: {run: [sleep, "30"], on: runner}}`;
    const run = rig.begin(['apply', await planned(hook), '--yes', '--json']);
    await run.until(begins('redis/beforeFreeze-1'));
    run.signal('SIGINT');
    expectExit(await run.ended, 130);
    await expectBack();
    expect(await rig.see('alpha', 'redis')).toMatchObject({restored: false});
    expectWhole(await client.stop());
  });

  test('interrupted in the downtime: the shortest way is the one ahead', async () => {
    const run = rig.begin(['apply', await planned(), '--yes', '--json']);
    await run.until(begins('redis/freeze'));
    run.signal('SIGINT');
    expectExit(await run.ended, 0);
    expect(await rig.where('redis')).toBe('beta running');
    expectWhole(await client.stop());
    expect(await rig.leftovers()).toEqual([]);
  });
});
