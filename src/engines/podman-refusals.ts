import type {Pair, Refusal} from './engine.js';
import {placeRefusals} from './podman-refuse-place.js';
import {addressRefusals} from './podman-refuse-network.js';
import {capacityRefusals} from './podman-refuse-capacity.js';
import {coldRefusals} from './podman-refuse-cold.js';
import {hostRefusals} from './podman-refuse-criu.js';
import {roundsRefusals} from './refuse-rounds.js';
import {workloadRefusals} from './podman-refuse-workload.js';

/** All reasons why this strategy cannot work for this pair, each once; empty when it can. */
export function refusals(
  strategy: 'cold' | 'stateful' | 'pre-copy',
  pair: Pair,
): readonly Refusal[] {
  switch (strategy) {
    case 'cold':
      return [
        ...placeRefusals(strategy, pair),
        ...addressRefusals(strategy, pair),
        ...coldRefusals(pair),
        ...capacityRefusals(strategy, pair),
      ];
    case 'stateful':
    case 'pre-copy':
      return [
        ...placeRefusals('stateful', pair),
        ...addressRefusals('stateful', pair),
        ...hostRefusals(pair),
        ...(strategy === 'pre-copy' ? roundsRefusals(pair) : []),
        ...workloadRefusals(pair),
        ...capacityRefusals(strategy, pair),
      ];
  }
}
