import type {Clock} from '../../base/clock.js';
import type {Problem} from '../../base/problem.js';
import type {Result} from '../../base/result.js';
import type {Act, StepId} from '../../planner/steps/step.js';
import type {Link} from '../../hosts/link/link.js';
import type {Transport} from '../../hosts/transport.js';
import type {ContainerName, HostName} from '../../plan/plan.js';
import type {TransportOf} from '../../state/host/ask.js';
import type {ProcessTable} from '../../state/host/runner-process.js';
import type {Emit} from '../events.js';
import type {LeaseKeeper} from '../lease-keeper.js';

export type ActOf<Kind extends Act['kind']> = Extract<Act, {readonly kind: Kind}>;

/** Opens a way from host to host; its receivers are guarded by then. */
export type OpenLink = (
  from: Transport,
  to: Transport,
  act: ActOf<'open-link'>,
) => Promise<Result<Link, Problem>>;

/** Looks again: what is seen of a container on these hosts, as the plan was made from it. */
export type FingerprintOf = (
  container: ContainerName,
  hosts: readonly HostName[],
) => Promise<Result<string, Problem>>;

/** A link and the host that it starts from. */
export interface OpenedLink {
  readonly link: Link;
  readonly from: string;
}

/** All that acts are carried out with; one for each run. */
export interface Stage {
  readonly transportOf: TransportOf;
  /** The machine of the runner, for its hooks. */
  readonly runner: Transport;
  readonly clock: Clock;
  readonly leases: LeaseKeeper;
  readonly openLink: OpenLink;
  /** Open links by name. */
  readonly links: Map<string, OpenedLink>;
  readonly fingerprintOf: FingerprintOf;
  /** Tells that the runner of a lease has ended; without it a lease has to expire. */
  readonly hasEnded?: ProcessTable['hasEnded'];
  /** Finds an engine's own figures (ms) in what it printed. */
  readonly figuresOf: (text: string) => Readonly<Record<string, number>> | undefined;
  readonly say: Emit;
}

/** For whom an act is carried out. */
export interface Cue {
  readonly step: StepId;
  readonly lane: ContainerName;
  /** Gives up what can be given up without harm: streams, waits, hooks, reads; never a change half-way. */
  readonly signal?: AbortSignal;
  /** It takes something back, which may be done twice: a connection that breaks is made again. */
  readonly insists?: true;
}

export interface Done {
  readonly fact?: string;
  readonly bytes?: number;
  readonly figures?: Readonly<Record<string, number>>;
}

export type Performed = Result<Done, Problem>;
