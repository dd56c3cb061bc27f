import type {Effect} from './program.js';
import {
  CREATED,
  FROZEN,
  get,
  GONE,
  H,
  hostAt,
  HOSTS,
  ODD,
  phases,
  RUNNING,
  STOPPED,
  type State,
} from './state.js';

type Change = (state: State, here: number, effect: Effect, run: number) => boolean;

function runs(state: State, here: number, fresh: boolean): void {
  state[here + H.container] = RUNNING;
  state[here + H.restored] = fresh ? 0 : 1;
  if (fresh) state[here + H.memory] = 0;
  state[here + H.kept] = 0;
  // What was copied to the target before is not what the source will have written.
  const target = hostAt(1);
  if (here !== target && !is(state, target, RUNNING)) state[target + H.data] = 0;
  state[here + H.data] = 1;
}

function remove(state: State, here: number): boolean {
  const fields = [
    H.container,
    H.id,
    H.memory,
    H.policy,
    H.restored,
    H.made,
    H.kept,
    H.data,
    H.held,
  ];
  for (const field of fields) state[here + field] = 0;
  return true;
}

const is = (state: State, here: number, container: number): boolean =>
  get(state, here + H.container) === container;

/** What commands do, as the engines' scripts do it; the answer says whether the command succeeds. */
const changes: Readonly<Record<string, Change>> = {
  nothing: () => true,
  copied: (state, here) => {
    if (is(state, here, CREATED) || is(state, here, STOPPED)) state[here + H.data] = 1;
    return true;
  },
  policy: (state, here, {on}) => {
    if (is(state, here, GONE)) return false;
    state[here + H.policy] = on ? 1 : 0;
    return true;
  },
  checkpoint: (state, here, _, run) => {
    if (!is(state, here, RUNNING)) {
      // The folder of an earlier checkpoint is cleared first.
      if (is(state, here, FROZEN)) state[here + H.memory] = 0;
      return false;
    }
    state[here + H.container] = FROZEN;
    state[here + H.kept] = run;
    state[here + H.held] = 1;
    return true;
  },
  arrive: (state, here, _, run) => {
    const source = here === hostAt(0) ? hostAt(1) : hostAt(0);
    if (get(state, source + H.up) !== 1 || get(state, source + H.kept) !== run) return false;
    if (!is(state, source, FROZEN) || get(state, source + H.memory) !== 1) return false;
    state[here + H.images] = run;
    return true;
  },
  restore: (state, here, _, run) => {
    if (!is(state, here, GONE) || get(state, here + H.images) !== run) return false;
    remove(state, here);
    state[here + H.id] = 1;
    state[here + H.memory] = 1;
    state[here + H.images] = 0;
    runs(state, here, false);
    return true;
  },
  /** A restore that failed half-way leaves a container that never ran. */
  'restore-half': (state, here, _, run) => {
    if (!is(state, here, GONE) || get(state, here + H.images) !== run) return false;
    state[here + H.container] = CREATED;
    state[here + H.id] = 1;
    state[here + H.images] = 0;
    return false;
  },
  /** An engine that starts it fresh without a word. */
  'restore-fresh': (state, here, effect, run) => {
    const done = changes['restore']?.(state, here, effect, run) ?? false;
    if (!done) return false;
    runs(state, here, true);
    state[ODD] = 1;
    return true;
  },
  resume: (state, here) => {
    state[here + H.held] = 0;
    if (is(state, here, RUNNING)) return true;
    if (!is(state, here, FROZEN) || get(state, here + H.memory) !== 1) return false;
    runs(state, here, false);
    return true;
  },
  discard: (state, here, _, run) => {
    if (get(state, here + H.id) === 1 || get(state, here + H.made) === run) remove(state, here);
    return true;
  },
  remove: (state, here) => remove(state, here),
  create: (state, here, _, run) => {
    if (!is(state, here, GONE)) return get(state, here + H.made) === run;
    remove(state, here);
    state[here + H.container] = CREATED;
    state[here + H.id] = 2;
    state[here + H.made] = run;
    return true;
  },
  stop: (state, here) => {
    if (is(state, here, GONE)) return false;
    if (is(state, here, RUNNING)) {
      state[here + H.container] = STOPPED;
      state[here + H.memory] = 0;
    }
    return true;
  },
  /** Fails when somebody was quicker. */
  hold: (state, here) => {
    if (is(state, here, RUNNING)) return false;
    if (!is(state, here, GONE)) state[here + H.held] = 1;
    return true;
  },
  free: (state, here) => {
    state[here + H.held] = 0;
    return true;
  },
  start: (state, here) => {
    if (is(state, here, GONE)) return false;
    state[here + H.held] = 0;
    if (!is(state, here, RUNNING)) runs(state, here, true);
    return true;
  },
  write: (state, here, {record}, run) => {
    if (!record) return false;
    state[here + H.record] = record.phase;
    state[here + H.recordRun] = run;
    state[here + H.recordId] = record.id;
    state[here + H.recordPolicy] = record.policy;
    state[here + H.recordCold] = record.cold;
    return true;
  },
  forget: (state, here) => {
    for (const field of [H.record, H.recordRun, H.recordId, H.recordPolicy, H.recordCold])
      state[here + field] = 0;
    return true;
  },
  /** Scratch folders of this container, of all runs but this one. */
  sweep: (state, here, _, run) => {
    for (const field of [H.made, H.images])
      if (get(state, here + field) !== run) state[here + field] = 0;
    if (get(state, here + H.kept) !== run) dropKept(state, here);
    return true;
  },
  /** The scratch folder of this run. */
  clean: (state, here, _, run) => {
    for (const field of [H.made, H.images])
      if (get(state, here + field) === run) state[here + field] = 0;
    if (get(state, here + H.kept) === run) dropKept(state, here);
    return true;
  },
};

