import {
  folderOf,
  isCopied,
  type Container,
  type EngineName,
  type HostName,
  type Mount,
} from './containers.js';
import {below, differences, isWithin, outside, type Files} from './files.js';

/** What lies on each host. */
export type World = ReadonlyMap<HostName, Files>;

/** A container and how it went with it. */
export interface Went {
  readonly container: Container;
  readonly from: HostName;
  /** Where it is now. */
  readonly to: HostName;
  /** Where runs tried to bring it. */
  readonly tried: ReadonlySet<HostName>;
}

export type Engines = Readonly<Partial<Record<HostName, EngineName>>>;

const engineOf = (engines: Engines, host: HostName): EngineName => engines[host] ?? 'podman';

export const filesAt = (world: World, host: HostName): Files =>
  world.get(host) ?? new Map<string, never>();

/** Files of a mount on a host. */
export const filesOf = (
  world: World,
  engines: Engines,
  host: HostName,
  mount: Mount,
): ReadonlyMap<string, string> =>
  below(filesAt(world, host), folderOf(mount, engineOf(engines, host)));

const copied = ({mounts}: Container): readonly Mount[] => mounts.filter(isCopied);

/** What a container has is where it is, all of it. */
function arrived(
  before: World,
  after: World,
  engines: Engines,
  {container, from, to}: Went,
): readonly string[] {
  return copied(container).flatMap((mount) =>
    differences(filesOf(before, engines, from, mount), filesOf(after, engines, to, mount)).map(
      (line) => `${container.name} on ${to}, ${mount.name}: ${line}`,
    ),
  );
}

/** Folders of a host that runs may have written. */
const writable = (engines: Engines, host: HostName, went: readonly Went[]): readonly string[] =>
  went
    .filter(({tried, to, from}) => tried.has(host) || (to === host && from !== host))
    .flatMap(({container}) => container.mounts)
    .filter(({policy}) => policy !== 'shared')
    .map((mount) => folderOf(mount, engineOf(engines, host)));

/** A move makes the folders above what it brings where they are not there yet; it never changes any. */
const isNewParent = (path: string, had: boolean, folders: readonly string[]): boolean =>
  !had && folders.some((folder) => isWithin(folder, path));

/** Files that belong to no move, and those that a container has left behind. */
function untouched(
  before: World,
  after: World,
  engines: Engines,
  went: readonly Went[],
): readonly string[] {
  return [...before.keys()].flatMap((host) => {
    const folders = writable(engines, host, went);
    const was = outside(filesAt(before, host), folders);
    const is = outside(filesAt(after, host), folders);
    const kept = [...is].filter(([path]) => !isNewParent(path, was.has(path), folders));
    return differences(was, new Map(kept)).map((line) => `${host}, outside of all moves: ${line}`);
  });
}

/** Where the hosts are not as they must be, one line each. */
export const violations = (
  before: World,
  after: World,
  engines: Engines,
  went: readonly Went[],
): readonly string[] => [
  ...went.flatMap((each) => arrived(before, after, engines, each)),
  ...untouched(before, after, engines, went),
];
