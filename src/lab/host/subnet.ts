import type {Problem} from '../../base/problem.js';
import {err, ok, type Result} from '../../base/result.js';

/** The first three numbers of a /24, such as `10.78.0`. */
export type Subnet = string;

/**
 * How a lab's /24 is dealt out: .1–.11 hosts, .12–.63 free for static addresses, .64–.239 what engines
 * choose by themselves (16 for each host, so that two hosts never choose the same), .254 the machine.
 */
export const maxHosts = 11;
export const hostAddress = (subnet: Subnet, index: number): string => `${subnet}.${index}`;
export const machineAddress = (subnet: Subnet): string => `${subnet}.254`;
export const engineRange = (subnet: Subnet, index: number): string =>
  `${subnet}.${48 + 16 * index}/28`;

const defaults = Array.from({length: 256}, (_, n): Subnet => `10.78.${n}`);

/** The /24 of an IPv4 address or a route's destination; undefined for anything else. */
export function subnetOf(address: string): Subnet | undefined {
  return /^(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}(?:\/\d+)?$/.exec(address)?.[1];
}

/** The wanted subnet when it is free, or else, when none was wanted, the first free one of 10.78.0 to 10.78.255. */
export function chooseSubnet(
  wanted: Subnet | undefined,
  taken: ReadonlySet<Subnet>,
): Result<Subnet, Problem> {
  if (wanted !== undefined && !isSubnet(wanted)) {
    return err({
      kind: 'preflight',
      code: 'bad-subnet',
      message: `"${wanted}" is not a subnet of a lab`,
      remedy: 'give the first three numbers of a /24, such as 10.78.5',
    });
  }
  const free = (wanted === undefined ? defaults : [wanted]).find((subnet) => !taken.has(subnet));
  if (free !== undefined) return ok(free);
  return err({
    kind: 'preflight',
    code: 'subnet-taken',
    message: `the subnet "${wanted ?? '10.78.0 to 10.78.255'}" is already used on this machine`,
    remedy: 'give another one, or none to have a free one chosen',
  });
}

function isSubnet(text: string): boolean {
  const numbers = text.split('.');
  return numbers.length === 3 && numbers.every((n) => /^\d{1,3}$/.test(n) && Number(n) <= 255);
}
