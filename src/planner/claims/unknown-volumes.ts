import type {Refusal} from '../../engines/engine.js';
import type {ObservedContainer} from '../../engines/facts.js';
import {suggest} from '../../plan/check/suggest.js';
import type {Container} from '../../plan/plan.js';

/**
 * A misspelt name would leave the volume that was meant to `sync`, without a word. Those of `defaults` may be of other containers.
 */
export function unknownVolumes(
  {name, volumes, ownVolumes = []}: Container,
  {mounts}: ObservedContainer,
): readonly Refusal[] {
  const known = new Set(mounts.flatMap((mount) => [mount.name, mount.destination]));
  const places = mounts.map((mount) => mount.destination);
  const has =
    places.length === 0
      ? 'it has no volumes and no binds'
      : `it has ${places.map((place) => `"${place}"`).join(', ')}`;
  return ownVolumes
    .filter((key) => !known.has(key))
    .map((key) => ({
      code: 'unknown-volume',
      message: `the plan says "${key}: ${volumes[key] ?? 'sync'}" of container "${name}", which has no such volume or bind`,
      remedy: [suggest(key, known), has].filter((each) => each !== undefined).join('; '),
    }));
}
