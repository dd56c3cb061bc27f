import {movesMemory, type Strategy} from '../../base/strategy.js';
import {oddPaths, sides, weightOf, type Side} from '../pair.js';
import {namespaceOf} from '../oci/config.js';
import type {BundleRuntime} from './runtime.js';
import type {Pair, Refusal} from '../engine.js';
import {receiverRefusals} from '../host/refuse-receiver.js';
import {unitRefusals} from '../host/service-units.js';
import {bundleMount, bundleOf} from './bundle.js';
import {gateWords} from './gate.js';
import {makesNetwork} from '../oci/hooks.js';

/** Programs that the commands of a move start on each side. */
const programs: Readonly<Record<Side, readonly string[]>> = {
  source: ['dd', 'flock', 'mkfifo', 'rsync', 'sha256sum', 'ssh', 'tar'],
  target: ['bash', 'flock', 'nsenter', 'rsync', 'sha256sum', 'tar', 'timeout'],
};

function missingPrograms(moving: Strategy, pair: Pair): readonly Refusal[] {
  const gate = movesMemory[moving] && gateWords(pair).length > 0 ? ['nft', 'nsenter'] : [];
  return sides.flatMap((side) =>
    [...new Set([...programs[side], ...gate])]
      .filter((each) => !pair[side].programs.includes(each))
      .map((program) => ({
        code: 'program-missing',
        message: `the ${side} has no "${program}"`,
        remedy: `install "${program}" there`,
      })),
  );
}

function rootless(pair: Pair): readonly Refusal[] {
  return sides
    .filter((side) => pair[side].rootless)
    .map((side) => ({
      code: 'rootless',
      message: `the user on the ${side} is not root, and only root can read and restore what containers hold`,
      remedy: 'log in there as root, and let root run the container',
    }));
}

function nameTaken(of: BundleRuntime, {container, target}: Pair): readonly Refusal[] {
  return target.neighbours
    .filter(({name}) => name === container.name)
    .map(({name, running}) => ({
      code: running ? 'runs-already' : 'name-taken',
      message: `${of.name} on the target has a container "${name}" already, which ${running ? 'runs' : 'does not run'}`,
      remedy: `look at it there with "${of.name} state ${name}", and remove it with "${of.name} delete ${name}" if it is of no use`,
    }));
}

/** The bundle is moved as one folder, and removed from the source at the end: it has to be one, and this container's alone. */
function bundleRefusals(pair: Pair): readonly Refusal[] {
  const {container} = pair;
  const {path, rootfs} = bundleOf(container);
  const blockers = weightOf(pair)?.blockers ?? [];
  const found: Refusal[] = [];
  if (!rootfs.startsWith(`${path}/`) || rootfs.includes('/../')) {
    found.push({
      code: 'rootfs-elsewhere',
      message: `its root filesystem "${rootfs}" is not within its bundle "${path}"`,
      remedy: 'put it into the bundle, or mount what it shares with others as a bind mount',
    });
  }
  if (blockers.some(({code}) => code === 'rootfs-mounted')) {
    found.push({
      code: 'rootfs-mounted',
      message: `its root filesystem "${rootfs}" is mounted, and not a folder of the bundle`,
      remedy: 'copy its files into a folder of the bundle',
    });
  }
  for (const {what} of blockers.filter(({code}) => code === 'bundle-shared')) {
    found.push({
      code: 'bundle-shared',
      message: `its bundle "${path}" lies on "${what}", which other hosts may have mounted too, and the source's copy is removed at the end`,
      remedy: "put the bundle on a file system of the host's own",
    });
  }
  const inside = container.mounts.filter(
    ({name, kind, source}) =>
      name !== bundleMount && kind === 'bind' && `${source}/`.startsWith(`${rootfs}/`),
  );
  for (const {source} of inside) {
    found.push({
      code: 'mount-inside-rootfs',
      message: `the bind mount's source "${source}" lies in the container's own root filesystem`,
      remedy: 'move it out of there',
    });
  }
  return found;
}

/** Of bind mounts: what is not there on the source cannot be brought to the target. */
const missingSources = (pair: Pair): readonly Refusal[] =>
  (weightOf(pair)?.blockers ?? [])
    .filter(({code}) => code === 'bind-missing')
    .map(({what}) => ({
      code: 'bind-missing',
      message: `the bind mount's source "${what}" is not there any more`,
      remedy: 'make it again on the source, or make the container without it',
    }));

/** Namespaces and networks that no runtime makes by itself. */
function networkRefusals(of: BundleRuntime, {container, target}: Pair): readonly Refusal[] {
  const {config, devices} = bundleOf(container);
  const network = namespaceOf(config, 'network');
  const found: Refusal[] = [];
  if (container.joins !== undefined) {
    found.push({
      code: 'joins-another',
      message: `it joins the namespace "${container.joins}", which stays on the source`,
      remedy: 'give it namespaces of its own',
    });
  }
  if (network && !target.networks.some(({name}) => name === network)) {
    found.push({
      code: 'network-missing',
      message: `the target has no network namespace "${network}"`,
      remedy: `make it there in "/run/netns" ("ip netns add"), with the same addresses`,
    });
  }
  if (network === '' && devices.length > 0 && !makesNetwork(config)) {
    found.push({
      code: 'network-by-hand',
      message: `its network device "${devices[0] ?? ''}" was put there by somebody else: neither config.json nor CRIU brings it back`,
      remedy: of.restoresHooks
        ? 'let a "createRuntime" hook of config.json make its network, or name a namespace under "/run/netns" there'
        : 'let config.json name a namespace under "/run/netns"',
    });
  }
  return found;
}

/** What stands against any move between these two hosts. */
export const placeRefusals = (
  of: BundleRuntime,
  moving: Strategy,
  pair: Pair,
): readonly Refusal[] => [
  ...rootless(pair),
  ...nameTaken(of, pair),
  ...unitRefusals(of.name, pair),
  ...bundleRefusals(pair),
  ...networkRefusals(of, pair),
  ...missingPrograms(moving, pair),
  ...receiverRefusals(pair),
  ...missingSources(pair),
  ...oddPaths(pair),
];
