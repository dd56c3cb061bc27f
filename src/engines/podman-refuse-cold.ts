import type {Pair, Refusal} from './engine.js';
import {createArgs} from './podman-create.js';
import {sides} from './podman-refuse-place.js';

const namedAlready = ['in-pod', 'joins-another'];

/** What stands against making the container anew from its description and its changed files. */
export function coldRefusals(pair: Pair): readonly Refusal[] {
  const {container} = pair;
  const drivers = sides
    .filter((side) => pair[side].storageDriver !== 'overlay')
    .map((side) => ({
      code: 'storage-driver',
      message: `podman on the ${side} stores with "${pair[side].storageDriver}", where changed files lie in no folder of their own`,
      remedy: 'use the storage driver "overlay" there, or "stateful"',
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
  const made = createArgs(container.raw);
  // a pod and joined namespaces are named for every strategy already
  const lost = made.ok ? [] : made.error.filter(({code}) => !namedAlready.includes(code));
  return [...drivers, ...layer, ...architecture(pair), ...lost];
}

/** The image is shipped as it is, so its programs must run there. */
export function architecture({source, target}: Pair): readonly Refusal[] {
  if (source.architecture === target.architecture) return [];
  return [
    {
      code: 'architecture-differs',
      message: `the target's processor is "${target.architecture}" and the source's "${source.architecture}"`,
      remedy: `choose a target of the architecture "${source.architecture}"`,
    },
  ];
}
