import {blockerRefusals, blockersOf} from './blockers.js';
import type {Pair, Refusal} from '../engine.js';
import type {ContainerState} from '../facts.js';

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
  if (container.userNamespace) {
    found.push({
      code: 'user-namespace',
      message:
        'it has a user namespace of its own: podman can checkpoint that, and restore it nowhere',
      remedy: 'start it again in the host\'s user namespace, or use "cold"',
    });
  }
  return found;
}

/** What stands against a checkpoint of this very container. */
export function workloadRefusals(pair: Pair, engine = 'podman'): readonly Refusal[] {
  return [
    ...stateRefusals(pair),
    ...kindRefusals(pair),
    ...blockerRefusals(blockersOf(pair), {engine, runtime: pair.source.runtime}),
  ];
}
