import {readFile} from 'node:fs/promises';
import type {Argv} from '../../base/command.js';
import type {Problem} from '../../base/problem.js';
import {err, ok, type Result} from '../../base/result.js';
import {hostNames, labNames} from '../names.js';
import {hostAddress, machineAddress, subnetOf, type Subnet} from './subnet.js';
import {killPids, mustRun, mustRunAll, runTool} from '../image/tool.js';

interface Link {
  readonly ifname: string;
  readonly ifalias?: string;
  readonly flags: readonly string[];
  readonly addr_info?: readonly {readonly local: string}[];
}

/** The machine's network as far as labs care. */
export interface Network {
  readonly links: ReadonlyMap<string, {readonly alias: string; readonly up: boolean}>;
  readonly namespaces: readonly string[];
  /** The /24s somebody uses. */
  readonly taken: ReadonlySet<Subnet>;
}

export async function readNetwork(): Promise<Result<Network, Problem>> {
  // The aliases stand only in the one, the addresses only in the other.
  const links = await mustRun(['ip', '-json', 'link', 'show']);
  if (!links.ok) return links;
  const addressed = await mustRun(['ip', '-json', 'address', 'show']);
  if (!addressed.ok) return addressed;
  const routes = await mustRun(['ip', '-json', '-4', 'route', 'show']);
  if (!routes.ok) return routes;
  const netns = await mustRun(['ip', 'netns', 'list']);
  if (!netns.ok) return netns;
  const parsed = JSON.parse(links.value) as readonly Link[];
  const destinations = JSON.parse(routes.value || '[]') as readonly {readonly dst: string}[];
  const addresses = (JSON.parse(addressed.value) as readonly Link[]).flatMap(({addr_info = []}) =>
    addr_info.map(({local}) => local),
  );
  const used = [...addresses, ...destinations.map(({dst}) => dst)].map(subnetOf);
  return ok({
    links: new Map(
      parsed.map((link) => [
        link.ifname,
        {alias: link.ifalias ?? '', up: link.flags.includes('UP')},
      ]),
    ),
    namespaces: netns.value
      .split('\n')
      .map((line) => line.split(' ')[0] ?? '')
      .filter((name) => name !== ''),
    taken: new Set(used.filter((subnet) => subnet !== undefined)),
  });
}

/** The bridge's alias says where the state of its lab stands, for whoever has another state folder. */
export const bridgeAlias = (folder: string): string => `cm lab in ${folder}`.slice(0, 250);
export const folderInAlias = (alias: string): string | undefined =>
  /^cm lab in (.*)$/.exec(alias)?.[1];

/** Makes the bridge, or finishes one that a crash left half made. */
export async function makeBridge(
  {name, subnet, folder}: {readonly name: string; readonly subnet: Subnet; readonly folder: string},
  {links}: Network,
): Promise<Result<void, Problem>> {
  const {bridge, mac} = labNames(name);
  const add: Argv = ['ip', 'link', 'add', bridge, 'type', 'bridge'];
  return mustRunAll([
    ...(links.has(bridge) ? [] : [add]),
    // A bridge without an address of its own takes that of a port, and loses it with the port.
    ['ip', 'link', 'set', bridge, 'address', mac, 'alias', bridgeAlias(folder)],
    ['ip', 'address', 'replace', `${machineAddress(subnet)}/24`, 'dev', bridge],
    ['ip', 'link', 'set', bridge, 'up'],
  ]);
}

/** Where br_netfilter is on, as older Docker does, the machine's firewall stands between the hosts, too. */
export async function bridgeFiltered(): Promise<boolean> {
  const file = '/proc/sys/net/bridge/bridge-nf-call-iptables';
  return (await readFile(file, 'utf8').catch(() => '0')).trim() === '1';
}

/** Whether the host's namespace, cable and address are all there. */
export async function cabled(
  lab: string,
  host: string,
  subnet: Subnet,
  index: number,
): Promise<boolean> {
  const {veth, netns} = hostNames(lab, host);
  const outer = await runTool(['ip', '-o', 'link', 'show', veth]);
  if (!outer.ok || outer.value.exitCode !== 0) return false;
  if (!outer.value.stdout.includes(`master ${labNames(lab).bridge}`)) return false;
  const inner = await runTool(['ip', '-n', netns, '-o', 'address', 'show', 'dev', 'eth0']);
  return (
    inner.ok &&
    inner.value.exitCode === 0 &&
    inner.value.stdout.includes(` ${hostAddress(subnet, index)}/24 `)
  );
}

export async function layCable(
  lab: string,
  host: string,
  subnet: Subnet,
  index: number,
): Promise<Result<void, Problem>> {
  const {bridge} = labNames(lab);
  const {veth, netns, mac} = hostNames(lab, host);
  const inside = ['ip', '-n', netns] as const;
  return mustRunAll([
    ['ip', 'netns', 'add', netns],
    [
      ...(['ip', 'link', 'add', veth, 'type', 'veth', 'peer', 'name', 'eth0'] as const),
      ...['address', mac, 'netns', netns],
    ],
    ['ip', 'link', 'set', veth, 'alias', `cm lab ${lab}, host ${host}`],
    ['ip', 'link', 'set', veth, 'master', bridge, 'up'],
    [...inside, 'address', 'add', `${hostAddress(subnet, index)}/24`, 'dev', 'eth0'],
    [...inside, 'link', 'set', 'eth0', 'up'],
    [...inside, 'route', 'add', 'default', 'via', machineAddress(subnet)],
  ]);
}

/** Up or down at the machine's end: for the host it is a cable pulled out. */
export async function setCable(
  lab: string,
  host: string,
  to: 'up' | 'down',
): Promise<Result<void, Problem>> {
  const set = await mustRun(['ip', 'link', 'set', hostNames(lab, host).veth, to]);
  return set.ok ? ok(undefined) : err({...set.error, host});
}

/** Removes what of these there is, with the processes in the namespaces. */
export async function removeNetwork(
  links: readonly string[],
  namespaces: readonly string[],
): Promise<Result<void, Problem>> {
  for (const name of namespaces) {
    const inside = await runTool(['ip', 'netns', 'pids', name]);
    if (inside.ok) await killPids(inside.value.stdout);
    const gone = await mustRun(['ip', 'netns', 'delete', name]);
    if (!gone.ok && (await stillThere('netns', name))) return gone;
  }
  for (const link of links) {
    const gone = await mustRun(['ip', 'link', 'delete', link]);
    if (!gone.ok && (await stillThere('link', link))) return gone;
  }
  return ok(undefined);
}

/** A cable disappears by itself when its namespace does, at a moment of the kernel's choosing. */
async function stillThere(what: 'netns' | 'link', name: string): Promise<boolean> {
  const now = await readNetwork();
  if (!now.ok) return true;
  return what === 'netns' ? now.value.namespaces.includes(name) : now.value.links.has(name);
}
