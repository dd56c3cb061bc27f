import {
  asList,
  asRecord,
  at,
  flagAt,
  isRecord,
  parseJson,
  textAt,
  textsAt,
} from '../../base/json.js';
import {askedNetworks} from './asked.js';
import {askedUlimits, toldUlimits} from './create-limits.js';
import {aliasesOf} from './create-network.js';
import {entrypointOf, logSize} from './create-process.js';
import {hostnameOf} from './create.js';
import {ownAnnotation, ownVariable} from './create-private.js';

/** Of this host or this moment, and not a setting; or compared in a form of its own below. */
const ignored = {
  Config: new Set([
    ...['Annotations', 'CreateCommand', 'Domainname', 'Entrypoint', 'Env', 'ExposedPorts'],
    ...[
      'Healthcheck',
      'Hostname',
      'Image',
      'Labels',
      'sdNotifyMode',
      'StopSignal',
      'Volumes',
      'Secrets',
    ],
  ]),
  HostConfig: new Set([
    ...[
      'Annotations',
      'Binds',
      'CapAdd',
      'CapDrop',
      'CgroupManager',
      'CgroupParent',
      'ConsoleSize',
    ],
    ...['ContainerIDFile', 'Devices', 'Dns', 'IDMappings', 'LogConfig', 'MemorySwappiness'],
    ...['NanoCpus', 'PublishAllPorts', 'Runtime', 'SecurityOpt', 'Tmpfs', 'Ulimits', 'VolumesFrom'],
  ]),
};

/** Deeper than anything that podman tells: what is further down is damaged, and would take a stack that nobody has. */
const deepest = 40;

/** Nothing, said in any of podman's ways. */
function isEmpty(value: unknown, depth = 0): boolean {
  if (value === undefined || value === null || value === '' || value === 0 || value === false) {
    return true;
  }
  if (Array.isArray(value)) return value.length === 0;
  if (depth > deepest) return false;
  return isRecord(value) && Object.values(value).every((each) => isEmpty(each, depth + 1));
}

/** The same text for the same content, whatever the order of keys. */
function canonical(value: unknown, depth = 0): string {
  if (isEmpty(value)) return '';
  if (depth > deepest) return '…';
  if (Array.isArray(value))
    return `[${value.map((each) => canonical(each, depth + 1)).join(', ')}]`;
  if (!isRecord(value)) return String(value);
  return Object.entries(value)
    .filter(([, each]) => !isEmpty(each))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, each]) => `${key}=${canonical(each, depth + 1)}`)
    .join(', ');
}

const sorted = (values: readonly string[]): string => [...values].sort().join(' ');

type Settings = Map<string, string>;

function readRest(raw: unknown, settings: Settings): void {
  for (const part of ['Config', 'HostConfig'] as const) {
    for (const [key, value] of Object.entries(asRecord(at(raw, part)))) {
      if (!ignored[part].has(key)) settings.set(`${part}.${key}`, canonical(value));
    }
  }
}

/** A list in JSON inside of the only text is that list: podman keeps it so when it is given so. */
function healthTest(raw: unknown): readonly string[] {
  const test = textsAt(raw, 'Config', 'Healthcheck', 'Test');
  const parsed = test.length === 1 ? parseJson(test[0] ?? '') : undefined;
  return parsed?.ok === true && Array.isArray(parsed.value)
    ? textsAt({list: parsed.value}, 'list')
    : test;
}

