import type {ObservedContainer} from '../facts.js';
import {asList, asRecord, asTexts, at, flagAt, textAt, textsAt} from '../../base/json.js';
import {
  annotationPowers,
  capabilityPowers,
  distinctPowers,
  hostSpacePowers,
  powerIf,
  powersOver,
  securityPowers,
  type Power,
} from '../powers.js';

/** docker hides and protects these in every container; `null` is its word for "as always". */
const masked = ['/proc/kcore', '/proc/keys'];
export const protectedPaths = ['/proc/sys', '/proc/sysrq-trigger'];

export function isUnmasked(host: unknown): boolean {
  const lacks = (told: unknown, usual: readonly string[]): boolean =>
    Array.isArray(told) && usual.some((path) => !asTexts(told).includes(path));
  return lacks(at(host, 'MaskedPaths'), masked) || lacks(at(host, 'ReadonlyPaths'), protectedPaths);
}

/** What a device request asks for, in docker's own words. */
const requested = (request: unknown): string =>
  textAt(request, 'Driver') ||
  asList(at(request, 'Capabilities')).flatMap(asTexts).join(',') ||
  'gpus';

/**
 * Folders that the settings name. `.Mounts` has them, too; docker makes the container from the settings. A volume of the local
 * driver may be a folder of the host as well.
 */
export function settingBinds(host: unknown): readonly string[] {
  const mounts = asList(at(host, 'Mounts')).map((mount) =>
    textAt(mount, 'Type') === 'volume'
      ? textAt(mount, 'VolumeOptions', 'DriverConfig', 'Options', 'device')
      : textAt(mount, 'Source'),
  );
  const binds = textsAt(host, 'Binds').map((bind) => bind.split(':')[0] ?? '');
  return [...binds, ...mounts].filter((path) => path.startsWith('/'));
}

/** What docker would be told that gives the container power over its host, but for its folders. */
export function dockerPowers({raw, privileged, devices}: ObservedContainer): readonly Power[] {
  const host = at(raw, 'HostConfig');
  const isHost = (key: string): boolean => textAt(host, key) === 'host';
  const annotations = asRecord(at(host, 'Annotations'));
  return distinctPowers([
    ...powerIf(privileged || flagAt(host, 'Privileged'), 'privileged'),
    ...hostSpacePowers(host),
    ...powerIf(isHost('UsernsMode'), 'host-user'),
    ...capabilityPowers(textsAt(host, 'CapAdd'), isHost('NetworkMode')),
    ...powersOver('device', devices),
    ...powersOver('device', asList(at(host, 'DeviceRequests')).map(requested)),
    ...powersOver('device-rule', textsAt(host, 'DeviceCgroupRules')),
    ...securityPowers(textsAt(host, 'SecurityOpt')),
    ...powerIf(isUnmasked(host), 'unmasked'),
    ...powersOver('cgroup', [textAt(host, 'CgroupParent')]),
    ...annotationPowers(annotations),
  ]);
}
