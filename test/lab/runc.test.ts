import {afterEach, expect, test} from 'vitest';
import {checkFill} from '../../src/lab/demo/demo-redis.js';
import {CountingClient} from '../../src/lab/demo/redis-client.js';
import {until} from '../rig/limits.js';
import {describeLab, expectExit, expectWhole, must} from './rig.js';
import {
  clear,
  hookPath,
  leftovers,
  plan,
  redisBundle,
  runBundle,
  startBundle,
  where,
} from './runc-rig.js';

describeLab('bundles that runc runs', {lab: 'runc', images: ['redis']}, (rig) => {
  afterEach(async () => {
    await clear(rig);
  });

  test.each(['hook', 'named'] as const)(
    'a redis with a client on it, its network made by a %s, moves there and back; nothing is done twice',
    async (network) => {
      const redis = await redisBundle(rig, 'redis', 30, network);
      const digest = await rig.fill(redis, 32);
      const client = must(await CountingClient.start(rig.ip(30)));
      await until(() => client.counted.replies > 20);
      // Its peers and the switches between have to learn where the address is now.
      const arping = `[ip, netns, exec, redis, arping, -U, -c, "1", -I, eth0, ${rig.ip(30)}]`;
      const up = `hooks: {beforeFreeze: {run: [ip, -n, redis, link, set, eth0, up], on: target}, afterRestore: {run: ${arping}, on: target}}`;
      const more = network === 'named' ? `, ${up}` : '';
      const text = `containers: {redis: {on: beta, strategy: stateful, verify: {tcp: 6379}${more}}}\n`;
      const there = await plan(rig, 'there', text);
      expectExit(await rig.apply(there), 0);
      expect(await where(rig, 'redis')).toBe('beta running restored');
      expect(client.counted).toMatchObject({wrong: 0});
      expect(await leftovers(rig, 'redis')).toEqual([]);
      expect(await rig.shell('alpha', 'ls /srv; ls /var/lib/cm/bundles')).toBe('redis-data');

      const again = await rig.apply(there);
      expectExit(again, 0);
      expect(again.lines.filter(({type}) => type === 'step-started')).toEqual([]);

      expectExit(await rig.apply(await plan(rig, 'back', text.replace('beta', 'alpha'))), 0);
      expect(await where(rig, 'redis')).toBe('alpha running restored');
      expectWhole(await client.stop());
      must(await checkFill(redis, digest, 320));
      redis.close();
      expect(await leftovers(rig, 'redis')).toEqual([]);
    },
  );

  test('a cold move takes along what it changed in its files and in a bind mount', async () => {
    const redis = await redisBundle(rig, 'cold', 31, 'hook', ['--save', '60 1']);
    redis.close();
    await rig.shell(
      'alpha',
      'runc exec cold sh -c "echo one > /root/changed; echo two > /files/bound"',
    );
    const text = 'containers: {cold: {on: beta, strategy: cold, verify: {tcp: 6379}}}\n';
    const file = await plan(rig, 'cold', text);
    expectExit(await rig.apply(file), 0);
    expect(await where(rig, 'cold')).toBe('beta running');
    expect(await rig.shell('beta', 'runc exec cold cat /root/changed /files/bound')).toBe(
      'one\ntwo',
    );
    expect(await rig.shell('alpha', 'ls /srv/cold 2>&1 || :')).toContain('No such file');
    expectExit(await rig.apply(file), 0);
    expect(await leftovers(rig, 'cold')).toEqual([]);
  });

  test('crun: a cold move with a program run inside; what its restore cannot bring back is refused', async () => {
    const place = {last: 36, network: 'hook', image: 'redis', runtime: 'crun'} as const;
    const program = ['redis-server', '--protected-mode', 'no', '--save', '60 1'];
    await startBundle(rig, 'cold', place, program);
    (await rig.redisAt(36)).close();
    await rig.shell('alpha', 'crun exec cold sh -c "echo one > /root/changed"');
    const text = (strategy: string, more = '') =>
      `containers: {cold: {on: beta, strategy: ${strategy}, verify: {tcp: 6379}${more}}}\n`;
    const refused = await rig.apply(await plan(rig, 'keeps', text('stateful'), 'crun'));
    expectExit(refused, 14);
    expect(refused.stdout).toContain('"restore-hooks"');
    const inside = ', hooks: {after: {run: [sh, -c, "env > /files/env"], on: container}}';
    const file = await plan(rig, 'cold', text('cold', inside), 'crun');
    expectExit(await rig.apply(file), 0);
    expect(await where(rig, 'cold')).toBe('beta running');
    expect(await rig.shell('beta', 'crun exec cold cat /root/changed')).toBe('one');
    expect((await rig.shell('beta', 'cut -d = -f 1 /srv/cold-data/env')).split('\n')).toEqual(
      expect.arrayContaining(['PATH', 'TERM', 'CM_CONTAINER', 'CM_TO']),
    );
    expect(await rig.shell('alpha', 'ls /srv/cold /run/crun 2>&1 || :')).toContain('No such file');
    expectExit(await rig.apply(file), 0);
    expect(await leftovers(rig, 'cold')).toEqual([]);
  });

  test('the restore fails: it goes on where it was, its client never knows, and the next run moves it', async () => {
    const redis = await redisBundle(rig, 'redis', 32, 'hook');
    const digest = await rig.fill(redis, 16);
    const client = must(await CountingClient.start(rig.ip(32)));
    const sabotage = `, hooks: {beforeFreeze: {run: [rm, ${hookPath}], on: target}}`;
    const text = (more: string) => `containers: {redis: {on: beta, strategy: stateful${more}}}\n`;
    const failed = await rig.apply(await plan(rig, 'fails', text(sabotage)));
    expectExit(failed, 1);
    expect(failed.stdout).toContain(hookPath);
    expect(await where(rig, 'redis')).toBe('alpha running');
    expect(await leftovers(rig, 'redis')).toEqual([]);
    expect(await rig.shell('beta', 'ls /run/runc; ls /srv')).toBe('');
    await rig
      .shell('alpha', `cat "$1"`, hookPath)
      .then((hook) => rig.shell('beta', 'printf %s "$2" > "$1"; chmod +x "$1"', hookPath, hook));
    expectExit(await rig.apply(await plan(rig, 'works', text(''))), 0);
    expect(await where(rig, 'redis')).toBe('beta running restored');
    expectWhole(await client.stop());
    must(await checkFill(redis, digest, 160));
    redis.close();
  });

  test.each(['ready-alpha', 'freeze', 'restore', 'running', 'commit', 'retire'])(
    'a runner that is killed at "%s": the next run ends it well',
    async (step) => {
      const redis = await redisBundle(rig, 'redis', 33, 'hook');
      const digest = await rig.fill(redis, 16);
      const client = must(await CountingClient.start(rig.ip(33)));
      const text = 'containers: {redis: {on: beta, strategy: stateful, verify: {tcp: 6379}}}\n';
      const file = await plan(rig, 'killed', text);
      await rig.killAt(`redis/${step}`, 'apply', file);
      await rig.pass();
      expectExit(await rig.apply(file), 0);
      expect(await where(rig, 'redis')).toBe('beta running restored');
      expectWhole(await client.stop());
      must(await checkFill(redis, digest, 160));
      redis.close();
      expect(await leftovers(rig, 'redis')).toEqual([]);
      expectExit(await rig.apply(file), 0);
    },
  );

  test('on the network of the host its connections end, and it serves at the new one', async () => {
    const redis = await redisBundle(rig, 'plain', 1, 'host', ['--port', '6379']);
    const digest = await rig.fill(redis, 16);
    const text = 'containers: {plain: {on: beta, strategy: stateful}}\n';
    const refused = await rig.apply(await plan(rig, 'keeps', text));
    expectExit(refused, 14);
    expect(refused.stdout).toContain('connections-bound');
    const closes = text.replace('stateful', 'stateful, connections: close, verify: {tcp: 6379}');
    expectExit(await rig.apply(await plan(rig, 'closes', closes)), 0);
    expect(await where(rig, 'plain')).toBe('beta running restored');
    redis.close();
    const moved = await rig.redisAt(2);
    must(await checkFill(moved, digest, 160));
    moved.close();
  });

  test('what cannot be moved is refused, with the reason', async () => {
    const redis = await redisBundle(rig, 'odd', 34, 'hook');
    redis.close();
    await rig.shell('alpha', 'runc delete --force odd');
    await rig.shell(
      'alpha',
      `cd /srv/odd; jq '.linux.namespaces |= map(select(.type != "pid"))' config.json > new; mv new config.json
cd /; runc run --detach --bundle /srv/odd odd </dev/null >/var/log/odd.log 2>&1`,
    );
    const text = 'containers: {odd: {on: beta, strategy: [pre-copy, stateful]}}\n';
    const refused = await rig.apply(await plan(rig, 'odd', text));
    expectExit(refused, 14);
    for (const code of ['stdio', 'host-processes', 'no-memory-tracking'])
      expect(refused.stdout).toContain(`"${code}"`);
    expect(refused.stdout).toContain('/var/log/odd.log');
    expect(await where(rig, 'odd')).toBe('alpha running');
  });

  test('a host that restarted has not forgotten a bundle that cm brought', async () => {
    const redis = await redisBundle(rig, 'kept', 35, 'hook');
    redis.close();
    const text = 'containers: {kept: {on: beta, strategy: stateful}}\n';
    const there = await plan(rig, 'there', text);
    expectExit(await rig.apply(there), 0);
    await rig.reboot('beta');
    const seen = await rig.begin(['status', there, '--json']).ended;
    expect(seen.stdout).toContain('"stopped"');
    await rig.shell('beta', runBundle, 'kept');
    expectExit(await rig.apply(await plan(rig, 'back', text.replace('beta', 'alpha'))), 0);
    expect(await where(rig, 'kept')).toBe('alpha running restored');
  });
});
