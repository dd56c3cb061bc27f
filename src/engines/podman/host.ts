import type {HostSurvey, NetworkPool} from '../facts.js';
import {
  asList,
  asRecord,
  asText,
  asTextRecord,
  at,
  flagAt,
  parseJson,
  textAt,
} from '../../base/json.js';
import {runtimeVersionIn} from '../host/versions.js';

/** What `podman info` tells of the engine itself. */
export function podmanInfo(
  info: unknown,
): Pick<
  HostSurvey,
  'runtime' | 'runtimeVersion' | 'storageDriver' | 'rootless' | 'networkBackend'
> {
  const runtime = textAt(info, 'host', 'ociRuntime', 'name');
  const told = textAt(info, 'host', 'ociRuntime', 'version');
  return {
    runtime: runtime.split('/').at(-1) ?? '',
    runtimeVersion: runtimeVersionIn(runtime, told),
    storageDriver: textAt(info, 'store', 'graphDriverName'),
    rootless: flagAt(info, 'host', 'security', 'rootless') || flagAt(info, 'host', 'rootless'),
    networkBackend: textAt(info, 'host', 'networkBackend'),
  };
}

function pool(subnet: unknown): NetworkPool {
  const gateway = textAt(subnet, 'gateway');
  const [first, last] = [
    textAt(subnet, 'lease_range', 'start_ip'),
    textAt(subnet, 'lease_range', 'end_ip'),
  ];
  return {
    subnet: textAt(subnet, 'subnet'),
    ...(gateway !== '' && {gateway}),
    ...(first !== '' && last !== '' && {range: `${first}-${last}`}),
  };
}

/** The device beneath a macvlan or ipvlan network stands beside the options, and is asked for as one of them. */
function settingsOf(each: unknown): Partial<HostSurvey['networks'][number]> {
  const wired = ['macvlan', 'ipvlan'].includes(textAt(each, 'driver'));
  const parent = textAt(each, 'network_interface');
  return {
    pools: asList(at(each, 'subnets')).map(pool),
    internal: flagAt(each, 'internal'),
    ipv6: flagAt(each, 'ipv6_enabled'),
    dns: flagAt(each, 'dns_enabled'),
    options: {
      ...asTextRecord(at(each, 'options')),
      ...(wired && parent !== '' && {parent}),
    },
    labels: asTextRecord(at(each, 'labels')),
  };
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
            ...(at(each, 'subnets') !== undefined && settingsOf(each)),
          },
        ];
  });
}
