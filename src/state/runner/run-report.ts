import type {Problem} from '../../base/problem.js';
import type {ContainerName, HostName, Strategy} from '../../plan/plan.js';

/** One step as it went. */
export interface StepReport {
  readonly step: string;
  readonly undo: boolean;
  readonly outcome: 'done' | 'failed' | 'skipped' | 'unfinished';
  /** ms since the run began. */
  readonly startedMs: number;
  readonly tookMs: number;
  /** The program of the plan's author that a hook ran. */
  readonly runs?: string;
  readonly bytes?: number;
  readonly fact?: string;
  readonly figures?: Readonly<Record<string, number>>;
  readonly problem?: Problem;
}

/** One round of pre-copy as it went, and what it said of the next moment. */
export interface RoundReport {
  /** From 1. */
  readonly round: number;
  /** Pages written, and found unchanged. */
  readonly pages: number;
  readonly skipped: number;
  /** Of the pages written; and what the link carried. */
  readonly bytes: number;
  readonly sent: number;
  readonly tookMs: number;
  /** How long the container was held for it. */
  readonly frozenMs: number;
  /** Bytes a second that are dumped and sent, and that the container changes; the latter from round 2 on. */
  readonly bandwidth: number;
  readonly dirtyRate?: number;
  /** Predicted downtime: of a freeze now, and of one after another round. */
  readonly downtimeMs: number;
  readonly nextMs: number;
  readonly verdict: 'go-on' | 'cutover' | 'stuck';
  readonly because: string;
  /** Predicted downtime of the freeze that follows it, however that is done; absent when none follows. */
  readonly expectedMs?: number;
}

/** What became of one container. */
export interface ContainerReport {
  readonly container: ContainerName;
  /** `settled`: it was where it belongs. `refused`: its problems kept the plan from being applied. */
  readonly outcome:
    | 'settled'
    | 'refused'
    | 'planned'
    | 'moved'
    | 'kept'
    | 'restored'
    | 'started'
    | 'stopped'
    | 'parked'
    | 'back'
    | 'untouched'
    | 'look';
  readonly from?: HostName;
  readonly to?: HostName;
  readonly strategy?: Strategy;
  readonly where?: readonly HostName[];
  /** Measured from the start of the first to the end of the last downtime step, ms. */
  readonly downtimeMs?: number;
  /** Measured from its first to its last step, ms. */
  readonly totalMs?: number;
  /** The downtime or the whole move took longer than the plan allows. */
  readonly overBudget?: true;
  /** Measured, host to host. */
  readonly bytes?: number;
  readonly predicted?: {
    readonly downtimeMs: number;
    readonly totalMs: number;
    readonly bytes: number;
    readonly how: string;
  };
  /** Of pre-copy: what the last one expected is to be held against `downtimeMs`. */
  readonly rounds?: readonly RoundReport[];
  readonly problems?: readonly Problem[];
}

/** What is kept of a run: `<stateDir>/runs/<run>.json`. */
export interface RunReport {
  readonly format: 1;
  readonly run: string;
  /** What it was asked for with: `apply`, `checkpoint create`; absent in reports of older versions. */
  readonly verb?: string;
  readonly plan: {readonly name: string; readonly file: string; readonly hash: string};
  readonly provenance: {
    readonly cm: string;
    readonly node: string;
    readonly commit?: string;
    readonly dirty?: boolean;
    readonly runner: string;
  };
  /** ISO 8601. */
  readonly startedAt: string;
  readonly endedAt: string;
  readonly exit: number;
  /** By host; the fullest that was seen in this run. */
  readonly versions?: Readonly<
    Record<
      HostName,
      {
        readonly engine: string;
        readonly runtime?: string;
        readonly criu?: string;
        readonly kernel?: string;
      }
    >
  >;
  readonly containers: readonly ContainerReport[];
  /** What ended the run as a whole. */
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
  readonly timeline: readonly StepReport[];
  /** Steps under way when the runner was told to leave. */
  readonly inFlight: readonly string[];
}

/** One transition. Words that are too long are cut; what a program printed is never here. */
export interface JournalEntry {
  /** ms since the epoch. */
  readonly at: number;
  readonly type: string;
  readonly plan?: string;
  readonly container?: string;
  readonly step?: string;
  readonly undo?: true;
  /** The program of the plan's author that a hook runs. */
  readonly runs?: string;
  readonly round?: number;
  readonly pages?: number;
  readonly outcome?: string;
  readonly tookMs?: number;
  readonly bytes?: number;
  readonly downtimeMs?: number;
  readonly where?: readonly string[];
  readonly code?: string;
  readonly message?: string;
  readonly exit?: number;
}
