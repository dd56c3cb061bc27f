import {readdir, readFile, rm} from 'node:fs/promises';
import {join} from 'node:path';
import type {Problem} from '../base/problem.js';
import {err, ok, type Result} from '../base/result.js';
import {exists} from './image/build.js';
import {cgroupRoot, cgroupsNamed, clearCgroup} from './host/cgroup.js';
import {hostFolder, labFolder, readLab, writeLab} from './lab-state.js';
import {hostNames, labNames} from './names.js';
import {readNetwork, removeNetwork} from './host/network.js';
import type {LabPlace} from './place.js';
import {writeSshFiles} from './host/ssh-files.js';
import {runTool} from './image/tool.js';

/**
 * Removes all that bears the lab's name, whatever state it is in: processes, cgroups, namespaces,
 * interfaces, folders. What was removed; empty when there was nothing.
 */
export async function sweepLab(
  place: LabPlace,
  name: string,
): Promise<Result<readonly string[], Problem>> {
  const {bridge, vethPrefix, prefix} = labNames(name);
  const cleared = await clearCgroups(prefix);
  if (!cleared.ok) return cleared;
  const network = await readNetwork();
  if (!network.ok) return network;
  const namespaces = network.value.namespaces.filter((netns) => netns.startsWith(prefix));
  const links = [...network.value.links.keys()].filter(
    (link) => link === bridge || link.startsWith(vethPrefix),
  );
  const removed = await removeNetwork(links, namespaces);
  if (!removed.ok) return removed;
  const folder = labFolder(place, name);
  const folders = (await exists(folder)) ? [folder] : [];
  const gone = await removeFolder(folder);
  return gone.ok ? ok([...cleared.value, ...namespaces, ...links, ...folders]) : gone;
}

async function clearCgroups(
  prefix: string,
  whole = false,
): Promise<Result<readonly string[], Problem>> {
  const root = await cgroupRoot();
  if (!root.ok) return root;
  const found = (await cgroupsNamed(root.value, prefix)).filter((n) => !whole || n === prefix);
  const cleared = await Promise.all(found.map((name) => clearCgroup(join(root.value, name))));
  for (const result of cleared) if (!result.ok) return result;
  return ok(found);
}

/** Removes these hosts and leaves the lab's others as they are. */
export async function removeHosts(
  place: LabPlace,
  name: string,
  hosts: readonly string[],
): Promise<Result<readonly string[], Problem>> {
  const lab = await readLab(place, name);
  if (lab === undefined) return ok([]);
  for (const host of hosts) {
    const {veth, netns, cgroup} = hostNames(name, host);
    const cleared = await clearCgroups(cgroup, true);
    if (!cleared.ok) return cleared;
    const removed = await removeNetwork([veth], [netns]);
    if (!removed.ok) return removed;
    const gone = await removeFolder(hostFolder(lab, host));
    if (!gone.ok) return gone;
  }
  const rest = {...lab, hosts: lab.hosts.filter((host) => !hosts.includes(host.name))};
  await writeLab(rest);
  const written = await writeSshFiles(rest);
  const had = new Set(lab.hosts.map((host) => host.name));
  return written.ok ? ok(hosts.filter((host) => had.has(host))) : written;
}

/** What somebody has mounted there from outside of the hosts, the deepest first; nothing else would ever take it away. */
async function unmountWithin(folder: string): Promise<void> {
  const mounts = await readFile('/proc/self/mountinfo', 'utf8');
  // The fifth field; blanks in it are octal.
  const points = mounts
    .split('\n')
    .map((line) => (line.split(' ')[4] ?? '').replaceAll('\\040', ' '))
    .filter((point) => point.startsWith(`${folder}/`));
  // An error shows as the folder that stays.
  for (const point of points.toReversed()) await runTool(['umount', '--lazy', '--', point]);
}

async function removeFolder(folder: string): Promise<Result<void, Problem>> {
  await unmountWithin(folder);
  // The last mounts in it go away a moment after the last process.
  const failed = await rm(folder, {recursive: true, force: true, maxRetries: 10, retryDelay: 50})
    .then(() => undefined)
    .catch((error: unknown) => String(error));
  if (failed === undefined || (await readdir(folder).catch(() => undefined)) === undefined) {
    return ok(undefined);
  }
  return err({
    kind: 'step',
    code: 'folder-stays',
    message: `"${folder}" could not be removed: ${failed}`,
    remedy: 'run it again',
  });
}
