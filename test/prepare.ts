import {execFileSync} from 'node:child_process';
import {accessSync, mkdirSync, rmSync, writeFileSync} from 'node:fs';
import {resolve} from 'node:path';
import {programVariable} from './rig/program.js';

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

/** Built into a folder of this run's own: another run in the same checkout builds meanwhile. */
function build(): () => void {
  if (process.env[programVariable] !== undefined) return () => undefined;
  const folder = resolve(`node_modules/.cache/cm-tests/${process.pid}`);
  mkdirSync(folder, {recursive: true});
  writeFileSync(`${folder}/package.json`, '{"type": "module"}\n');
  const words = ['run', '--silent', 'build', '--', `--outdir=${folder}/dist`];
  execFileSync('npm', words, {stdio: 'inherit'});
  process.env[programVariable] = `${folder}/dist/main.js`;
  return () => {
    rmSync(folder, {recursive: true, force: true});
  };
}

/** On a Debian machine as root, what the tests run is installed. */
function install(): void {
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

/** Before all tests; what it gives back is called after them. */
export default function prepare(): () => void {
  const remove = build();
  install();
  return remove;
}
