import {shellWord} from '../../base/shell-word.js';
import type {Pair, Refusal} from '../engine.js';
import type {HostSurvey, NetworkPool} from '../facts.js';

export type Network = HostSurvey['networks'][number];

export const findNetwork = (networks: readonly Network[], name: string): Network | undefined =>
  networks.find((network) => network.name === name);

/** podman tells a range by its ends, and takes it as `FIRST-LAST` (from 4.1 on); docker as a subnet. */
const poolWords = ({subnet, gateway, range}: NetworkPool): readonly string[] => [
  ...['--subnet', subnet],
  ...(gateway === undefined ? [] : ['--gateway', gateway]),
  ...(range === undefined ? [] : ['--ip-range', range]),
];

const poolsOf = ({pools, subnets}: Network): readonly NetworkPool[] =>
  pools ?? subnets.map((subnet) => ({subnet}));

/** The command that makes it as it is, with everything that was asked for when it was made. */
export function createNetwork(engine: 'podman' | 'docker', network: Network): string {
  const words = [
    ...[engine, 'network', 'create', '-d', network.driver || 'bridge'],
    ...(network.internal === true ? ['--internal'] : []),
    ...(network.ipv6 === true ? ['--ipv6'] : []),
    ...(engine === 'podman' && network.dns === false ? ['--disable-dns'] : []),
    ...poolsOf(network).flatMap(poolWords),
    ...Object.entries(network.options ?? {}).flatMap(([key, value]) => [
      '--opt',
      `${key}=${value}`,
    ]),
    ...Object.entries(network.labels ?? {}).flatMap(([key, value]) => [
      '--label',
      `${key}=${value}`,
    ]),
    network.name,
  ];
  return words.map(shellWord).join(' ');
}

/** Named after devices of one host, which may have other names on another. */
const ofThisHost = /^(?:parent|com\.docker\.network\.bridge\.name)$/;

/** docker compose takes only a network that has its labels. */
const composeLabel = /^com\.docker\.compose\.(?:network|project)$/;

const chosen = (
  record: Readonly<Record<string, string>> = {},
  holds: (key: string) => boolean,
): ReadonlyMap<string, string> => new Map(Object.entries(record).filter(([key]) => holds(key)));

function settingsOf(network: Network): ReadonlyMap<string, string> {
  const yes = (value: boolean | undefined): string => (value === true ? 'yes' : 'no');
  const wired = network.driver === 'macvlan' || network.driver === 'ipvlan';
  return new Map([
    ['driver', network.driver],
    ['internal', yes(network.internal)],
    ['IPv6', yes(network.ipv6)],
    ['DNS', yes(network.dns ?? true)],
    // on the host's own wire a network is what the wire is; a bridge is each host's own
    ...(wired
      ? [
          [
            'gateway',
            poolsOf(network)
              .map(({gateway}) => gateway ?? '')
              .sort()
              .join(' '),
          ] as const,
        ]
      : []),
    ...[...chosen(network.options, (key) => !ofThisHost.test(key))].map(
      ([key, value]) => [`option ${key}`, value] as const,
    ),
    ...[...chosen(network.labels, (key) => composeLabel.test(key))].map(
      ([key, value]) => [`label ${key}`, value] as const,
    ),
  ]);
}

/** What a container would notice, one phrase each. */
function differences(here: Network, there: Network): readonly string[] {
  const was = settingsOf(here);
  const is = settingsOf(there);
  const labelsCount = [...was.keys()].some((key) => key.startsWith('label '));
  // Only podman tells whether a network has DNS. Between two engines options have different names, too.
  const sameEngine = (here.dns === undefined) === (there.dns === undefined);
  return [...new Set([...was.keys(), ...is.keys()])]
    .filter((key) => (was.get(key) ?? '') !== (is.get(key) ?? ''))
    .filter((key) => labelsCount || !key.startsWith('label '))
    .filter((key) => sameEngine || (key !== 'DNS' && !key.startsWith('option ')))
    .map(
      (key) =>
        `${key} "${is.get(key) ?? ''}" on the target and "${was.get(key) ?? ''}" on the source`,
    );
}

/** Made by the engine itself, after settings of its own. */
const ownByDefault: ReadonlySet<string> = new Set(['podman', 'bridge', 'host', 'none']);

/** Whether the target has the network that a container is in, and has it like the source. */
export function networkRefusals(
  engine: 'podman' | 'docker',
  name: string,
  {source, target}: Pair,
): readonly Refusal[] {
  const there = findNetwork(target.networks, name);
  const here = findNetwork(source.networks, name);
  const making = here === undefined ? '' : `: ${createNetwork(engine, here)}`;
  if (there === undefined) {
    // podman makes its default network by itself
    if (engine === 'podman' && name === 'podman') return [];
    return [
      {
        code: 'network-missing',
        message: `the target has no network "${name}"`,
        remedy: `make it there${making}`,
      },
    ];
  }
  const found = here === undefined || ownByDefault.has(name) ? [] : differences(here, there);
  if (found.length === 0) return [];
  return [
    {
      code: 'network-differs',
      message: `the network "${name}" is not the same on both hosts: ${found.join('; ')}`,
      remedy: `remove it there ("${engine} network rm ${name}") and make it like here${making}`,
    },
  ];
}
