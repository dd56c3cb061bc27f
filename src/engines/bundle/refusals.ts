import {inRounds, movesMemory, type Strategy} from '../../base/strategy.js';
import {gibibytes} from '../../base/units.js';
import {architecture, weightOf} from '../pair.js';
import {imagesSize} from '../criu/advisories.js';
import type {BundleRuntime} from './runtime.js';
import type {Pair, Refusal} from '../engine.js';
import {hostRefusals} from '../criu/refuse-host.js';
import {roundsRefusals} from '../criu/refuse-rounds.js';
import {placeRefusals} from './refuse-place.js';
import {workloadRefusals} from './refuse-workload.js';

/** Pages never lie on the source; on the target the images and the restored container are there at once. */
function memoryRefusals(pair: Pair): readonly Refusal[] {
  const memory = weightOf(pair)?.memory ?? 0;
  const images = imagesSize(memory);
  const {scratchFree, memoryFree} = pair.target;
  if (Math.min(scratchFree, memoryFree) < images) {
    return [
      {
        code: 'scratch-too-small',
        message: `the target has ${gibibytes(Math.min(scratchFree, memoryFree))} for a checkpoint in memory ("/run"), and ${gibibytes(images)} are needed`,
        remedy: 'make "/run" larger or free memory there, or use "cold"',
      },
    ];
  }
  if (memoryFree >= images + memory) return [];
  return [
    {
      code: 'memory-too-small',
      message: `the target has ${gibibytes(memoryFree)} of memory, and ${gibibytes(images + memory)} are needed while both the checkpoint and the restored container are there`,
      remedy: 'free memory there, or use "cold"',
    },
  ];
}

function diskRefusals(pair: Pair): readonly Refusal[] {
  const weight = weightOf(pair);
  const needed = pair.container.mounts
    .filter(({kind}) => kind === 'bind')
    .reduce((sum, {name}) => sum + (weight?.mounts[name] ?? 0), 0);
  if (needed <= pair.target.storeFree) return [];
  return [
    {
      code: 'disk-too-small',
      message: `the target has ${gibibytes(pair.target.storeFree)} where the bundle goes, and ${gibibytes(needed)} are needed`,
      remedy: 'free disk space there',
    },
  ];
}

/** All reasons why this strategy cannot work for this pair, each once; empty when it can. */
export function refusals(of: BundleRuntime, moving: Strategy, pair: Pair): readonly Refusal[] {
  const common = [...placeRefusals(of, moving, pair), ...diskRefusals(pair)];
  if (!movesMemory[moving]) return [...common, ...architecture(pair)];
  return [
    ...common,
    ...hostRefusals(pair),
    ...workloadRefusals(of, pair),
    ...memoryRefusals(pair),
    ...(inRounds[moving] ? roundsRefusals(pair) : []),
  ];
}
