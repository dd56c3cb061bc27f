import {createHash} from 'node:crypto';
import {buildScript} from './build-script.js';

/** What the hosts' root filesystem and the sample images consist of; a change of it is another cache folder. */
export interface Recipe {
  readonly suite: string;
  /** CRIU 4.1 of the suite cannot dump sockets on kernels since 6.16, so CRIU alone comes from a newer one. */
  readonly newerSuite: string;
  readonly packages: readonly string[];
  readonly newerPackages: readonly string[];
  /** The shell script that makes it. */
  readonly script: string;
}

export const recipe: Recipe = {
  suite: 'trixie',
  newerSuite: 'forky',
  packages: [
    ...['ca-certificates', 'podman', 'runc', 'crun', 'docker.io', 'docker-cli'],
    ...['docker-compose', 'netavark', 'aardvark-dns', 'catatonit', 'openssh-server'],
    ...['openssh-client', 'rsync', 'pv', 'zstd', 'iproute2', 'iptables', 'nftables', 'procps'],
    ...['jq', 'curl', 'iputils-ping', 'iputils-arping', 'busybox-static', 'kmod', 'file'],
  ],
  newerPackages: ['criu', 'libcriu2'],
  script: buildScript,
};

/** Names the cache folder. The mirror is no part of it: what comes from it is the same. */
export const recipeHash = (of: Recipe): string =>
  createHash('sha256')
    .update(JSON.stringify([of.suite, of.newerSuite, of.packages, of.newerPackages, of.script]))
    .digest('hex')
    .slice(0, 16);
