import type {Ahead} from './strategy/converge.js';
import type {Prediction} from './strategy/predict.js';
import type {Problem} from '../base/problem.js';
import type {Refusal} from '../engines/engine.js';
import type {Container, ContainerName, HostName, Plan, Strategy} from '../plan/plan.js';
import type {Reach} from './claims/allowed.js';
import type {Claim} from './claims/claims.js';
import type {Overwrite} from './claims/overwrites.js';
import type {StepGraph} from './steps/step.js';
import type {StopForecast} from './steps/stop.js';

/** A rung of the ladder that was not taken, and all the reasons. */
export interface Fallen {
  readonly strategy: Strategy;
  readonly refusals: readonly Refusal[];
}

/** A refusal, and all strategies that it is a reason against. */
interface SharedRefusal extends Refusal {
  readonly strategies: readonly Strategy[];
}

/** One refusal of several strategies is told once. */
export function together(fell: readonly Fallen[]): readonly SharedRefusal[] {
  const all = new Map<string, Refusal & {readonly strategies: Strategy[]}>();
  for (const {strategy, refusals} of fell)
    for (const refusal of refusals) {
      const {code, message, remedy} = refusal;
      const key = JSON.stringify([code, message, remedy]);
      const told = all.get(key) ?? {...refusal, strategies: []};
      all.set(key, told);
      if (!told.strategies.includes(strategy)) told.strategies.push(strategy);
    }
  return [...all.values()];
}

/** Of what is not a choice between strategies. */
export const asProblems = (
  {name: container}: Container,
  refusals: readonly Refusal[],
): readonly Problem[] => refusals.map((refusal) => ({...refusal, kind: 'preflight', container}));

/** One container on its way to the host where it belongs. */
export interface Change {
  readonly container: Container;
  readonly from: HostName;
  readonly to: HostName;
  readonly strategy: Strategy;
  /** One sentence: why this strategy and this way. */
  readonly because: string;
  readonly fell: readonly Fallen[];
  readonly prediction: Prediction;
  /** Files of the target that it replaces. */
  readonly overwrites: readonly Overwrite[];
  /** What the copy may do on its target. */
  readonly reach: Reach;
  /** Only of pre-copy. */
  readonly ahead?: Ahead;
  /** Only of a cold move of one that runs. */
  readonly stop?: StopForecast;
}

/** What is changed about a container where it is. `unpark`: it starts with the memory that it was parked with. */
export type StateChange = 'start' | 'stop' | 'park' | 'unpark';

/** What is done about one container of the plan. */
export type Decision =
  /** On the right host, and in the state that the plan wants. `rests`: it does not run, and should not. */
  | {
      readonly action: 'none';
      readonly container: Container;
      readonly rests?: 'parked' | 'stopped';
    }
  | {readonly action: 'move'; readonly container: Container; readonly change: Change}
  /** An interrupted move: `finish` it (it runs on the target) or `undo` it (it is to run on the source again). */
  | {
      readonly action: 'finish' | 'undo';
      readonly container: Container;
      readonly from: HostName;
      readonly to: HostName;
      readonly because: string;
    }
  /** On the right host, and not in the state that the plan wants. */
  | {
      readonly action: StateChange;
      readonly container: Container;
      readonly on: HostName;
      readonly because: string;
    }
  /** Asked for by name, and in no plan: a checkpoint is kept of it, or it is put back into one. */
  | {
      readonly action: 'keep' | 'restore';
      readonly container: Container;
      readonly id: string;
      readonly from: HostName;
      readonly to: HostName;
      readonly because: string;
    }
  /** Not possible, or not for a machine to decide. */
  | {
      readonly action: 'refused';
      readonly container: Container;
      readonly problems: readonly Problem[];
      readonly fell?: readonly Fallen[];
    };

export type Action = Decision['action'];

/** An apply would have something to do, or to refuse; plan, status and watch decide by the same. */
export const isOutOfSync = ({action}: Pick<Decision, 'action'>): boolean => action !== 'none';

/** It ends an interrupted move. */
export const isRecovery = (action: Action): action is 'finish' | 'undo' =>
  action === 'finish' || action === 'undo';

/** The problems of containers that are refused. */
export const problemsOf = (decisions: readonly Decision[]): readonly Problem[] =>
  decisions.flatMap((each) => (each.action === 'refused' ? each.problems : []));

/** What `cm plan` prints and `cm apply` runs: one object. */
export interface Planned {
  readonly plan: Plan;
  readonly decisions: readonly Decision[];
  readonly graph: StepGraph;
  /** By container: what was observed of it. Equal as long as the world has not moved. */
  readonly fingerprints: Readonly<Record<ContainerName, string>>;
  readonly warnings: readonly Problem[];
  /** What its moves make their own on the hosts that they go to. */
  readonly claims?: readonly Claim[];
  /** By host: the versions of what a move depends on, as far as they were looked at. */
  readonly versions?: Readonly<Record<HostName, Versions>>;
}

/** What a host's part in a move is done with. */
export interface Versions {
  readonly engine: string;
  readonly runtime?: string;
  readonly criu?: string;
  readonly kernel?: string;
}
