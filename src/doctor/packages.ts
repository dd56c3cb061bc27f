import {shellWord} from '../base/shell-word.js';
import {baseName} from '../base/base-name.js';
import type {HostName} from '../plan/plan.js';
import type {Exam, OperatingSystem} from './exam.js';
import {needs, type Fix} from './finding.js';

type Manager = 'apt' | 'dnf' | 'zypper' | 'apk' | 'pacman';

const managers: readonly (readonly [RegExp, Manager])[] = [
  [/^(?:debian|ubuntu|raspbian|linuxmint)$/, 'apt'],
  [/^(?:fedora|rhel|centos|rocky|almalinux|ol|amzn)$/, 'dnf'],
  [/^(?:suse|opensuse.*|sles?|sle-micro)$/, 'zypper'],
  [/^alpine$/, 'apk'],
  [/^(?:arch|archarm|manjaro)$/, 'pacman'],
];

const installs: Readonly<Record<Manager, string>> = {
  apt: 'apt-get install -y',
  dnf: 'dnf install -y',
  zypper: 'zypper --non-interactive install',
  apk: 'apk add',
  pacman: 'pacman -S --noconfirm',
};

const utilLinux: Readonly<Record<Manager, string>> = {
  apt: 'util-linux',
  dnf: 'util-linux-core',
  zypper: 'util-linux',
  apk: 'util-linux-misc',
  pacman: 'util-linux',
};

/** What programs are called as packages; the same everywhere but where it is said. */
const packages: Readonly<Record<string, string | Readonly<Partial<Record<Manager, string>>>>> = {
  bash: 'bash',
  criu: 'criu',
  crun: 'crun',
  curl: 'curl',
  flock: {
    apt: 'util-linux',
    dnf: 'util-linux',
    zypper: 'util-linux',
    apk: 'flock',
    pacman: 'util-linux',
  },
  'libcriu.so.2': {apt: 'libcriu2', dnf: 'criu-libs', pacman: 'criu'},
  nft: 'nftables',
  nsenter: utilLinux,
  mount: {
    apt: 'mount',
    dnf: 'util-linux-core',
    zypper: 'util-linux',
    apk: 'mount',
    pacman: 'util-linux',
  },
  pivot_root: utilLinux,
  umount: {
    apt: 'mount',
    dnf: 'util-linux-core',
    zypper: 'util-linux',
    apk: 'umount',
    pacman: 'util-linux',
  },
  unshare: utilLinux,
  podman: 'podman',
  dd: 'coreutils',
  mkfifo: 'coreutils',
  pv: 'pv',
  rsync: 'rsync',
  runc: 'runc',
  ssh: {
    apt: 'openssh-client',
    dnf: 'openssh-clients',
    zypper: 'openssh-clients',
    apk: 'openssh-client-default',
    pacman: 'openssh',
  },
  tar: 'tar',
  sha256sum: 'coreutils',
  timeout: 'coreutils',
  docker: {apt: 'docker.io', zypper: 'docker', apk: 'docker', pacman: 'docker'},
};

/** By the distribution's own name, or by those of which it is a kind. */
function managerOf({id, like}: OperatingSystem): Manager | undefined {
  for (const name of [id, ...like]) {
    const found = managers.find(([pattern]) => pattern.test(name));
    if (found) return found[1];
  }
  return undefined;
}

function packageOf(program: string, manager: Manager): string | undefined {
  const named = packages[program];
  return typeof named === 'string' ? named : named?.[manager];
}

/** The command that gives the host this program; where it lies there already, the one that lets it run. */
export function installFix(host: HostName, {os, notExecutable}: Exam, program: string): Fix {
  const still = notExecutable.find((path) => baseName(path) === program);
  if (still !== undefined) return {on: 'host', host, command: `chmod 755 ${shellWord(still)}`};
  const manager = managerOf(os);
  const name = manager && packageOf(program, manager);
  if (manager === undefined || name === undefined)
    return needs(`the package that has "${program}"`);
  return {on: 'host', host, command: `${installs[manager]} ${name}`};
}
