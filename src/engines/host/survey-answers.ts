import type {CriuFacts, HostSurvey, KnownPart, Landing, Mount} from '../facts.js';
import {kibibytes, sectionLines, sectionText, type Section} from './sections.js';
import {readUnits} from './service-units.js';
import {versionIn} from './versions.js';

/** Undefined when CRIU is not installed. */
function criu(all: readonly Section[]): CriuFacts | undefined {
  const version = versionIn(sectionText(all, 'criu'));
  if (version === '') return undefined;
  const has = (name: string): boolean => all.some((each) => each.name === name);
  const complaints = sectionLines(all, 'criu-check')
    .map((line) => line.replace(/^(?:Error|Warn)\s*\([^)]*\):\s*/, '').trim())
    .filter((line) => !line.startsWith('Looks good'));
  return {
    version,
    memoryTracking: has('criu-tracking'),
    complaints:
      has('criu-good') || sectionText(all, 'criu-check').includes('Looks good')
        ? []
        : complaints.length > 0
          ? complaints
          : ['criu check failed and said nothing'],
  };
}

/** x86 says `flags`, arm says `Features` and has no model name. */
function cpu(all: readonly Section[]): {cpuModel: string; cpuFlags: readonly string[]} {
  const lines = sectionLines(all, 'cpu');
  const after = (start: RegExp): string =>
    lines.find((line) => start.test(line))?.replace(/^[^:]*:\s*/, '') ?? '';
  return {
    cpuModel: after(/^model name/),
    cpuFlags: after(/^(?:flags|Features)/)
      .split(/\s+/)
      .filter((flag) => flag !== ''),
  };
}

/** Version 1 controllers beside version 2 count even where they are not mounted here. */
function cgroups(all: readonly Section[]): HostSurvey['cgroups'] {
  const types = sectionLines(all, 'cgroups').map((line) => line.split(' ')[2]);
  const memberships = sectionLines(all, 'own-cgroup');
  const second = types.includes('cgroup2');
  const first = types.includes('cgroup') || memberships.some((line) => !line.startsWith('0::'));
  if (second) return first ? 'hybrid' : 'v2';
  return first ? 'v1' : 'v2';
}

/** From `df -Pk`: the fourth column of the last line, after a name that may hold spaces. */
function freeBytes(all: readonly Section[], name: string): number {
  const line = sectionLines(all, name).at(-1) ?? '';
  const kib = /\s\d+\s+\d+\s+(\d+)\s+\d+%/.exec(line)?.[1];
  return kibibytes(kib ?? '');
}

/** Words of four bytes, each in the host's byte order (little-endian); of IPv4 one word. */
function addressOf(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((each) => (each.match(/../g) ?? []).reverse());
  if (bytes.length === 4) return bytes.map((each) => Number.parseInt(each, 16)).join('.');
  return sixOf(bytes.join(''));
}

/** 32 digits as the engines write them: groups without leading zeros, the longest run of zeros as `::`. */
function sixOf(digits: string): string {
  const groups = (digits.match(/.{4}/g) ?? []).map((each) =>
    Number.parseInt(each, 16).toString(16),
  );
  const text = groups.join(':');
  const runs = [...text.matchAll(/(?:^|:)0(?::0)+(?::|$)/g)].map(([run]) => run);
  const longest = runs.sort((one, other) => other.length - one.length)[0];
  return longest === undefined ? text : text.replace(longest, '::');
}

/** From lines of `/proc/net/{tcp,udp}{,6}`: `0: 00000000:0016 …`, address and port in hex. */
function listening(all: readonly Section[]): HostSurvey['listening'] {
  const found = new Map<string, HostSurvey['listening'][number]>();
  for (const protocol of ['tcp', 'udp']) {
    for (const line of sectionLines(all, `listening-${protocol}`)) {
      const [, hex = '', digits = ''] = /^\s*\d+: ([0-9A-F]+):([0-9A-F]{4}) /.exec(line) ?? [];
      const port = Number.parseInt(digits || '0', 16);
      const ip = addressOf(hex);
      if (port > 0) found.set(`${ip} ${port}/${protocol}`, {port, protocol, ip});
    }
  }
  return [...found.values()];
}

function ownAddresses(all: readonly Section[]): {addresses?: readonly string[]} {
  if (!all.some(({name}) => name === 'own-addresses')) return {};
  const lines = sectionLines(all, 'own-addresses');
  return {addresses: lines.map((line) => (/^[0-9a-f]{32}$/.test(line) ? sixOf(line) : line))};
}

/** What the parts of a survey tell that are the same for every engine. */
export function machineFacts(
  all: readonly Section[],
): Pick<
  HostSurvey,
  | 'criu'
  | 'libcriu'
  | 'kernel'
  | 'architecture'
  | 'cpuModel'
  | 'cpuFlags'
  | 'cgroups'
  | 'memoryFree'
  | 'scratchFree'
  | 'storeFree'
  | 'programs'
  | 'listening'
  | 'addresses'
  | 'units'
> {
  const found = criu(all);
  const [architecture = '', kernel = ''] = sectionLines(all, 'uname');
  return {
    ...(found === undefined ? {} : {criu: found}),
    libcriu: Number.parseInt(sectionText(all, 'libcriu'), 10) > 0,
    kernel,
    architecture,
    ...cpu(all),
    cgroups: cgroups(all),
    memoryFree: kibibytes(/\d+/.exec(sectionText(all, 'memory-free'))?.[0] ?? ''),
    scratchFree: freeBytes(all, 'scratch-free'),
    storeFree: freeBytes(all, 'store-free'),
    programs: sectionLines(all, 'programs'),
    listening: listening(all),
    ...ownAddresses(all),
    units: readUnits(all),
  };
}

export const landable = (arriving: readonly Mount[]): readonly Mount[] =>
  arriving.filter(({kind}) => kind !== 'tmpfs');

export function readLandings(
  all: readonly Section[],
  arriving: readonly Mount[],
): readonly Landing[] {
  return landable(arriving).map((mount, index) => {
    const section = all.find(({name, words}) => name === 'landing' && words[0] === `${index}`);
    const [kind = '', emptiness = ''] = (section?.text ?? '').split('\n');
    return {
      name: mount.name,
      mount: mount.kind === 'volume' ? 'volume' : 'bind',
      source: mount.source,
      exists: kind !== '',
      ...(kind === '' ? {} : {kind: kind === 'folder' || kind === 'file' ? kind : 'other'}),
      empty: kind === '' || emptiness === 'empty',
    };
  });
}

export const neighbour = ({id, name, state, addresses, ports}: KnownPart) => ({
  id,
  name,
  running: state === 'running' || state === 'paused',
  addresses: addresses.flatMap(({ip}) => (ip === undefined ? [] : [ip])),
  ports: ports.map(({hostIp, hostPort, protocol}) => ({port: hostPort, protocol, ip: hostIp})),
});
