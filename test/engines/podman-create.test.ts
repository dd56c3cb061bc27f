import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {createArgs} from '../../src/engines/podman/create.js';
import {differences} from '../../src/engines/podman/differences.js';
import {recorded, valueOf} from './recording.js';

type Json = Record<string, unknown>;

const rawOf = (name: string): Json => structuredClone(recorded(name).raw) as Json;

const argsOf = (name: string): readonly string[] => valueOf(createArgs(rawOf(name), '/private'));

/** A copy in which one value of one part is another. */
const changed = (raw: Json, part: string, key: string, value: unknown): Json => ({
  ...raw,
  [part]: {...(raw[part] as Json), [key]: value},
});

describe('podman: making the same container again', () => {
  test('one with nearly everything', () => {
    expect(argsOf('pd-rich')).toMatchInlineSnapshot(`
      [
        "podman",
        "create",
        "--pull=never",
        "--env-file=/private/environment",
        "--label-file=/private/labels",
        "--name=pd-rich",
        "--hostname=rich",
        "--restart=on-failure:3",
        "--http-proxy=false",
        "--entrypoint=["redis-server"]",
        "--workdir=/tmp",
        "--user=0:0",
        "--umask=0022",
        "--tz=UTC",
        "--stop-signal=SIGINT",
        "--stop-timeout=5",
        "--systemd=false",
        "--init",
        "--network=lan:ip=10.78.0.151,mac=02:42:0a:4e:00:97,alias=web",
        "--dns=1.1.1.1",
        "--add-host=foo:1.2.3.4",
        "--cgroupns=private",
        "--volume=pdvol:/data:rw,rprivate,nosuid,nodev,rbind",
        "--volume=/root:/r:ro,rprivate,rbind",
        "--tmpfs=/x:size=1m,rw,rprivate,nosuid,nodev,tmpcopyup",
        "--device=/dev/null:/dev/xnull",
        "--shm-size=33554432b",
        "--ulimit=nofile=100:200",
        "--cap-add=CAP_NET_ADMIN",
        "--security-opt=no-new-privileges",
        "--health-cmd=true",
        "--health-interval=30000000000ns",
        "--health-timeout=30000000000ns",
        "--health-retries=3",
        "--log-driver=k8s-file",
        "--sysctl=net.ipv4.ip_forward=1",
        "--",
        "c3fcfeacb06f792fd8f2085d8995cd23db9cd49ee9dd21cf24c5de8cd49755d6",
      ]
    `);
  });

  test('limits, a device with rights, and a command with quotes', () => {
    expect(argsOf('pd-b')).toMatchInlineSnapshot(`
      [
        "podman",
        "create",
        "--pull=never",
        "--env-file=/private/environment",
        "--label-file=/private/labels",
        "--name=pd-b",
        "--restart=no",
        "--http-proxy=false",
        "--entrypoint=["sh","-c"]",
        "--workdir=/",
        "--umask=0022",
        "--stop-signal=SIGTERM",
        "--stop-timeout=10",
        "--systemd=false",
        "--network=host",
        "--pid=host",
        "--ipc=host",
        "--uts=host",
        "--cgroupns=private",
        "--device=/dev/fuse:/dev/f2:r",
        "--memory=104857600b",
        "--memory-reservation=52428800b",
        "--memory-swap=209715200",
        "--memory-swappiness=10",
        "--cpu-shares=200",
        "--cpu-period=100000",
        "--cpu-quota=150000",
        "--pids-limit=100",
        "--oom-score-adj=100",
        "--cpuset-cpus=0",
        "--cpuset-mems=0",
        "--cgroup-parent=/foo",
        "--ulimit=core=0:0",
        "--cap-add=CAP_SYS_TIME",
        "--cap-drop=CAP_SETUID",
        "--security-opt=label=disable",
        "--security-opt=seccomp=unconfined",
        "--security-opt=mask=/proc/x",
        "--security-opt=unmask=/proc/y",
        "--health-cmd=["CMD","a","b"]",
        "--health-interval=30000000000ns",
        "--health-timeout=3000000000ns",
        "--health-start-period=9000000000ns",
        "--health-retries=4",
        "--health-on-failure=kill",
        "--log-driver=k8s-file",
        "--",
        "c3fcfeacb06f792fd8f2085d8995cd23db9cd49ee9dd21cf24c5de8cd49755d6",
        "echo",
        "a b",
        "x'y",
      ]
    `);
  });

  test('two networks keep their order, names and addresses', () => {
    expect(argsOf('pd-c').filter((word) => /network|publish|uidmap|unsetenv/.test(word))).toEqual([
      '--network=podman:alias=q',
      '--network=pdnet:ip=10.99.0.7,mac=02:11:22:33:44:55,interface_name=foo0',
      '--publish=37385:6379/tcp',
      '--publish=127.0.0.1:9999:99/tcp',
      '--uidmap=0:100000:65536',
      '--unsetenv=PATH',
    ]);
  });

  test.each(['pd-rich', 'pd-api', 'pd-ports', 'pd-a', 'pd-b', 'pd-c'])(
    'nothing of %s was lost when it was made on another host',
    (name) => {
      expect(differences(rawOf(name), recorded(name, 'podman-5.4.2-look-remade').raw)).toEqual([]);
    },
  );

  test('made from what was made, it is the same command', () => {
    for (const name of ['pd-rich', 'pd-ports', 'pd-a', 'pd-b', 'pd-c']) {
      const again = createArgs(recorded(name, 'podman-5.4.2-look-remade').raw, '/private');
      expect([...valueOf(again)].sort()).toEqual([...argsOf(name)].sort());
    }
  });

  test.each<[string, string, unknown, string]>([
    ['HostConfig', 'Memory', 1, 'HostConfig.Memory: was "", is "1"'],
    ['HostConfig', 'Init', false, 'HostConfig.Init: was "true", is ""'],
    ['HostConfig', 'RestartPolicy', {Name: 'no'}, ''],
    ['HostConfig', 'Tmpfs', {}, 'tmpfs /x: was "'],
    ['HostConfig', 'Dns', [], 'name servers: was "1.1.1.1", is ""'],
    ['HostConfig', 'SecurityOpt', [], 'security options: was "no-new-privileges", is ""'],
    ['HostConfig', 'Ulimits', [], 'ulimit nofile: was "100:200", is ""'],
    ['Config', 'Labels', {}, 'label a: was "b", is ""'],
    ['Config', 'Env', ['PATH=/usr/bin'], 'variable B: differs'],
    ['Config', 'Healthcheck', {}, 'health check: was'],
    ['Config', 'Hostname', 'other', 'hostname: was "rich", is "other"'],
    ['Config', 'StopTimeout', 7, 'Config.StopTimeout: was "5", is "7"'],
    ['Config', 'NewSetting', 'x', 'Config.NewSetting: was "", is "x"'],
  ])('a changed %s.%s is seen', (part, key, value, line) => {
    const found = differences(rawOf('pd-rich'), changed(rawOf('pd-rich'), part, key, value));
    expect(found.some((each) => each.startsWith(line))).toBe(true);
    expect(found.join()).not.toContain('x "y" $z');
  });

  test('values of variables are not shown', () => {
    const raw = rawOf('pd-rich');
    const found = differences(raw, changed(raw, 'Config', 'Env', ['A=secret']));
    expect(found.join('\n')).not.toMatch(/secret|usr/);
  });

  test.each<[string, Json]>([
    ['in-pod', {Pod: 'p'}],
    ['secrets', {Config: {Secrets: [{Name: 's'}]}}],
    ['no-image', {Rootfs: '/srv/root'}],
    ['joins-another', {Dependencies: ['c']}],
    ['mount-unknown', {Mounts: [{Type: 'bind', Source: '/a:b', Destination: '/c', RW: true}]}],
    ['mount-unknown', {Config: {CreateCommand: ['podman', 'run', '-v', '/a:/b:O', 'image']}}],
  ])('%s is refused', (code, change) => {
    const refused = createArgs({...rawOf('pd-ports'), ...change}, '/private');
    expect(refused).toMatchObject({ok: false, error: [{code}]});
  });

  test("before podman 5 the entrypoint is one text, and the host's name is not the container's", () => {
    const raw: Json = {
      Id: 'a'.repeat(64),
      Name: 'old',
      Image: 'b',
      Path: '/entry',
      Args: ['--x', 'y z', 'run'],
      Config: {
        ...{Entrypoint: '/entry --x y z', Cmd: ['run'], Hostname: 'alpha', StopSignal: 15},
        CreateCommand: ['podman', 'run', '--network', 'host', 'image', 'run'],
      },
      HostConfig: {NetworkMode: 'host'},
      NetworkSettings: {Networks: {}},
    };
    const words = valueOf(createArgs(raw, '/private'));
    expect(words).toContain('--entrypoint=["/entry","--x","y z"]');
    expect(words).toContain('--stop-signal=15');
    expect(words.join(' ')).not.toContain('alpha');
    expect(words.slice(-3)).toEqual(['--', 'b', 'run']);
  });

  test('any JSON gives an answer and no throw', () => {
    const real = rawOf('pd-rich');
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(...Object.keys(real)), (value, key) => {
        createArgs(value, '/private');
        createArgs({...real, [key]: value}, '/private');
        differences(value, real);
        differences(real, {...real, [key]: value});
      }),
    );
  });
});
