import {execFileSync} from 'node:child_process';
import {accessSync} from 'node:fs';

/** Programs that tests run, and the Debian packages that they are in. */
const programs: Readonly<Record<string, string>> = {
  '/usr/sbin/sshd': 'openssh-server',
  '/usr/bin/ssh': 'openssh-client',
  '/usr/bin/rsync': 'rsync',
  '/usr/bin/pv': 'pv',
  '/usr/bin/setfacl': 'acl',
  '/usr/bin/setfattr': 'attr',
  '/usr/sbin/setcap': 'libcap2-bin',
  '/usr/bin/python3': 'python3-minimal',
  '/usr/bin/flock': 'util-linux',
  '/usr/bin/pgrep': 'procps',
  '/usr/bin/script': 'bsdutils',
  '/usr/bin/git': 'git',
  '/usr/bin/zsh': 'zsh',
  '/usr/bin/fish': 'fish',
  '/usr/bin/tcsh': 'tcsh',
  '/usr/bin/bsd-csh': 'csh',
};

function missing(path: string): boolean {
  try {
    accessSync(path);
    return false;
  } catch {
    return true;
  }
}

/** Before all tests: the bin is built, and on a Debian machine as root what they run is installed. */
export default function prepare(): void {
  execFileSync('npm', ['run', '--silent', 'build'], {stdio: 'inherit'});
  const packages = Object.keys(programs)
    .filter(missing)
    .flatMap((path) => programs[path] ?? []);
  if (packages.length === 0 || process.getuid?.() !== 0 || missing('/usr/bin/apt-get')) return;
  const env = {...process.env, DEBIAN_FRONTEND: 'noninteractive'};
  // Another apt may be at work, as after the start of a machine; what apt says is shown when it fails.
  const apt = (...words: readonly string[]): Buffer =>
    execFileSync('apt-get', ['-o', 'DPkg::Lock::Timeout=600', ...words], {
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  apt('update', '-qq');
  apt('install', '-qy', '--no-install-recommends', ...packages);
}
