import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {afterEach, expect, test} from 'vitest';
import {imageName, loadImage} from '../../src/lab/lab.js';
import {alteredContent, alteredNames, alteringHook, quietFiles} from './altered.js';
import {begins} from './cm-run.js';
import {describeLab, expectExit, must, type Seen} from './rig.js';
import {
  expectSameRows,
  giveSqlite,
  hasSqlite,
  sqliteVolumes,
  sqliteWords,
  untilRows,
} from './sqlite.js';

/** Files of all kinds that a copy can get wrong; `$1` is where. */
const oddFiles = String.raw`cd "$1"
mkdir -p "deep/er" "empty folder"
printf one > one; ln one two; ln one deep/three
truncate -s 32M sparse; printf middle | dd of=sparse bs=1 seek=16000000 conv=notrunc status=none
printf secret > secret; chown 1234:4321 secret; chmod 600 secret
ln -s ../one deep/link; ln -s /nowhere dangling
mkfifo pipe
cp /usr/bin/env able; setcap cap_net_raw+ep able
printf x > "$(printf 'new\nline')"; printf x > 'quo"te'; printf x > "it's"; printf x > ' lead and trail '
printf x > -- '-dash'; printf x > 'st*r'; printf x > "$(printf 'b\303\244r')"; printf x > "$(printf 'not-utf8-\377')"
printf old > old; touch -d '2001-02-03 04:05:06.789' old
chmod 4755 one; chmod 1777 deep; chown 7:8 'empty folder'`;

/** All of it as text: names, kinds, modes, owners, links, sizes, times, contents, capabilities, and room taken. */
const listing = String.raw`cd "$1"
find . -print0 | LC_ALL=C sort -z | xargs -0 stat -c '%N %F %a %u:%g %h %s %y'
find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
find . -type f -print0 | LC_ALL=C sort -z | xargs -0 getcap
[ ! -e sparse ] || [ "$(du -k sparse | cut -f1)" -lt 1000 ] || echo 'sparse is not sparse'
stat -c '%d:%i' one two deep/three 2>/dev/null | sort -u | wc -l`;

const without = (value: unknown, ...names: readonly string[]): unknown =>
  Object.fromEntries(Object.entries(value ?? {}).filter(([name]) => !names.includes(name)));

/** What a container is, without what is of one host or one start of it. */
function settings(seen: Seen | undefined): unknown {
  const {Config, HostConfig, Mounts, Path, Args, Image, NetworkSettings, EffectiveCaps} =
    seen?.raw ?? {};
  const {lan} = (NetworkSettings as {Networks: Record<string, Record<string, unknown>>}).Networks;
  const {IPAddress, MacAddress, Aliases} = lan ?? {};
  return {
    config: without(Config, 'CreateCommand', 'Env'),
    // podman tells them in another order each time.
    environment: [...(Config as {Env: readonly string[]}).Env].sort(),
    host: without(HostConfig, 'LogConfig'),
    aliases: (Aliases as readonly string[]).filter((alias) => alias !== seen?.id.slice(0, 12)),
    ...{Mounts, Path, Args, Image, EffectiveCaps, IPAddress, MacAddress},
  };
}

const volumeAt = '/var/lib/containers/storage/volumes/files/_data';

