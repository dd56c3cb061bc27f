import {describe, expect, test} from 'vitest';
import type {ObservedContainer} from '../../src/engines/facts.js';
import {archiveDifferences, archiveQuestion} from '../../src/engines/podman/archive.js';
import {sameQuestion} from '../../src/engines/podman/created.js';
import {readContainer} from '../../src/engines/podman/inspect.js';
import {encodedImages, honestImages, printed} from './criu-images.js';
import {recording, valueOf} from './recording.js';

type Json = Record<string, unknown>;

interface Archive {
  readonly inspect: Json;
  readonly spec: Json;
  readonly config: Json;
  /** What podman told of the container that it restored. */
  readonly after: Json | null;
}

const archives = JSON.parse(recording('podman-5.4.2-archives')) as Record<string, Archive>;

function archive(name: string): Archive {
  const found = archives[name];
  if (!found) throw new Error(`no archive "${name}" in the recording`);
  return structuredClone(found);
}

const planned = (name: string): ObservedContainer => valueOf(readContainer(archive(name).inspect));

describe.each(Object.keys(archives))('what podman archived of "%s"', (name) => {
  test('is what was planned', () => {
    const {spec, config} = archive(name);
    expect(archiveDifferences(planned(name), spec, config)).toEqual([]);
  });

  test('and so is what it restored', () => {
    const {inspect, after} = archive(name);
    if (!after) return;
    const always = {
      ...inspect,
      HostConfig: {...(inspect['HostConfig'] as Json), RestartPolicy: {Name: 'always'}},
    };
    const off = {
      ...after,
      HostConfig: {...(after['HostConfig'] as Json), RestartPolicy: {Name: 'no'}},
    };
    const {read} = sameQuestion(valueOf(readContainer(always)));
    expect(read(JSON.stringify([off]))).toEqual({ok: true, value: 'same configuration'});
    const root = {...off, EffectiveCaps: ['CAP_SYS_ADMIN']};
    expect(read(JSON.stringify([root])).ok).toBe(false);
  });
});

/** The value at a path of the spec or the configuration is another. */
function changed(
  part: 'spec' | 'config',
  path: readonly string[],
  value: unknown,
): readonly string[] {
  const {spec, config} = archive('limited');
  let here = part === 'spec' ? spec : config;
  for (const key of path.slice(0, -1)) here = here[key] as Json;
  here[path.at(-1) ?? ''] = value;
  return archiveDifferences(planned('limited'), spec, config);
}

const {spec} = archive('limited') as unknown as {
  spec: {mounts: Json[]; linux: {namespaces: Json[]}; process: {args: string[]}};
};
const without = (type: string): readonly Json[] =>
  spec.linux.namespaces.filter((each) => each['type'] !== type);
const bind = (source: string, destination: string, ...options: readonly string[]): Json => ({
  ...{destination, type: 'bind', source, options: ['rbind', ...options]},
});