function readProcess(raw: unknown, settings: Settings): void {
  const health = asRecord(at(raw, 'Config', 'Healthcheck'));
  settings.set('hostname', hostnameOf(raw));
  settings.set('notification', textAt(raw, 'Config', 'sdNotifyMode') || 'container');
  settings.set('entrypoint', JSON.stringify(entrypointOf(raw)));
  settings.set('health check', canonical({...health, Test: healthTest(raw)}));
  settings.set('stop signal', canonical(at(raw, 'Config', 'StopSignal')));
  settings.set('image', textAt(raw, 'Image'));
  settings.set('effective capabilities', sorted(textsAt(raw, 'EffectiveCaps')));
  settings.set('bounding capabilities', sorted(textsAt(raw, 'BoundingCaps')));
  settings.set('security options', sorted(textsAt(raw, 'HostConfig', 'SecurityOpt')));
  settings.set('log driver', textAt(raw, 'HostConfig', 'LogConfig', 'Type'));
  settings.set('log tag', textAt(raw, 'HostConfig', 'LogConfig', 'Tag'));
  settings.set('log size', logSize(raw));
  settings.set('user namespace', canonical(at(raw, 'HostConfig', 'IDMappings')));
  const ulimits = new Map(toldUlimits(raw).map((each) => [each.name, each]));
  for (const {name, soft, hard} of ulimits.values())
    settings.set(`ulimit ${name}`, `${soft}:${hard}`);
}

function readNames(raw: unknown, settings: Settings): void {
  for (const variable of textsAt(raw, 'Config', 'Env')) {
    const name = variable.split('=')[0] ?? '';
    if (!ownVariable(raw, variable))
      settings.set(`variable ${name}`, variable.slice(name.length + 1));
  }
  for (const [name, value] of Object.entries(asRecord(at(raw, 'Config', 'Labels')))) {
    settings.set(`label ${name}`, canonical(value));
  }
  for (const [name, value] of Object.entries(asRecord(at(raw, 'Config', 'Annotations')))) {
    if (!ownAnnotation(name)) settings.set(`annotation ${name}`, canonical(value));
  }
}

function readMounts(raw: unknown, settings: Settings): void {
  for (const mount of asList(at(raw, 'Mounts'))) {
    const volume = textAt(mount, 'Type') === 'volume';
    const options = new Set(textsAt(mount, 'Options'));
    settings.set(
      `mount ${textAt(mount, 'Destination')}`,
      [
        textAt(mount, 'Type'),
        volume ? textAt(mount, 'Name') : textAt(mount, 'Source'),
        flagAt(mount, 'RW') ? 'rw' : 'ro',
        textAt(mount, 'Propagation'),
        sorted([...options]),
      ].join(' '),
    );
  }
  for (const [path, options] of Object.entries(asRecord(at(raw, 'HostConfig', 'Tmpfs')))) {
    settings.set(`tmpfs ${path}`, sorted([...new Set(canonical(options).split(','))]));
  }
}

function readNetworks(raw: unknown, settings: Settings): void {
  for (const [name, asked] of askedNetworks(raw)) {
    settings.set(
      `network ${name}`,
      [sorted(asked.ips), asked.mac ?? '', sorted(aliasesOf(raw, name))].join(' ').trim() ||
        'joined',
    );
  }
  settings.set('name servers', textsAt(raw, 'HostConfig', 'Dns').join(' '));
}

function readSettings(raw: unknown): Settings {
  const settings: Settings = new Map();
  for (const read of [readRest, readProcess, readNames, readMounts, readNetworks])
    read(raw, settings);
  return settings;
}

/** Values of variables may be secret and are never shown. */
function describe(key: string, before: string, after: string): string {
  if (key.startsWith('variable ')) return `${key}: differs`;
  return `${key}: was "${before}", is "${after}"`;
}

/** Set by podman on the first start, so that one of two descriptions may lack it. */
function onlyOnceStarted(key: string, before: unknown, after: string | undefined): boolean {
  if (after !== undefined) return false;
  if (key === 'variable HOME') return true;
  const [, name] = /^ulimit (.*)$/.exec(key) ?? [];
  return name !== undefined && !askedUlimits(before).some((each) => each.name === name);
}

/**
 * What is not the same in two descriptions of a container, one line each; empty when nothing was lost.
 * Names, IDs, times, folders of the host and the dynamic addresses do not count.
 */
export function differences(before: unknown, after: unknown): readonly string[] {
  const was = readSettings(before);
  const is = readSettings(after);
  return [...new Set([...was.keys(), ...is.keys()])]
    .filter((key) => (was.get(key) ?? '') !== (is.get(key) ?? ''))
    .filter((key) => !onlyOnceStarted(key, before, is.get(key)))
    .map((key) => describe(key, was.get(key) ?? '', is.get(key) ?? ''));
}
