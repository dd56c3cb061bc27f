// Made by schemas/generate.mjs from schemas/plan.source.json; not to be edited.

/**
 * Letters, digits, `_`, `.` and `-`, beginning with a letter or a digit. Reports, leases and the journal call the plan by it.
 */
export type PlanName = string;
/**
 * The word local, an ssh_config alias, or user@host:port, of which user and port may be left out.
 */
export type Address = string;
/**
 * Where the other hosts reach this one, as host or host:port, when that is not its address.
 */
export type PeerAddress = string;
/**
 * One line of text.
 */
export type Label = string;
/**
 * A file, relative to the folder of the plan file.
 */
export type Path = string;
/**
 * What the container should be doing where it belongs. `running` starts it when it is stopped, `stopped` stops it, and `parked` freezes it to disk with its memory, where it survives a reboot of its host, until the plan says `running`. Without it, it stays as it is found.
 */
export type StateWord = 'running' | 'stopped' | 'parked';
/**
 * How the container may be moved: one word, or a list, best first, of which the first that can be done within the budget is taken. The default is [stateful, cold].
 */
export type StrategyDocument = StrategyWord | [StrategyWord, ...StrategyWord[]];
/**
 * One way of moving a container. `cold` stops it and starts it on the target; `stateful` carries its memory over; `pre-copy` does that while it still runs.
 */
export type StrategyWord = 'cold' | 'stateful' | 'pre-copy';
/**
 * A number and ms, s, m or h, such as 500ms, 90s, 15m or 2h (at most 99h).
 */
export type Duration = string;
/**
 * An amount in bytes, such as 512MiB or 1.5GB.
 */
export type Size = string;
/**
 * What happens when pre-copy does not come near enough to its end, since the container changes its memory faster than it can be sent: `cutover` freezes it then and sends what is left, `next-strategy` goes on with the next one of the list, `abort` leaves it where it is. The default is cutover, and next-strategy where the plan gives a budget for the downtime.
 */
export type NoConvergeWord = 'cutover' | 'next-strategy' | 'abort';
/**
 * What happens when a container does not end within its `stopTimeout`: `abort` does not kill it, and starts it again once it has ended; `kill` kills it and goes on, whatever it held. The default is abort.
 */
export type StopTimeoutWord = 'abort' | 'kill';
/**
 * A share of one CPU, such as 30%. A container that changes its memory too fast for pre-copy gets no more than this until it is frozen. Without it no container is slowed down.
 */
export type Throttle = string;
/**
 * What becomes of established TCP connections in a stateful move. `keep` is the default.
 */
export type ConnectionsWord = 'keep' | 'close';
/**
 * Something that begins with http:// or https:// and has no spaces.
 */
export type URL = string;
/**
 * A list of the program and its words, such as ["systemctl", "reload", "nginx"]. No shell reads it.
 *
 * @minItems 1
 */
export type Command = [Program, ...Word[]];
/**
 * The name or path of a program, with nothing else in it.
 */
export type Program = string;
/**
 * Text without a NUL character.
 */
export type Word = string;
/**
 * A number and s, m, h or d, such as 90m, 72h or 30d.
 */
export type Age = string;
/**
 * The path of a folder from the root on (without ..), such as /srv/checkpoints.
 */
export type Folder = string;
/**
 * A word such as privileged, host-pid, capability:SYS_ADMIN, device:/dev/kvm or bind:/usr/local/bin, as the refusal of the move names it.
 */
export type Power = string;
/**
 * What the copy may have that gives it power over the target, each as the refusal of a move names it: `privileged`, `host-pid`, `capability:SYS_ADMIN`, `device:/dev/kvm`, `bind:/usr/local/bin`, or with `:ro` only to read. Nothing else of the kind is moved. A container's own list takes the place of that in `defaults`.
 */
export type AllowDocument = Power[];
/**
 * A hook, or a list of hooks that are run in order.
 */
export type HookPointDocument = HookDocument | [HookDocument, ...HookDocument[]];
/**
 * An amount a second, in bits or bytes, such as 800Mbit, 1Gbit or 100MiB.
 */
export type Rate = string;

/**
 * A plan: which containers belong on which hosts, and how they are moved there.
 */
export interface PlanDocument {
  /**
   * The version of the plan language, cm/v1.
   */
  apiVersion: 'cm/v1';
  name: PlanName;
  /**
   * The machines, by the names the plan uses for them.
   */
  hosts: {
    [k: string]: HostDocument;
  };
  defaults?: DefaultsDocument;
  /**
   * The containers, by the names the engine knows them by, and where each belongs.
   */
  containers: {
    [k: string]: ContainerDocument;
  };
  limits?: LimitsDocument;
  /**
   * The way of the bytes. `direct` (the default) goes from host to host; `relay` goes through the machine that runs cm.
   */
  transfer?: 'direct' | 'relay';
  hooks?: PlanHooksDocument;
  /**
   * Whether the plan rests. A suspended plan is checked and shown, and never applied.
   */
  suspend?: boolean;
}
/**
 * A machine that containers run on.
 */