test.each<[string, 'spec' | 'config', readonly string[], unknown]>([
  ['a hook', 'spec', ['hooks'], {poststop: [{path: '/bin/sh'}]}],
  ['a bind of the host', 'spec', ['mounts'], [...spec.mounts, bind('/', '/host')]],
  [
    'a bind where podman has its own',
    'spec',
    ['mounts'],
    [...spec.mounts, bind('/etc', '/etc/hosts')],
  ],
  ['a bind that is written now', 'spec', ['mounts'], [bind('/srv/b', '/b', 'rw')]],
  ['a bind from elsewhere', 'spec', ['mounts'], [bind('/srv/other', '/b', 'ro')]],
  ['a disk', 'spec', ['mounts'], [{type: 'ext4', source: '/dev/sda', destination: '/d'}]],
  ['no pid namespace', 'spec', ['linux', 'namespaces'], without('pid')],
  ['no mount namespace', 'spec', ['linux', 'namespaces'], without('mount')],
  ['the network of the host', 'spec', ['linux', 'namespaces'], without('network')],
  [
    'another network',
    'spec',
    ['linux', 'namespaces'],
    [...without('network'), {type: 'network', path: '/proc/1/ns/net'}],
  ],
  [
    'another pid namespace',
    'spec',
    ['linux', 'namespaces'],
    [...without('pid'), {type: 'pid', path: '/x'}],
  ],
  ['a user namespace', 'spec', ['linux', 'namespaces'], [...spec.linux.namespaces, {type: 'user'}]],
  ['a device', 'spec', ['linux', 'devices'], [{path: '/dev/sda', type: 'b', major: 8, minor: 0}]],
  ['any device', 'spec', ['linux', 'resources'], {devices: [{allow: true}]}],
  ['no list of system calls', 'spec', ['linux', 'seccomp'], null],
  ['a list that lets all through', 'spec', ['linux', 'seccomp', 'defaultAction'], 'SCMP_ACT_ALLOW'],
  ['nothing masked', 'spec', ['linux', 'maskedPaths'], []],
  ['nothing protected', 'spec', ['linux', 'readonlyPaths'], []],
  ["another's control group", 'spec', ['linux', 'cgroupsPath'], '/system.slice/ssh.service'],
  ['devices of the network', 'spec', ['linux', 'netDevices'], {eth0: {}}],
  ['a virtual machine', 'spec', ['vm'], {hypervisor: {path: '/bin/sh'}}],
  ['a capability', 'spec', ['process', 'capabilities', 'ambient'], ['CAP_SYS_ADMIN']],
  [
    'a capability that was dropped',
    'spec',
    ['process', 'capabilities', 'bounding'],
    ['CAP_NET_RAW'],
  ],
  ['another program', 'spec', ['process', 'args'], ['sh']],
  ['another user', 'spec', ['process', 'user'], {uid: 1000, gid: 0}],
  ['another profile', 'spec', ['process', 'apparmorProfile'], 'unconfined'],
  ['another label', 'spec', ['process', 'selinuxLabel'], 'system_u:system_r:spc_t:s0'],
  ['another root', 'spec', ['root', 'path'], '/'],
  ['an annotation', 'spec', ['annotations'], {'org.criu.config': '/srv/b/conf'}],
  ['hooks there', 'config', ['spec', 'hooks'], {prestart: [{path: '/bin/sh'}]}],
  ['binds there', 'config', ['spec', 'mounts'], [bind('/root', '/r')]],
  ['a log', 'config', ['logPath'], '/root/.ssh/authorized_keys'],
  ['a log under another name', 'config', ['LogPath'], '/etc/cron.d/x'],
  ['a file for a number', 'config', ['conmonPidFile'], '/etc/nologin'],
  ['a folder', 'config', ['staticDir'], '/etc'],
  ['a hosts file', 'config', ['baseHostsFile'], '/etc/shadow'],
  ['a root', 'config', ['rootfs'], '/'],
  ['mounts', 'config', ['mounts'], ['/etc']],
  ['a volume', 'config', ['namedVolumes'], [{volumeName: 'other', dest: '/v'}]],
  ['an overlay', 'config', ['overlayVolumes'], [{source: '/etc', dest: '/e'}]],
  ['secrets', 'config', ['secrets'], [{name: 'x'}]],
  ['another container', 'config', ['pidNsCtr'], 'f'.repeat(64)],
  ['another name', 'config', ['name'], 'other'],
  ['another ID', 'config', ['id'], 'f'.repeat(64)],
  ['another image', 'config', ['rootfsImageID'], 'f'.repeat(64)],
  ['health logs', 'config', ['healthLogDestination'], '/etc/cron.d'],
])('%s in the archive is not what was planned', (_, part, path, value) => {
  expect(changed(part, path, value)).not.toEqual([]);
});

test('a program of one word, which podman tells as its own argument, too', () => {
  const {inspect, spec, config} = archive('limited');
  const container = valueOf(readContainer({...inspect, Path: 'count', Args: ['count']}));
  const programIs = (...args: readonly string[]): readonly string[] => {
    (spec['process'] as Json)['args'] = args;
    return archiveDifferences(container, spec, config);
  };
  expect(programIs('count')).toEqual([]);
  expect(programIs('count', 'count')).toEqual([]);
  expect(programIs('count', 'down')).toEqual(['its program is another']);
  expect(programIs('sh')).toEqual(['its program is another']);
});

test('the answer of the target is read whole, or not at all', () => {
  const {inspect, spec: told, config} = archive('limited');
  const container = valueOf(readContainer(inspect));
  const {read} = archiveQuestion(container, '/run/cm/x');
  const images = printed(encodedImages(honestImages(`libpod-${container.id}`)));
  const answer = (one: string, other: string, end = images): string =>
    `\n@@cm\tspec\n${one}\n@@cm\tconfig\n${other}\n${end}`;
  const [one, other] = [JSON.stringify(told), JSON.stringify(config)];
  expect(read(answer(one, other)).ok).toBe(true);
  for (const damaged of [
    answer(one, other, ''),
    answer(one, other, printed(encodedImages(honestImages('libpod-other')))),
    answer(one.slice(0, -1), other),
    answer(one.replace('{', '{"Hooks":{},'), other),
    answer(one.replace('{', '{"hooks":{"prestart":[]},"hooks":{},'), other),
    answer(other, one),
    '',
  ])
    expect(read(damaged).ok).toBe(false);
});
