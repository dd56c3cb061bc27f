import {createHash} from 'node:crypto';
import type {Problem} from '../base/problem.js';
import {err, ok, type Result} from '../base/result.js';

const word = /^[a-z](?:[a-z0-9-]{0,29}[a-z0-9])?$/;

const digest = (text: string, length: number): string =>
  createHash('sha256').update(text).digest('hex').slice(0, length);

/** From the first ten hex digits; 02 marks an address that no maker has given. */
const localMac = (hex: string): string =>
  ['02', ...(hex.slice(0, 10).match(/../g) ?? [])].join(':');

/**
 * Everything a lab owns on the machine is found again by these names alone, so that `down` works after
 * the state file was lost. Interface names have at most 15 characters, hence the hashes.
 */
export interface LabNames {
  readonly bridge: string;
  /** The bridge's. */
  readonly mac: string;
  readonly vethPrefix: string;
  /** Also the prefix of the hosts' cgroups. A lab's name has no dot, so no lab's prefix begins another's. */
  readonly prefix: string;
}

export interface HostNames {
  /** The machine's end of the cable; the host's end is `eth0`. */
  readonly veth: string;
  readonly netns: string;
  readonly cgroup: string;
  /** Stays over a restart, so that nobody's ARP cache goes stale. */
  readonly mac: string;
  readonly machineId: string;
}

export function labNames(lab: string): LabNames {
  return {
    bridge: `cmb${digest(lab, 10)}`,
    mac: localMac(digest(lab, 10)),
    vethPrefix: `cmv${digest(lab, 6)}`,
    prefix: `cm-lab.${lab}.`,
  };
}

export function hostNames(lab: string, host: string): HostNames {
  const {vethPrefix, prefix} = labNames(lab);
  const id = digest(`${lab}.${host}`, 32);
  return {
    veth: `${vethPrefix}${digest(host, 6)}`,
    netns: `${prefix}${host}`,
    cgroup: `${prefix}${host}`,
    mac: localMac(id),
    machineId: id,
  };
}

/** A name that can be a folder, a hostname and a part of a namespace's name. */
export function checkName(what: 'lab' | 'host', name: string): Result<string, Problem> {
  if (word.test(name)) return ok(name);
  return err({
    kind: 'preflight',
    code: 'bad-name',
    message: `"${name}" cannot be the name of a ${what}`,
    remedy: 'use up to 31 lower-case letters, digits and dashes, a letter first',
  });
}
