/** A program whose output shows the error. */
export type Where =
  | 'criu dump'
  | 'criu restore'
  | 'criu'
  | 'runc'
  | 'crun'
  | 'podman'
  | 'docker'
  | 'kubelet'
  | 'incus'
  | 'ssh'
  | 'rsync'
  | 'kernel';

/**
 * `cause`: why it failed. `follows`: comes after a cause, and helps only where that was not recognised.
 * `wraps`: says that another program failed, and where that wrote why.
 */
export type Rank = 'cause' | 'follows' | 'wraps';

/** One thing that is known: how it looks in a log, what it means, and what to do. */
export interface Rule {
  /** Stable kebab-case word, unique. */
  readonly id: string;
  readonly where: readonly Where[];
  /**
   * Any of them, in one line. Every repetition in them is bounded, so that no line can keep them busy.
   * What a named group caught stands in the texts as `{name}`.
   */
  readonly patterns: readonly RegExp[];
  /** In the style of a problem: lowercase, no full stop. */
  readonly means: string;
  readonly remedy: string;
  /** Addresses; none where it was seen running and nobody has written about it. */
  readonly see: readonly string[];
  /** Absent: `cause`. */
  readonly rank?: Rank;
  /** Rules that say the same less precisely: not told beside this one. */
  readonly hides?: readonly string[];
}

const issue = (repository: string) => (number: number) =>
  `https://github.com/${repository}/issues/${number}`;

/** An issue or a pull request of CRIU's repository; the others likewise. */
export const criu = issue('checkpoint-restore/criu');
export const podman = issue('containers/podman');
export const crun = issue('containers/crun');
export const runc = issue('opencontainers/runc');
export const moby = issue('moby/moby');
export const containerd = issue('containerd/containerd');
export const crio = issue('cri-o/cri-o');
export const incus = issue('lxc/incus');
