import {imageId} from './inspect.js';
import type {HostSurvey, NetworkPool} from '../facts.js';
import {
  asList,
  asTextRecord,
  at,
  flagAt,
  numberAt,
  parseJson,
  textAt,
  textsAt,
} from '../../base/json.js';
import {sectionLines, sectionText, type Section} from '../host/sections.js';
import {versionIn} from '../host/versions.js';

/** One value for each line of JSON. */
export const jsonLines = (all: readonly Section[], name: string): readonly unknown[] =>
  sectionLines(all, name).flatMap((line) => {
    const parsed = parseJson(line);
    return parsed.ok ? [parsed.value] : [];
  });

/** `io.containerd.runc.v2` is runc as well. */
export const runtimeName = (runtime: string): string =>
  /^io\.containerd\.(\w+)\.v\d+$/.exec(runtime)?.[1] ?? runtime;

/** What `docker info` tells of the engine itself. */
export function dockerInfo(
  info: unknown,
  all: readonly Section[],
): Pick<
  HostSurvey,
  'runtime' | 'runtimeVersion' | 'storageDriver' | 'rootless' | 'networkBackend'
> {
  return {
    runtime: runtimeName(textAt(info, 'DefaultRuntime')),
    runtimeVersion: versionIn(sectionText(all, 'runtime')),
    storageDriver: textAt(info, 'Driver'),
    rootless: textsAt(info, 'SecurityOptions').includes('name=rootless'),
    networkBackend: 'libnetwork',
  };
}

function pool(config: unknown): NetworkPool {
  const [gateway, range] = [textAt(config, 'Gateway'), textAt(config, 'IPRange')];
  return {
    subnet: textAt(config, 'Subnet'),
    ...(gateway !== '' && {gateway}),
    ...(range !== '' && {range}),
  };
}

export const readNetworks = (all: readonly Section[]): HostSurvey['networks'] =>
  jsonLines(all, 'networks').map((each) => ({
    name: textAt(each, 'Name'),
    driver: textAt(each, 'Driver'),
    subnets: asList(at(each, 'IPAM', 'Config'))
      .map((config) => textAt(config, 'Subnet'))
      .filter((subnet) => subnet !== ''),
    pools: asList(at(each, 'IPAM', 'Config')).map(pool),
    internal: flagAt(each, 'Internal'),
    ipv6: flagAt(each, 'EnableIPv6'),
    options: asTextRecord(at(each, 'Options')),
    labels: asTextRecord(at(each, 'Labels')),
  }));

export const readImages = (all: readonly Section[]): HostSurvey['images'] =>
  jsonLines(all, 'images').map((each) => ({
    id: imageId(textAt(each, 'Id')),
    names: textsAt(each, 'RepoTags'),
    size: numberAt(each, 'Size'),
  }));
