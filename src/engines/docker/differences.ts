import {askedHostname} from './body.js';
import {aliasesOf, mainNetwork} from './endpoints.js';
import {asList, asRecord, at, flagAt, isRecord, textAt, textsAt} from '../../base/json.js';

/** Of this host or this moment, and not a setting; or compared in a form of its own below. */
const ignored = {
  Config: new Set([
    ...['AttachStderr', 'AttachStdin', 'AttachStdout', 'Domainname', 'Env', 'Hostname', 'Image'],
    ...['Labels', 'MacAddress', 'Volumes'],
  ]),
  HostConfig: new Set([
    ...['Binds', 'ConsoleSize', 'ContainerIDFile', 'Mounts', 'NetworkMode', 'RestartPolicy'],
    ...['Tmpfs', 'VolumesFrom'],
  ]),
};

/** Nothing, said in any of docker's ways. */
function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === 0 || value === false) {
    return true;
  }
  if (Array.isArray(value)) return value.length === 0 || value.every((each) => each === 0);
  return isRecord(value) && Object.keys(value).length === 0;
}

/** Deeper than anything that docker tells: what is further down is damaged, and would take a stack that nobody has. */
const deepest = 40;

/** The same text for the same content, whatever the order of keys. */
function canonical(value: unknown, depth = 0): string {
  if (isEmpty(value)) return '';
  if (depth > deepest) return '…';
  if (Array.isArray(value)) {
    const each = (item: unknown): string =>
      typeof item === 'string' ? JSON.stringify(item) : canonical(item, depth + 1);
    return `[${value.map(each).join(', ')}]`;
  }
  if (!isRecord(value)) return typeof value === 'string' ? value : JSON.stringify(value);
  return Object.entries(value)
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

function readNames(raw: unknown, settings: Settings): void {
  for (const variable of textsAt(raw, 'Config', 'Env')) {
    const name = variable.split('=')[0] ?? '';
    // one that is empty is not the same as one that is not there
    settings.set(`variable ${name}`, variable.slice(name.length) || 'without a value');
  }
  for (const [name, value] of Object.entries(asRecord(at(raw, 'Config', 'Labels')))) {
    settings.set(`label ${name}`, `"${canonical(value)}"`);
  }
  settings.set('image', textAt(raw, 'Image'));
  settings.set('program', JSON.stringify([textAt(raw, 'Path'), ...textsAt(raw, 'Args')]));
}

function readMounts(raw: unknown, settings: Settings): void {
  for (const mount of asList(at(raw, 'Mounts'))) {
    const volume = textAt(mount, 'Type') === 'volume';
    settings.set(
      `mount ${textAt(mount, 'Destination')}`,
      [
        textAt(mount, 'Type'),
        volume ? textAt(mount, 'Name') : textAt(mount, 'Source'),
        flagAt(mount, 'RW') ? 'rw' : 'ro',
        textAt(mount, 'Propagation'),
      ].join(' '),
    );
  }
  for (const [path, options] of Object.entries(asRecord(at(raw, 'HostConfig', 'Tmpfs')))) {
    settings.set(`tmpfs ${path}`, `"${canonical(options)}"`);
  }
}

/** Addresses count where they were asked for; the target's may be asked for where the source's was not. */
function readNetworks(raw: unknown, settings: Settings): void {
  settings.set('network', mainNetwork(raw).replace(/^default$/, 'bridge'));
  for (const [name, network] of Object.entries(asRecord(at(raw, 'NetworkSettings', 'Networks')))) {
    settings.set(`network ${name}`, `joined ${sorted(aliasesOf(raw, network))}`);
    settings.set(`options of network ${name}`, canonical(at(network, 'DriverOpts')));
    const asked = asRecord(at(network, 'IPAMConfig'));
    for (const [kind, ip] of Object.entries(asked))
      settings.set(`${kind} in network ${name}`, canonical(ip));
  }
}

function readSettings(raw: unknown, hostName: string): Settings {
  const settings: Settings = new Map();
  for (const read of [readRest, readNames, readMounts, readNetworks]) read(raw, settings);
  const hostname = askedHostname(raw, hostName);
  settings.set('hostname', hostname);
  settings.set('domain', hostname === '' ? '' : textAt(raw, 'Config', 'Domainname'));
  return settings;
}

/** Values of variables may be secret and are never shown. */
function describe(key: string, before: string, after: string): string {
  if (key.startsWith('variable ')) return `${key}: differs`;
  return `${key}: was "${before}", is "${after}"`;
}

/** An address that the target was told to keep, which docker chose on the source. */
const kept = (key: string, before: string | undefined): boolean =>
  before === undefined && key.startsWith('IPv4Address in network ');

/** The names of the two hosts, which docker may have given to a container on the host's network. */
export interface HostNames {
  readonly source: string;
  readonly target: string;
}

/**
 * What is not the same in two descriptions of a container, one line each; empty when nothing was lost.
 * Names, IDs, times, folders of the host, chosen addresses and the restart policy, which is put back
 * later, do not count.
 */
export function differences(before: unknown, after: unknown, hosts: HostNames): readonly string[] {
  const was = readSettings(before, hosts.source);
  const is = readSettings(after, hosts.target);
  return [...new Set([...was.keys(), ...is.keys()])]
    .filter((key) => (was.get(key) ?? '') !== (is.get(key) ?? ''))
    .filter((key) => !kept(key, was.get(key)))
    .map((key) => describe(key, was.get(key) ?? '', is.get(key) ?? ''));
}
