import {hostPlaces} from '../../base/host-places.js';
import {isWithin, plainPath} from '../../base/within.js';
import type {HostUsage} from '../../engines/facts.js';
import {namesOf} from './host-paths.js';

/** `/var/run` is `/run`, and `/var/lock` is in it, on every Linux of today. */
const real = (path: string): string =>
  plainPath(path)
    .replace(/^\/var\/run(?=\/|$)/, '/run')
    .replace(/^\/var\/lock(?=\/|$)/, '/run/lock');

const compiled = hostPlaces.map(([path, how, counts]) => ({
  path,
  fits: new RegExp(
    `^${path.replaceAll('.', String.raw`\.`).replaceAll('*', '[^/]+')}${how === 'all' ? '(?:/.*)?' : ''}$`,
    's',
  ),
  counts,
}));

/** Whether a container that has this place of a host has power over the host. */
export function isPowerfulPath(
  given: string,
  writes: boolean,
  {engineFolders = [], aliases = []}: Partial<Pick<HostUsage, 'engineFolders' | 'aliases'>> = {},
): boolean {
  const path = real(given);
  if (engineFolders.some((folder) => isWithin(path, folder) || isWithin(folder, path))) return true;
  const names = namesOf(path, aliases);
  const place = compiled.find(({fits}) => names.some((name) => fits.test(name)));
  const counts = (found: typeof place): boolean =>
    found !== undefined && (writes || found.counts === 'any');
  // what a place of the host leads to may lie below
  const below = aliases.filter((alias) => isWithin(alias.real, path));
  return (
    counts(place) ||
    below.some(({path: name}) => counts(compiled.find((each) => each.path === name)))
  );
}
