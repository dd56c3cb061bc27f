import {mkdir, readFile, rename, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {LabPlace} from './place.js';
import {engineRange, hostAddress, machineAddress, type Subnet} from './host/subnet.js';

export interface LabHost {
  readonly name: string;
  /** 1 and up; the address follows from it and stays. */
  readonly index: number;
}

/** Of each virtual machine of a lab. */
export interface VmSize {
  readonly cpus: number;
  /** MiB. */
  readonly memory: number;
}

/** A lab as its state file tells it. */
export interface Lab {
  readonly name: string;
  readonly subnet: Subnet;
  /** Which root filesystem its hosts stand on. */
  readonly root: string;
  readonly hosts: readonly LabHost[];
  /** When its hosts are virtual machines, what they stand on beside the root filesystem; absent: of namespaces. */
  readonly vm?: VmSize & {readonly base: string};
  /** Its folder. */
  readonly folder: string;
}

export const labFolder = ({stateRoot}: LabPlace, lab: string): string => join(stateRoot, lab);
export const hostFolder = ({folder}: Pick<Lab, 'folder'>, host: string): string =>
  join(folder, 'hosts', host);
export const sshConfigOf = ({folder}: Pick<Lab, 'folder'>): string => join(folder, 'ssh_config');
export const knownHostsOf = ({folder}: Pick<Lab, 'folder'>): string => join(folder, 'known_hosts');
export const keyOf = ({folder}: Pick<Lab, 'folder'>): string => join(folder, 'key');
export const addressOf = ({subnet}: Pick<Lab, 'subnet'>, {index}: LabHost): string =>
  hostAddress(subnet, index);

/** What an engine on the host has to know of the lab's network: subnet, gateway, and the addresses it may choose. */
export const networkOf = (
  {subnet}: Pick<Lab, 'subnet'>,
  {index}: LabHost,
): readonly [string, string, string] => [
  `${subnet}.0/24`,
  machineAddress(subnet),
  engineRange(subnet, index),
];

/** Undefined when there is none or it cannot be understood: what the lab owns is found by name then. */
export async function readLab(place: LabPlace, name: string): Promise<Lab | undefined> {
  const folder = labFolder(place, name);
  try {
    const state: unknown = JSON.parse(await readFile(join(folder, 'lab.json'), 'utf8'));
    return isLab(state) ? {...state, folder} : undefined;
  } catch {
    return undefined;
  }
}

function isLab(value: unknown): value is Omit<Lab, 'folder'> {
  const {name, subnet, root, hosts, vm} = value as Record<string, unknown>;
  return (
    (vm === undefined || isVm(vm)) &&
    [name, subnet, root].every((text) => typeof text === 'string') &&
    Array.isArray(hosts) &&
    hosts.every(
      (host: Partial<LabHost>) => typeof host.name === 'string' && typeof host.index === 'number',
    )
  );
}

function isVm(value: unknown): value is Lab['vm'] {
  const {base, cpus, memory} = (value ?? {}) as Record<string, unknown>;
  return typeof base === 'string' && [cpus, memory].every((n) => typeof n === 'number');
}

export async function writeLab({folder, ...state}: Lab): Promise<void> {
  await mkdir(folder, {recursive: true, mode: 0o700});
  await writeFile(join(folder, 'lab.json.new'), `${JSON.stringify(state, undefined, 2)}\n`);
  await rename(join(folder, 'lab.json.new'), join(folder, 'lab.json'));
}

/** The lab with these hosts too, each at the lowest free address. */
export function withHosts(lab: Lab, names: readonly string[]): Lab {
  const hosts = [...lab.hosts];
  for (const name of names) {
    if (hosts.some((host) => host.name === name)) continue;
    let index = 1;
    while (hosts.some((host) => host.index === index)) index++;
    hosts.push({name, index});
  }
  return {...lab, hosts};
}
