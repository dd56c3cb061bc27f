import type {Problem} from '../base/problem.js';
import type {Planned} from '../planner/change.js';
import type {StepId} from '../planner/steps/step.js';
import type {ContainerName, HostName, Plan} from '../plan/plan.js';
import type {RoundReport} from '../state/runner/run-report.js';

/** Which version of which files led to a run; what is not known is absent. */
export interface Provenance {
  readonly cm: string;
  readonly node: string;
  /** Git commit of the plan's repository. */
  readonly commit?: string;
  readonly dirty?: boolean;
  /** user@machine */
  readonly runner: string;
}

/** How a lane ended; all but the last are known states, which is for a person. */
export type LaneOutcome =
  | 'moved'
  /** A checkpoint of it is kept; it goes on, or was to be stopped. */
  | 'kept'
  /** It is what it was when that checkpoint was made. */
  | 'restored'
  /** It does what the plan wants where it is. */
  | 'started'
  | 'stopped'
  | 'parked'
  /** Failed and undone: it runs where it was. */
  | 'back'
  /** Failed or was skipped before anything was changed. */
  | 'untouched'
  /** A person must look: see `where`. */
  | 'look';

export type StepOutcome = 'done' | 'failed' | 'skipped';

/** What `cm watch` decides between its runs. */
export type WatchEvent =
  | {readonly kind: 'reading'; readonly because: 'start' | 'change' | 'interval'}
  /** Told once for each content: until it changes, nothing of this file is applied. */
  | {readonly kind: 'invalid'; readonly file: string; readonly problems: readonly Problem[]}
  /** Told once: what was in it stays as it is. */
  | {readonly kind: 'vanished'; readonly file: string}
  | {readonly kind: 'settled'; readonly plan: Plan}
  | {readonly kind: 'applied'; readonly plan: Plan; readonly exit: number}
  /** It failed, and neither it nor the world has changed since. */
  | {readonly kind: 'held'; readonly plan: Plan; readonly untilMs: number}
  /** This watch has brought these containers back again and again; it does not any more until the plan changes. */
  | {
      readonly kind: 'contended';
      readonly plan: Plan;
      readonly containers: readonly ContainerName[];
    }
  | {readonly kind: 'idle'; readonly nextMs: number};

/** Everything that happens. Times `at` are ms since the epoch, by the runner's clock. */
export type Event =
  | {
      readonly type: 'run-started';
      readonly at: number;
      readonly run: string;
      readonly planned: Planned;
      readonly provenance: Provenance;
    }
  | {readonly type: 'lane-started'; readonly at: number; readonly container: ContainerName}
  /** Everything is ready, and another container has its turn on one of the hosts. */
  | {
      readonly type: 'lane-waits';
      readonly at: number;
      readonly container: ContainerName;
      readonly behind: ContainerName;
    }
  | {
      readonly type: 'step-started';
      readonly at: number;
      readonly step: StepId;
      readonly undo: boolean;
      /** The program of the plan's author that a hook runs. */
      readonly runs?: string;
    }
  | {
      readonly type: 'step-progress';
      readonly at: number;
      readonly step: StepId;
      readonly bytes: number;
      /** Expected bytes; 0 when unknown. */
      readonly total: number;
      /** Bytes per second over the last second. */
      readonly rate: number;
    }
  /** One round of pre-copy is over. */
  | {
      readonly type: 'round';
      readonly at: number;
      readonly step: StepId;
      readonly report: RoundReport;
    }
  | {
      readonly type: 'step-settled';
      readonly at: number;
      readonly step: StepId;
      readonly undo: boolean;
      readonly outcome: StepOutcome;
      readonly tookMs: number;
      readonly bytes?: number;
      /** What was seen: `running since …, restored`. */
      readonly fact?: string;
      /** Figures that the engine gave, such as CRIU's `frozen_time`, in ms. */
      readonly figures?: Readonly<Record<string, number>>;
      readonly problem?: Problem;
    }
  | {
      readonly type: 'lane-settled';
      readonly at: number;
      readonly container: ContainerName;
      readonly outcome: LaneOutcome;
      /** Where it runs now, as far as is known. */
      readonly where: readonly HostName[];
      /** From the start of the first to the end of the last downtime step; absent when it never stopped serving. */
      readonly downtimeMs?: number;
      readonly problem?: Problem;
    }
  | {readonly type: 'warning'; readonly at: number; readonly problem: Problem}
  /** First interrupt: nothing new begins; what runs is brought to a safe point or undone. */
  | {readonly type: 'interrupted'; readonly at: number}
  | {readonly type: 'run-settled'; readonly at: number; readonly exit: number}
  | ({readonly type: 'watch'; readonly at: number} & WatchEvent);

/** Takes an event. Never throws, never waits. */
export type Emit = (event: Event) => void;
