import {strategies} from '../base/strategy.js';
import type {Container, ContainerName, HostName, Plan, Strategy} from '../plan/plan.js';

/** A way that containers of the plans are to take, and by which strategies. */
export interface Asked {
  readonly source: HostName;
  readonly target: HostName;
  readonly strategies: readonly Strategy[];
  readonly networks: readonly string[];
}

/** What the hosts must be fit for. */
export interface Wishes {
  /** Absent without a plan: then any pair may be used. */
  readonly asked?: readonly Asked[];
  readonly strategies: readonly Strategy[];
  readonly connections: 'keep' | 'close';
  /** Pairs whose bytes go through the runner, because their plan says so: `source target`. */
  readonly relayed: ReadonlySet<string>;
  /** A plan limits the bandwidth. */
  readonly limited: boolean;
  /** The file of the plan that has this container. */
  readonly files: ReadonlyMap<ContainerName, string>;
}

/** Without a plan: what moves a container at all. Pre-copy only makes the downtime shorter. */
export const noWishes: Wishes = {
  strategies: ['cold', 'stateful'],
  connections: 'keep',
  relayed: new Set(),
  limited: false,
  files: new Map(),
};

export const pairKey = (source: HostName, target: HostName): string => `${source} ${target}`;

/** Where a container was seen, and the networks that it has there. */
export interface Sighting {
  readonly host: HostName;
  readonly container: ContainerName;
  readonly networks: readonly string[];
}

interface World {
  /** What the plan's host is called here; two plans may call different hosts the same. */
  readonly nameOf: (plan: Plan, host: HostName) => HostName;
  readonly seen: readonly Sighting[];
}

/** From where it is; from every other host of its plan where nobody knows, or it is at home already. */
function waysOf(plan: Plan, container: Container, {nameOf, seen}: World): readonly Asked[] {
  const target = nameOf(plan, container.on);
  const others = [...plan.hosts.keys()]
    .map((host) => nameOf(plan, host))
    .filter((host) => host !== target);
  const sightings = seen.filter(
    (each) => each.container === container.name && others.includes(each.host),
  );
  const networks = seen.find((each) => each.container === container.name)?.networks ?? [];
  const sources = sightings.length > 0 ? sightings.map(({host}) => host) : others;
  return sources.map((source) => ({source, target, strategies: container.strategy, networks}));
}

const union = <T>(lists: readonly (readonly T[])[]): readonly T[] => [...new Set(lists.flat())];

function merged(ways: readonly Asked[]): readonly Asked[] {
  const byPair = new Map<string, Asked>();
  for (const way of ways) {
    const key = pairKey(way.source, way.target);
    const known = byPair.get(key) ?? {...way, strategies: [], networks: []};
    const wanted = union([known.strategies, way.strategies]);
    byPair.set(key, {
      ...known,
      strategies: strategies.filter((strategy) => wanted.includes(strategy)),
      networks: union([known.networks, way.networks]),
    });
  }
  return [...byPair.values()];
}

function relayedPairs(plans: readonly Plan[], {nameOf}: World): ReadonlySet<string> {
  const pairs = plans
    .filter(({transfer}) => transfer === 'relay')
    .flatMap((plan) => {
      const names = [...plan.hosts.keys()].map((host) => nameOf(plan, host));
      return names.flatMap((source) => names.map((target) => pairKey(source, target)));
    });
  return new Set(pairs);
}

/** What the plans ask of their hosts. */
export function wishesOf(plans: readonly Plan[], world: World): Wishes {
  const containers = plans.flatMap((plan) =>
    [...plan.containers.values()].map((container) => ({plan, container})),
  );
  const asked = merged(containers.flatMap(({plan, container}) => waysOf(plan, container, world)));
  const wanted = new Set(containers.flatMap(({container}) => container.strategy));
  return {
    asked,
    strategies: strategies.filter((strategy) => wanted.has(strategy)),
    connections: containers.some(({container}) => container.connections === 'keep')
      ? 'keep'
      : 'close',
    relayed: relayedPairs(plans, world),
    limited: plans.some(({limits}) => limits.bandwidth !== undefined),
    files: new Map(containers.map(({plan, container}) => [container.name, plan.file])),
  };
}