export interface HostDocument {
  address: Address;
  peerAddress?: PeerAddress;
  /**
   * The container engine. Without it the host is probed for podman and docker; `runc` and `crun`, for OCI bundles under a supervisor of their own, are never found by probing, since they lie beneath both.
   */
  engine?: 'podman' | 'docker' | 'runc' | 'crun';
  /**
   * Words about the host, for people and for choosing it.
   */
  labels?: {
    [k: string]: Label;
  };
  ssh?: SshDocument;
}
/**
 * Files for ssh, relative to the plan file. What is not named is taken from OpenSSH's own configuration.
 */
export interface SshDocument {
  config?: Path;
  identity?: Path;
  knownHosts?: Path;
}
/**
 * Settings for every container and host that does not say otherwise.
 */
export interface DefaultsDocument {
  state?: StateWord;
  strategy?: StrategyDocument;
  budget?: BudgetDocument;
  onNoConverge?: NoConvergeWord;
  stopTimeout?: Duration;
  onStopTimeout?: StopTimeoutWord;
  throttle?: Throttle;
  connections?: ConnectionsWord;
  verify?: VerifyDocument;
  checkpoints?: CheckpointsDocument;
  volumes?: VolumesDocument;
  allow?: AllowDocument;
  hooks?: HooksDocument;
  ssh?: SshDocument;
}
/**
 * How long a move may take. It is predicted before the freeze; over it, the next strategy is taken or nothing is touched.
 */
export interface BudgetDocument {
  downtime?: Duration;
  total?: Duration;
  maxSent?: Size;
  /**
   * How many rounds pre-copy may take before the freeze. The default is 8.
   */
  maxRounds?: number;
}
/**
 * What must be true of the container on the target before the move is committed.
 */
export interface VerifyDocument {
  /**
   * A port that must accept a connection.
   */
  tcp?: number;
  http?: URL;
  exec?: Command;
  /**
   * How the files of both hosts are compared after the last copy and before the copy starts: by type, size, mode, owner, time, link targets, hard links, extended attributes, ACLs and file capabilities (`metadata`, the default), or by their content, too (`digest`), which reads all of them on both hosts while the container does not serve. A difference is a failure that is undone.
   */
  files?: 'metadata' | 'digest';
  within?: Duration;
}
/**
 * Checkpoints that are kept on the container's host, and for how long.
 */
export interface CheckpointsDocument {
  every?: Duration;
  /**
   * How many there may be. The default is 5 where there is an `every` and no other limit, and as many as there are otherwise.
   */
  keep?: number;
  maxAge?: Age;
  maxSize?: Size;
  in?: Folder;
}
/**
 * What becomes of each volume or bind mount, by its name or by where it is mounted. `sync` (the default) copies it and refuses to replace files that the target has, `overwrite` copies it and replaces them, `shared` says that both hosts mount it, `skip` leaves it behind. A volume with a driver or options of its own is never copied; both hosts must have it with the same ones.
 */
export interface VolumesDocument {
  [k: string]: 'sync' | 'overwrite' | 'shared' | 'skip';
}
/**
 * Commands of your own around the move of a container.
 */
export interface HooksDocument {
  before?: HookPointDocument;
  beforeFreeze?: HookPointDocument;
  afterRestore?: HookPointDocument;
  redirect?: HookPointDocument;
  after?: HookPointDocument;
  onFailure?: HookPointDocument;
  onRollback?: HookPointDocument;
}
/**
 * A command of your own that is run at a point of the move.
 */
export interface HookDocument {
  run: Command;
  /**
   * Where it is run. The default is `runner`, the machine that runs cm.
   */
  on?: 'runner' | 'source' | 'target' | 'container';
  /**
   * Another way to write `on: container`.
   */
  in?: 'container';
  /**
   * Variables for the command. Their values stand on no command line, where every user of a host can read the words of `run`.
   */
  env?: {
    [k: string]: Word;
  };
  timeout?: Duration;
  /**
   * What a failing hook does. `stop` (the default) fails the step; `continue` is a warning.
   */
  onFailure?: 'stop' | 'continue';
  undo?: Command;
}
/**
 * A container and the host it belongs on.
 */
export interface ContainerDocument {
  on: Word;
  state?: StateWord;
  strategy?: StrategyDocument;
  budget?: BudgetDocument;
  onNoConverge?: NoConvergeWord;
  stopTimeout?: Duration;
  onStopTimeout?: StopTimeoutWord;
  throttle?: Throttle;
  connections?: ConnectionsWord;
  verify?: VerifyDocument;
  checkpoints?: CheckpointsDocument;
  /**
   * Containers whose moves are committed before this one begins.
   */
  dependsOn?: Word[];
  volumes?: VolumesDocument;
  allow?: AllowDocument;
  hooks?: HooksDocument;
}
/**
 * How much is done at the same time, and how fast.
 */
export interface LimitsDocument {
  /**
   * Changes under way at the same time. The default is 4.
   */
  parallel?: number;
  /**
   * Changes a host takes part in at the same time. The default is 1. From the first round or the freeze to the restore a move of memory has its hosts to itself, however many there are.
   */
  perHost?: number;
  bandwidth?: Rate;
}
/**
 * Commands of your own around the whole run. They run on the machine that runs cm.
 */
export interface PlanHooksDocument {
  before?: HookPointDocument;
  after?: HookPointDocument;
  onFailure?: HookPointDocument;
}
