import {afterEach, beforeAll, expect, test} from 'vitest';
import {imageName} from '../../src/lab/lab.js';
import {hostsBlock} from '../../src/lab/host/ssh-files.js';
import type {Ended} from './cm-run.js';
import {DockerRig, type Told} from './docker-rig.js';
import {describeLab, expectExit} from './rig.js';

const sample = imageName('busybox');

const program = 'i=0; while :; do i=$((i + 1)); echo $i > /data/count; sleep 0.1; done';

/** Bytes that a shell, JSON or a list of words could get wrong. */
const odd = `it's "so", $HOME \`id\` \\n #x and {{.}}`;

/** Type, mode, owner, links, size, capabilities and content of everything in `$1` but its counter. */
const listing = String.raw`cd "$1"
find . ! -name count -printf '%P %y %m %U:%G %n %s %l\n' | sort
find . -type f ! -name count -exec sha256sum {} + | sort
getcap -r . 2>/dev/null | sort`;

/** The words of both engines' command lines. */
const words = (address: string): readonly string[] => [
  ...['--name', 'app', '--network', 'lan', '--ip', address, '--restart', 'on-failure:3'],
  ...['--env', `ODD=${odd}`, '--env', 'EMPTY=', '--label', `odd=${odd}`, '--hostname', 'app'],
  ...[
    '--volume',
    'data:/data',
    '--volume',
    "/srv/it's bound:/bound:ro",
    '--tmpfs',
    '/scratch:size=1m',
  ],
  ...['--cap-drop', 'CHOWN', '--cap-add', 'NET_ADMIN', '--ulimit', 'nofile=1000:2000'],
  ...['--sysctl', 'net.core.somaxconn=77', '--dns', '10.9.9.9', '--add-host', 'h:10.1.1.1'],
  ...['--stop-signal', 'SIGKILL', '--workdir', '/tmp', '--shm-size', '32m', '--init'],
  ...['--health-cmd', `test -e "/data/count"`, '--health-interval', '7s', '--health-retries', '4'],
  ...['--security-opt', 'no-new-privileges', '--group-add', '7'],
];

/** What a program in it sees, whichever engine runs it. */
const seen = `"$1" exec app sh -c 'printf "%s\\n" "$ODD"; hostname; pwd; id -G; ulimit -n; cat /proc/sys/net/core/somaxconn
grep -E "^Cap(Bnd|Eff)|NoNewPrivs" /proc/self/status; df -k /scratch /dev/shm | tail -n 2 | tr -s " " | cut -d " " -f 2,6
ip -4 address show dev eth0 | grep -o "inet [0-9.]*"; grep 10.1.1.1 /etc/hosts | cut -f 1; cat /etc/made; stat -c "%h %a %u" /etc/also; ls /usr/share | wc -l; tr "\\0" " " < /proc/self/cgroup > /dev/null
touch /bound/x 2>&1 || :'`;

const codes = ({lines}: Ended): readonly unknown[] =>
  lines.filter((line) => line.type === 'problem').map((line) => line['code']);

