import type {Random} from '../fuzz/random.js';

export const hosts = ['alpha', 'beta', 'gamma'] as const;

export type HostName = (typeof hosts)[number];

export type EngineName = 'podman' | 'docker';

export interface Mount {
  readonly kind: 'volume' | 'bind';
  /** Of a volume its name, of a bind the folder. */
  readonly name: string;
  /** In the container. */
  readonly at: string;
  readonly policy: 'sync' | 'skip' | 'shared';
}

export interface Container {
  readonly name: string;
  readonly mounts: readonly Mount[];
  readonly strategy: 'cold' | 'stateful';
  /** It was started; the others were only made. */
  readonly runs: boolean;
  host: HostName;
}

/** What one seed is about. */
export interface Cast {
  readonly engines: Readonly<Partial<Record<HostName, EngineName>>>;
  readonly containers: readonly Container[];
}

/** Where each engine has the content of its volumes. */
export const volumesOf: Readonly<Record<EngineName, string>> = {
  podman: '/var/lib/containers/storage/volumes',
  docker: '/var/lib/docker/volumes',
};

/** Where the files of a mount are on a host. */
export const folderOf = ({kind, name}: Mount, engine: EngineName): string =>
  kind === 'bind' ? name : `${volumesOf[engine]}/${name}/_data`;

export const isCopied = ({policy}: Mount): boolean => policy === 'sync';

/** The same folder on every host, which each host has for itself. */
export const shared = '/srv/shared';

/** Folders of one container meet those of no other, though one begins like another; places inside are the same for all. */
function mountsOf(index: number, random: Random): readonly Mount[] {
  const folder = random.pick([
    `/srv/media${index || ''}`,
    `/srv/deep/er${index}/x`,
    `/srv/o'dd ${index}`,
  ]);
  const bind: Mount = {kind: 'bind', name: folder, at: '/config', policy: 'sync'};
  const inner: Mount = {
    ...bind,
    name: `${folder}/with in`,
    at: random.pick(['/inner', '/config/with in']),
  };
  const volume: Mount = {kind: 'volume', name: `vol${index}`, at: '/data', policy: 'sync'};
  const cache: Mount = {kind: 'volume', name: `cache${index}`, at: '/cache', policy: 'skip'};
  const common: Mount = {kind: 'bind', name: shared, at: '/shared', policy: 'shared'};
  const own = random.pick([[bind], [volume], [bind, volume], [bind, inner], [bind, inner, volume]]);
  return [...own, ...(random.chance(0.25) ? [cache] : []), ...(random.chance(0.3) ? [common] : [])];
}

/** Engines by host: all the same, or one of each, between which only cold moves are possible. */
function enginesOf(there: readonly HostName[], random: Random): Cast['engines'] {
  const kind = random.below(5);
  const engine = (index: number): EngineName => {
    if (kind === 4) return index % 2 === 0 ? 'podman' : 'docker';
    return kind < 2 ? 'podman' : 'docker';
  };
  return Object.fromEntries(there.map((host, index) => [host, engine(index)]));
}

/** Two to four containers on two or three of these hosts. */
export function castOf(up: readonly HostName[], random: Random): Cast {
  const there = random.chance(0.6) ? up.slice(0, 2) : up;
  const engines = enginesOf(there, random);
  const mixed = new Set(Object.values(engines)).size > 1;
  const count = 2 + random.below(3);
  const containers = Array.from({length: count}, (_, index): Container => {
    const strategy = !mixed && random.chance(0.3) ? 'stateful' : 'cold';
    const runs = strategy === 'stateful' || random.chance(0.85);
    const mounts = mountsOf(index, random);
    return {name: `app${index}`, mounts, strategy, runs, host: random.pick(there)};
  });
  return {engines, containers};
}
