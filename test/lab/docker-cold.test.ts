import {afterEach, beforeAll, expect, test} from 'vitest';
import {imageName} from '../../src/lab/lab.js';
import {alteredContent, alteredNames, alteringHook, quietFiles} from './altered.js';
import {begins} from './cm-run.js';
import {DockerRig, type Told} from './docker-rig.js';
import {describeLab, expectExit} from './rig.js';
import {
  expectSameRows,
  giveSqlite,
  hasSqlite,
  sqliteVolumes,
  sqliteWords,
  untilRows,
} from './sqlite.js';

const sample = imageName('busybox');

/** Bytes that a shell, JSON or a list of words could get wrong. */
const odd = `it's "so", $HOME \`id\` \\n #x\nand a second line: {{.}}`;

/** Files of kinds that a copy can get wrong. */
const oddFiles = String.raw`cd "$1"
mkdir -p "deep/er" "empty folder"
printf one > one; ln one two; ln one deep/three
printf secret > secret; chown 1234:4321 secret; chmod 600 secret
ln -s /nowhere dangling
mkfifo pipe
cp /usr/bin/env able; setcap cap_net_raw+ep able
printf x > "$(printf 'new\nline')"; printf x > 'quo"te'; printf x > "it's"; printf x > -- '-dash'`;

/** Type, mode, owner, links, size, time, capabilities and content of everything in `$1`. */
const listing = String.raw`cd "$1"
find . -printf '%P %y %m %U:%G %n %s %T@ %l\n' | sort
find . -type f -exec sha256sum {} + | sort
getcap -r . 2>/dev/null | sort`;

const without = (value: object, ...names: readonly string[]): unknown =>
  Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));

/** What a container is, without what is of one host or one life of it. */
function settings(told: Told | undefined): unknown {
  const {Config, HostConfig, Mounts, Path, Args, Image, NetworkSettings} = told ?? ({} as Told);
  const networks = Object.entries(NetworkSettings.Networks).map(([name, network]) => [
    name,
    network['IPAMConfig'],
    network['Aliases'],
  ]);
  // The mode of a volume that has a name is `z`, the same as none where SELinux is off.
  const byPlace = [...Mounts]
    .sort((a, b) => String(a['Destination']).localeCompare(String(b['Destination'])))
    .map((mount) => (mount['Type'] === 'volume' ? without(mount, 'Mode') : mount));
  // An anonymous volume keeps its name, so that the settings name it now.
  return {Config, HostConfig: without(HostConfig, 'Mounts'), byPlace, Path, Args, Image, networks};
}

const volume = '/var/lib/docker/volumes/shop_data/_data';

