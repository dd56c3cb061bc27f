import {sides, weightOf, type Moving} from '../pair.js';
import {keepsAddresses} from './checkpoint.js';
import {onTheWire} from './endpoints.js';
import type {Pair, Refusal} from '../engine.js';
import type {Address} from '../facts.js';
import {findNetwork, networkRefusals} from '../oci/networks.js';
import {portRefusals} from '../oci/ports.js';
import {subnetContains} from '../oci/subnet.js';

/** Whether the target's container is to have this very address. */
function isKept({network, fixed}: Address, moving: Moving, pair: Pair): boolean {
  const driver = findNetwork(pair.source.networks, network)?.driver ?? '';
  return fixed || (moving === 'stateful' && keepsAddresses(pair) && onTheWire(driver));
}

function oneAddress(address: Address, moving: Moving, pair: Pair): readonly Refusal[] {
  const {target} = pair;
  const {network, ip} = address;
  if (ip === undefined || !isKept(address, moving, pair)) return [];
  const there = findNetwork(target.networks, network);
  const orElse = address.fixed ? '' : ', or say "connections: close" and let docker choose another';
  const found: Refusal[] = [];
  if (there !== undefined && !there.subnets.some((subnet) => subnetContains(subnet, ip)))
    found.push({
      code: 'address-outside',
      message: `the address "${ip}" is not in the target's network "${network}" (${there.subnets.join(', ') || 'no subnet'})`,
      remedy: `give that network the same subnet on both hosts${orElse}`,
    });
  const user = target.neighbours.find(({running, addresses}) => running && addresses.includes(ip));
  if (user !== undefined)
    found.push({
      code: 'address-taken',
      message: `the address "${ip}" is used on the target by "${user.name}"`,
      remedy: `give "${user.name}" another address, or move it away first${orElse}`,
    });
  return found;
}

/** Without the gate a retransmission that comes too early ends a connection with a reset. */
function gateRefusals(pair: Pair): readonly Refusal[] {
  if (!keepsAddresses(pair)) return [];
  return sides
    .filter((side) => !pair[side].programs.includes('nft'))
    .map((side) => ({
      code: 'program-missing',
      message: `the ${side} has no "nft", which keeps open connections from being reset during the move`,
      remedy: 'install the package "nftables" there, or use "connections: close"',
    }));
}

/**
 * A connection goes on where its address goes along: on the host's own wire. One that came through a
 * bridge has the host's address at its other end, and what its NAT knows stays behind.
 */
function connectionRefusals({container, connections, source, ...pair}: Pair): readonly Refusal[] {
  const open = weightOf({container, connections, source, ...pair})?.established ?? 0;
  if (open === 0 || connections === 'close') return [];
  const {addresses} = container;
  const wired = addresses.filter(({network}) =>
    onTheWire(findNetwork(source.networks, network)?.driver ?? ''),
  );
  if (wired.length > 0 && wired.length === addresses.length) return [];
  const count = open === 1 ? '1 TCP connection is' : `${open} TCP connections are`;
  return [
    {
      code: 'connections-bound',
      message: `${count} open at an address of the host's, which does not move with the container`,
      remedy:
        'say "connections: close" to have them closed on the target, give the container an address of its own (a macvlan network), or use "cold"',
    },
  ];
}

/** Networks, addresses, ports and connections: what must be the same or free on the target. */
export function addressRefusals(moving: Moving, pair: Pair): readonly Refusal[] {
  const {addresses} = pair.container;
  return [
    ...addresses.flatMap(({network}) => networkRefusals('docker', network, pair)),
    ...addresses.flatMap((address) => oneAddress(address, moving, pair)),
    ...portRefusals(pair),
    ...(moving === 'stateful' ? [...connectionRefusals(pair), ...gateRefusals(pair)] : []),
  ];
}
