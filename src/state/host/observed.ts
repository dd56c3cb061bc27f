import type {Problem} from '../../base/problem.js';
import type {EngineLook, HostSurvey, ObservedContainer} from '../../engines/facts.js';
import type {ContainerName, HostName, Strategy} from '../../plan/plan.js';
import type {KeptManifest} from './kept.js';
import type {RunnerProcess} from './runner-process.js';

/**
 * What `cm` wrote down on a host about a container, in /var/lib/cm/moves/<container>.json: kept across
 * reboots, so that any later run on any machine can tell an interrupted move from somebody's wish.
 */
export interface MoveRecord {
  readonly format: 1;
  readonly container: ContainerName;
  readonly id: string;
  readonly run: string;
  readonly plan: string;
  readonly from: HostName;
  readonly to: HostName;
  readonly strategy: Strategy;
  /**
   * On the source: `leaving` from before the freeze, `left` from the commit point on.
   * On the target: `arriving` from before the restore, `arrived` from the commit point on.
   * On the host of one that is `parked`: stopped, with its memory in the kept checkpoint.
   */
  readonly phase: 'leaving' | 'left' | 'arriving' | 'arrived' | 'parked';
  /**
   * Of a parked container: what it comes back from, on this host. And of one that is being replaced by an
   * older state of itself (`leaving`, to the host that it is on): what it was until then.
   */
  readonly kept?: {
    readonly id: string;
    readonly folder: string;
    /** As it was seen; its engine may not know it any more. */
    readonly described?: ObservedContainer;
  };
  /** The restart policy to put back. */
  readonly restartPolicy: string;
  /** The plan wants it stopped, so that its engine must not start it: the policy that it had before. */
  readonly stopped?: {readonly restartPolicy: string};
  /** ISO 8601, the runner's clock. */
  readonly at: string;
  /** On the source: when the container had begun, by its host's clock. One that began later has not its memory. */
  readonly startedAt?: string;
  /** On the source, while `leaving`: which life of the host it was written in. What was kept in memory is of that life. */
  readonly boot?: string;
  /** The ID that it has on this host, where its engine made it anew there. */
  readonly made?: string;
  /** The ID that it had before its first move, where that is not `id`. */
  readonly lineage?: string;
  /** While `leaving` or `arriving`: the record that stood here before, which is put back when the change is undone. */
  readonly found?: MoveRecord;
}

export interface LeaseRecord {
  readonly name: string;
  readonly run: string;
  /** user@machine of the runner, and its process. */
  readonly owner: string;
  /** Absent in leases of older versions, and where the runner cannot tell. */
  readonly process?: RunnerProcess;
  readonly plan: string;
  readonly commit?: string;
  readonly since: string;
  /** Seconds since the last heartbeat, by the host's own clock. */
  readonly ageSeconds: number;
  /** No runner keeps it: it may be taken over. */
  readonly expired: boolean;
  /** Expired because its process ran on this machine and has ended, whatever its age. */
  readonly orphaned?: true;
}

/** A record that is there and cannot be read: nothing is done with that container until somebody has looked. */
export interface UnreadableRecord {
  readonly container: ContainerName;
  readonly reason: string;
}

/**
 * The part of what tells machines apart that changes when a host restarts: the kernel's boot, and the PID namespace, since hosts
 * that share a kernel restart without it.
 */
export function bootOf({machine}: Pick<HostView, 'machine'>): string | undefined {
  const words = machine?.split(' ') ?? [];
  const [boot = '', pids = ''] = [words[0], words.at(-1)];
  return /^[0-9a-f-]{36}$/.test(boot) && pids.startsWith('pid:') ? `${boot} ${pids}` : undefined;
}

/** What one look at a host showed. */
export interface HostView {
  readonly host: HostName;
  readonly engine: string;
  readonly look: EngineLook;
  /** The same for two names of one machine. Absent where it cannot be told. */
  readonly machine?: string;
  readonly records: readonly MoveRecord[];
  readonly unreadableRecords?: readonly UnreadableRecord[];
  readonly leases: readonly LeaseRecord[];
  /** Of what parked containers of this host come back from, as far as it is there. */
  readonly kept?: readonly KeptManifest[];
  /** Only of hosts that take part in a change. */
  readonly survey?: HostSurvey;
}

/** The world, as far as a plan needs it. A host that could not be looked at has its problem here. */
export interface Observed {
  readonly hosts: ReadonlyMap<HostName, HostView | Problem>;
}
