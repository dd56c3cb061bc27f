import {inRounds, type Strategy} from '../../base/strategy.js';
import type {Pair, Refusal} from '../engine.js';
import {placeRefusals} from './refuse-place.js';
import {addressRefusals} from './refuse-network.js';
import {capacityRefusals} from '../criu/refuse-capacity.js';
import {coldRefusals} from './refuse-cold.js';
import {hostRefusals} from '../criu/refuse-host.js';
import {flagAt} from '../../base/json.js';
import {linkRefusals} from '../host/survey-links.js';
import {roundsRefusals} from '../criu/refuse-rounds.js';
import {workloadRefusals} from '../criu/refuse-workload.js';

/** All reasons why this strategy cannot work for this pair, each once; empty when it can. */
export function refusals(strategy: Strategy, pair: Pair): readonly Refusal[] {
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
        ...(inRounds[strategy] ? roundsRefusals(pair) : []),
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
