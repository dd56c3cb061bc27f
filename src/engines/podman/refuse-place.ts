import {podmanForRestartPolicies, podmanAdvisories} from '../criu/advisories.js';
import type {Pair, Refusal} from '../engine.js';
import {textsAt} from '../../base/json.js';
import {createWords, optionValues} from './asked.js';
import {isOlder} from '../host/versions.js';
import {receiverRefusals} from '../host/refuse-receiver.js';
import {unitRefusals} from '../host/service-units.js';
import {oddPaths, sides, weightOf, type Moving, type Side} from '../pair.js';
import {subpathRefusals} from '../oci/subpaths.js';

const versionOn = (pair: Pair, side: Side): string =>
  side === 'source' ? pair.sourceVersion : pair.targetVersion;

/** Programs that the commands of a move start on each side. */
const programs: Readonly<Record<Side, readonly string[]>> = {
  source: ['flock', 'rsync', 'ssh', 'tar'],
  target: ['bash', 'flock', 'nsenter', 'rsync', 'tar', 'timeout'],
};

function missingPrograms(pair: Pair): readonly Refusal[] {
  return sides.flatMap((side) => {
    const missing = programs[side].filter((each) => !pair[side].programs.includes(each));
    return missing.map((program) => ({
      code: 'program-missing',
      message: `the ${side} has no "${program}"`,
      remedy: `install "${program}" there`,
    }));
  });
}

function oldPodman(moving: Moving, pair: Pair): readonly Refusal[] {
  const rules = [
    ...(moving === 'stateful' ? podmanAdvisories : []),
    ...(pair.container.restartPolicy === 'no' ? [] : podmanForRestartPolicies),
  ];
  return sides.flatMap((side) => {
    const version = versionOn(pair, side);
    const broken = rules.filter(({podman}) => isOlder(version, podman)).at(-1);
    if (broken === undefined) return [];
    return [
      {
        code: 'podman-too-old',
        message: `podman on the ${side} is "${version}": ${broken.because}`,
        remedy: `update podman there to ${broken.podman} or later`,
      },
    ];
  });
}

function rootless(pair: Pair): readonly Refusal[] {
  return sides
    .filter((side) => pair[side].rootless)
    .map((side) => ({
      code: 'rootless',
      message: `podman on the ${side} runs without root, and only root can read and restore what containers hold`,
      remedy: 'log in there as root, and let root run the container',
    }));
}

/** podman keeps the ID of what it restores, and scripts end processes and remove states by it. */
function idTaken({container, target}: Pair): readonly Refusal[] {
  const {id, name} = container;
  const others = [
    ...target.neighbours.filter((each) => each.id === id && each.name !== name),
    ...(target.usage?.tenants ?? []).filter((each) => each.id === id && each.engine !== 'podman'),
  ];
  return others.slice(0, 1).map((other) => ({
    code: 'id-taken',
    message: `container "${other.name}" on the target has the same ID ("${id.slice(0, 12)}"), which no honest engine gives twice`,
    remedy:
      'find out which of the two hosts is wrong; made anew on the source, the container has another ID',
  }));
}

/** A container that is there already. The one with the same ID is this container, left from an earlier attempt. */
function nameTaken({container, target}: Pair): readonly Refusal[] {
  return target.neighbours
    .filter(({name}) => name === container.name)
    .flatMap(({id, name, running}) => {
      if (id !== container.id) {
        return [
          {
            code: 'name-taken',
            message: `another container is called "${name}" on the target ("${id.slice(0, 12)}")`,
            remedy: 'rename it or remove it there',
          },
        ];
      }
      if (!running) return [];
      return [
        {
          code: 'runs-already',
          message: `this container runs on the target already ("${id.slice(0, 12)}")`,
          remedy: 'find out which of the two is the right one and stop the other',
        },
      ];
    });
}

function company({container}: Pair): readonly Refusal[] {
  const found: Refusal[] = [];
  if (container.pod !== undefined) {
    found.push({
      code: 'in-pod',
      message: `it is a member of the pod "${container.pod.slice(0, 12)}", and a pod cannot be torn apart`,
      remedy: 'run it outside of the pod',
    });
  }
  if (container.joins !== undefined) {
    found.push({
      code: 'joins-another',
      message: `it uses the namespaces of another container or needs it ("${container.joins.slice(0, 12)}")`,
      remedy: 'give it namespaces of its own, and name what it needs in "dependsOn"',
    });
  }
  if (container.autoRemove) {
    found.push({
      code: 'auto-remove',
      message:
        'it was started with "--rm": podman removes it as soon as it stops, and with it the way back',
      remedy: 'start it again without "--rm"',
    });
  }
  return found;
}

/** Of bind mounts: what is not there on the source cannot be brought to the target. */
function missingSources(pair: Pair): readonly Refusal[] {
  return (weightOf(pair)?.blockers ?? [])
    .filter(({code}) => code === 'bind-missing')
    .map(({what}) => ({
      code: 'bind-missing',
      message: `the bind mount's source "${what}" is not there any more`,
      remedy: 'make it again on the source, or make the container without it',
    }));
}

/** podman tells the folders of the host that came so neither among the mounts nor anywhere else (seen with 5.4.2). */
function inheritedMounts({container: {raw}}: Pair): readonly Refusal[] {
  const from = [
    ...optionValues(createWords(raw), '--volumes-from'),
    ...textsAt(raw, 'HostConfig', 'VolumesFrom'),
  ];
  return [...new Set(from)].slice(0, 1).map((name) => ({
    code: 'volumes-from',
    message: `it has the mounts of "${name}" ("--volumes-from"), and podman does not tell which folders these are, so that they would be left behind`,
    remedy: 'make it again with these folders as mounts of its own ("--volume")',
  }));
}

/** What stands against any move between these two hosts. */
export function placeRefusals(moving: Moving, pair: Pair): readonly Refusal[] {
  return [
    ...rootless(pair),
    ...oldPodman(moving, pair),
    ...company(pair),
    ...unitRefusals('podman', pair),
    ...idTaken(pair),
    ...nameTaken(pair),
    ...missingPrograms(pair),
    ...receiverRefusals(pair),
    ...missingSources(pair),
    ...oddPaths(pair),
    ...subpathRefusals(pair, optionValues(createWords(pair.container.raw), '--mount')),
    ...inheritedMounts(pair),
  ];
}
