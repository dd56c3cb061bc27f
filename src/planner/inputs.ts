import type {Engines} from '../engines/engine.js';
import type {ContainerName, HostName, Plan} from '../plan/plan.js';
import type {Observed} from '../state/host/observed.js';
import type {Fallen} from './change.js';
import type {Rates} from './strategy/predict.js';

/** What a plan of steps is made from. */
export interface Inputs {
  readonly plan: Plan;
  readonly observed: Observed;
  readonly engines: Engines;
  readonly run: string;
  /** ISO 8601. */
  readonly at: string;
  /** Git commit of the plan. */
  readonly commit?: string;
  /** Containers to deal with; absent: all. */
  readonly only?: (name: ContainerName) => boolean;
  /** What has been tried in this run and came to nothing, so that the next strategy is taken. */
  readonly tried?: ReadonlyMap<ContainerName, Fallen>;
  /** From earlier runs between these hosts. */
  readonly rates?: (from: HostName, to: HostName) => Rates | undefined;
}
