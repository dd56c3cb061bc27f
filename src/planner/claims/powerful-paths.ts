import {isWithin, plainPath} from '../../base/within.js';

/**
 * Places of a host that make whoever writes them root there, or hold what only root may read. `all`: with everything below.
 * `write`: everybody may read it, so that only writing counts. `*` is one name. The first line that fits decides; a folder
 * that is in no line is data.
 */
const places: readonly (readonly [path: string, how: 'all' | 'itself', counts: 'any' | 'write'])[] =
  [
    ['/etc/localtime', 'itself', 'write'],
    ['/etc/timezone', 'itself', 'write'],
    ['/etc/hostname', 'itself', 'write'],
    ['/etc/hosts', 'itself', 'write'],
    ['/etc/resolv.conf', 'itself', 'write'],
    ['/etc/nsswitch.conf', 'itself', 'write'],
    ['/etc/os-release', 'itself', 'write'],
    ['/etc/machine-id', 'itself', 'write'],
    ['/etc/passwd', 'itself', 'write'],
    ['/etc/group', 'itself', 'write'],
    ['/etc/ssl/certs', 'all', 'write'],
    ['/etc/ca-certificates', 'all', 'write'],
    ['/etc/pki/tls/certs', 'all', 'write'],
    ['/etc/pki/ca-trust', 'all', 'write'],
    ['/etc', 'all', 'any'],
    ['/usr', 'all', 'write'],
    ['/bin', 'all', 'write'],
    ['/sbin', 'all', 'write'],
    ['/lib', 'all', 'write'],
    ['/lib32', 'all', 'write'],
    ['/lib64', 'all', 'write'],
    ['/snap', 'all', 'write'],
    ['/boot', 'all', 'any'],
    ['/efi', 'all', 'any'],
    ['/root', 'all', 'any'],
    ['/dev', 'all', 'any'],
    ['/proc', 'all', 'any'],
    ['/sys/fs/cgroup', 'all', 'write'],
    ['/sys/class', 'all', 'write'],
    ['/sys', 'all', 'any'],
    ['/run/udev', 'all', 'write'],
    ['/run', 'all', 'any'],
    ['/var/lib/cm', 'all', 'any'],
    ['/var/lib/containerd', 'all', 'any'],
    ['/var/lib/containers', 'all', 'any'],
    ['/var/lib/docker', 'all', 'any'],
    ['/var/lib/kubelet', 'all', 'any'],
    ['/var/lib/rancher', 'all', 'any'],
    ['/var/lib/lxc', 'all', 'any'],
    ['/var/lib/lxd', 'all', 'any'],
    ['/var/lib/incus', 'all', 'any'],
    ['/var/lib/libvirt', 'all', 'any'],
    ['/var/lib/dpkg', 'all', 'write'],
    ['/var/lib/rpm', 'all', 'write'],
    ['/var/lib/systemd', 'all', 'any'],
    ['/var/lib/sudo', 'all', 'any'],
    ['/var/lib/cloud', 'all', 'any'],
    ['/var/spool/cron', 'all', 'any'],
    ['/var/spool/at', 'all', 'any'],
    ['/var/spool', 'itself', 'any'],
    ['/var/log/journal', 'all', 'any'],
    ['/var/log', 'itself', 'any'],
    ['/var/lib', 'itself', 'any'],
    ['/var/cache', 'itself', 'any'],
    ['/var/tmp', 'itself', 'any'],
    ['/var', 'itself', 'any'],
    ['/tmp/.X11-unix', 'all', 'any'],
    ['/tmp', 'itself', 'any'],
    ['/opt', 'itself', 'any'],
    ['/home/*/.ssh', 'all', 'any'],
    ['/home/*/.gnupg', 'all', 'any'],
    ['/home/*/.aws', 'all', 'any'],
    ['/home/*/.azure', 'all', 'any'],
    ['/home/*/.kube', 'all', 'any'],
    ['/home/*/.docker', 'all', 'any'],
    ['/home/*/.password-store', 'all', 'any'],
    ['/home/*/.netrc', 'all', 'any'],
    ['/home/*/.pgpass', 'all', 'any'],
    ['/home/*/.bashrc', 'itself', 'any'],
    ['/home/*/.bash_profile', 'itself', 'any'],
    ['/home/*/.profile', 'itself', 'any'],
    ['/home/*/.zshrc', 'itself', 'any'],
    ['/home/*/.zshenv', 'itself', 'any'],
    ['/home/*/.local/bin', 'all', 'any'],
    ['/home/*/.local', 'itself', 'any'],
    ['/home/*/.config/systemd', 'all', 'any'],
    ['/home/*/.config/autostart', 'all', 'any'],
    ['/home/*/.config', 'itself', 'any'],
    ['/home/*', 'itself', 'any'],
    ['/home', 'itself', 'any'],
    ['/', 'itself', 'any'],
  ];

/** `/var/run` is `/run`, and `/var/lock` is in it, on every Linux of today. */
const real = (path: string): string =>
  plainPath(path)
    .replace(/^\/var\/run(?=\/|$)/, '/run')
    .replace(/^\/var\/lock(?=\/|$)/, '/run/lock');

const compiled = places.map(([path, how, counts]) => ({
  fits: new RegExp(
    `^${path.replaceAll('.', String.raw`\.`).replaceAll('*', '[^/]+')}${how === 'all' ? '(?:/.*)?' : ''}$`,
    's',
  ),
  counts,
}));

/** Whether a container that has this place of a host has power over the host. `engineFolders`: where its engines keep their things. */
export function isPowerfulPath(
  given: string,
  writes: boolean,
  engineFolders: readonly string[] = [],
): boolean {
  const path = real(given);
  if (engineFolders.some((folder) => isWithin(path, folder) || isWithin(folder, path))) return true;
  const place = compiled.find(({fits}) => fits.test(path));
  return place !== undefined && (writes || place.counts === 'any');
}
