import type {Pair, Refusal} from './engine.js';
import type {Weight} from './facts.js';
import {weightIn} from './host/weight-in.js';

export type Moving = 'cold' | 'stateful';

/** Where each side of a pair is, in words: the engine does not know the hosts' names. */
export const sides = ['source', 'target'] as const;
export type Side = (typeof sides)[number];

export const weightOf = ({container, source}: Pair): Weight | undefined =>
  weightIn(source, container.name);

/** The image is shipped as it is, so its programs must run there. */
export function architecture({source, target}: Pair): readonly Refusal[] {
  if (source.architecture === target.architecture) return [];
  return [
    {
      code: 'architecture-differs',
      message: `the target's processor is "${target.architecture}" and the source's "${source.architecture}"`,
      remedy: `choose a target of the architecture "${source.architecture}"`,
    },
  ];
}

/** CRIU and rsync's lists take one path a line. */
export const oddPaths = ({container}: Pair): readonly Refusal[] =>
  container.mounts
    .filter(({source, destination}) => /[\n\r]/.test(`${source}${destination}`))
    .map(({destination}) => ({
      code: 'mount-path',
      message: `there is a line break in the path of the mount at ${JSON.stringify(destination)}, and CRIU cannot find such a mount again`,
      remedy: 'mount it at another path',
    }));