/** The images that a frozen container could be resumed from are no more. */
function dropKept(state: State, here: number): void {
  state[here + H.kept] = 0;
  if (is(state, here, FROZEN)) state[here + H.memory] = 0;
}

/** Numbers for commands that outlive the wait for them. */
const verbs = Object.keys(changes);
const MORE = 32;
const IDS = 8;
const POLICY = 4 * IDS;
const COLD = 2 * POLICY;

const moreOf = ({on, record}: Effect): number =>
  on === undefined
    ? record
      ? record.phase + IDS * record.id + POLICY * record.policy + COLD * record.cold
      : 0
    : Number(on);

export const codeOf = (effect: Effect): number =>
  1 + verbs.indexOf(effect.verb) + MORE * moreOf(effect);

export function effectOfCode(code: number, host: number): Effect {
  const verb = verbs[(code - 1) % MORE] ?? 'nothing';
  const more = Math.floor((code - 1) / MORE);
  if (verb === 'policy') return {verb, host, on: more === 1};
  if (verb !== 'write') return {verb, host};
  const record = {
    phase: more % IDS,
    id: Math.floor((more % POLICY) / IDS),
    policy: Math.floor((more % COLD) / POLICY),
    cold: Math.floor(more / COLD),
  };
  return {verb, host, record};
}

/** Carries out a command on a host that is up; whether it succeeds. */
export function carryOut(state: State, effect: Effect, run: number): boolean {
  return changes[effect.verb]?.(state, hostAt(effect.host), effect, run) ?? false;
}

export function effectText({verb, host, on, record}: Effect): string {
  const what = record ? ` "${phases[record.phase] ?? '?'}"` : '';
  const way = on === undefined ? '' : on ? ' on' : ' off';
  return `${verb}${what}${way} at ${HOSTS[host] ?? '?'}`;
}

/** Somebody at the source who knows of no move, and asks the engine: what is in quarantine is refused. */
export function canStartByHand(state: State, host: number): boolean {
  const here = hostAt(host);
  const rests = is(state, here, FROZEN) || is(state, here, STOPPED);
  return host === 0 && rests && get(state, here + H.held) === 0;
}

export function startsByHand(state: State, host: number): void {
  runs(state, hostAt(host), true);
}

/** Everything in memory is gone: processes, checkpoints, leases, and what ran. Disks stay. */
export function powerFails(state: State, host: number): void {
  const here = hostAt(host);
  state[here + H.up] = 0;
  if (is(state, here, RUNNING) || is(state, here, FROZEN)) state[here + H.container] = STOPPED;
  state[here + H.held] = is(state, here, STOPPED) && host === 0 ? 2 : 0;
  for (const field of [
    H.memory,
    H.restored,
    H.made,
    H.lease,
    H.expired,
    H.images,
    H.kept,
    H.busy,
    H.busyRun,
    H.late,
    H.lateRun,
    H.lateStale,
  ])
    state[here + field] = 0;
}

/** The host starts what it is told to start by itself. */
export function boots(state: State, host: number): void {
  const here = hostAt(host);
  state[here + H.up] = 1;
  if (!is(state, here, GONE) && get(state, here + H.policy) === 1) runs(state, here, true);
}
