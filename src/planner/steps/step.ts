import type {Ahead} from '../strategy/converge.js';
import type {Command} from '../../base/command.js';
import type {Problem} from '../../base/problem.js';
import type {Result} from '../../base/result.js';
import type {Rounds} from '../../engines/engine.js';
import type {
  ContainerName,
  FileComparison,
  Hook,
  HookPoint,
  HostName,
  Verify,
} from '../../plan/plan.js';

/** `redis/restore` */
export type StepId = string;

/** What may arrive over a link; the same shape as hosts/link/link.ts promises. */
export type Receiver =
  | {
      readonly kind: 'program';
      readonly command: Command;
      readonly most?: number;
      readonly inMemory?: true;
    }
  | {readonly kind: 'folder'; readonly path: string};

/** A folder whose files were copied. */
export interface ComparedFolder {
  readonly folder: string;
  /** No name in the path of the folder is a symbolic link. */
  readonly real?: true;
  readonly receiver: string;
  /** For people: `volume data`. */
  readonly what: string;
}

/** What a step does, as data. The performer is the only code that carries it out. */
export type Act =
  /** A command on a host. `reads`: changes nothing, so it may be repeated and needs no lease. */
  | {
      readonly kind: 'run';
      readonly host: HostName;
      readonly command: Command;
      readonly reads?: true;
      readonly judge?: Judge;
    }
  /** Asks a host, and sends it what follows from its answer. */
  | {
      readonly kind: 'answer';
      readonly host: HostName;
      readonly question: Command;
      readonly reply: (stdout: string) => Result<Command, Problem>;
    }
  /** Takes, or gives back, the lease of this container on that host. */
  | {readonly kind: 'lease'; readonly host: HostName; readonly name: string}
  | {readonly kind: 'release'; readonly host: HostName; readonly name: string}
  /** Removes what dead runs left on that host; the lease of this container is held. */
  | {readonly kind: 'sweep'; readonly host: HostName; readonly container: ContainerName}
  /** Looks again at both hosts: the container must be as it was when the steps were made. */
  | {
      readonly kind: 'confirm';
      readonly container: ContainerName;
      readonly hosts: readonly HostName[];
      readonly fingerprint: string;
    }
  | {
      readonly kind: 'open-link';
      readonly link: string;
      readonly from: HostName;
      readonly to: HostName;
      readonly folder: string;
      readonly receivers: Readonly<Record<string, Receiver>>;
      readonly transfer: 'direct' | 'relay';
      /** Bits per second. */
      readonly bandwidth?: number;
    }
  /** Ends what still receives on the target, and sees that it has ended. */
  | {readonly kind: 'seal-link'; readonly link: string}
  | {readonly kind: 'close-link'; readonly link: string}
  | {
      readonly kind: 'send';
      readonly link: string;
      readonly producer: Command;
      readonly receiver: string;
      readonly bytes: number;
    }
  /** The pre-copy loop: memory goes over in rounds while the container runs, until a freeze is short enough. */
  | {
      readonly kind: 'rounds';
      readonly link: string;
      readonly receiver: string;
      readonly rounds: Rounds;
      readonly from: HostName;
      readonly to: HostName;
      readonly ahead: Ahead;
      /** Percent of one CPU that the container is held to before it counts as not converging. */
      readonly throttle?: number;
    }
  | {
      readonly kind: 'sync';
      readonly link: string;
      readonly folder: string;
      /** No name in the path of the folder is a symbolic link. */
      readonly real?: true;
      readonly receiver: string;
      readonly bytes: number;
      /** The container writes meanwhile: files that vanish are no failure. */
      readonly live?: true;
      /** Waits, on the source, for the moment from which the folder does not change any more. */
      readonly once?: Command;
    }
  /** Both hosts look at what was copied; a difference is a failure. */
  | {
      readonly kind: 'compare';
      readonly link: string;
      readonly to: HostName;
      readonly by: FileComparison;
      /** `false`: times of folders in which nothing else differs do not count. */
      readonly folderTimes?: false;
      readonly folders: readonly ComparedFolder[];
    }
  | {
      readonly kind: 'hook';
      readonly hook: Hook;
      readonly point: HookPoint;
      readonly undo?: true;
      readonly host?: HostName;
      readonly command: Command;
    }
  /** Repeats until it succeeds or its time is over. */
  | {
      readonly kind: 'verify';
      readonly host: HostName;
      readonly verify: Verify;
      readonly checks: readonly Command[];
    };

/** Reads a command's output: a fact to show, or why it is not good enough. Pure. */
export type Judge = (stdout: string) => Result<string, Problem>;

export interface Step {
  readonly id: StepId;
  /** The lane it belongs to: one container's change. */
  readonly lane: ContainerName;
  /** What it does, for people: `stream memory to beta`. */
  readonly title: string;
  readonly host: HostName;
  /** One sentence: why it is there. */
  readonly because: string;
  readonly needs: readonly StepId[];
  readonly act: Act;
  /**
   * Puts things back as they were before the step, also when the step failed half-way or had not begun.
   * None from the commit point on.
   */
  readonly undo?: Act;
  /** Has to succeed before the undo, which fails otherwise: what is removed by it may be the last there is. */
  readonly undoOnlyIf?: Act;
  /**
   * When this undo fails, what was done before it must not be undone: the other copy may be running, or
   * none, and then what is written down on the hosts is what the next run brings it back by.
   */
  readonly fence?: true;
  /** Runs while the container does not serve. */
  readonly downtime?: true;
  /**
   * Of the part of a move that links and processors make longer or shorter: from the first of such steps to the last,
   * no other lane is in its own on either host.
   */
  readonly alone?: true;
  /** The point of no return of this change. */
  readonly commits?: true;
  /** From the commit point on: a failure is a warning. */
  readonly tolerant?: true;
  /** Runs whatever happened before it: gives back, cleans up. A failure is a warning. */
  readonly always?: true;
  /** A hook that runs only after a failure, or only after the lane was undone. A failure is a warning. */
  readonly when?: 'failed' | 'undone';
}

export interface Lane {
  readonly container: ContainerName;
  /** `finish` and `undo` end an interrupted move; when one of them fails, a person must look. */
  readonly kind: 'move' | 'finish' | 'undo';
  /** What it has come to when all went well; absent: it moved, or it is back. */
  readonly ends?: 'kept' | 'restored' | 'started' | 'stopped' | 'parked';
  readonly from: HostName;
  readonly to: HostName;
  /** Lanes that must have been committed before this one begins. */
  readonly after: readonly ContainerName[];
  /** In an order in which they may run; a step's needs come before it. */
  readonly steps: readonly Step[];
  /** What the plan wants to happen when the lane failed: always, and when it was undone. Failures are warnings. */
  readonly onFailure: readonly Step[];
  readonly onRollback: readonly Step[];
}

/** The hooks of the whole plan. They run on the runner, one after another, outside of all lanes. */
export interface PlanHookSteps {
  readonly before: readonly Step[];
  readonly after: readonly Step[];
  readonly onFailure: readonly Step[];
}

export interface StepGraph {
  readonly lanes: readonly Lane[];
  /** Absent: none. */
  readonly hooks?: PlanHookSteps;
  readonly limits: {readonly parallel: number; readonly perHost: number};
}