describeLab('docker: a cold move', {lab: 'dockercold', images: []}, (rig) => {
  const docker = new DockerRig(rig);

  beforeAll(async () => {
    await docker.start(['busybox']);
  });

  afterEach(async () => {
    await docker.clear();
  });

  test('two services that belong together: everything that they have goes along', async () => {
    await rig.onAll('docker network create --subnet 172.30.0.0/24 own >/dev/null');
    await rig.onAll('docker network create --subnet 172.31.0.0/24 second >/dev/null');
    await rig.shell(
      'alpha',
      `mkdir -p "/srv/it's bound"; docker volume create --label com.docker.compose.project=shop --label com.docker.compose.volume=data shop_data >/dev/null`,
    );
    for (const at of [volume, "/srv/it's bound"]) await rig.shell('alpha', oddFiles, at);
    const compose = (service: string): readonly string[] => [
      ...[
        '--label',
        'com.docker.compose.project=shop',
        '--label',
        `com.docker.compose.service=${service}`,
      ],
      ...[
        '--label',
        'com.docker.compose.container-number=1',
        '--label',
        'com.docker.compose.oneoff=False',
      ],
    ];
    await docker.run(
      'alpha',
      ...['--name', 'shop-web-1', ...compose('web'), '--label', `odd=${odd}`],
      ...[
        '--env',
        `ODD=${odd}`,
        '--env',
        'EMPTY=',
        '--hostname',
        'web',
        '--domainname',
        'shop.example',
      ],
      ...['--network', 'name=own,ip=172.30.0.20,alias=web', '--network', 'name=second,alias=other'],
      ...['--publish', '8080:80', '--publish', '127.0.0.1:9000:9000/udp', '--expose', '70'],
      ...[
        '--volume',
        'shop_data:/data',
        '--volume',
        "/srv/it's bound:/it's bound:ro",
        '--volume',
        '/anonymous',
      ],
      ...['--tmpfs', '/scratch:size=1m', '--shm-size', '32m', '--read-only=false', '--init'],
      ...['--user', '0:5', '--group-add', '7', '--cap-add', 'NET_ADMIN', '--cap-drop', 'MKNOD'],
      ...[
        '--security-opt',
        'no-new-privileges',
        '--ulimit',
        'nofile=1000:2000',
        '--sysctl',
        'net.core.somaxconn=77',
      ],
      ...[
        '--dns',
        '10.9.9.9',
        '--dns-search',
        'x.example',
        '--dns-option',
        'ndots:2',
        '--add-host',
        'h:10.1.1.1',
      ],
      ...[
        '--stop-signal',
        'SIGKILL',
        '--workdir',
        '/tmp',
        '--restart',
        'on-failure:3',
        '--oom-score-adj',
        '100',
      ],
      ...['--log-opt', 'max-size=1m', '--log-opt', `tag=t`, '--annotation', 'a.b/c=d'],
      ...[
        '--health-cmd',
        `test -e "/data/it's"`,
        '--health-interval',
        '7s',
        '--health-retries',
        '4',
      ],
      ...['--entrypoint', '/bin/sh', sample, '-c', 'while :; do sleep 0.1; done', odd],
    );
    await docker.run(
      'alpha',
      ...[
        '--name',
        'shop-db-1',
        ...compose('db'),
        '--network',
        'own',
        sample,
        'sh',
        '-c',
        'while :; do sleep 0.1; done',
      ],
    );
    await rig.shell(
      'alpha',
      `docker exec shop-web-1 sh -c 'rm /usr/bin/tac; rm -rf /usr/sbin/*; rm -rf /usr/share; mkdir /usr/share; echo made > /etc/made; chmod 600 /etc/made; chown 9:9 /etc/made; ln /etc/made /etc/also; echo kept > /anonymous/file'`,
    );
    const before = {
      told: await docker.see('alpha', 'shop-web-1'),
      db: await docker.see('alpha', 'shop-db-1'),
      files: await rig.shell('alpha', listing, volume),
      bound: await rig.shell('alpha', listing, "/srv/it's bound"),
      changed: (await rig.shell('alpha', 'docker diff shop-web-1 | sort')).split('\n'),
    };

    const plan = await docker.plan(
      'cold',
      'containers:\n' +
        '  shop-web-1: {on: beta, strategy: cold, dependsOn: [shop-db-1], hooks: {afterRestore: {run: [touch, /etc/hook], in: container}}}\n' +
        '  shop-db-1: {on: beta, strategy: cold}\n',
    );
    expectExit(await rig.apply(plan), 0);
    expect(await docker.where('shop-web-1')).toBe('beta running');
    expect(await docker.where('shop-db-1')).toBe('beta running');
    expect(settings(await docker.see('beta', 'shop-web-1'))).toEqual(settings(before.told));
    expect(await rig.shell('beta', listing, volume)).toBe(before.files);
    expect(await rig.shell('beta', listing, "/srv/it's bound")).toBe(before.bound);
    const changed = (await rig.shell('beta', 'docker diff shop-web-1 | sort')).split('\n');
    expect(changed).toEqual(expect.arrayContaining(before.changed));
    expect(changed.filter((line) => !before.changed.includes(line))).toEqual(['A /etc/hook']);
    expect(
      await rig.shell(
        'beta',
        `docker exec shop-web-1 sh -c 'cat /anonymous/file; stat -c "%h %a %u" /etc/also; ls /usr/share | wc -l; hostname -f; printf %s "$ODD"'`,
      ),
    ).toBe(`kept\n2 600 9\n0\nweb.shop.example\n${odd}`);
    // As docker compose asks for what belongs to a project.
    expect(
      await rig.shell(
        'beta',
        `docker ps --filter label=com.docker.compose.project=shop --format '{{.Label "com.docker.compose.service"}}' | sort; docker volume ls --quiet --filter label=com.docker.compose.project=shop`,
      ),
    ).toBe('db\nweb\nshop_data');
    await docker.expectClean();
    const events = await docker.events();
    const again = await rig.apply(plan);
    expectExit(again, 0);
    expect(await docker.events()).toBe(events);
  });

  test('names of one file that are names of two on the source are found before it starts', async () => {
    const at = '/var/lib/docker/volumes/data/_data';
    await docker.run(
      'alpha',
      ...['--name', 'app', '--stop-timeout', '1', '--volume', 'data:/data'],
      ...[sample, 'sh', '-c', 'while :; do sleep 0.1; done'],
    );
    await quietFiles(rig, 'alpha', at);
    const plan = await docker.plan(
      'altered',
      `containers:\n  app: {on: beta, strategy: cold, onStopTimeout: kill, hooks: {${alteringHook(at)}}}\n`,
    );
    const failed = await rig.apply(plan);
    expectExit(failed, 1);
    expect(failed.stdout).not.toContain(alteredContent);
    expect(failed.stdout).toContain(alteredNames);
    expect(failed.lines.some(begins('app/start'))).toBe(false);
    expect((await docker.see('alpha', 'app'))?.State).toMatchObject({Running: true});
  });

  test('a volume that its program has emptied is not filled again from the image', async () => {
    await rig.shell(
      'alpha',
      `{ docker run --name made "$1" sh -c 'mkdir /kept; echo image > /kept/file; chmod 750 /kept' && docker commit made own/kept:1 && docker rm made; } >/dev/null`,
      sample,
    );
    await docker.run(
      'alpha',
      ...['--name', 'app', '--stop-timeout', '1', '--volume', 'emptied:/kept'],
      ...['own/kept:1', 'sh', '-c', 'trap "exit 0" TERM; while :; do sleep 0.1; done'],
    );
    const empty = 'rm -rf /kept/*; chown 5:6 /kept; chmod 711 /kept';
    await rig.shell('alpha', 'docker exec app sh -c "$1"', empty);
    const plan = await docker.plan('emptied', 'containers:\n  app: {on: beta, strategy: cold}\n');
    expectExit(await rig.apply(plan), 0);
    const look = `docker exec app sh -c 'stat -c "%a %u:%g" /kept; ls -A /kept'`;
    expect((await rig.shell('beta', look)).trim()).toBe('711 5:6');
    await docker.clear();
    await rig.onAll('docker image rm own/kept:1 >/dev/null');
  });

  test.skipIf(!hasSqlite).each(['cold', 'stateful'])(
    'a database of SQLite in WAL mode keeps every row (%s)',
    async (strategy) => {
      const at = '/var/lib/docker/volumes/data/_data';
      giveSqlite(rig);
      await docker.run(
        'alpha',
        ...['--name', 'app', '--stop-timeout', '1', '--network', 'none', ...sqliteWords],
      );
      const before = await untilRows(rig, 'alpha', at);
      const plan = await docker.plan(
        `sqlite-${strategy}`,
        `containers:\n  app: {on: beta, strategy: ${strategy}, ${sqliteVolumes}}\n`,
      );
      expectExit(await rig.apply(plan), 0);
      await expectSameRows(rig, at, before);
    },
  );

  test('of an image only the layers are sent that the target does not have', async () => {
    const commit = `docker run --name made "$1" sh -c "$2" >/dev/null; docker commit made "$3" >/dev/null; docker rm made >/dev/null`;
    const big = 'dd if=/dev/urandom of=/big bs=1M count=8 2>/dev/null';
    await rig.shell('alpha', commit, sample, big, 'own/base:1');
    await rig.shell('alpha', commit, 'own/base:1', 'echo small > /small', 'own/app:1');
    const run = async (name: string, image: string): Promise<number> => {
      await docker.run('alpha', '--name', name, image, 'sh', '-c', 'while :; do sleep 0.1; done');
      const plan = await docker.plan(name, `containers:\n  ${name}: {on: beta, strategy: cold}\n`);
      const moved = await rig.apply(plan);
      expectExit(moved, 0);
      const sent = moved.lines.find(
        ({type, step}) => type === 'step-settled' && step === `${name}/image`,
      );
      return Number(sent?.['bytes'] ?? 0);
    };
    expect(await run('base', 'own/base:1')).toBeGreaterThan(8 << 20);
    const sent = await run('app', 'own/app:1');
    expect(sent).toBeGreaterThan(0);
    expect(sent).toBeLessThan(1 << 20);
    expect(
      await rig.shell('beta', 'docker exec app cat /small; docker exec app stat -c %s /big'),
    ).toBe(`small\n${8 << 20}`);
    expect(await run('again', 'own/app:1')).toBe(0);
    await rig.onAll('docker image rm own/app:1 own/base:1 >/dev/null 2>&1 || :');
    await docker.clear();
  });
});
