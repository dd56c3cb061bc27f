import {architecture, sides} from '../pair.js';
import type {Pair, Refusal} from '../engine.js';
import {createWords, optionValues} from './asked.js';
import {createArgs} from './create.js';

const namedAlready = ['in-pod', 'joins-another'];

/** What stands against making the container anew from its description and its changed files. */
export function coldRefusals(pair: Pair): readonly Refusal[] {
  const {container} = pair;
  const drivers = sides
    .filter((side) => pair[side].storageDriver !== 'overlay')
    .map((side) => ({
      code: 'storage-driver',
      message: `podman on the ${side} stores with "${pair[side].storageDriver}", where changed files lie in no folder of their own`,
      // With another storage driver podman shows none of the containers and images that it has.
      remedy:
        side === 'source'
          ? 'use "stateful"; switching the storage driver would hide the container'
          : 'use "stateful" or another host; or switch that podman to "overlay", which hides all containers and images that it has until it is switched back',
    }));
  const layer =
    drivers.length > 0 || container.upperDir !== undefined
      ? []
      : [
          {
            code: 'no-upper-folder',
            message: 'podman does not tell where the files are that the container changed',
            remedy: 'make the container from an image, and not from a folder ("--rootfs")',
          },
        ];
  const made = createArgs(container.raw, '/');
  // a pod and joined namespaces are named for every strategy already
  const lost = made.ok ? [] : made.error.filter(({code}) => !namedAlready.includes(code));
  return [...drivers, ...layer, ...architecture(pair), ...lost, ...mountedImages(pair)];
}

/** Only the container's own image goes along. */
function mountedImages({container, target}: Pair): readonly Refusal[] {
  const asked = optionValues(createWords(container.raw), '--mount').map((word) => word.split(','));
  return asked
    .filter((options) => options.includes('type=image'))
    .flatMap((options) => options.flatMap((each) => /^(?:source|src)=(.+)$/.exec(each)?.[1] ?? []))
    .filter((image) => !target.images.some(({id, names}) => isOf(image, id, names)))
    .map((image) => ({
      code: 'image-mount',
      message: `it mounts the image "${image}", which the target does not have`,
      remedy: `load that image there ("podman save" and "podman load")`,
    }));
}

/** By its ID, or by its name in full or without registry and tag. */
const isOf = (image: string, id: string, names: readonly string[]): boolean =>
  (image.length >= 12 && id.startsWith(image)) ||
  names.some((name) => {
    const bare = name.replace(/:[^/:]*$/, '');
    return [name, bare].some((each) => each === image || each.endsWith(`/${image}`));
  });
