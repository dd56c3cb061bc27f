import {runtimesForRounds} from './advisories.js';
import type {Pair, Refusal} from '../engine.js';
import {isOlder} from '../host/versions.js';

/**
 * What stands against pre-dumps on the source, beyond what stands against a checkpoint. The target
 * only restores, and a chain of images needs nothing of it that one image does not need.
 */
export function roundsRefusals({source}: Pair): readonly Refusal[] {
  const {criu, kernel, runtime, runtimeVersion} = source;
  const found: Refusal[] = [];
  if (criu !== undefined && !criu.memoryTracking) {
    found.push({
      code: 'no-memory-tracking',
      message: `the source's kernel "${kernel}" does not tell which memory has changed since the last round`,
      remedy: 'boot it there with a kernel that has "CONFIG_MEM_SOFT_DIRTY", or use "stateful"',
    });
  }
  const needed = runtimesForRounds[runtime];
  if (needed !== undefined && isOlder(runtimeVersion, needed)) {
    found.push({
      code: 'runtime-too-old',
      message: `${runtime} on the source is "${runtimeVersion}", and cannot copy memory ahead`,
      remedy: `update ${runtime} there to ${needed} or later, or use "stateful"`,
    });
  }
  return found;
}
