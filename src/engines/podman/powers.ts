import type {ObservedContainer} from '../facts.js';
import {asRecord, at, flagAt, textAt, textsAt} from '../../base/json.js';
import {createWords, optionValues} from './asked.js';
import {ownAnnotation} from './create-private.js';
import {logPath} from './create-process.js';
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

const spaces = ['PidMode', 'IpcMode', 'UTSMode', 'UsernsMode', 'CgroupMode', 'NetworkMode'];

function namespacePowers(host: unknown): readonly Power[] {
  return [
    ...hostSpacePowers(host),
    ...powersOver(
      'namespace',
      spaces
        .map((key) => textAt(host, key))
        .filter((mode) => mode.startsWith('ns:'))
        .map((mode) => mode.slice('ns:'.length)),
    ),
  ];
}

function confinementPowers(raw: unknown, words: readonly string[]): readonly Power[] {
  const host = at(raw, 'HostConfig');
  const told = [...textsAt(raw, 'EffectiveCaps'), ...textsAt(raw, 'BoundingCaps')];
  const policy = optionValues(words, '--seccomp-policy');
  return [
    ...capabilityPowers(
      [...textsAt(host, 'CapAdd'), ...told],
      textAt(host, 'NetworkMode') === 'host',
    ),
    ...securityPowers([...textsAt(host, 'SecurityOpt'), ...optionValues(words, '--security-opt')]),
    ...powerIf(policy.includes('image'), 'seccomp-profile'),
  ];
}

/** Files of the host that are named by their paths. */
const filePowers = (raw: unknown, words: readonly string[]): readonly Power[] => [
  ...powersOver('init', optionValues(words, '--init-path')),
  ...powersOver('log', [logPath(raw)]),
  ...powersOver(
    'hosts-file',
    optionValues(words, '--hosts-file').filter((file) => file !== 'none' && file !== 'image'),
  ),
];

/** podman tells its own default as well, which is another one for each cgroup manager. */
const cgroupParent = (raw: unknown, words: readonly string[]): string =>
  words.length === 0
    ? textAt(raw, 'HostConfig', 'CgroupParent')
        .replace(/^(?:machine|user)\.slice$/, '')
        .replace(/^\/?libpod_parent$/, '')
    : (optionValues(words, '--cgroup-parent')[0] ?? '');

/** What `podman create` would be told that gives it power over its host, but for its folders. */
export function podmanPowers({raw, privileged, devices}: ObservedContainer): readonly Power[] {
  const words = createWords(raw);
  const host = at(raw, 'HostConfig');
  const annotations = Object.entries(asRecord(at(raw, 'Config', 'Annotations')));
  return distinctPowers([
    ...powerIf(privileged || flagAt(host, 'Privileged'), 'privileged'),
    ...namespacePowers(host),
    ...confinementPowers(raw, words),
    ...powersOver('device', [...devices, ...optionValues(words, '--gpus').map(() => 'gpus')]),
    ...powersOver('device-rule', optionValues(words, '--device-cgroup-rule')),
    ...filePowers(raw, words),
    ...powersOver('cgroup', [cgroupParent(raw, words)]),
    ...annotationPowers(Object.fromEntries(annotations.filter(([name]) => !ownAnnotation(name)))),
  ]);
}
