import type {CriuFacts, HostSurvey} from './facts.js';
import {asList, asRecord, asText, at, flagAt, parseJson, textAt} from './json.js';
import {sectionLines, sectionText, type Section} from './sections.js';

/** `runc version 1.1.15+ds1` → `1.1.15+ds1` */
const versionIn = (text: string): string => /\d+(?:\.\d+)+\S*/.exec(text)?.[0] ?? '';

/** What `podman info` tells of the engine itself. */
export function podmanInfo(
  info: unknown,
): Pick<
  HostSurvey,
  'runtime' | 'runtimeVersion' | 'storageDriver' | 'rootless' | 'networkBackend'
> {
  const runtime = textAt(info, 'host', 'ociRuntime', 'name');
  const told = textAt(info, 'host', 'ociRuntime', 'version');
  // crun says whether it was built with CRIU; without it no library helps
  const without = runtime === 'crun' && told !== '' && !told.includes('+CRIU');
  return {
    runtime: runtime.split('/').at(-1) ?? '',
    runtimeVersion: `${versionIn(told)}${without ? ' -CRIU' : ''}`,
    storageDriver: textAt(info, 'store', 'graphDriverName'),
    rootless: flagAt(info, 'host', 'security', 'rootless') || flagAt(info, 'host', 'rootless'),
    networkBackend: textAt(info, 'host', 'networkBackend'),
  };
}

/** Undefined when CRIU is not installed. */
export function criu(all: readonly Section[]): CriuFacts | undefined {
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
export function cpu(all: readonly Section[]): {cpuModel: string; cpuFlags: readonly string[]} {
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
export function cgroups(all: readonly Section[]): HostSurvey['cgroups'] {
  const types = sectionLines(all, 'cgroups').map((line) => line.split(' ')[2]);
  const memberships = sectionLines(all, 'own-cgroup');
  const second = types.includes('cgroup2');
  const first = types.includes('cgroup') || memberships.some((line) => !line.startsWith('0::'));
  if (second) return first ? 'hybrid' : 'v2';
  return first ? 'v1' : 'v2';
}

/** From `df -Pk`: the fourth column of the last line, after a name that may hold spaces. */
export function freeBytes(all: readonly Section[], name: string): number {
  const line = sectionLines(all, name).at(-1) ?? '';
  const kib = /\s\d+\s+\d+\s+(\d+)\s+\d+%/.exec(line)?.[1];
  return kib === undefined ? 0 : Number.parseInt(kib, 10) * 1024;
}

/** podman 4 and later list networks with their subnets; before, as CNI's lists of plugins. */
export function networks(text: string): HostSurvey['networks'] {
  const parsed = parseJson(text);
  return asList(parsed.ok ? parsed.value : []).flatMap((each) => {
    const name = textAt(each, 'name') || textAt(each, 'Name');
    const plugin = asRecord(asList(at(each, 'plugins') ?? at(each, 'Plugins'))[0]);
    const subnets = [
      ...asList(at(each, 'subnets')),
      ...asList(at(plugin, 'ipam', 'ranges')).flatMap(asList),
    ].map((subnet) => textAt(subnet, 'subnet'));
    return name === ''
      ? []
      : [
          {
            name,
            driver: textAt(each, 'driver') || asText(plugin['type']),
            subnets: subnets.filter((subnet) => subnet !== ''),
          },
        ];
  });
}

/** From lines of `/proc/net/{tcp,udp}{,6}`: `0: 00000000:0016 …`, the port in hex. */
export function listening(all: readonly Section[]): HostSurvey['listening'] {
  const found = new Map<string, {port: number; protocol: string}>();
  for (const protocol of ['tcp', 'udp']) {
    for (const line of sectionLines(all, `listening-${protocol}`)) {
      const hex = /^\s*\d+: [0-9A-F]+:([0-9A-F]{4}) /.exec(line)?.[1];
      const port = Number.parseInt(hex ?? '0', 16);
      if (port > 0) found.set(`${port}/${protocol}`, {port, protocol});
    }
  }
  return [...found.values()];
}
