import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import type {Problem} from '../../base/problem.js';
import {err, ok, type Result} from '../../base/result.js';
import {clearCgroup, populated} from './cgroup.js';
import {logOf, type Alive, type HostKind} from './host-kind.js';
import {addressOf, type Lab, type LabHost, networkOf} from '../lab-state.js';
import {hostNames} from '../names.js';
import {namespaces} from './namespaces.js';
import {removeNetwork, setCable} from './network.js';
import type {LabPlace} from '../place.js';
import {runInHost} from './ssh.js';
import {tail} from '../image/tool.js';
import {virtualMachine} from './virtual-machine.js';

const kindOf = ({vm}: Lab): HostKind => (vm === undefined ? namespaces : virtualMachine);

/** Makes the host run and answer, whatever of it is there already; one that is well is left alone. */
export async function startHost(
  place: LabPlace,
  lab: Lab,
  host: LabHost,
  cgroups: string,
): Promise<Result<'kept' | 'started', Problem>> {
  const kind = kindOf(lab);
  const cgroup = join(cgroups, hostNames(lab.name, host.name).cgroup);
  const whole = await kind.cabled(lab, host);
  if (whole) {
    const plugged = await setCable(lab.name, host.name, 'up');
    if (!plugged.ok) return plugged;
    if (await populated(cgroup)) {
      const ready = await waitReady(lab, host, kind, () => populated(cgroup));
      return ready.ok ? ok('kept') : ready;
    }
  }
  const cleared = await clearCgroup(cgroup);
  if (!cleared.ok) return cleared;
  const laid = whole ? ok(undefined) : await layAnew(kind, lab, host);
  if (!laid.ok) return laid;
  const alive = await kind.boot(place, lab, host, cgroup);
  const ready = alive.ok ? await waitReady(lab, host, kind, alive.value) : alive;
  return ready.ok ? ok('started') : err({...ready.error, host: host.name});
}

async function layAnew(kind: HostKind, lab: Lab, host: LabHost): Promise<Result<void, Problem>> {
  const {veth, netns} = hostNames(lab.name, host.name);
  const removed = await removeNetwork([veth], [netns]);
  if (!removed.ok) return removed;
  const laid = await kind.layCable(lab, host);
  return laid.ok ? laid : err({...laid.error, host: host.name});
}

/** Waits until sshd lets root in, and sees to it that containers find the network they are put on. */
async function waitReady(
  lab: Lab,
  host: LabHost,
  {readyTimeoutMs, answerTimeoutMs}: HostKind,
  alive: Alive,
): Promise<Result<void, Problem>> {
  const deadline = performance.now() + readyTimeoutMs;
  for (;;) {
    const asked = networkScript(lab, host);
    const answer = await runInHost(lab, host.name, asked, {timeoutMs: answerTimeoutMs});
    if (answer.ok) {
      return answer.value.exitCode === 0 ? ok(undefined) : err(refused(host, answer.value.stderr));
    }
    if (!(await alive())) return err(await died(lab, host));
    if (performance.now() > deadline) return err(silent(lab, host, readyTimeoutMs, answer.error));
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
  const log = await readFile(logOf(lab, host), 'utf8').catch(() => '');
  return {
    kind: 'step',
    code: 'lab-host-died',
    message: `host "${host.name}" ended while it started`,
    remedy: 'its last words are below; a sandbox may forbid mounts and namespaces even to root',
    host: host.name,
    log: tail(log),
  };
}

const silent = (lab: Lab, host: LabHost, readyTimeoutMs: number, {log = []}: Problem): Problem => ({
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
