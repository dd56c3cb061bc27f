import {weightOf} from '../pair.js';
import {namespaceOf} from '../oci/config.js';
import {blockerRefusals, blockersOf} from '../criu/blockers.js';
import type {BundleRuntime} from './runtime.js';
import type {Pair, Refusal} from '../engine.js';
import type {ContainerState} from '../facts.js';
import {bundleOf} from './bundle.js';
import {keepsConnections} from './gate.js';
import {makesNetwork} from '../oci/hooks.js';

const states: Readonly<Partial<Record<ContainerState, string>>> = {
  paused: 'it is paused, and a move would make it run',
  created: 'it was never started, so there is no memory to move',
  stopped: 'it does not run, so there is no memory to move',
};

function stateRefusals(of: BundleRuntime, {container}: Pair): readonly Refusal[] {
  const message = states[container.state];
  if (message === undefined) return [];
  const remedy = container.state === 'paused' ? `resume it with "${of.name} resume"` : 'use "cold"';
  return [{code: 'not-running', message, remedy}];
}

function kindRefusals(of: BundleRuntime, {container}: Pair): readonly Refusal[] {
  const {config, systemd} = bundleOf(container);
  const found: Refusal[] = [];
  if (container.tty) {
    found.push({
      code: 'tty',
      message: 'it has a terminal ("process.terminal"), which stays behind on the source',
      remedy: 'start it again without, or use "cold"',
    });
  }
  for (const device of container.devices) {
    found.push({
      code: 'device',
      message: `it was given the device "${device}" of its host`,
      remedy: 'start it again without that device, or use "cold"',
    });
  }
  if (container.userNamespace) {
    found.push({
      code: 'user-namespace',
      message: 'it has a user namespace, with which restoring was never tried',
      remedy: 'start it again in the host\'s user namespace, or use "cold"',
    });
  }
  if (namespaceOf(config, 'pid') === undefined) {
    found.push({
      code: 'host-processes',
      message:
        "it shares its host's process numbers, and they may be taken on the target when it is restored",
      remedy: 'give it a "pid" namespace, or use "cold"',
    });
  }
  if (systemd) {
    found.push({
      code: 'systemd-cgroup',
      message: `${of.name} was told to let systemd make its cgroup ("--systemd-cgroup"), with which restoring was never tried`,
      remedy: 'start it again without that option, or use "cold"',
    });
  }
  return found;
}

/** In the lab, and in the source of crun 1.21: its restore starts none of them, and nobody would notice what is missing. */
function hookRefusals(of: BundleRuntime, {container}: Pair): readonly Refusal[] {
  if (of.restoresHooks || !makesNetwork(bundleOf(container).config)) return [];
  return [
    {
      code: 'restore-hooks',
      message: `its config.json has hooks that run when it is created, and ${of.name} starts none when it restores`,
      remedy:
        'let config.json name a network namespace under "/run/netns" that is on both hosts in place of a hook that makes one, run it with runc, or use "cold"',
    },
  ];
}

function stdioRefusal(what: string): Refusal {
  const kind = what.startsWith('pipe:')
    ? 'a pipe to a program of its host'
    : what.startsWith('socket:')
      ? 'a socket of its host'
      : `"${what}" on its host`;
  return {
    code: 'stdio',
    message: `its standard input or output is ${kind}, which stays behind`,
    remedy:
      'start it with "/dev/null" for all three and let it write to a file or socket that is its own, or use "cold"',
  };
}

/** A connection belongs to an address, and that of the host does not move. */
function connectionRefusals(pair: Pair): readonly Refusal[] {
  const open = weightOf(pair)?.established ?? 0;
  if (open === 0 || pair.connections === 'close' || keepsConnections(pair)) return [];
  return [
    {
      code: 'connections-bound',
      message: `${open === 1 ? '1 TCP connection is' : `${open} TCP connections are`} open at the host's own address, which does not move with the container`,
      remedy:
        'give it a network namespace with an address of its own, say "connections: close", or use "cold"',
    },
  ];
}

/** What stands against a checkpoint of this very container. */
export function workloadRefusals(of: BundleRuntime, pair: Pair): readonly Refusal[] {
  const blockers = blockersOf(pair);
  return [
    ...stateRefusals(of, pair),
    ...kindRefusals(of, pair),
    ...hookRefusals(of, pair),
    ...blockers.flatMap(({code, what}) => (code === 'stdio' ? [stdioRefusal(what)] : [])),
    ...blockerRefusals(blockers, {engine: of.name, runtime: of.name}),
    ...connectionRefusals(pair),
  ];
}
