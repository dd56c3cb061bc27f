import type {SampleImage} from '../../lab/lab.js';

/** Flags of every verb. */
export interface Globals {
  readonly output: 'text' | 'json';
  /** Absent: the streams and the environment decide. */
  readonly color?: boolean;
  readonly verbose: boolean;
  readonly quiet: boolean;
  /** Absent: the CI system decides. */
  readonly untrusted?: boolean;
}

/** Which containers of the plans are meant; both empty: all. */
export interface Selection {
  readonly only: readonly string[];
  readonly exclude: readonly string[];
}

export interface PlanFlags extends Selection {
  readonly files: readonly string[];
  /** Changes under way at the same time, in place of the plan's own limit. */
  readonly concurrency?: number;
  readonly explain: boolean;
}

export interface RunFlags extends PlanFlags {
  /** How long to wait for a lease that another run holds, ms. */
  readonly lockWaitMs: number;
  readonly view?: 'live' | 'lines';
}

export type LabAction =
  | {
      readonly what: 'up';
      readonly hosts: readonly string[];
      readonly subnet?: string;
      /** Virtual machines; what is not said of their size has a default. */
      readonly vm?: {readonly cpus?: number; readonly memory?: number};
    }
  | {readonly what: 'down'; readonly hosts: readonly string[]}
  | {readonly what: 'status'}
  /** The show: a redis moved under the eyes of a client. `down`: removes its hosts. */
  | {readonly what: 'demo'; readonly down: boolean}
  | LabHostAction;

/** What is done to one host of a lab. */
export type LabHostAction =
  | {readonly what: 'reboot'; readonly host: string}
  | {readonly what: 'link'; readonly host: string; readonly to: 'up' | 'down'}
  | {readonly what: 'load'; readonly host: string; readonly image: SampleImage}
  | {readonly what: 'ssh'; readonly host: string; readonly words: readonly string[]}
  | {readonly what: 'exec'; readonly host: string; readonly words: readonly string[]};

/** What is done with kept checkpoints. `files`: plans whose hosts are meant. */
export type CheckpointAction = {readonly files: readonly string[]} & (
  | ({
      readonly what: 'create';
      readonly container: string;
      /** It stays stopped, parked upon this checkpoint. */
      readonly stop: boolean;
      readonly yes: boolean;
      readonly note?: string;
    } & RunFlags)
  | {readonly what: 'ls'; readonly names: readonly string[]}
  | {readonly what: 'inspect'; readonly id: string}
  | {
      readonly what: 'rm';
      readonly ids: readonly string[];
      readonly yes: boolean;
      readonly lockWaitMs: number;
    }
  | {readonly what: 'prune'; readonly yes: boolean; readonly lockWaitMs: number}
);

/** What the user asked for, as data. */
export type Invocation =
  | {readonly verb: 'validate'; readonly files: readonly string[]}
  | ({readonly verb: 'plan'; readonly out?: string; readonly detailed: boolean} & PlanFlags)
  | ({readonly verb: 'apply'; readonly yes: boolean} & RunFlags)
  | ({
      readonly verb: 'watch';
      readonly intervalMs?: number;
      readonly allowHooks: readonly string[];
    } & RunFlags)
  | ({readonly verb: 'status'; readonly detailed: boolean} & PlanFlags)
  | ({readonly verb: 'graph'; readonly format: 'text' | 'mermaid' | 'dot'} & PlanFlags)
  | ({readonly verb: 'resume'; readonly yes: boolean} & RunFlags)
  | ({readonly verb: 'rollback'; readonly yes: boolean; readonly run: string} & RunFlags)
  | ({readonly verb: 'checkpoint'} & CheckpointAction)
  | ({
      readonly verb: 'restore';
      readonly yes: boolean;
      /** An ID, or `CONTAINER@latest`. */
      readonly what: string;
      /** Another host than the one that it is on. */
      readonly on?: string;
      /** The name of another container that it is restored into. */
      readonly as?: string;
    } & RunFlags)
  | {readonly verb: 'history'; readonly run?: string}
  /** A log, `-`, a run, `last`; absent: the last run that failed. */
  | {readonly verb: 'diagnose'; readonly what?: string}
  /** `plan`: where the plan of that run is now. */
  | {
      readonly verb: 'support';
      readonly run?: string;
      readonly out?: string;
      readonly plan?: string;
      readonly yes: boolean;
    }
  /** Words are hosts, addresses or plan files. */
  | {
      readonly verb: 'doctor';
      readonly words: readonly string[];
      readonly files: readonly string[];
      readonly pairs: boolean;
    }
  | ({readonly verb: 'unlock'; readonly force: boolean} & PlanFlags)
  | ({readonly verb: 'lab'; readonly lab?: string} & LabAction)
  | {readonly verb: 'completion'; readonly shell: 'bash' | 'zsh' | 'fish'}
  | {readonly verb: 'runs'}
  | {readonly verb: 'names'; readonly files: readonly string[]};
