import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {afterEach, expect, test} from 'vitest';
import {imageName, loadImage} from '../../src/lab/lab.js';
import {knownHostsOf} from '../../src/lab/lab-state.js';
import {CountingClient} from '../../src/lab/redis-client.js';
import {hostsBlock} from '../../src/lab/ssh-files.js';
import {begins, type Ended} from './cm-run.js';
import {describeLab, expectExit, expectWhole, must, type Rig} from './rig.js';

const sample = imageName('busybox');

/** Nothing at all is done to a container on any host while `work` goes on. */
async function untouched(rig: Rig, work: () => Promise<Ended>): Promise<Ended> {
  const events = await rig.events();
  const ended = await work();
  expect(await rig.events()).toBe(events);
  expect(await rig.leftovers()).toEqual([]);
  return ended;
}

/** The codes of all problems of a run that is over. */
const codes = ({lines}: Ended): readonly unknown[] =>
  lines.filter((line) => line.type === 'problem').map((line) => line['code']);

describeLab('what cannot be', {lab: 'refuse', images: ['busybox', 'redis']}, (rig) => {
  afterEach(async () => {
    await rig.clear();
    await rig.onAll('podman network rm own >/dev/null 2>&1 || :');
  });

  const run = (host: string, ...words: readonly string[]): Promise<string> =>
    rig.shell(host, 'podman run --detach --stop-timeout 1 "$@" >/dev/null', ...words);
  const stateful = 'containers:\n  app: {on: beta, strategy: stateful}\n';

  test.each([
    {code: 'tty', alpha: ['--tty', '--network', 'lan'], beta: []},
    {code: 'network-missing', alpha: ['--network', 'own'], beta: []},
    {code: 'port-taken', alpha: ['--publish', '8080:80'], beta: ['--publish', '8080:81']},
    {code: 'auto-remove', alpha: ['--rm'], beta: []},
  ])('$code: refused before anything is touched', async ({code, alpha, beta}) => {
    if (alpha.includes('own'))
      await rig.shell(
        'alpha',
        'podman network create --driver macvlan --opt parent=eth0 --subnet 10.99.0.0/24 own >/dev/null',
      );
    await run('alpha', '--name', 'app', ...alpha, sample);
    if (beta.length > 0) {
      must(await loadImage(rig.lab, 'beta', 'busybox'));
      await run('beta', '--name', 'other', ...beta, sample);
    }
    const plan = await rig.plan('refused', stateful);
    const refused = await untouched(rig, () => rig.apply(plan));
    expectExit(refused, 14);
    expect(codes(refused)).toContain(code);
    expect((await rig.see('alpha', 'app'))?.running).toBe(true);
  });

  test('a name that is taken on the target: refused', async () => {
    await run('alpha', '--name', 'app', sample);
    must(await loadImage(rig.lab, 'beta', 'busybox'));
    await rig.shell('beta', 'podman create --name app "$1" >/dev/null', sample);
    const plan = await rig.plan('taken', stateful);
    const refused = await untouched(rig, () => rig.apply(plan));
    expectExit(refused, 14);
    expect(codes(refused)).toContain('name-taken');
  });

  test('files on the target that nobody said may go: refused', async () => {
    await run('alpha', '--name', 'app', '--volume', 'data:/data', sample);
    await rig.shell(
      'beta',
      'podman volume create data >/dev/null; echo precious > /var/lib/containers/storage/volumes/data/_data/file',
    );
    const plan = await rig.plan('files', stateful);
    expectExit(await untouched(rig, () => rig.apply(plan)), 14);
  });

  test('what cannot be done statefully is done cold, and it is said why', async () => {
    await run('alpha', '--name', 'app', '--tty', '--network', 'lan', sample);
    const plan = await rig.plan(
      'ladder',
      'containers:\n  app: {on: beta, strategy: [stateful, cold]}\n',
    );
    const moved = await rig.begin(['apply', plan, '--yes']).ended;
    expectExit(moved, 0);
    expect(moved.stdout).toContain('it has a terminal ("-t"), which stays behind on the source');
    expect(await rig.where('app')).toBe('beta running');
    expect(await rig.leftovers()).toEqual([]);
  });

  test('two runners at once: one works, one goes, and one that waits finds nothing to do', async () => {
    await rig.redis('alpha', 'app', 25).then((redis) => {
      redis.close();
    });
    const client = must(await CountingClient.start(rig.ip(25)));
    const hook = `hooks: {beforeFreeze: {run: [sleep, "4"], on: runner}}`;
    const slow = await rig.plan(
      'slow',
      `containers:\n  app: {on: beta, strategy: stateful, ${hook}}\n`,
    );
    const first = rig.begin(['apply', slow, '--yes', '--json']);
    await first.until(begins('app/beforeFreeze-1'));
    const waiting = rig.apply(slow, '--lock-wait', '1m');
    const second = await rig.apply(slow);
    expectExit(second, 11);
    expect(second.stdout).toContain('is leased by');
    expectExit(await first.ended, 0);
    const third = await waiting;
    expectExit(third, 0);
    expect(third.lines.some(begins('app/freeze'))).toBe(false);
    expect(await rig.where('app')).toBe('beta running');
    expectWhole(await client.stop());
    expect(await rig.leftovers()).toEqual([]);
  });

  test('what depends on another is moved after it, and its failure is its own', async () => {
    for (const name of ['one', 'two'])
      await run('alpha', '--name', name, '--network', 'lan', sample);
    const plan = await rig.plan(
      'order',
      'containers:\n' +
        '  two: {on: beta, strategy: cold, dependsOn: [one], verify: {exec: ["false"], within: 1s}}\n' +
        '  one: {on: beta, strategy: cold}\n',
    );
    const half = await rig.apply(plan);
    expectExit(half, 1);
    const order = half.lines.flatMap((line) =>
      line.type === 'container-settled' ? [[line['container'], line['outcome']]] : [],
    );
    expect(order).toEqual([
      ['one', 'moved'],
      ['two', 'back'],
    ]);
    expect(await rig.where('one')).toBe('beta running');
    expect(await rig.where('two')).toBe('alpha running');
    expect(await rig.leftovers()).toEqual([]);
  });

  test('a host that is not who it should be: nobody talks to it', async () => {
    await run('alpha', '--name', 'app', '--network', 'lan', sample);
    const known = await readFile(knownHostsOf(rig.lab), 'utf8');
    const [alpha = '', beta = ''] = known.split('\n');
    const key = (line: string): string => line.slice(line.indexOf(' '));
    const wrong = `${alpha}\n${beta.replace(key(beta), key(alpha))}\n`;
    await writeFile(join(rig.folder, 'wrong'), wrong);
    const hosts = hostsBlock(rig.lab).replaceAll('}}', ', knownHosts: ./wrong}}');
    const plan = await rig.plan('wrong-key', stateful, hosts);
    const refused = await untouched(rig, () => rig.apply(plan));
    expectExit(refused, 12);
    expect(refused.stdout).toContain('host-key');
  });

  test('a host that does not answer: nothing is touched on the other', async () => {
    await run('alpha', '--name', 'app', '--network', 'lan', sample);
    const hosts = hostsBlock(rig.lab).replace(`@${rig.ip(2)}`, `@${rig.ip(60)}`);
    const plan = await rig.plan('down', stateful, hosts);
    const refused = await untouched(rig, () => rig.apply(plan));
    expectExit(refused, 12);
    expect(codes(refused)).toContain('timed-out');
  });
});
