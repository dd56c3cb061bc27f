import type {Strategy} from '../base/strategy.js';
/** A name as the plan's author wrote it; which kind of name is said by the field. */
export type HostName = string;
export type ContainerName = string;

export type {Strategy};

export type EngineName = 'podman' | 'docker' | 'runc' | 'crun';

/** How to reach a host with ssh; paths are absolute by now. Absent: OpenSSH's own files are used. */
export interface SshSettings {
  readonly config?: string;
  readonly identity?: string;
  readonly knownHosts?: string;
}

export interface Host {
  readonly name: HostName;
  /** `local`, an ssh_config alias, or `[user@]host[:port]`, as written. */
  readonly address: string;
  /** Where other hosts reach this one, when that differs from `address`: `host[:port]`. */
  readonly peerAddress?: string;
  /** Absent: found by probing. */
  readonly engine?: EngineName;
  readonly labels: Readonly<Record<string, string>>;
  readonly ssh: SshSettings;
}

/** What is predicted before the freeze must stay within these. */
export interface Budget {
  readonly downtimeMs?: number;
  readonly totalMs?: number;
  /** Bytes that pre-copy may send before the freeze. */
  readonly maxSent?: number;
  /** Rounds that pre-copy may take before the freeze. */
  readonly maxRounds?: number;
}

/** What happens when pre-copy does not converge; the schema says more. */
export type NoConverge = 'cutover' | 'next-strategy' | 'abort';

/** What happens to a program that does not end in time when it is stopped; the schema says more. */
export type StopTimeout = 'abort' | 'kill';

/** How files of both hosts are compared. `metadata`: all that they have but their content. */
export type FileComparison = 'metadata' | 'digest';

/** What becomes of a volume or bind mount when its container moves. */
/** `overwrite`: copied like `sync`, and files that the target has are replaced. */
export type VolumePolicy = 'sync' | 'overwrite' | 'shared' | 'skip';

export interface Verify {
  /** A port that must accept a connection at the container's address (or the target host's). */
  readonly tcp?: number;
  /** A URL that must answer 2xx or 3xx, asked from the target host; with `{address}`, the container's, inside its network. */
  readonly http?: string;
  /** Run inside the container on the target; must exit 0. */
  readonly exec?: readonly [string, ...string[]];
  /** Absent: `metadata`. */
  readonly files?: FileComparison;
  /** Milliseconds within which all of them must have succeeded once; 30 s when absent. */
  readonly withinMs: number;
}

export type HookPoint =
  'before' | 'beforeFreeze' | 'afterRestore' | 'redirect' | 'after' | 'onFailure' | 'onRollback';

export type HookPlace = 'runner' | 'source' | 'target' | 'container';

export interface Hook {
  readonly run: readonly [string, ...string[]];
  readonly on: HookPlace;
  readonly timeoutMs: number;
  /** Variables that may be secret. */
  readonly env?: Readonly<Record<string, string>>;
  /** `stop`: a failing hook fails the step; `continue`: it is a warning. */
  readonly onFailure: 'stop' | 'continue';
  /** Only for `redirect`: how it is taken back. */
  readonly undo?: readonly [string, ...string[]];
}

export type Hooks = Readonly<Partial<Record<HookPoint, readonly Hook[]>>>;

/** What a container should be doing; the schema says more. */
export type WantedState = 'running' | 'stopped' | 'parked';

/** Checkpoints that are kept on the container's host. */
export interface Checkpoints {
  /** How often `cm watch` makes one. */
  readonly everyMs?: number;
  readonly keep?: number;
  readonly maxAgeMs?: number;
  /** Bytes of all of them. */
  readonly maxSize?: number;
  /** A folder of that host which is nobody else's: `cm-checkpoints` within what the plan says; absent: `/var/lib/cm/checkpoints`. */
  readonly in?: string;
}

export interface Container {
  readonly name: ContainerName;
  readonly on: HostName;
  /** Absent: as it is found. */
  readonly state?: WantedState;
  /** The ladder, best first; never empty. */
  readonly strategy: readonly Strategy[];
  readonly budget: Budget;
  /** Absent: `next-strategy` where there is a budget for the downtime, `cutover` otherwise. */
  readonly onNoConverge?: NoConverge;
  /** How long a program may take to end before `onStopTimeout`; absent: what the container was made with. */
  readonly stopTimeoutMs?: number;
  /** Absent: `abort`. */
  readonly onStopTimeout?: StopTimeout;
  /** Percent of one CPU that the container is held to when pre-copy does not converge; absent: never. */
  readonly throttle?: number;
  /** What happens to established TCP connections in a stateful move. */
  readonly connections: 'keep' | 'close';
  readonly verify?: Verify;
  readonly dependsOn: readonly ContainerName[];
  /** By volume name or by mount destination. What is not named is `sync`. */
  readonly volumes: Readonly<Record<string, VolumePolicy>>;
  /** Those of `volumes` that the container itself names, and not `defaults`. */
  readonly ownVolumes?: readonly string[];
  /** Power over the target that the copy may have; absent: none. */
  readonly allow?: readonly string[];
  readonly hooks: Hooks;
  readonly checkpoints?: Checkpoints;
  /** Where `containers.<name>` stands, as `file:line:col`, for messages. */
  readonly at: string;
}

export interface Limits {
  /** Changes under way at the same time; 4 when the plan does not say. */
  readonly parallel: number;
  /** Changes a host takes part in at the same time; 1 when the plan does not say. */
  readonly perHost: number;
  /** Bits per second for each stream; absent: as fast as the link is. */
  readonly bandwidth?: number;
}

/** One document of a plan file whose shape and meaning have been checked. */
export interface Plan {
  readonly name: string;
  readonly file: string;
  /** SHA-256 of the document's canonical content, in hex: the same plan has the same hash. */
  readonly hash: string;
  readonly hosts: ReadonlyMap<HostName, Host>;
  readonly containers: ReadonlyMap<ContainerName, Container>;
  readonly limits: Limits;
  /** Hooks of the whole run: `before`, `after`, `onFailure`. */
  readonly hooks: Hooks;
  /** `direct`: host to host. `relay`: through the runner, because the plan says so. */
  readonly transfer: 'direct' | 'relay';
  /** A suspended plan is checked and shown, and never applied. */
  readonly suspend: boolean;
}
