import {compareVersions, isOlder} from '../host/versions.js';

/** What is known about versions of docker, as data: a new fact is a new line here. */
export interface DockerAdvisory {
  /** From this version on … */
  readonly from: string;
  /** … and before this one; absent: all later ones. */
  readonly before?: string;
  /** Only of containers with a network namespace of their own, as all have but those of `host` and `container:`. */
  readonly ownNetwork?: true;
  readonly because: string;
  readonly remedy: string;
}

const otherVersion = 'use docker 26.0.1 to 27 there, podman, or "cold"';

/**
 * For `docker start --checkpoint`, which restores on the target, and on the source when the move is undone.
 * Seen running: 26.1.5, with every kind of network. The others are from moby's source and tracker:
 * `SetKey` of the network before the restored task has a process came in 26.0.0 (commit 0046b16d87), went
 * in 26.0.1 (fde80fe2e7) and came again in 28.0.0 (933fcc9814); it is there in 29.7.2.
 */
export const restoreAdvisories: readonly DockerAdvisory[] = [
  {
    from: '28.0.0',
    ownNetwork: true,
    because:
      'it looks for the network of a restored container before that has a process ("bind-mount /proc/0/ns/net")',
    remedy: otherVersion,
  },
  {
    from: '26.0.0',
    before: '26.0.1',
    ownNetwork: true,
    because:
      'it looks for the network of a restored container before that has a process ("bind-mount /proc/0/ns/net")',
    remedy: otherVersion,
  },
  // moby#47456
  {
    from: '25.0.0',
    before: '25.0.4',
    because: 'it loses every checkpoint on the way to containerd ("content digest … not found")',
    remedy: 'update docker there to 25.0.4 or later, or use "cold"',
  },
  // docker/for-linux#1192, criu#1365; moby#35691
  {
    from: '0',
    before: '23.0.0',
    because: 'older ones start a container fresh, without a word, where they should restore it',
    remedy: 'update docker there to 23 or later, or use "cold"',
  },
];

export const advisoryFor = (version: string, ownNetwork: boolean): DockerAdvisory | undefined =>
  restoreAdvisories.find(
    ({from, before, ...rule}) =>
      compareVersions(version, from) >= 0 &&
      (before === undefined || isOlder(version, before)) &&
      (ownNetwork || rule.ownNetwork === undefined),
  );
