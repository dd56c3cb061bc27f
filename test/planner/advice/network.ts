import {connections, does, networkCommands} from './follow.js';
import {row, type Row} from './row.js';
import {
  becomes,
  containerOf,
  dockerWorld,
  holds,
  podmanWorld,
  shows,
  surveyOf,
  type World,
} from './world.js';

const lan = {
  ...{name: 'lan', driver: 'macvlan', subnets: ['10.78.0.0/24', 'fd00::/64']},
  pools: [
    {subnet: '10.78.0.0/24', gateway: '10.78.0.1', range: '10.78.0.64/26'},
    {subnet: 'fd00::/64', gateway: 'fd00::1'},
  ],
  ...{internal: true, ipv6: true, dns: false},
  options: {parent: 'eth0', mtu: '1400'},
  labels: {'com.docker.compose.network': 'lan', note: 'two words'},
};

const neighbour = {
  ...{id: 'e'.repeat(64), name: 'other', running: true, addresses: ['10.78.0.50']},
  ports: [{port: 6379, protocol: 'tcp'}],
};

const bridged = (world: World): World =>
  becomes(world, {
    addresses: [{network: 'podman', ip: '10.88.0.9', mac: '02:00:0a:58:00:09', fixed: false}],
  });

/** Networks, addresses, ports and connections. */
export const networkRows: readonly Row[] = [
  ...([podmanWorld, dockerWorld] as const).flatMap((world) => [
    row(
      'network-missing',
      () => {
        const is = becomes(world({}, 'cold'), {addresses: [{network: 'lan', fixed: false}]});
        return shows(shows(is, 'alpha', {networks: [lan]}), 'beta', {networks: []});
      },
      networkCommands,
    ),
    row(
      'network-differs',
      () => {
        const is = becomes(world({}, 'cold'), {addresses: [{network: 'lan', fixed: false}]});
        const other = {name: 'lan', driver: 'bridge', subnets: ['10.1.0.0/24']};
        return shows(shows(is, 'alpha', {networks: [lan]}), 'beta', {networks: [other]});
      },
      networkCommands,
    ),
  ]),
  row(
    'address-taken',
    () => shows(podmanWorld(), 'beta', {neighbours: [{...neighbour, ports: []}]}),
    does('give "other" another address', (is) =>
      shows(is, 'beta', {neighbours: [{...neighbour, addresses: [], ports: []}]}),
    ),
    does('move it away first', (is) => shows(is, 'beta', {neighbours: []})),
  ),
  row(
    'address-taken',
    () =>
      shows(bridged(podmanWorld()), 'beta', {
        neighbours: [{...neighbour, addresses: ['10.88.0.9'], ports: []}],
      }),
    connections('close'),
  ),
  row(
    'address-outside',
    () => {
      const is = podmanWorld({}, 'cold');
      const other = {name: 'lan', driver: 'macvlan', subnets: ['192.168.9.0/24']};
      return shows(shows(is, 'beta', {networks: [other]}), 'alpha', {networks: [other]});
    },
    does('give that network the same subnet on both hosts', (is) =>
      shows(shows(is, 'beta', {networks: surveyOf(podmanWorld(), 'beta').networks}), 'alpha', {
        networks: surveyOf(podmanWorld(), 'alpha').networks,
      }),
    ),
  ),
  row(
    'port-taken',
    () => shows(podmanWorld(), 'beta', {neighbours: [{...neighbour, addresses: []}]}),
    does('free it there', (is) => shows(is, 'beta', {neighbours: []})),
    does('publish another one', (is) =>
      becomes(is, {
        ports: [
          {
            ...(containerOf(is).ports[0] ?? {hostIp: '', containerPort: 1, protocol: 'tcp'}),
            hostPort: 7000,
          },
        ],
      }),
    ),
  ),
  row(
    'port-address-missing',
    () => {
      const port = {hostIp: '10.9.9.9', hostPort: 80, containerPort: 80, protocol: 'tcp'};
      return shows(becomes(podmanWorld(), {ports: [port]}), 'beta', {addresses: ['10.1.1.1']});
    },
    does('give the target that address', (is) => shows(is, 'beta', {addresses: ['10.9.9.9']})),
  ),
  row(
    'connections-bound',
    () => holds(becomes(podmanWorld(), {addresses: []}), {established: 2}),
    does('use "cold"', (is) => ({...is, container: {...is.container, strategy: 'cold'}})),
  ),
  row(
    'connections-bound',
    () =>
      holds(
        dockerWorld({
          container: {
            ...containerOf(dockerWorld()),
            addresses: [{network: 'bridge', ip: '172.17.0.2', fixed: false}],
          },
        }),
        {established: 2},
      ),
    connections('close'),
  ),
  row(
    'connections-open',
    () => {
      const is = holds(podmanWorld(), {established: 2});
      return {...is, container: {...is.container, connections: 'close'}};
    },
    connections('keep'),
    does('close them at their other end', (is) => holds(is, {established: 0})),
  ),
];
