import {execFileSync} from 'node:child_process';
import {statSync} from 'node:fs';
import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {afterEach, expect, test} from 'vitest';
import {imageName} from '../../src/lab/lab.js';
import {describeLab, expectExit, type Rig} from './rig.js';

/** In the environment of the container, and in no name of anything. */
const secret = 'correct-horse-battery';

/** Runs a shell in a container that has an environment, and a folder that both hosts are said to share. */
const start = (rig: Rig, text: string): Promise<string> =>
  rig.shell(
    'alpha',
    'podman run --detach --name app --stop-timeout 1 --network lan --env "APP_MODE=$1" --volume /srv/some:/some "$2" sh -c "$3" >/dev/null; sleep 0.5',
    ...[secret, imageName('busybox'), text],
  );

const stateful = 'containers:\n  app: {on: beta, strategy: stateful, volumes: {/some: shared}}\n';

/** Holds a file open that is larger than CRIU takes along, and has no name any more. */
const hold =
  'dd if=/dev/zero of=/tmp/large bs=1M count=4 2>/dev/null; exec 3</tmp/large; rm /tmp/large';

describeLab('a move that fails says why', {lab: 'diag', images: ['busybox']}, (rig) => {
  afterEach(async () => {
    await rig.clear();
  });

  test('a restore that finds another file: its meaning, what to do, and an archive for others', async () => {
    await rig.onAll('mkdir -p /srv/some');
    await rig.shell('alpha', 'echo as it was > /srv/some/file');
    await rig.shell('beta', 'echo as it is on another host > /srv/some/file');
    await start(rig, 'exec 3</some/file; while :; do sleep 1; done');
    const plan = await rig.plan('why', stateful);

    const failed = await rig.begin(['apply', plan, '--yes']).ended;
    expectExit(failed, 1);
    expect(failed.stderr).toContain('means: "some/file" is not the file that it was');
    expect(failed.stderr).toContain('it has 25 bytes here, and had 10');
    expect(failed.stderr).toContain('help: copy volumes and the writable layer after the freeze');
    expect(await rig.where('app')).toBe('alpha running');
    const report = (await rig.reports()).at(-1);
    const restore = report?.timeline.find(({step, undo}) => step === 'app/restore' && !undo);
    expect(restore?.problem?.causes?.map(({rule}) => rule)).toEqual(['file-size']);

    const told = await rig.begin(['diagnose', 'last']).ended;
    expectExit(told, 0);
    expect(told.stdout).toContain('app/restore: 1 cause');
    expect(told.stdout).toContain('1. file-size (criu restore)');
    expect(told.stdout).toContain('File some/file has bad size 25 (expect 10)');
    expect(told.stdout).toContain('help: copy volumes');
    const history = await rig.begin(['history', report?.run ?? '']).ended;
    expect(history.stdout).toContain('means: "some/file" is not the file that it was');

    const cwd = rig.folder;
    const support = await rig.begin(['support', 'last', '--yes', '--out', 'case.tar.gz'], {cwd})
      .ended;
    expectExit(support, 0);
    expect(support.stdout).not.toContain('not asked');
    const archive = join(cwd, 'case.tar.gz');
    expect(statSync(archive).mode & 0o777).toBe(0o600);
    const tar = (...words: readonly string[]) =>
      execFileSync('tar', words, {encoding: 'utf8', maxBuffer: 64 * 2 ** 20});
    const names = tar('-tzf', archive);
    for (const host of ['alpha', 'beta'])
      for (const name of ['os', 'kernel-config', 'mounts', 'criu', 'podman', 'runtimes', 'dmesg'])
        expect(names).toContain(`/hosts/${host}/${name}.txt\n`);
    const all = tar('-xzOf', archive);
    expect(all).not.toContain(secret);
    expect(all).toContain('"APP_MODE=***"');
    expect(all).toContain('Looks good');
    expect(all).toContain('name: why');
    expect(all).toContain('has bad size 25');
  });

  test('a dump that cannot be: the same, and it goes on where it is', async () => {
    await rig.onAll('mkdir -p /srv/some');
    // Only at the last moment, when no preflight can see it.
    await start(rig, `trap '${hold}; : >/ready' USR1; while :; do sleep 1; done`);
    const wait =
      'podman kill --signal USR1 app >/dev/null; until [ -e "/proc/$(podman inspect --format {{.State.Pid}} app)/root/ready" ]; do sleep 0.1; done';
    const hook = `    hooks: {beforeFreeze: {run: [sh, -c, ${JSON.stringify(wait)}], on: source}}\n`;
    const plan =
      'containers:\n  app:\n    on: beta\n    strategy: stateful\n    volumes: {/some: shared}\n';
    const failed = await rig.apply(await rig.plan('dump', plan + hook));
    expectExit(failed, 1);
    const rules = failed.lines
      .filter(({type}) => type === 'problem')
      .flatMap(({causes}) => (causes as readonly {rule: string}[] | undefined) ?? [])
      .map(({rule}) => rule);
    expect(rules).toContain('deleted-file');
    expect(await rig.where('app')).toBe('alpha running');
    const told = await rig.begin(['diagnose']).ended;
    expectExit(told, 0);
    expect(told.stdout).toContain('a program has "/tmp/large" open, which was deleted');
    expect(told.stdout).toContain('ghost-limit');
  });

  test('the log of the host itself, handed to cm diagnose, has the same cause', async () => {
    await rig.onAll('mkdir -p /srv/some');
    await start(rig, `${hold}; while :; do sleep 1; done`);
    const dumped = await rig.shell(
      'alpha',
      'podman container checkpoint app >/dev/null 2>&1 || :; cat "$(podman container inspect --format "{{.StaticDir}}" app)/dump.log"',
    );
    expect(dumped).toContain('Dumping FAILED');
    await writeFile(join(rig.folder, 'dump.log'), dumped);
    const told = await rig.begin(['diagnose', 'dump.log', '--json'], {cwd: rig.folder}).ended;
    expectExit(told, 0);
    expect(told.lines[1]).toMatchObject({log: 'dump.log', causes: [{rule: 'deleted-file'}]});
  });
});
