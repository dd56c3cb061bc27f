import type {Pair, Refusal} from './engine.js';
import type {ContainerState} from './facts.js';
import {weightOf} from './podman-refuse-place.js';

const states: Readonly<Partial<Record<ContainerState, string>>> = {
  paused: 'it is paused, and podman checkpoints only what runs',
  created: 'it never ran, so there is no memory to move',
  stopped: 'it does not run, so there is no memory to move',
};

function stateRefusals({container}: Pair): readonly Refusal[] {
  const message = states[container.state];
  if (message === undefined) return [];
  const remedy = container.state === 'paused' ? 'unpause it' : 'use "cold"';
  return [{code: 'not-running', message, remedy}];
}

function kindRefusals({container}: Pair): readonly Refusal[] {
  const found: Refusal[] = [];
  if (container.tty) {
    found.push({
      code: 'tty',
      message: 'it has a terminal ("-t"), which stays behind on the source',
      remedy: 'start it again without "-t", or use "cold"',
    });
  }
  if (container.privileged) {
    found.push({
      code: 'privileged',
      message:
        'it is privileged and sees the devices of its host, which CRIU cannot bring back elsewhere',
      remedy: 'give it only the capabilities that it needs, or use "cold"',
    });
  }
  for (const device of container.devices) {
    found.push({
      code: 'device',
      message: `it was given the device "${device}" of its host`,
      remedy: 'start it again without that device, or use "cold"',
    });
  }
  if (container.userNamespace && container.addresses.length > 0) {
    found.push({
      code: 'user-namespace',
      message:
        'it has both a user namespace and a network, and podman cannot restore that: "failed to bind mount ns"',
      remedy: 'start it again in the host\'s user namespace, or use "cold"',
    });
  }
  return found;
}

const remedies: Readonly<Record<string, string>> = {
  io_uring: 'switch io_uring off in the program (for node "UV_USE_IO_URING=0"), or use "cold"',
  'a debugger': 'detach the debugger, or use "cold"',
};

function blockerRefusal(blocker: string): Refusal | undefined {
  const cut = blocker.indexOf(':');
  const kind = cut < 0 ? '' : blocker.slice(0, cut);
  if (kind === 'missing') return undefined;
  if (['socket', 'device', 'pipe'].includes(kind)) {
    return {
      code: `bind-${kind}`,
      message: `the bind mount's source "${blocker.slice(cut + 1)}" is a ${kind} of the source host`,
      remedy: `start it again without that mount, or use "cold"`,
    };
  }
  const isDevice = blocker.startsWith('/');
  return {
    code: isDevice ? 'device-open' : blocker.replace(/[^a-z]+/g, '-'),
    message: isDevice
      ? `one of its processes has the device "${blocker}" open`
      : `one of its processes uses "${blocker}", which CRIU cannot checkpoint`,
    remedy: remedies[blocker] ?? 'use "cold"',
  };
}

/** What stands against a checkpoint of this very container. */
export function workloadRefusals(pair: Pair): readonly Refusal[] {
  // a device that was given to it is named once, open or not
  const blockers = (weightOf(pair)?.blockers ?? []).filter(
    (blocker) => !pair.container.devices.includes(blocker),
  );
  return [
    ...stateRefusals(pair),
    ...kindRefusals(pair),
    ...blockers.flatMap((blocker) => blockerRefusal(blocker) ?? []),
  ];
}
