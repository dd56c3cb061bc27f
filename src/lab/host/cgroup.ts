import {readdir, readFile, rmdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import type {Problem} from '../../base/problem.js';
import {err, ok, type Result} from '../../base/result.js';
import {killPids} from '../image/tool.js';

/** Where the machine has its cgroup v2; beside v1 controllers it is not `/sys/fs/cgroup` itself. */
export async function cgroupRoot(): Promise<Result<string, Problem>> {
  const mounts = await readFile('/proc/self/mounts', 'utf8');
  const found = mounts.split('\n').find((line) => line.split(' ')[2] === 'cgroup2');
  const folder = found?.split(' ')[1];
  if (folder !== undefined) return ok(folder);
  return err({
    kind: 'preflight',
    code: 'no-cgroup2',
    message: 'this machine has no cgroup v2 mounted, and engines in the lab need it',
    remedy: 'run: mkdir -p /sys/fs/cgroup/unified && mount -t cgroup2 none /sys/fs/cgroup/unified',
  });
}

const ignore = (): undefined => undefined;

/** Whether any process lives in the cgroup or below it. */
export async function populated(cgroup: string): Promise<boolean> {
  const events = await readFile(join(cgroup, 'cgroup.events'), 'utf8').catch(() => '');
  return events.includes('populated 1');
}

/** The names of the cgroups right below `root` that begin so. */
export async function cgroupsNamed(root: string, prefix: string): Promise<readonly string[]> {
  const entries = await readdir(root, {withFileTypes: true}).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && entry.name.startsWith(prefix))
    .map(({name}) => name);
}

/** Kills every process in the cgroup, frozen ones too, waits until they are gone, and removes the cgroup. */
export async function clearCgroup(cgroup: string): Promise<Result<void, Problem>> {
  for (let tries = 0; tries < 100 && (await populated(cgroup)); tries++) {
    await killAll(cgroup);
    await sleep(20);
  }
  // An emptied cgroup can be busy for a moment longer.
  for (let tries = 0; tries < 50; tries++) {
    if (await removeTree(cgroup)) return ok(undefined);
    await sleep(20);
  }
  return err({
    kind: 'step',
    code: 'processes-stay',
    message: `the processes in "${cgroup}" could not be killed`,
    remedy: 'see what they hang on in /proc/PID/stack, then run it again',
  });
}

async function killAll(cgroup: string): Promise<void> {
  // Since Linux 5.14; before that there is no such file.
  const killed = await writeFile(join(cgroup, 'cgroup.kill'), '1', {flag: 'r+'}).then(
    () => true,
    () => false,
  );
  if (killed) return;
  // The children first: the kernel kills the rest of a PID namespace with its first process.
  for (const folder of (await tree(cgroup)).reverse()) {
    const pids = await readFile(join(folder, 'cgroup.procs'), 'utf8').catch(() => '');
    await writeFile(join(folder, 'cgroup.freeze'), '0', {flag: 'r+'}).catch(ignore);
    await killPids(pids);
  }
}

async function removeTree(cgroup: string): Promise<boolean> {
  for (const folder of (await tree(cgroup)).reverse()) await rmdir(folder).catch(ignore);
  return (await readdir(cgroup).catch(() => undefined)) === undefined;
}

/** The cgroup and all below it, parents first. */
async function tree(cgroup: string): Promise<string[]> {
  const entries = await readdir(cgroup, {withFileTypes: true}).catch(() => []);
  const below = entries.filter((entry) => entry.isDirectory()).map(({name}) => join(cgroup, name));
  return [cgroup, ...(await Promise.all(below.map(tree))).flat()];
}
