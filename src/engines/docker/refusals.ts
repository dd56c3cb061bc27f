import {inRounds, type Strategy} from '../../base/strategy.js';
import {architecture} from '../pair.js';
import {addressRefusals} from './refuse-network.js';
import {placeRefusals} from './refuse-place.js';
import {restoreRefusals} from './refuse-restore.js';
import type {Pair, Refusal} from '../engine.js';
import {capacityRefusals} from '../criu/refuse-capacity.js';
import {hostRefusals} from '../criu/refuse-host.js';
import {workloadRefusals} from '../criu/refuse-workload.js';
import {roundsRefusals} from '../criu/refuse-rounds.js';

/** docker's default runtime may be another one than the container's, which is looked at by itself. */
const withRunc = ({source, target, ...rest}: Pair): Pair => ({
  ...rest,
  source: {...source, runtime: 'runc'},
  target: {...target, runtime: 'runc'},
});

/** Devices stand against every strategy, and are named once. */
const withoutDevices = (pair: Pair): readonly Refusal[] =>
  workloadRefusals(pair, 'docker').filter(({code}) => code !== 'device');

const inDockersWords = ({remedy, ...refusal}: Refusal): Refusal => ({
  ...refusal,
  ...(remedy !== undefined && {remedy: remedy.replace('"podman ', '"docker ')}),
});

/** All reasons why this strategy cannot work for this pair, each once; empty when it can. */
export function refusals(strategy: Strategy, pair: Pair): readonly Refusal[] {
  switch (strategy) {
    case 'cold':
      return [
        ...placeRefusals(pair),
        ...architecture(pair),
        ...addressRefusals(strategy, pair),
        ...capacityRefusals(strategy, pair).map(inDockersWords),
      ];
    case 'stateful':
    case 'pre-copy':
      return [
        ...placeRefusals(pair),
        ...restoreRefusals(pair),
        ...addressRefusals('stateful', pair),
        ...hostRefusals(withRunc(pair)),
        ...(inRounds[strategy] ? roundsRefusals(withRunc(pair)) : []),
        ...withoutDevices(pair),
        ...capacityRefusals(strategy, pair).map(inDockersWords),
      ];
  }
}
