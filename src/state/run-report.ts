import type {Problem} from '../base/problem.js';
import type {ContainerName, HostName, Strategy} from '../plan/plan.js';

/** One step as it went. */
export interface StepReport {
  readonly step: string;
  readonly undo: boolean;
  readonly outcome: 'done' | 'failed' | 'skipped' | 'unfinished';
  /** ms since the run began. */
  readonly startedMs: number;
  readonly tookMs: number;
  readonly bytes?: number;
  readonly fact?: string;
  readonly figures?: Readonly<Record<string, number>>;
  readonly problem?: Problem;
}

/** What became of one container. */
export interface ContainerReport {
  readonly container: ContainerName;
  /** `settled`: it was where it belongs. `refused`: its problems kept the plan from being applied. */
  readonly outcome: 'settled' | 'refused' | 'planned' | 'moved' | 'back' | 'untouched' | 'look';
  readonly from?: HostName;
  readonly to?: HostName;
  readonly strategy?: Strategy;
  readonly where?: readonly HostName[];
  /** Measured from the start of the first to the end of the last downtime step, ms. */
  readonly downtimeMs?: number;
  /** Measured from its first to its last step, ms. */
  readonly totalMs?: number;
  /** Measured, host to host. */
  readonly bytes?: number;
  readonly predicted?: {
    readonly downtimeMs: number;
    readonly totalMs: number;
    readonly bytes: number;
    readonly how: string;
  };
  readonly problems?: readonly Problem[];
}

/** What is kept of a run: `<stateDir>/runs/<run>.json`. */
export interface RunReport {
  readonly format: 1;
  readonly run: string;
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