describeLab('podman to docker and back', {lab: 'cross', images: ['busybox']}, (rig) => {
  const docker = new DockerRig(rig);

  beforeAll(async () => {
    await docker.start([]);
  });

  afterEach(async () => {
    await docker.clear();
  });

  const plan = async (name: string, text: string): Promise<string> => {
    const hosts = hostsBlock(rig.lab)
      .replace('alpha: {', 'alpha: {engine: podman, ')
      .replace('beta: {', 'beta: {engine: docker, ');
    return rig.plan(name, `containers:\n  app: ${text}\n`, hosts);
  };

  test('a container with nearly everything goes to the other engine and comes back the same', async () => {
    await rig.shell(
      'alpha',
      `mkdir -p "/srv/it's bound/deep"; echo one > "/srv/it's bound/one"; ln "/srv/it's bound/one" "/srv/it's bound/deep/two"
podman volume create data >/dev/null
cd /var/lib/containers/storage/volumes/data/_data
printf secret > secret; chown 1234:4321 secret; chmod 600 secret; ln -s /nowhere dangling; mkfifo pipe; printf x > "$(printf 'new\\nline')"`,
    );
    await rig.shell(
      'alpha',
      'podman run --detach "$@" >/dev/null',
      ...[...words(rig.ip(51)), '--publish', '8080:80', sample, 'sh', '-c', program],
    );
    await rig.shell(
      'alpha',
      `podman exec app sh -c 'rm -rf /usr/share; mkdir /usr/share; echo made > /etc/made; chmod 600 /etc/made; ln /etc/made /etc/also'`,
    );
    const at = {
      podman: '/var/lib/containers/storage/volumes/data/_data',
      docker: '/var/lib/docker/volumes/data/_data',
    };
    const before = {
      seen: await rig.shell('alpha', seen, 'podman'),
      data: await rig.shell('alpha', listing, at.podman),
      bound: await rig.shell('alpha', listing, "/srv/it's bound"),
      image: await rig.shell('alpha', `podman inspect --format '{{.Image}}' app`),
    };

    const there = await plan(
      'there',
      '{on: beta, strategy: cold, verify: {exec: [test, -e, /etc/made]}}',
    );
    expectExit(await rig.apply(there), 0);
    expect(await docker.where('app')).toBe('beta running');
    expect(await rig.see('alpha', 'app')).toBeUndefined();
    expect(await rig.shell('beta', seen, 'docker')).toBe(before.seen);
    expect(await rig.shell('beta', listing, at.docker)).toBe(before.data);
    expect(await rig.shell('beta', listing, "/srv/it's bound")).toBe(before.bound);
    const told = await docker.see('beta', 'app');
    expect(told?.Image).toBe(`sha256:${before.image}`);
    expect(told).toMatchObject({
      Config: {Labels: {odd}, StopSignal: 'SIGKILL', Healthcheck: {Interval: 7e9, Retries: 4}},
      HostConfig: {
        Init: true,
        Dns: ['10.9.9.9'],
        PortBindings: {'80/tcp': [{HostPort: '8080'}]},
        RestartPolicy: {Name: 'on-failure', MaximumRetryCount: 3},
      },
    } satisfies Partial<Record<keyof Told, unknown>>);
    expect(await rig.leftovers()).toEqual([]);
    expectExit(await rig.apply(there), 0);
    expect((await docker.see('beta', 'app'))?.State.Pid).toBe(told?.State.Pid);

    expectExit(await rig.apply(await plan('back', '{on: alpha, strategy: [stateful, cold]}')), 0);
    expect(await rig.where('app')).toBe('alpha running');
    expect(await docker.see('beta', 'app')).toBeUndefined();
    expect(await rig.shell('alpha', seen, 'podman')).toBe(before.seen);
    expect(await rig.shell('alpha', listing, at.podman)).toBe(before.data);
    expect((await rig.see('alpha', 'app'))?.policy).toBe('on-failure');
    expect(await rig.leftovers()).toEqual([]);
  });

  test.each(['create', 'start', 'commit'])(
    'a runner that is killed at "%s": the next run ends it well',
    async (step) => {
      await rig.shell(
        'alpha',
        'podman run --detach --stop-timeout 1 --name app --restart always "$@" >/dev/null',
        ...['--volume', 'data:/data', sample, 'sh', '-c', program],
      );
      const there = await plan('there', '{on: beta, strategy: cold}');
      await rig.killAt(`app/${step}`, 'apply', there);
      await rig.pass();
      expectExit(await rig.apply(there), 0);
      expect(await docker.where('app')).toBe('beta running');
      expect((await docker.see('beta', 'app'))?.HostConfig.RestartPolicy.Name).toBe('always');
      expect(await rig.see('alpha', 'app')).toBeUndefined();
      expect(await rig.leftovers()).toEqual([]);
      expectExit(await rig.apply(there), 0);
    },
  );

  test('with its memory, or with what only one of them has, it is refused before anything is touched', async () => {
    await rig.shell(
      'alpha',
      'podman run --detach --stop-timeout 1 --name app --tz UTC "$@" >/dev/null',
      ...[sample, 'sh', '-c', 'while :; do sleep 0.1; done'],
    );
    const before = await rig.events();
    const stateful = await rig.apply(await plan('stateful', '{on: beta, strategy: stateful}'));
    expectExit(stateful, 14);
    expect(codes(stateful)).toEqual(['engines-differ']);
    const lacking = await rig.apply(await plan('cold', '{on: beta, strategy: cold}'));
    expectExit(lacking, 14);
    expect(codes(lacking)).toEqual(['engine-lacks']);
    expect(lacking.stdout).toContain('a time zone');
    expect(await rig.events()).toBe(before);
    expect(await rig.where('app')).toBe('alpha running');
  });

  test('it does not start there: it serves again where it was', async () => {
    await docker.run('beta', '--name', 'blocker', '--publish', '8081:80', sample, 'sleep', '1000');
    await rig.shell('beta', 'docker stop --time 0 blocker >/dev/null');
    await rig.shell(
      'alpha',
      'podman run --detach --stop-timeout 1 --name app --publish 8081:80 "$@" >/dev/null',
      ...[sample, 'sh', '-c', 'while :; do sleep 0.1; done'],
    );
    const taken = `hooks: {beforeFreeze: {run: [docker, start, blocker], on: target}}`;
    const failed = await rig.apply(await plan('taken', `{on: beta, strategy: cold, ${taken}}`));
    expectExit(failed, 1);
    expect(await rig.where('app')).toBe('alpha running');
    expect(await docker.see('beta', 'app')).toBeUndefined();
    expect(await rig.leftovers()).toEqual([]);
  });
});
