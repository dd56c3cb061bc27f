import {join} from 'node:path';
import type {Problem} from '../base/problem.js';
import {err, ok, type Result} from '../base/result.js';
import {ensureRoot} from './image/build.js';
import {cgroupRoot, clearCgroup, populated} from './host/cgroup.js';
import {removeHosts, sweepLab} from './down.js';
import {startHost} from './host/host.js';
import {addressOf, type Lab, type LabHost, readLab} from './lab-state.js';
import {guardFiles, withLock} from './lock.js';
import {checkName, hostNames} from './names.js';
import {readNetwork, setCable} from './host/network.js';
import {checkMachine, type LabPlace} from './place.js';
import type {sampleImages} from './image/sample-images.js';
import {runInHost} from './host/ssh.js';
import {tail} from './image/tool.js';
import {checkOwner} from './up.js';

export interface HostStatus {
  readonly name: string;
  readonly address: string;
  readonly runs: boolean;
  readonly cable: 'up' | 'down' | 'absent';
}

/** The lab's hosts as they are now. */
export async function labStatus(lab: Lab): Promise<Result<readonly HostStatus[], Problem>> {
  const cgroups = await cgroupRoot();
  if (!cgroups.ok) return cgroups;
  const network = await readNetwork();
  if (!network.ok) return network;
  const of = async (host: LabHost): Promise<HostStatus> => {
    const {cgroup, veth} = hostNames(lab.name, host.name);
    const link = network.value.links.get(veth);
    return {
      name: host.name,
      address: addressOf(lab, host),
      runs: await populated(join(cgroups.value, cgroup)),
      cable: link === undefined ? 'absent' : link.up ? 'up' : 'down',
    };
  };
  return ok(await Promise.all(lab.hosts.map(of)));
}

/** The lab of this name, for everything that needs one that is up. */
export async function openLab(place: LabPlace, name: string): Promise<Result<Lab, Problem>> {
  const named = checkName('lab', name);
  if (!named.ok) return named;
  const lab = await readLab(place, name);
  if (lab !== undefined) return ok(lab);
  return err({
    kind: 'preflight',
    code: 'no-lab',
    message: `there is no lab "${name}"`,
    remedy: 'make it with: cm lab up',
  });
}

/** The lab's host of this name. */
export function findHost(lab: Lab, name: string): Result<LabHost, Problem> {
  const found = lab.hosts.find((host) => host.name === name);
  if (found !== undefined) return ok(found);
  return err({
    kind: 'preflight',
    code: 'no-lab-host',
    message: `lab "${lab.name}" has no host "${name}"`,
    remedy: `its hosts are ${lab.hosts.map((host) => host.name).join(', ') || 'none'}; add one with: cm lab up ${name}`,
  });
}

/**
 * Removes the lab, or only the named hosts of it, and leaves nothing behind but the cache. Works on a
 * lab in any state, one without a state file too. What was removed; empty when there was nothing.
 */
export async function down(
  place: LabPlace,
  name: string,
  hosts: readonly string[] = [],
): Promise<Result<readonly string[], Problem>> {
  for (const check of [
    checkMachine(place),
    checkName('lab', name),
    ...hosts.map((host) => checkName('host', host)),
  ]) {
    if (!check.ok) return check;
  }
  return guardFiles(() =>
    withLock(place.lockFile, async () => {
      const owner = await checkOwner(place, name);
      if (!owner.ok) return owner;
      return hosts.length === 0 ? sweepLab(place, name) : removeHosts(place, name, hosts);
    }),
  );
}

/** As if the power had failed and come back: nobody gets a word, memory is gone, disks are as they were. */
export async function reboot(
  place: LabPlace,
  lab: Lab,
  name: string,
): Promise<Result<void, Problem>> {
  const stopped = await powerOff(place, lab, name);
  if (!stopped.ok) return stopped;
  const {host, cgroups} = stopped.value;
  return guardFiles(() =>
    withLock(place.lockFile, async () => {
      const started = await startHost(place, lab, host, cgroups);
      return started.ok ? ok(undefined) : started;
    }),
  );
}

const syncTimeoutMs = 10_000;

/** The first half of a reboot. `up` starts the host again. */
export async function powerOff(
  place: LabPlace,
  lab: Lab,
  name: string,
): Promise<Result<{readonly host: LabHost; readonly cgroups: string}, Problem>> {
  const host = findHost(lab, name);
  if (!host.ok) return host;
  const cgroups = await cgroupRoot();
  if (!cgroups.ok) return cgroups;
  // What a host of namespaces has written is on the machine's disk; a virtual machine still holds some of it.
  if (lab.vm !== undefined) await runInHost(lab, name, ['sync'], {timeoutMs: syncTimeoutMs});
  return withLock(place.lockFile, async () => {
    // The cable first, or the dying processes' sockets would say goodbye to their peers.
    const cut = await setCable(lab.name, name, 'down');
    if (!cut.ok) return cut;
    const cleared = await clearCgroup(join(cgroups.value, hostNames(lab.name, name).cgroup));
    return cleared.ok ? ok({host: host.value, cgroups: cgroups.value}) : cleared;
  });
}

/** Pulls the host's cable out, or puts it back. Containers on the lab's network are cut off with it. */
export async function link(
  lab: Lab,
  name: string,
  to: 'up' | 'down',
): Promise<Result<void, Problem>> {
  const host = findHost(lab, name);
  return host.ok ? setCable(lab.name, name, to) : host;
}

export type SampleImage = (typeof sampleImages)[number];
export const imageName = (image: SampleImage): string => `localhost/cm-lab/${image}:1`;

/** Gives the host's podman a sample image, the same on every host; its ID. */
export async function loadImage(
  lab: Lab,
  host: string,
  image: SampleImage,
): Promise<Result<string, Problem>> {
  const ran = await runInHost(lab, host, [
    ...(['sh', '-euc'] as const),
    'podman image exists "$1" || podman load -q -i "$2" >/dev/null; podman image inspect -f "{{.Id}}" "$1"',
    ...['load', imageName(image), `/opt/cm-lab/images/${image}.tar`],
  ]);
  if (!ran.ok) return ran;
  if (ran.value.exitCode === 0) return ok(ran.value.stdout.trim());
  return err({
    kind: 'step',
    code: 'lab-image-failed',
    message: `podman on host "${host}" did not load the image "${imageName(image)}"`,
    host,
    log: tail(ran.value.stderr),
  });
}

/** Builds what `up` needs, without starting anything. */
export const build = ensureRoot;
