import type {Pair, Refusal} from './engine.js';
import {placeRefusals} from './podman-refuse-place.js';
import {addressRefusals} from './podman-refuse-network.js';
import {capacityRefusals} from './podman-refuse-capacity.js';
import {coldRefusals} from './podman-refuse-cold.js';
import {hostRefusals} from './podman-refuse-criu.js';
import {flagAt} from './json.js';
import {linkRefusals} from './survey-links.js';
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
        ...linkRefusals(pair, {
          used: flagAt(pair.container.raw, 'HostConfig', 'Init'),
          program: 'catatonit',
          remedy:
            'name the place where it leads as "init_path" in "/etc/containers/containers.conf" there and make the container again, start it again without "--init", or use "cold"',
        }),
        ...capacityRefusals(strategy, pair),
      ];
  }
}
