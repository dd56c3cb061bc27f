import {isBind, namespaceOf} from './config.js';
import {asList, asRecord, asTexts, at, flagAt, textAt, textsAt} from '../../base/json.js';
import {
  annotationPowers,
  apparmorPowers,
  capabilityPowers,
  distinctPowers,
  powerIf,
  powersOver,
  type Power,
} from '../powers.js';
import {hooksOf} from './hooks.js';

/** Devices that runtimes give to every container. */
const usualDevices = new Set([
  ...['/dev/null', '/dev/zero', '/dev/full', '/dev/random', '/dev/urandom', '/dev/tty'],
  ...['/dev/console', '/dev/ptmx'],
]);

const usualNumbers = new Set(['1:3', '1:5', '1:7', '1:8', '1:9', '5:0', '5:1', '5:2', '136:*']);

/** `c 1:3 rwm`, as a device rule is written for engines. */
function deviceRules(config: unknown): readonly string[] {
  const part = (value: unknown): string =>
    typeof value === 'number' && value >= 0 ? `${value}` : '*';
  return asList(at(config, 'linux', 'resources', 'devices')).flatMap((rule) => {
    const numbers = `${part(at(rule, 'major'))}:${part(at(rule, 'minor'))}`;
    const access = textAt(rule, 'access') || 'rwm';
    const isUsual = textAt(rule, 'type') === 'c' && usualNumbers.has(numbers);
    if (!flagAt(rule, 'allow') || access === 'm' || isUsual) return [];
    return [`${textAt(rule, 'type') || 'a'} ${numbers} ${access}`];
  });
}

/** File systems that show nothing of the host, or are its own. */
const ownFilesystems = new Set(['proc', 'tmpfs', 'devpts', 'mqueue', 'sysfs', 'cgroup', 'cgroup2']);

function filesystemPowers(config: unknown): readonly Power[] {
  const mounts = asList(at(config, 'mounts')).filter((mount) => !isBind(mount));
  const foreign = mounts.filter((mount) => !ownFilesystems.has(textAt(mount, 'type')));
  const isWritable = (mount: unknown): boolean =>
    ['sysfs', 'cgroup', 'cgroup2'].includes(textAt(mount, 'type')) &&
    !textsAt(mount, 'options').includes('ro');
  const hidden = textsAt(config, 'linux', 'maskedPaths').includes('/proc/kcore');
  const kept = textsAt(config, 'linux', 'readonlyPaths').includes('/proc/sys');
  return [
    ...powersOver(
      'mount',
      foreign.map((mount) => `${textAt(mount, 'type')} ${textAt(mount, 'source')}`),
    ),
    ...powerIf(!hidden || !kept || mounts.some(isWritable), 'unmasked'),
  ];
}

function namespacePowers(config: unknown): readonly Power[] {
  const isHost = (type: string): boolean => namespaceOf(config, type) === undefined;
  return [
    ...powerIf(isHost('mount'), 'host-mount'),
    ...powerIf(isHost('pid'), 'host-pid'),
    ...powerIf(isHost('ipc'), 'host-ipc'),
    ...powerIf(isHost('uts'), 'host-uts'),
  ];
}

/** A control group that bears its name is its own, as `runc:web` of a slice and `/web` are. */
function cgroupPowers(config: unknown, names: readonly string[]): readonly Power[] {
  const path = textAt(config, 'linux', 'cgroupsPath');
  const last = path.split(/[/:]/).at(-1) ?? '';
  const own = path === '' || (names.includes(last) && !path.includes('..'));
  return powersOver('cgroup', own ? [] : [path]);
}

function confinementPowers(config: unknown): readonly Power[] {
  const sets = Object.values(asRecord(at(config, 'process', 'capabilities')));
  const seccomp = at(config, 'linux', 'seccomp');
  return [
    ...capabilityPowers(sets.flatMap(asTexts), namespaceOf(config, 'network') === undefined),
    ...powersOver('seccomp', [textAt(seccomp, 'listenerPath')]),
    ...apparmorPowers(textAt(config, 'process', 'apparmorProfile')),
    ...powersOver('selinux', [textAt(config, 'process', 'selinuxLabel')]),
  ];
}

/**
 * What a configuration of the OCI specification asks of a runtime that gives the container power over its host, but for its
 * folders. `cgroups`: what the last part of its own control group may be called.
 */
export function ociPowers(config: unknown, cgroups: readonly string[]): readonly Power[] {
  const devices = asList(at(config, 'linux', 'devices')).map((device) => textAt(device, 'path'));
  const moved = Object.keys(asRecord(at(config, 'linux', 'netDevices')));
  return distinctPowers([
    ...namespacePowers(config),
    ...confinementPowers(config),
    ...powersOver('device', [...devices.filter((path) => !usualDevices.has(path)), ...moved]),
    ...powersOver('device-rule', deviceRules(config)),
    ...filesystemPowers(config),
    ...cgroupPowers(config, cgroups),
    ...powersOver('hook', hooksOf(config)),
    ...annotationPowers(asRecord(at(config, 'annotations'))),
  ]);
}
