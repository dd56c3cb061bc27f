import {expect, test} from 'vitest';
import {docker} from '../../src/engines/docker/docker.js';
import type {Engine} from '../../src/engines/engine.js';
import type {ObservedContainer} from '../../src/engines/facts.js';
import {podman} from '../../src/engines/podman/podman.js';
import {wordOf} from '../../src/engines/powers.js';
import {runc} from '../../src/engines/bundle/engine.js';
import {container} from './docker-pair.js';
import {recorded} from './recording.js';
import {bundle, withConfig} from './runc-pair.js';

type Json = Readonly<Record<string, unknown>>;

const words = (engine: Engine, told: ObservedContainer): readonly string[] =>
  engine.powers(told).map(wordOf);

/** The recorded container with other settings. */
function told(base: ObservedContainer, host: Json, more: Json = {}): ObservedContainer {
  const raw = base.raw as Json & {HostConfig: Json};
  return {...base, raw: {...raw, ...more, HostConfig: {...raw.HostConfig, ...host}}};
}

const onPodman = (host: Json, more: Json = {}): readonly string[] =>
  words(podman, told(recorded('pd-ports'), host, more));

/** Made by this command line. */
const asked = (...options: readonly string[]): readonly string[] => {
  const {Config} = recorded('pd-ports').raw as {Config: Json};
  const command = ['podman', 'run', ...options, 'image', ...((Config['Cmd'] ?? []) as string[])];
  return onPodman({}, {Config: {...Config, CreateCommand: command}});
};

const onDocker = (host: Json): readonly string[] => words(docker, told(container('redis'), host));

const linux = (change: Json): Json => {
  const {config} = bundle('plain').raw as {config: {linux: Json}};
  return {linux: {...config.linux, ...change}};
};

const inBundle = (change: Json): readonly string[] => words(runc, withConfig('plain', change));

test.each([
  ['one as any', onPodman({}), []],
  ['privileged', onPodman({Privileged: true, CapAdd: ['SYS_ADMIN']}), ['privileged']],
  ['pid', onPodman({PidMode: 'host'}), ['host-pid']],
  ['ipc, uts', onPodman({IpcMode: 'host', UTSMode: 'host'}), ['host-ipc', 'host-uts']],
  ['the host’s network', onPodman({NetworkMode: 'host'}), []],
  [
    'the host’s network, to change it',
    onPodman({NetworkMode: 'host', CapAdd: ['CAP_NET_ADMIN']}),
    ['capability:NET_ADMIN'],
  ],
  ['a network of its own, to change it', onPodman({CapAdd: ['CAP_NET_ADMIN']}), []],
  ['a parent cgroup', asked('--cgroup-parent', '/system.slice'), ['cgroup:/system.slice']],
  ['a parent cgroup that podman chose', onPodman({CgroupParent: 'machine.slice'}), []],
  ['a parent cgroup of docker', onDocker({CgroupParent: 'system.slice'}), ['cgroup:system.slice']],
  ['a namespace', onPodman({PidMode: 'ns:/proc/1/ns/pid'}), ['namespace:/proc/1/ns/pid']],
  ['capabilities', onPodman({CapAdd: ['CAP_SYS_PTRACE']}), ['capability:SYS_PTRACE']],
  [
    'capabilities that it has and did not ask for',
    onPodman({}, {BoundingCaps: ['CAP_SYS_MODULE', 'CAP_CHOWN']}),
    ['capability:SYS_MODULE'],
  ],
  [
    'security options',
    onPodman({
      SecurityOpt: [
        ...['no-new-privileges', 'seccomp=unconfined', 'apparmor=unconfined', 'label=disable'],
        ...['unmask=ALL', 'seccomp=/etc/profile.json', 'label=type:spc_t', 'new-word=1'],
      ],
    }),
    [
      ...['seccomp-unconfined', 'seccomp:/etc/profile.json', 'apparmor-unconfined'],
      ...['selinux-unconfined', 'selinux:type:spc_t', 'unmasked', 'security-opt:new-word=1'],
    ],
  ],
  ['the log', onPodman({LogConfig: {Path: '/etc/cron.d/x'}}), ['log:/etc/cron.d/x']],
  ['a device rule', asked('--device-cgroup-rule', 'c 1:* rwm'), ['device-rule:c 1:* rwm']],
  ['init', asked('--init-path=/data/init'), ['init:/data/init']],
  ['the hosts file', asked('--hosts-file', '/etc/shadow'), ['hosts-file:/etc/shadow']],
  ['no hosts file', asked('--hosts-file', 'none'), []],
  ['a list of the image', asked('--seccomp-policy', 'image'), ['seccomp-profile']],
])('podman: %s', (_, found, expected) => {
  expect(found).toEqual(expected);
});

