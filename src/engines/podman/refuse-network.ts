import {sides, weightOf, type Moving} from '../pair.js';
import type {Pair, Refusal} from '../engine.js';
import type {Address} from '../facts.js';
import {findNetwork, networkRefusals} from '../oci/networks.js';
import {portRefusals} from '../oci/ports.js';
import {subnetContains} from '../oci/subnet.js';

/**
 * Whether a restore brings back the addresses that the container had, chosen by podman or not. podman
 * does so by itself, and `--ignore-static-ip` is its only other way: for all addresses or for none.
 */
export const keepsAddresses = ({container, connections}: Pair): boolean =>
  connections === 'keep' || container.addresses.some(({fixed}) => fixed);

function oneAddress(address: Address, moving: Moving, pair: Pair): readonly Refusal[] {
  const {container, target} = pair;
  const {network, ip, fixed} = address;
  if (ip === undefined || !(fixed || (moving === 'stateful' && keepsAddresses(pair)))) return [];
  const orElse = keepsAddresses({...pair, connections: 'close'})
    ? ''
    : ', or say "connections: close" and let podman choose another';
  const found: Refusal[] = [];
  const there = findNetwork(target.networks, network);
  if (there !== undefined && !there.subnets.some((subnet) => subnetContains(subnet, ip))) {
    found.push({
      code: 'address-outside',
      message: `the address "${ip}" is not in the target's network "${network}" (${there.subnets.join(', ') || 'no subnet'})`,
      remedy: `give that network the same subnet on both hosts${orElse}`,
    });
  }
  const user = target.neighbours.find(
    ({id, running, addresses}) => running && id !== container.id && addresses.includes(ip),
  );
  if (user !== undefined) {
    found.push({
      code: 'address-taken',
      message: `the address "${ip}" is used on the target by "${user.name}"`,
      remedy: `give "${user.name}" another address, or move it away first${orElse}`,
    });
  }
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

function connectionRefusals(pair: Pair): readonly Refusal[] {
  const open = weightOf(pair)?.established ?? 0;
  if (open === 0) return [];
  const count = open === 1 ? '1 TCP connection is' : `${open} TCP connections are`;
  if (pair.connections === 'close') {
    return [
      {
        code: 'connections-open',
        message: `${count} open, and podman cannot checkpoint a container while it closes them`,
        remedy: 'use "connections: keep", or close them at their other end before the move',
      },
    ];
  }
  if (pair.container.addresses.some(({ip}) => ip !== undefined)) return [];
  return [
    {
      code: 'connections-bound',
      message: `${count} open at the host's own address, which does not move with the container`,
      remedy: 'give the container an address of its own (a macvlan network), or use "cold"',
    },
  ];
}

/** Networks, addresses, ports and connections: what must be the same or free on the target. */
export function addressRefusals(moving: Moving, pair: Pair): readonly Refusal[] {
  const {addresses} = pair.container;
  return [
    ...addresses.flatMap(({network}) => networkRefusals('podman', network, pair)),
    ...addresses.flatMap((address) => oneAddress(address, moving, pair)),
    ...portRefusals(pair),
    ...(moving === 'stateful' ? [...connectionRefusals(pair), ...gateRefusals(pair)] : []),
  ];
}
