import type {Refusal} from '../engine.js';
import {asList, at, isRecord, textAt, textsAt} from '../../base/json.js';
import {createWords, optionValues} from './asked.js';
import {unmountable} from './create-mounts.js';
import {unwritableLabel} from './create-private.js';

interface Rule {
  readonly holds: (raw: unknown) => boolean;
  readonly refusal: Refusal;
}

/** What no flag of `podman create` brings to another host. */
const rules: readonly Rule[] = [
  {
    holds: (raw) =>
      [...optionValues(createWords(raw), '--runtime'), textAt(raw, 'OCIRuntime')].some(
        (runtime) => !/^[A-Za-z0-9][A-Za-z0-9._-]*$|^$/.test(runtime),
      ),
    refusal: {
      code: 'runtime-path',
      message:
        'it was made with a runtime that is named by its path, and that file would run as root on the target',
      remedy:
        'give the runtime a name in "containers.conf" of both hosts, and make the container with "--runtime NAME"',
    },
  },
  {
    holds: (raw) =>
      !/^(?:[A-Za-z0-9_+-]+(?:\/[A-Za-z0-9_+-]+)*)?$/.test(textAt(raw, 'Config', 'Timezone')),
    refusal: {
      code: 'timezone-path',
      message:
        'its time zone is not the name of one, and podman would read it as a path of the host',
      remedy: 'make it with "--tz AREA/CITY"',
    },
  },
  {
    holds: (raw) => textAt(raw, 'Pod') !== '',
    refusal: {
      code: 'in-pod',
      message: 'it is a member of a pod, and a pod cannot be torn apart',
      remedy: 'run it outside of the pod',
    },
  },
  {
    holds: (raw) =>
      asList(at(raw, 'Config', 'Secrets')).length > 0 ||
      optionValues(createWords(raw), '--secret').length > 0,
    refusal: {
      code: 'secrets',
      message: 'it uses secrets of its host, which podman does not tell',
      remedy:
        'make the secrets on the target and the container by hand, or hand them over in a volume',
    },
  },
  {
    holds: (raw) => textAt(raw, 'Rootfs') !== '',
    refusal: {
      code: 'no-image',
      message: 'it was made from a folder ("--rootfs") and not from an image',
      remedy: 'make an image of it with "podman commit", and the container from that',
    },
  },
  {
    holds: (raw) => textsAt(raw, 'Dependencies').length > 0 && textAt(raw, 'Pod') === '',
    refusal: {
      code: 'joins-another',
      message: 'it uses the namespaces of another container or needs it',
      remedy: 'give it namespaces of its own, and name what it needs in "dependsOn"',
    },
  },
  {
    holds: (raw) =>
      createWords(raw).length === 0 &&
      isRecord(at(raw, 'Spec')) &&
      at(raw, 'Spec', 'sysctl') === undefined,
    refusal: {
      code: 'settings-unknown',
      message:
        "it was made through podman's API and never started, so podman does not tell which settings of the kernel were asked for",
      remedy: 'start it once, or make it by hand on the target',
    },
  },
  {
    holds: (raw) => unwritableLabel(raw) !== undefined,
    refusal: {
      code: 'label-lines',
      message:
        'it has a label that podman takes from no file: one of several lines, of more than 60 kB, or with a blank in its name',
      remedy: 'make the container again with a label of one line',
    },
  },
  {
    holds: (raw) => unmountable(raw) !== undefined,
    refusal: {
      code: 'mount-unknown',
      message:
        'it has a mount that cannot be written as an option (an overlay, or a path with a colon)',
      remedy: 'mount it in another way, or make the container by hand on the target',
    },
  },
];

/** Why it cannot be made again by `podman create`; empty when it can. */
export const createRefusals = (raw: unknown): readonly Refusal[] =>
  rules.filter(({holds}) => holds(raw)).map(({refusal}) => refusal);
