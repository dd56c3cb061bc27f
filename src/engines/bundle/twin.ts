import {isBind} from '../oci/config.js';
import {asList, asRecord, at, textAt, type JsonRecord} from '../../base/json.js';
import type {Mount, ObservedContainer} from '../facts.js';
import {bundleMount, bundleOf, plain, type Bundle} from './bundle.js';

/** `/srv/redis` and `/srv/redis/rootfs` → `/srv/twin` and `/srv/twin/rootfs`; undefined for what is elsewhere. */
function within(path: string, was: string, is: string): string | undefined {
  if (path === was) return is;
  return path.startsWith(`${was}/`) ? `${is}${path.slice(was.length)}` : undefined;
}

/** `/srv/data` → `/srv/twin-data`, beside it. */
function beside(path: string, name: string): string {
  const at = path.lastIndexOf('/') + 1;
  return `${path.slice(0, at)}${name}-${path.slice(at)}`;
}

/** As a path, since CRIU is told of it: `/group/redis` → `/group/twin`, and `/twin` where runc or systemd has chosen it. */
const groupOf = (path: string, name: string): string =>
  path.startsWith('/') ? path.replace(/[^/]*$/, () => name) : `/${name}`;

export const groupIn = (config: unknown): string => textAt(config, 'linux', 'cgroupsPath');

/** Paths of the host that it mounts, by where it mounts them. */
function mountsIn(config: unknown, mounts: readonly Mount[]): readonly unknown[] {
  const places = new Map(mounts.map(({destination, source}) => [destination, source]));
  return asList(at(config, 'mounts')).map((mount) => {
    const source = places.get(plain(textAt(mount, 'destination')));
    return isBind(mount) && source !== undefined ? {...asRecord(mount), source} : mount;
  });
}

function configOf(bundle: Bundle, path: string, name: string, mounts: readonly Mount[]) {
  const config = asRecord(bundle.config);
  const linux = asRecord(config['linux']);
  const root = asRecord(config['root']);
  const moved = within(textAt(root, 'path'), bundle.path, path);
  const twin: JsonRecord = {
    ...config,
    ...(moved !== undefined && {root: {...root, path: moved}}),
    mounts: mountsIn(config, mounts),
    linux: {...linux, cgroupsPath: groupOf(groupIn(config), name)},
  };
  return twin;
}

/**
 * Another bundle beside the one that was kept, as it would be: its folder under the name of the copy, and each folder of its own
 * that it mounts likewise. No digest: its `config.json` is written when it is restored.
 */
export function runcTwin(
  container: ObservedContainer,
  name: string,
  own: readonly Mount[],
): ObservedContainer {
  const bundle = bundleOf(container);
  const path = `${bundle.path.slice(0, bundle.path.lastIndexOf('/'))}/${name}`;
  const mounts = container.mounts.map((mount): Mount => {
    if (mount.kind !== 'bind') return mount;
    const inside = within(mount.source, bundle.path, path);
    if (inside !== undefined) return {...mount, source: inside};
    return own.includes(mount) ? {...mount, source: beside(mount.source, name)} : mount;
  });
  const rootfs = within(bundle.rootfs, bundle.path, path) ?? bundle.rootfs;
  const config = configOf(
    bundle,
    path,
    name,
    mounts.filter(({name: each}) => each !== bundleMount),
  );
  return {
    ...container,
    name,
    image: {id: '', name: path},
    mounts,
    upperDir: rootfs,
    raw: {...bundle, path, rootfs, config, digest: ''},
  };
}
