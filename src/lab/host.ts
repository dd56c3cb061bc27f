import {spawn} from 'node:child_process';
import {open, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import type {Problem} from '../base/problem.js';
import {err, ok, type Result} from '../base/result.js';
import type {Root} from './build.js';
import {clearCgroup, populated} from './cgroup.js';
import {enterScript, insideScript} from './inside-script.js';
import {addressOf, hostFolder, type Lab, type LabHost, networkOf} from './lab-state.js';
import {hostNames} from './names.js';
import {cabled, layCable, removeNetwork, setCable} from './network.js';
import {runInHost} from './ssh.js';
import {tail} from './tool.js';

const readyTimeoutMs = 20_000;

/** Makes the host run and answer, whatever of it is there already; one that is well is left alone. */
export async function startHost(
  lab: Lab,
  host: LabHost,
  root: Root,
  cgroups: string,
): Promise<Result<'kept' | 'started', Problem>> {
  const cgroup = join(cgroups, hostNames(lab.name, host.name).cgroup);
  const whole = await cabled(lab.name, host.name, lab.subnet, host.index);
  if (whole) {
    const plugged = await setCable(lab.name, host.name, 'up');
    if (!plugged.ok) return plugged;
    if (await populated(cgroup)) {
      const ready = await waitReady(lab, host, () => populated(cgroup));
      return ready.ok ? ok('kept') : ready;
    }
  }
  const cleared = await clearCgroup(cgroup);
  if (!cleared.ok) return cleared;
  if (!whole) {
    const {veth, netns} = hostNames(lab.name, host.name);
    const removed = await removeNetwork([veth], [netns]);
    if (!removed.ok) return removed;
    const laid = await layCable(lab.name, host.name, lab.subnet, host.index);
    if (!laid.ok) return err({...laid.error, host: host.name});
  }
  const ready = await waitReady(lab, host, await boot(lab, host, root, cgroup));
  return ready.ok ? ok('started') : ready;
}

type Alive = () => Promise<boolean>;

/** Starts the host's first process, which outlives this one; says whether it still lives. */
async function boot(lab: Lab, host: LabHost, root: Root, cgroup: string): Promise<Alive> {
  const folder = hostFolder(lab, host.name);
  const log = await open(join(folder, 'log'), 'w', 0o600);
  const child = spawn('sh', ['-euc', enterScript], {
    cwd: '/',
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    env: {
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      NAME: host.name,
      DIR: folder,
      ROOTFS: root.rootfs,
      IMAGES: root.images,
      CGROUP: cgroup,
      NETNS: `/run/netns/${hostNames(lab.name, host.name).netns}`,
      INSIDE: insideScript,
    },
  });
  await new Promise((resolve) => {
    child.once('spawn', resolve).once('error', resolve);
  });
  child.unref();
  await log.close();
  return () => Promise.resolve(child.exitCode === null && child.signalCode === null);
}

/** Waits until sshd lets root in, and sees to it that containers find the network they are put on. */
async function waitReady(lab: Lab, host: LabHost, alive: Alive): Promise<Result<void, Problem>> {
  const deadline = performance.now() + readyTimeoutMs;
  for (;;) {
    const answer = await runInHost(lab, host.name, networkScript(lab, host), {timeoutMs: 10_000});
    if (answer.ok) {
      return answer.value.exitCode === 0 ? ok(undefined) : err(refused(host, answer.value.stderr));
    }
    if (!(await alive())) return err(await died(lab, host));
    if (performance.now() > deadline) return err(silent(lab, host, answer.error));
    await sleep(50);
  }
}

/** A podman network on the lab's own wire: an address on it moves with its container. */
function networkScript(lab: Lab, host: LabHost): [string, ...string[]] {
  return [
    ...(['sh', '-euc'] as const),
    'podman network exists lan || podman network create --driver macvlan --opt parent=eth0 --subnet "$1" --gateway "$2" --ip-range "$3" lan >/dev/null',
    ...['lan', ...networkOf(lab, host)],
  ];
}

async function died(lab: Lab, host: LabHost): Promise<Problem> {
  const log = await readFile(join(hostFolder(lab, host.name), 'log'), 'utf8').catch(() => '');
  return {
    kind: 'step',
    code: 'lab-host-died',
    message: `host "${host.name}" ended while it started`,
    remedy: 'its last words are below; a sandbox may forbid mounts and namespaces even to root',
    host: host.name,
    log: tail(log),
  };
}

const silent = (lab: Lab, host: LabHost, {log = []}: Problem): Problem => ({
  kind: 'step',
  code: 'lab-host-silent',
  message: `host "${host.name}" (${addressOf(lab, host)}) runs but does not let root in within ${readyTimeoutMs / 1000} s`,
  remedy: `run: cm lab down ${host.name}, then cm lab up ${host.name}`,
  host: host.name,
  log,
});

const refused = (host: LabHost, output: string): Problem => ({
  kind: 'step',
  code: 'lab-network-failed',
  message: `podman on host "${host.name}" did not make the network "lan"`,
  host: host.name,
  log: tail(output),
});
