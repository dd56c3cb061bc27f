import type {Checkpoints, ContainerName, HostName} from '../../plan/plan.js';
import type {Kept} from '../../state/host/kept-list.js';
import type {Observed} from '../../state/host/observed.js';
import {sum} from '../amounts.js';

/** A checkpoint, and the host that keeps it. */
export interface Held extends Kept {
  readonly host: HostName;
}

/** One that is to go, and why, in a few words. */
export interface Doomed {
  readonly held: Held;
  readonly because: string;
}

/** What must not be taken away from under somebody. */
export interface Resting {
  /** Checkpoints that parked containers come back from. */
  readonly parked: ReadonlySet<string>;
  /** A run is at this container on that host. */
  readonly busy: (host: HostName, container: ContainerName) => boolean;
}

const keyOf = (host: HostName, folder: string): string => `${host}\0${folder}`;

export const isParkedUpon = ({host, folder}: Held, {parked}: Resting): boolean =>
  parked.has(keyOf(host, folder));

/** As the hosts showed it. A lease that has expired is of a run that has died. */
export function restingOf({hosts}: Observed): Resting {
  const parked = new Set<string>();
  const busy = new Set<string>();
  for (const view of hosts.values()) {
    if (!('look' in view)) continue;
    for (const {kept} of view.records) if (kept) parked.add(keyOf(view.host, kept.folder));
    for (const {name, expired} of view.leases) if (!expired) busy.add(keyOf(view.host, name));
  }
  return {parked, busy: (host, container) => busy.has(keyOf(host, container))};
}

const sizeOf = ({manifest}: Held): number => manifest?.stored.bytes ?? 0;

/** Which of the plan's limits this one is over; `others` are those that stay. */
function overLimit(
  held: Held,
  others: readonly Held[],
  {keep, maxAgeMs, maxSize}: Checkpoints,
): string | undefined {
  if (keep !== undefined && others.length >= keep) return `the plan keeps ${keep}`;
  if (maxAgeMs !== undefined && held.ageSeconds * 1000 > maxAgeMs) return 'it is too old';
  const all = sum([...others, held].map(sizeOf));
  return maxSize !== undefined && all > maxSize ? 'all of them would be too large' : undefined;
}

/**
 * Which of one container's checkpoints, on all hosts, are to go:
 *
 * 1. What a dead run did not finish goes, whatever the plan says.
 * 2. The newest whole one stays, and every one that a parked container comes back from.
 * 3. Of the rest, from the newest on, what is over one of the plan's limits goes. Those that stay
 *    anyway count, too.
 *
 * One whose manifest cannot be read stays: it may be of a newer cm, and somebody must look.
 */
export function retention(
  all: readonly Held[],
  limits: Checkpoints,
  resting: Resting,
): readonly Doomed[] {
  const doomed: Doomed[] = [];
  const whole: Held[] = [];
  for (const held of all) {
    if (held.manifest) whole.push(held);
    else if (held.part && !resting.busy(held.host, held.container))
      doomed.push({held, because: 'the run that made it has died'});
  }
  whole.sort((a, b) => (a.id < b.id ? 1 : a.id > b.id ? -1 : 0));
  const isSafe = (held: Held): boolean => held === whole[0] || isParkedUpon(held, resting);
  const stay = whole.filter(isSafe);
  for (const held of whole.filter((each) => !isSafe(each))) {
    const because = overLimit(held, stay, limits);
    if (because === undefined) stay.push(held);
    else doomed.push({held, because});
  }
  return doomed;
}
