import type {Pair, Refusal} from './engine.js';
import {placeRefusals} from './podman-refuse-place.js';
import {addressRefusals} from './podman-refuse-network.js';
import {capacityRefusals} from './podman-refuse-capacity.js';
import {coldRefusals} from './podman-refuse-cold.js';
import {hostRefusals} from './podman-refuse-criu.js';
import {workloadRefusals} from './podman-refuse-workload.js';

const preCopy: Refusal = {
  code: 'pre-copy-not-yet',
  message: 'pre-copy is not supported for podman by this version',
  remedy: 'use "stateful"',
};

/** All reasons why this strategy cannot work for this pair, each once; empty when it can. */
export function refusals(
  strategy: 'cold' | 'stateful' | 'pre-copy',
  pair: Pair,
): readonly Refusal[] {
  switch (strategy) {
    case 'pre-copy':
      return [preCopy];
    case 'cold':
      return [
        ...placeRefusals(strategy, pair),
        ...addressRefusals(strategy, pair),
        ...coldRefusals(pair),
        ...capacityRefusals(strategy, pair),
      ];
    case 'stateful':
      return [
        ...placeRefusals(strategy, pair),
        ...addressRefusals(strategy, pair),
        ...hostRefusals(pair),
        ...workloadRefusals(pair),
        ...capacityRefusals(strategy, pair),
      ];
  }
}
