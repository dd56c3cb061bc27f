import {isWithin, plainPath} from '../../base/within.js';
import type {HostUsage} from '../../engines/facts.js';
import {namesOf} from './host-paths.js';

/** Folders that belong to the host itself: what is in them is the host's, and never copied to another. */

/** These, with everything below them. */
const trees = [
  ...['/proc', '/sys', '/dev', '/run', '/boot', '/bin', '/sbin', '/lib', '/lib32', '/lib64'],
  ...['/var/run', '/var/lib/cm', '/var/lib/docker', '/var/lib/containerd', '/var/lib/containers'],
  ...['/etc/ssl', '/etc/pki', '/etc/ssh', '/etc/systemd', '/etc/containers', '/etc/docker'],
  ...['/usr/bin', '/usr/sbin', '/usr/lib', '/usr/lib32', '/usr/lib64', '/usr/share'],
];

/** These, while a folder below them may be a container's. */
const roots = [
  ...['/', '/etc', '/home', '/root', '/tmp', '/usr', '/usr/local', '/usr/local/bin'],
  ...['/var', '/var/cache', '/var/lib', '/var/log', '/var/spool', '/var/tmp'],
];

/** By all names that the host has for it. */
export function isHostFolder(
  given: string,
  {engineFolders = [], aliases = []}: Partial<Pick<HostUsage, 'engineFolders' | 'aliases'>> = {},
): boolean {
  const path = plainPath(given);
  const names = namesOf(path, aliases);
  if (names.some((name) => roots.includes(name))) return true;
  const behind = aliases.filter((alias) => trees.includes(alias.path)).map(({real}) => real);
  return [...trees, ...behind, ...engineFolders].some((tree) =>
    names.some((name) => isWithin(name, tree) || isWithin(tree, name)),
  );
}
