import type {Pair, Refusal} from '../engine.js';

/** Of a copy beside the first one, where both would be on this network: its program listens where the first one's does. */
export function networkShared({target}: Pair, first: string, network: string): readonly Refusal[] {
  if (!target.neighbours.some(({name}) => name === first)) return [];
  return [
    {
      code: 'network-shared',
      message: `both would be on the network ${network}, where "${first}" has its ports`,
      remedy: 'restore it on another host (--on), or in its own place',
    },
  ];
}

export const ofTheHost = 'of their host';
