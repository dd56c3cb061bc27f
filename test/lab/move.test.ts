import {mkdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {execa} from 'execa';
import {afterEach, expect, test} from 'vitest';
import {checkFill} from '../../src/lab/demo/demo-redis.js';
import {CountingClient} from '../../src/lab/demo/redis-client.js';
import {addressOf, sshConfigOf} from '../../src/lab/lab-state.js';
import {until} from '../rig/limits.js';
import {describeLab, expectExit, expectWhole, must} from './rig.js';

describeLab('a move with its memory', {lab: 'move', images: ['redis']}, (rig) => {
  afterEach(async () => {
    expect(await rig.leftovers()).toEqual([]);
  });

  test('a redis with a client on it moves; then there is nothing to do; then it moves back', async () => {
    const redis = await rig.redis('alpha', 'redis', 20, ['--restart=always']);
    const digest = await rig.fill(redis, 64);
    const {id} = (await rig.see('alpha', 'redis')) ?? {};
    const client = must(await CountingClient.start(rig.ip(20)));
    await until(() => client.counted.replies > 20);
    const there = `containers:\n  redis: {on: beta, strategy: stateful, verify: {tcp: 6379}}\n`;
    const plan = await rig.plan('there', there);

    const moved = await rig.apply(plan);
    expectExit(moved, 0);
    const {replies} = client.counted;
    await until(() => client.counted.replies > replies + 20);
    expect(client.counted).toMatchObject({wrong: 0});
    expect(client.counted.failure).toBeUndefined();
    expect(await rig.where('redis')).toBe('beta running');
    const arrived = await rig.see('beta', 'redis');
    expect(arrived).toMatchObject({id, restored: true, policy: 'always'});
    must(await checkFill(redis, digest, 640));
    expect(await rig.leftovers()).toEqual([]);

    const events = await rig.events();
    const again = await rig.apply(plan);
    expectExit(again, 0);
    expect(again.lines.filter(({type}) => type === 'step-started')).toEqual([]);
    expect(await rig.see('beta', 'redis')).toEqual(arrived);
    expect(await rig.events()).toBe(events);

    const repository = join(rig.folder, 'repository');
    await mkdir(repository);
    const back = await rig.plan('repository/back', there.replace('beta', 'alpha'));
    const git = (...words: readonly string[]) =>
      execa('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.example', ...words], {
        cwd: repository,
      });
    await git('init', '-q');
    await git('add', '.');
    await git('commit', '-qm', 'redis goes back');
    const returned = await rig.apply(back);
    expectExit(returned, 0);
    const commit = (await git('rev-parse', 'HEAD')).stdout;
    expect((await rig.reports()).at(-1)?.provenance).toMatchObject({commit, dirty: false});
    expect(returned.lines[0]).toMatchObject({type: 'version', commit});

    expect(await rig.where('redis')).toBe('alpha running');
    expect(await rig.see('alpha', 'redis')).toMatchObject({id, restored: true, policy: 'always'});
    const counted = await client.stop();
    expectWhole(counted);
    must(await checkFill(redis, digest, 640));
    redis.close();
    await rig.clear();
  });

  test('a volume that is written to until the freeze arrives whole', async () => {
    const redis = await rig.redis(
      ...(['alpha', 'log', 21, ['--volume', 'log:/data', '--restart=on-failure:3']] as const),
      [
        'redis-server',
        '--protected-mode',
        'no',
        '--save',
        '',
        '--appendonly',
        'yes',
        '--appendfsync',
        'always',
      ],
    );
    const digest = await rig.fill(redis, 16);
    const client = must(await CountingClient.start(rig.ip(21)));
    const plan = await rig.plan('volume', `containers:\n  log: {on: beta, strategy: stateful}\n`);
    expectExit(await rig.apply(plan), 0);
    const counted = await client.stop();
    expectWhole(counted);
    expect(await rig.where('log')).toBe('beta running');
    expect((await rig.see('beta', 'log'))?.raw).toMatchObject({
      HostConfig: {RestartPolicy: {Name: 'on-failure', MaximumRetryCount: 3}},
    });
    must(await checkFill(redis, digest, 160));
    redis.close();
    // What memory says is one thing; a redis that begins anew has nothing but the files.
    await rig.shell('beta', 'podman restart --time 5 log >/dev/null');
    const fresh = await rig.redisAt(21);
    must(await checkFill(fresh, digest, 160));
    expect(must(await fresh.ask('GET', 'count'))).toBe(String(counted.last));
    fresh.close();
    await rig.clear();
  });

  test('a project is imported as it is, and moved by its name, without a plan file', async () => {
    const labels = (service: string, dependsOn = '') => [
      ...['--label', 'com.docker.compose.project=shop'],
      ...['--label', `com.docker.compose.service=${service}`],
      ...['--label', `com.docker.compose.depends_on=${dependsOn}`],
    ];
    const cache = await rig.redis('alpha', 'cache', 22, labels('cache'));
    const digest = await rig.fill(cache, 8);
    cache.close();
    await rig.redis('alpha', 'db', 23, [
      ...labels('db', 'cache:service_started:false'),
      ...['--volume', 'shop_db:/data'],
    ]);
    await rig.redis('alpha', 'other', 24);
    const [alpha, beta] = rig.lab.hosts.map((host) => `root@${addressOf(rig.lab, host)}`);
    const ssh = ['--ssh-config', sshConfigOf(rig.lab)];
    const hosts = [alpha ?? '', beta ?? ''];

    const file = join(rig.folder, 'all.yaml');
    expectExit(await rig.begin(['import', ...hosts, ...ssh, '--write', file]).ended, 0);
    const events = await rig.events();
    const applied = await rig.apply(file);
    expectExit(applied, 0);
    expect(applied.lines.filter(({type}) => type === 'container')).toMatchObject([
      {container: 'other', action: 'none'},
      {container: 'cache', action: 'none'},
      {container: 'db', action: 'none'},
    ]);
    expect(await rig.events()).toBe(events);

    const words = ['move', 'shop', '--from', alpha ?? '', '--to', beta ?? '', ...ssh];
    const moved = await rig.begin([...words, '--yes', '--json']).ended;
    expectExit(moved, 0);
    expect(await rig.where('cache')).toBe('beta running');
    expect(await rig.where('db')).toBe('beta running');
    expect(await rig.where('other')).toBe('alpha running');
    expect(await rig.see('beta', 'cache')).toMatchObject({restored: true});
    const there = await rig.redisAt(22);
    must(await checkFill(there, digest, 80));
    there.close();

    const before = await readFile(file, 'utf8');
    expectExit(await rig.begin(['import', ...hosts, ...ssh, '--write', file]).ended, 0);
    const [, source = '', target = ''] = /^ {2}(\S+): .*\n {2}(\S+): /mu.exec(before) ?? [];
    expect(await readFile(file, 'utf8')).toBe(
      before.replaceAll(new RegExp(`(?<=(?:cache|db): \\{on: )${source}`, 'gu'), target),
    );
    await rig.clear();
  });
});
