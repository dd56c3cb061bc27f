import type {Strategy} from '../../base/strategy.js';
import {gibibytes} from '../../base/units.js';
import {weightOf} from '../pair.js';
import {imagesSize, roundsShare} from './advisories.js';
import type {Pair, Refusal} from '../engine.js';

/** `orElse` names the strategy that needs less. */
function memoryRefusals(
  pair: Pair,
  {memory, images, orElse}: {memory: number; images: number; orElse: string},
): readonly Refusal[] {
  const found: Refusal[] = [];
  for (const side of ['source', 'target'] as const) {
    const free = Math.min(pair[side].scratchFree, pair[side].memoryFree);
    if (free >= images) continue;
    found.push({
      code: 'scratch-too-small',
      message: `the ${side} has ${gibibytes(free)} for a checkpoint in memory ("/run"), and ${gibibytes(images)} are needed`,
      remedy: `make "/run" larger or free memory there, or use "${orElse}"`,
    });
  }
  const both = images + memory;
  if (pair.target.memoryFree < both && pair.target.memoryFree >= images) {
    found.push({
      code: 'memory-too-small',
      message: `the target has ${gibibytes(pair.target.memoryFree)} of memory, and ${gibibytes(both)} are needed while both the checkpoint and the restored container are there`,
      remedy: `free memory there, or use "${orElse}"`,
    });
  }
  return found;
}

function diskRefusals(pair: Pair): readonly Refusal[] {
  const weight = weightOf(pair);
  const volumes = pair.container.mounts
    .filter(({kind}) => kind === 'volume')
    .reduce((sum, {name}) => sum + (weight?.mounts[name] ?? 0), 0);
  const needed = volumes + (weight?.rootfs ?? 0);
  if (needed <= pair.target.storeFree) return [];
  return [
    {
      code: 'disk-too-small',
      message: `the target has ${gibibytes(pair.target.storeFree)} for images, containers and volumes, and ${gibibytes(needed)} are needed`,
      remedy: 'free disk space there, for example with "podman image prune"',
    },
  ];
}

/** Room for what arrives, in memory and on disk. */
export function capacityRefusals(moving: Strategy, pair: Pair): readonly Refusal[] {
  const memory = weightOf(pair)?.memory ?? 0;
  switch (moving) {
    case 'cold':
      return diskRefusals(pair);
    case 'stateful':
      return [
        ...memoryRefusals(pair, {memory, images: imagesSize(memory), orElse: 'cold'}),
        ...diskRefusals(pair),
      ];
    case 'pre-copy':
      return [
        ...memoryRefusals(pair, {
          ...{memory, images: imagesSize(memory * roundsShare), orElse: 'stateful'},
        }),
        ...diskRefusals(pair),
      ];
  }
}
