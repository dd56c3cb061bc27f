import {confiningPrograms, mountNamespace} from '../../src/engines/host/refuse-receiver.js';
import type {Engine, Pair} from '../../src/engines/engine.js';
import type {ObservedContainer} from '../../src/engines/facts.js';
import {runc} from '../../src/engines/bundle/engine.js';
import {aPair, type PairChange} from './podman-pair.js';
import {recording, valueOf} from './recording.js';

/** What runc 1.1.15 and four bundles of a real host said. */
export const lookOutput = recording('runc-1.1.15-look');

/** One of the bundles that a host has told of: `hooked`, `named`, `plain` (paused) or `rests` (stopped). */
export const bundleIn =
  (engine: Engine, told: string) =>
  (name: string): ObservedContainer => {
    const found = valueOf(engine.readLook(told)).containers.find((each) => each.name === name);
    if (found === undefined) throw new Error(`no bundle "${name}" in the recording`);
    return found;
  };

export const bundle = bundleIn(runc, lookOutput);

/** What is told of the engine and all bundles, in short. */
export function inShort(engine: Engine, told: string) {
  const {version, containers} = valueOf(engine.readLook(told));
  const short = containers.map(({name, state, addresses, image}) => [
    ...[name, state, image.name, addresses.map(({network, ip}) => `${network} ${ip ?? ''}`)],
  ]);
  return {version, short};
}

const programs = [
  ...confiningPrograms,
  mountNamespace,
  ...['bash', 'dd', 'flock', 'mkfifo', 'nft', 'nsenter', 'rsync', 'sha256sum', 'ssh', 'tar'],
  'timeout',
];

/** A pair that can move by every strategy, but for what is changed. */
export function aBundlePair(container: ObservedContainer, change: PairChange = {}): Pair {
  const named = {name: '/run/netns/r4', driver: 'namespace', subnets: ['10.78.0.52/32']};
  return aPair({
    ...change,
    container: {...container, ...change.container},
    weight: {container: container.name, mounts: {bundle: 2 ** 24}, ...change.weight},
    source: {storageDriver: 'folder', programs, networks: [named], ...change.source},
    target: {storageDriver: 'folder', programs, networks: [named], ...change.target},
  });
}

export const aRuncPair = (name: string, change: PairChange = {}): Pair =>
  aBundlePair(bundle(name), change);

/** The bundle's raw description with another `config.json`. */
export const withConfig = (
  name: string,
  change: Readonly<Record<string, unknown>>,
  other: Readonly<Record<string, unknown>> = {},
) => {
  const {raw, ...rest} = bundle(name);
  const {config, ...more} = raw as {config: Record<string, unknown>};
  return {...rest, raw: {...more, ...other, config: {...config, ...change}}};
};
