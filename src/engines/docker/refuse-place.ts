import {oddPaths, sides, weightOf, type Side} from '../pair.js';
import {subpathRefusals} from '../oci/subpaths.js';
import type {Pair, Refusal} from '../engine.js';
import {asList, at, textAt, textsAt} from '../../base/json.js';
import {receiverRefusals} from '../host/refuse-receiver.js';
import {unitRefusals} from '../host/service-units.js';

/** Programs that the commands of a move start on each side. */
const programs: Readonly<Record<Side, readonly string[]>> = {
  source: ['flock', 'rsync', 'ssh', 'tar'],
  target: ['bash', 'curl', 'flock', 'nsenter', 'rsync', 'tar', 'timeout'],
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

const remapped = (pair: Pair, side: Side): boolean =>
  textsAt(pair[side].raw, 'info', 'SecurityOptions').includes('name=userns');

/** How docker itself runs there. */
function daemons(pair: Pair): readonly Refusal[] {
  return sides.flatMap((side) => {
    const found: Refusal[] = [];
    const {rootless, storageDriver} = pair[side];
    if (rootless)
      found.push({
        code: 'rootless',
        message: `docker on the ${side} runs without root, and only root can read and restore what containers hold`,
        remedy: 'let the docker of root run the container',
      });
    if (remapped(pair, side))
      found.push({
        code: 'user-namespace',
        message: `docker on the ${side} maps users ("userns-remap"), and files would belong to others on the other side`,
        remedy: 'switch "userns-remap" off there',
      });
    if (storageDriver !== 'overlay2')
      found.push({
        code: 'storage-driver',
        message: `docker on the ${side} stores with "${storageDriver}", where changed files lie in no folder of their own`,
        // With another storage driver docker shows none of the containers and images that it has.
        remedy:
          side === 'source'
            ? 'make the container again by hand on the target, from its image ("docker save" and "docker load"), with its volumes; switching the storage driver would hide it'
            : 'move it to another host; or switch that docker to "overlay2" ("features": {"containerd-snapshotter": false} in "/etc/docker/daemon.json"), which hides all containers and images that it has until it is switched back',
      });
    return found;
  });
}

function nameTaken({container, target}: Pair): readonly Refusal[] {
  return target.neighbours
    .filter(({name}) => name === container.name)
    .map(({id, name}) => ({
      code: 'name-taken',
      message: `another container is called "${name}" on the target ("${id.slice(0, 12)}")`,
      remedy: 'rename it or remove it there',
    }));
}

/** Who else has a hand in it. */
function company({container}: Pair): readonly Refusal[] {
  const found: Refusal[] = [];
  if (container.joins !== undefined)
    found.push({
      code: 'joins-another',
      message: `it uses the namespaces of another container or a link to it ("${container.joins.slice(0, 12)}")`,
      remedy: 'give it namespaces of its own, and name what it needs in "dependsOn"',
    });
  if (container.autoRemove)
    found.push({
      code: 'auto-remove',
      message:
        'it was started with "--rm": docker removes it as soon as it stops, and with it the way back',
      remedy: 'start it again without "--rm"',
    });
  const service = container.labels['com.docker.swarm.service.name'];
  if (service !== undefined)
    found.push({
      code: 'swarm',
      message: `it belongs to the service "${service}" of a swarm, which would start another one in its place`,
      remedy: 'let the swarm move it: "docker service update --constraint-add"',
    });
  return found;
}

/** What the target's docker would need to make it. */
function belongings({container, target}: Pair): readonly Refusal[] {
  const {raw} = container;
  const found: Refusal[] = container.devices.map((device) => ({
    code: 'device',
    message: `it was given the device "${device}" of its host`,
    remedy: 'start it again without that device',
  }));
  if (asList(at(raw, 'HostConfig', 'DeviceRequests')).length > 0)
    found.push({
      code: 'device-request',
      message: 'it was given devices by a driver of its host ("--gpus")',
      remedy: 'start it again without them',
    });
  const runtime = textAt(raw, 'HostConfig', 'Runtime') || 'runc';
  if (at(target.raw, 'info', 'Runtimes', runtime) === undefined)
    found.push({
      code: 'runtime-missing',
      message: `docker on the target does not know the runtime "${runtime}"`,
      remedy: 'add it to "runtimes" in "/etc/docker/daemon.json" there',
    });
  const driver = textAt(raw, 'HostConfig', 'LogConfig', 'Type');
  if (driver !== '' && !textsAt(target.raw, 'info', 'Plugins', 'Log').includes(driver))
    found.push({
      code: 'log-driver-missing',
      message: `docker on the target does not know the log driver "${driver}"`,
      remedy: 'install its plugin there, or start the container with another one',
    });
  const odd = asList(at(raw, 'Mounts')).filter(
    (mount) => !['bind', 'volume', 'tmpfs'].includes(textAt(mount, 'Type')),
  );
  return [
    ...found,
    ...odd.map((mount) => ({
      code: 'mount-unknown',
      message: `what is mounted at "${textAt(mount, 'Destination')}" is of the type "${textAt(mount, 'Type')}", which is not copied`,
      remedy: 'mount it in another way',
    })),
  ];
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

function upperFolder({container}: Pair): readonly Refusal[] {
  if (container.upperDir !== undefined) return [];
  return [
    {
      code: 'no-upper-folder',
      message: 'docker does not tell where the files are that the container changed',
      remedy: 'use the storage driver "overlay2" on both hosts',
    },
  ];
}

/** What stands against any move between these two hosts. */
export const placeRefusals = (pair: Pair): readonly Refusal[] => [
  ...daemons(pair),
  ...company(pair),
  ...unitRefusals('docker', pair),
  ...nameTaken(pair),
  ...missingPrograms(pair),
  ...receiverRefusals(pair),
  ...belongings(pair),
  ...missingSources(pair),
  ...oddPaths(pair),
  ...subpathRefusals(pair),
  ...upperFolder(pair),
];