describeLab('a cold move', {lab: 'cold', images: ['busybox']}, (rig) => {
  afterEach(async () => {
    expect(await rig.leftovers()).toEqual([]);
    await rig.clear();
    await rig.onAll('rm -rf /var/tmp/hook-*');
  });

  test('everything that a container has goes along, and hooks are told what happens', async () => {
    await rig.shell(
      'alpha',
      'mkdir -p /srv/bound; podman volume create --label team=a --label "what=x y" files >/dev/null',
    );
    for (const at of [volumeAt, '/srv/bound']) await rig.shell('alpha', oddFiles, at);
    await rig.shell(
      'alpha',
      `podman run --detach --name app --network lan "$@" >/dev/null`,
      ...['--ip', rig.ip(30), '--mac-address', '02:00:00:00:00:30', '--hostname', 'app.example'],
      ...['--volume', 'files:/files', '--volume', '/srv/bound:/bound:ro', '--tmpfs', '/scratch'],
      ...['--env', 'WORDS=two words', '--env', `QUOTE=it's "so"`, '--label', 'tier=web'],
      ...['--restart', 'on-failure:7', '--ulimit', 'nofile=100:200', '--oom-score-adj', '5'],
      ...['--cap-drop', 'NET_RAW', '--cap-add', 'SYS_TIME', '--stop-timeout', '1'],
      ...['--workdir', '/data', '--user', '0:5', '--annotation', 'a.b/c=d', '--no-hosts'],
      ...['--', imageName('busybox'), 'count'],
    );
    await rig.shell(
      'alpha',
      `podman exec app sh -c 'rm /usr/bin/tac; rm -rf /usr/sbin; mkdir /usr/sbin; echo made > /etc/made; chmod 600 /etc/made; chown 9:9 /etc/made; ln /etc/made /etc/also'`,
    );
    const before = {
      seen: await rig.see('alpha', 'app'),
      files: await rig.shell('alpha', listing, volumeAt),
      bound: await rig.shell('alpha', listing, '/srv/bound'),
      changed: (await rig.shell('alpha', 'podman diff app | sort')).split('\n'),
    };

    const tell = (file: string): string =>
      `[sh, -c, "env | grep ^CM_ | grep -v ^CM_MARK | sort > ${file}"]`;
    const on = (point: string, place: string, file: string): string =>
      `      ${point}: {run: ${tell(file)}, on: ${place}}\n`;
    const plan = await rig.plan(
      'cold',
      [
        'containers:\n  app:\n    on: beta\n    strategy: cold\n',
        '    allow: ["capability:SYS_TIME"]\n    hooks:\n',
        on('before', 'runner', join(rig.folder, 'before')),
        `      beforeFreeze:\n`,
        `        - {run: ${tell('/var/tmp/hook-beforeFreeze')}, on: source}\n`,
        `        - {run: ${tell('/etc/hook-beforeFreeze')}, in: container}\n`,
        on('afterRestore', 'container', '/etc/hook-afterRestore'),
        on('redirect', 'target', '/var/tmp/hook-redirect'),
        on('after', 'runner', join(rig.folder, 'after')),
        on('onFailure', 'runner', join(rig.folder, 'onFailure')),
        'hooks:\n',
        `  before: {run: ${tell(join(rig.folder, 'plan-before'))}}\n`,
        `  after: {run: ${tell(join(rig.folder, 'plan-after'))}}\n`,
      ].join(''),
    );
    const moved = await rig.apply(plan);
    expectExit(moved, 0);
    expect(await rig.where('app')).toBe('beta running');

    expect(await rig.shell('beta', listing, volumeAt)).toBe(before.files);
    expect(await rig.shell('beta', `podman volume inspect --format '{{json .Labels}}' files`)).toBe(
      '{"team":"a","what":"x y"}',
    );
    expect(await rig.shell('beta', listing, '/srv/bound')).toBe(before.bound);
    const seen = await rig.see('beta', 'app');
    expect(settings(seen)).toEqual(settings(before.seen));
    const hooked = ['A /etc/hook-afterRestore', 'A /etc/hook-beforeFreeze'];
    expect((await rig.shell('beta', 'podman diff app | sort')).split('\n')).toEqual(
      [...before.changed, ...hooked].sort(),
    );
    expect(
      await rig.shell(
        'beta',
        `podman exec app sh -c 'ls /usr/bin/tac /usr/sbin 2>&1 || :; stat -c "%a %u:%g %h" /etc/made /etc/also'`,
      ),
    ).toBe('ls: /usr/bin/tac: No such file or directory\n/usr/sbin:\n600 9:9 2\n600 9:9 2');

    const run = (await rig.reports()).at(-1)?.run;
    const told = (step: string): string =>
      [
        ...['CM_COMMIT=', 'CM_CONTAINER=app', 'CM_FROM=alpha', 'CM_PLAN=cold', `CM_RUN_ID=${run}`],
        ...[`CM_STEP=app/${step}`, 'CM_STRATEGY=cold', 'CM_TO=beta'],
      ].join('\n');
    const read = async (name: string): Promise<string> =>
      (await readFile(join(rig.folder, name), 'utf8')).trim();
    expect(await read('before')).toBe(told('before'));
    expect(await read('after')).toBe(told('after'));
    expect(await rig.shell('alpha', 'cat /var/tmp/hook-*')).toBe(told('beforeFreeze'));
    expect(await rig.shell('beta', 'cat /var/tmp/hook-*')).toBe(told('redirect'));
    for (const point of ['beforeFreeze', 'afterRestore'])
      expect(await rig.shell('beta', `podman exec app cat /etc/hook-${point}`)).toBe(told(point));
    expect(await read('plan-before')).toContain(`CM_RUN_ID=${run}`);
    expect(await read('plan-after')).toContain('CM_STEP=cold/after-1');
    await expect(read('onFailure')).rejects.toThrow('ENOENT');

    const events = await rig.events();
    const again = await rig.apply(plan);
    expectExit(again, 0);
    expect(again.lines.filter(({type}) => type === 'step-started')).toEqual([]);
    expect(await rig.see('beta', 'app')).toEqual(seen);
    expect(await rig.events()).toBe(events);
  });

  test('what is stopped is moved as it is, and not started', async () => {
    await rig.shell(
      'alpha',
      'podman create --name app "$1" count >/dev/null',
      imageName('busybox'),
    );
    const plan = await rig.plan('stopped', 'containers:\n  app: {on: beta, strategy: cold}\n');
    expectExit(await rig.apply(plan), 0);
    expect(await rig.where('app')).toBe('beta stopped');
  });

  test('nobody on the target reads its variables, labels or annotations from a command line', async () => {
    const secret = 'hunter2-in-argv';
    const key = `-----BEGIN\n${secret} "quoted" \\ $HOME\n`;
    await rig.shell(
      'alpha',
      'podman create --name app --hostname app --network lan "$@" count >/dev/null',
      ...['--env', `PASSWORD=${secret}`, '--env', `KEY=${key}`, '--env', 'SPACE= both '],
      ...['--label', `token=${secret}`, '--annotation', `note=${secret}, "quoted"`],
      ...['--', imageName('busybox')],
    );
    const before = await rig.see('alpha', 'app');
    // At every call of podman: what it is given, and every command line of the host.
    const spy = `#!/bin/sh
{ env; cat /proc/[0-9]*/cmdline | tr '\\0' '\\n'; } >>/var/tmp/seen 2>/dev/null
exec /usr/bin/podman "$@"`;
    await rig.shell(
      'beta',
      'printf "%s\\n" "$1" >/usr/local/bin/podman; chmod 755 /usr/local/bin/podman',
      spy,
    );
    try {
      const plan = await rig.plan('private', 'containers:\n  app: {on: beta, strategy: cold}\n');
      expectExit(await rig.apply(plan), 0);
      const seen = await rig.shell('beta', 'cat /var/tmp/seen');
      expect(seen).toContain('--env-file=');
      expect(seen).not.toContain(secret);
    } finally {
      await rig.shell('beta', 'rm -f /usr/local/bin/podman /var/tmp/seen');
    }
    expect(settings(await rig.see('beta', 'app'))).toEqual(settings(before));
    expect(await rig.shell('beta', `podman inspect --format '{{json .Config.Env}}' app`)).toContain(
      JSON.stringify(`KEY=${key}`),
    );
  });

  test('it does not start on the target: it is started where it was', async () => {
    await rig.shell(
      'alpha',
      'podman run --detach --name app --stop-timeout 1 --volume files:/data "$1" >/dev/null',
      imageName('busybox'),
    );
    const verify = 'verify: {exec: ["false"], within: 1s}';
    const rollback = `hooks: {onRollback: {run: [touch, ${join(rig.folder, 'rolled-back')}], on: runner}}`;
    const plan = await rig.plan(
      'fails',
      `containers:\n  app: {on: beta, strategy: cold, ${verify}, ${rollback}}\n`,
    );
    expectExit(await rig.apply(plan), 1);
    expect(await rig.where('app')).toBe('alpha running');
    expect(await rig.shell('beta', 'podman ps -aq; podman volume ls -q')).toBe('');
    await expect(readFile(join(rig.folder, 'rolled-back'), 'utf8')).resolves.toBe('');

    // It never lived there: a volume that somebody makes under that name since is not its own.
    expect(await rig.shell('beta', 'ls /var/lib/cm/moves')).toBe('');
    const file = '/var/lib/containers/storage/volumes/files/_data/precious';
    await rig.shell('beta', 'podman volume create files >/dev/null; echo mine > "$1"', file);
    const again = await rig.plan('again', 'containers:\n  app: {on: beta, strategy: cold}\n');
    const refused = await rig.apply(again);
    expectExit(refused, 14);
    expect(refused.stdout).toContain('would-overwrite');
    expect(await rig.shell('beta', 'cat "$1"', file)).toBe('mine');
  });

  test('what is changed on the target meanwhile is found before it starts there', async () => {
    await rig.shell(
      'alpha',
      'podman run --detach --name app --stop-timeout 1 --volume files:/data "$1" >/dev/null',
      imageName('busybox'),
    );
    await quietFiles(rig, 'alpha', volumeAt);
    const plan = (more = ''): Promise<string> =>
      rig.plan(
        'altered',
        `containers:\n  app: {on: beta, strategy: cold, verify: {files: digest}${more}}\n`,
      );
    const failed = await rig.apply(await plan(`, hooks: {${alteringHook(volumeAt)}}`));
    expectExit(failed, 1);
    expect(failed.lines.map((line) => line['code'])).toContain('files-differ');
    for (const found of [alteredContent, alteredNames]) expect(failed.stdout).toContain(found);
    expect(failed.lines.some(begins('app/start'))).toBe(false);
    expect(await rig.where('app')).toBe('alpha running');

    const moved = await rig.apply(await plan());
    expectExit(moved, 0);
    const compared = moved.lines.find(
      ({type, step}) => type === 'step-settled' && step === 'app/compare',
    );
    expect(compared?.['fact']).toMatch(/^\d+ files, .*: same metadata and content$/);
    expect(compared?.['figures']).toMatchObject({compared_files: expect.any(Number) as number});
    expect(await rig.shell('beta', `cat ${volumeAt}/f; stat -c %h ${volumeAt}/b`)).toBe('good1');
  });

  test('it needs longer to stop than it may: it is not killed, and is started again', async () => {
    const flush = `trap 'until [ -e /data/go ]; do sleep 0.1; done; echo flushed >> /data/log; exit 0' TERM`;
    await rig.shell(
      'alpha',
      'podman run --detach --name app --stop-timeout 1 --volume files:/data "$@" >/dev/null',
      ...[imageName('busybox'), 'sh', '-c', `${flush}; while :; do sleep 0.1; done`],
    );
    const plan = await rig.plan('late', 'containers:\n  app: {on: beta, strategy: cold}\n');
    const run = rig.begin(['apply', plan, '--yes', '--json']);
    await run.until(begins('app/stop', true));
    await rig.shell('alpha', `touch ${volumeAt}/go`);
    const late = await run.ended;
    expectExit(late, 1);
    expect(late.lines.map((line) => line['code'])).toContain('stop-timeout');
    expect(await rig.where('app')).toBe('alpha running');
    expect(await rig.shell('alpha', `cat ${volumeAt}/log`)).toBe('flushed');

    const longer = await rig.plan(
      'longer',
      'containers:\n  app: {on: beta, strategy: cold, stopTimeout: 1m}\n',
    );
    expectExit(await rig.apply(longer), 0);
    expect(await rig.shell('beta', `cat ${volumeAt}/log`)).toBe('flushed\nflushed');
  });

  test.each(['cold', 'stateful'])(
    'a volume that its program has emptied is not filled again from the image (%s)',
    async (strategy) => {
      const commit = `podman run --name made "$1" sh -c 'mkdir /kept; echo image > /kept/file; chmod 750 /kept' && podman commit --quiet made own:1 && podman rm made`;
      await rig.shell('alpha', `{ ${commit}; } >/dev/null`, imageName('busybox'));
      await rig.shell(
        'alpha',
        'podman run --detach --stop-timeout 1 --network lan --name app --volume emptied:/kept own:1 count >/dev/null',
      );
      const empty = 'rm -rf /kept/*; chown 5:6 /kept; chmod 711 /kept';
      await rig.shell('alpha', 'podman exec app sh -c "$1"', empty);
      const plan = await rig.plan(
        `emptied-${strategy}`,
        `containers:\n  app: {on: beta, strategy: ${strategy}}\n`,
      );
      expectExit(await rig.apply(plan), 0);
      const look = `podman exec app sh -c 'stat -c "%a %u:%g" /kept; ls -A /kept'`;
      expect((await rig.shell('beta', look)).trim()).toBe('711 5:6');
      expect(await rig.shell('beta', 'podman ps -aq | wc -l')).toBe('1');
      await rig.clear();
      await rig.onAll('podman image rm own:1 >/dev/null');
    },
  );

  test.skipIf(!hasSqlite).each(['cold', 'stateful'])(
    'a database of SQLite in WAL mode keeps every row (%s)',
    async (strategy) => {
      const at = '/var/lib/containers/storage/volumes/data/_data';
      giveSqlite(rig);
      await rig.shell(
        'alpha',
        'podman run --detach --stop-timeout 1 --network lan --name app "$@" >/dev/null',
        ...sqliteWords,
      );
      const before = await untilRows(rig, 'alpha', at);
      const plan = await rig.plan(
        `sqlite-${strategy}`,
        `containers:\n  app: {on: beta, strategy: ${strategy}, ${sqliteVolumes}}\n`,
      );
      expectExit(await rig.apply(plan), 0);
      await expectSameRows(rig, at, before);
    },
  );

  test.each(['cold', 'stateful'])(
    'somebody makes a container of the same name meanwhile (%s): it is left alone',
    async (strategy) => {
      must(await loadImage(rig.lab, 'beta', 'busybox'));
      const [name, sample] = ['app', imageName('busybox')];
      const made = 'podman run --detach --stop-timeout 1 --network lan --name "$1" "$2" >/dev/null';
      await rig.shell('alpha', made, name, sample);
      const hook = `{run: [podman, create, --name, ${name}, "${sample}"], on: target}`;
      const plan = await rig.plan(
        `name-${strategy}`,
        `containers:\n  app: {on: beta, strategy: ${strategy}, hooks: {before: ${hook}}}\n`,
      );
      expectExit(await rig.apply(plan), 1);
      expect(await rig.where('app')).toBe('alpha running, beta stopped');
    },
  );
});