test('podman: annotations that runtimes and hooks obey', () => {
  const {Config} = recorded('pd-ports').raw as {Config: Json};
  const names = ['run.oci.hooks.stdout', 'io.containers.trace-syscall', 'a.b/c', 'org.criu.config'];
  const Annotations = Object.fromEntries(names.map((name) => [name, '/x']));
  expect(onPodman({}, {Config: {...Config, Annotations}})).toEqual([
    ...['annotation:run.oci.hooks.stdout', 'annotation:io.containers.trace-syscall'],
    'annotation:org.criu.config',
  ]);
});

test.each([
  ['one as any', onDocker({}), []],
  ['privileged', onDocker({Privileged: true, SecurityOpt: ['seccomp=unconfined']}), ['privileged']],
  ['pid and users', onDocker({PidMode: 'host', UsernsMode: 'host'}), ['host-pid', 'host-user']],
  ['all capabilities', onDocker({CapAdd: ['ALL']}), ['capability:ALL']],
  [
    'a list of its own',
    onDocker({SecurityOpt: ['seccomp={"defaultAction":1}']}),
    ['seccomp-profile'],
  ],
  ['nothing masked', onDocker({MaskedPaths: [], ReadonlyPaths: []}), ['unmasked']],
  ['masked as always', onDocker({MaskedPaths: null, ReadonlyPaths: null}), []],
  ['writable /proc/sys', onDocker({ReadonlyPaths: ['/proc/bus']}), ['unmasked']],
  ['devices', onDocker({DeviceRequests: [{Driver: 'nvidia'}]}), ['device:nvidia']],
  ['device rules', onDocker({DeviceCgroupRules: ['b 8:* rwm']}), ['device-rule:b 8:* rwm']],
  [
    'annotations',
    onDocker({Annotations: {'run.oci.handler': 'krun'}}),
    ['annotation:run.oci.handler'],
  ],
])('docker: %s', (_, found, expected) => {
  expect(found).toEqual(expected);
});

test('docker: folders that only its settings name', () => {
  const lying = told(container('redis'), {
    Binds: ['/:/host', 'data:/data'],
    Mounts: [
      {Type: 'bind', Source: '/etc', Target: '/e'},
      {Type: 'volume', VolumeOptions: {DriverConfig: {Options: {type: 'none', device: '/root'}}}},
    ],
  });
  expect(docker.binds?.(lying)).toEqual(['/', '/etc', '/root']);
});

test.each([
  ['one as `runc spec` makes it', inBundle({}), []],
  ['hooks', words(runc, bundle('hooked')), ['hook:/root/hook.sh']],
  [
    'capabilities',
    inBundle({process: {capabilities: {ambient: ['CAP_SYS_ADMIN']}}}),
    ['capability:SYS_ADMIN'],
  ],
  [
    'no namespaces',
    inBundle(linux({namespaces: [{type: 'network'}]})),
    ['host-mount', 'host-pid', 'host-ipc', 'host-uts'],
  ],
  ['nothing masked', inBundle(linux({maskedPaths: [], readonlyPaths: []})), ['unmasked']],
  [
    'devices',
    inBundle(linux({devices: [{path: '/dev/sda'}, {path: '/dev/null'}]})),
    ['device:/dev/sda'],
  ],
  [
    'device rules',
    inBundle(
      linux({
        resources: {
          devices: [
            {allow: true, type: 'b', major: 8, access: 'rwm'},
            {allow: true, type: 'c', major: 1, minor: 3, access: 'rwm'},
            {allow: true, type: 'c', access: 'm'},
          ],
        },
      }),
    ),
    ['device-rule:b 8:* rwm'],
  ],
  [
    'a file system',
    inBundle({mounts: [{type: 'ext4', source: '/dev/sda1'}]}),
    ['mount:ext4 /dev/sda1'],
  ],
  ['/sys to write', inBundle({mounts: [{type: 'sysfs', options: ['rw']}]}), ['unmasked']],
  [
    'another’s cgroup',
    inBundle(linux({cgroupsPath: '/system.slice/ssh.service'})),
    ['cgroup:/system.slice/ssh.service'],
  ],
  ['its own cgroup', inBundle(linux({cgroupsPath: 'system.slice:runc:plain'})), []],
  [
    'annotations',
    inBundle({annotations: {'org.criu.config': '/x'}}),
    ['annotation:org.criu.config'],
  ],
])('a bundle: %s', (_, found, expected) => {
  expect(found).toEqual(expected);
});
