import {isWithin, plainPath} from '../../base/within.js';

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

/** `engineFolders`: where the engines of that host keep their own things. */
export function isHostFolder(given: string, engineFolders: readonly string[] = []): boolean {
  const path = plainPath(given);
  if (roots.includes(path)) return true;
  return [...trees, ...engineFolders].some((tree) => isWithin(path, tree) || isWithin(tree, path));
}
