/**
 * The whole world of one container as a row of small numbers, so that a million of them can be kept
 * and compared. Fields of a host, of a runner's memory of a host, and of a runner.
 */
export const HOSTS = ['alpha', 'beta'] as const;

/** What a container does. */
export const GONE = 0;
export const RUNNING = 1;
export const FROZEN = 2;
export const STOPPED = 3;
export const CREATED = 4;

export const phases = ['none', 'leaving', 'left', 'arriving', 'arrived'] as const;
export const containerStates = ['gone', 'running', 'checkpointed', 'stopped', 'created'] as const;

/** Offsets within a host. Runs are told apart by small numbers, see `canonical`. */
export const H = {
  up: 0,
  container: 1,
  /** 1: the one that is moved; 2: made anew on this host. */
  id: 2,
  /** It has the memory it began with: in its processes, or in images that were kept for it. */
  memory: 3,
  /** 1: the host starts it by itself. */
  policy: 4,
  restored: 5,
  /** The run whose scratch folder says that it made this container. */
  made: 6,
  record: 7,
  recordRun: 8,
  recordId: 9,
  recordPolicy: 10,
  recordCold: 21,
  /** 1: in quarantine, so that nobody but a run can start it; 2: it was, and the host has lost its power. */
  held: 22,
  lease: 11,
  expired: 12,
  /** The run whose checkpoint has arrived whole and was not restored yet. */
  images: 13,
  /** The run in whose scratch folder the images of a frozen container lie. */
  kept: 14,
  /** A command that runs although its runner does not wait for it: its code, and its run. */
  busy: 15,
  busyRun: 16,
  /** A command that a dead connection has not yet delivered. */
  late: 17,
  lateRun: 18,
  /** A later command of the same run has been carried out here. */
  lateStale: 19,
  /** Its files are those that it served with last. */
  data: 20,
} as const;
const HOST_SIZE = 23;

/** What a runner remembers of one look at a host. */
export const V = {
  /** 0: not looked at; 1: seen; 2: could not be looked at. */
  seen: 0,
  container: 1,
  id: 2,
  restored: 3,
  policy: 4,
  record: 5,
  recordRun: 6,
  recordId: 7,
  recordPolicy: 8,
  lease: 9,
  expired: 10,
  recordCold: 11,
} as const;
export const VIEW_SIZE = 12;

export const R = {
  status: 0,
  program: 1,
  /** Which operation of the program is under way. */
  at: 2,
  /** Which part of it. */
  sub: 3,
  flags: 4,
  /** Bits of the hosts whose lease it believes to have. */
  held: 5,
  /** It waits for a command that takes its time. */
  waits: 6,
  views: 7,
} as const;
const RUNNER_SIZE = R.views + 2 * VIEW_SIZE;

export const IDLE = 0;
export const LOOKING = 1;
export const FORWARD = 2;
export const BACK = 3;
export const CLEANING = 4;

/** Flags of a runner. */
export const PROBLEM = 1;
export const COMMITTED = 2;
export const LOOKS = 4;
export const TOUCHED = 8;

/** A host lost its power while it had the only memory. */
export const LOST = 0;
/** A host lost its power at any time, or an engine started fresh what it was to restore. */
export const ODD = 1;
const GLOBALS = 2;

export type State = number[];

export const hostAt = (host: number): number => GLOBALS + host * HOST_SIZE;
export const runnerAt = (runner: number): number => GLOBALS + 2 * HOST_SIZE + runner * RUNNER_SIZE;
export const viewAt = (runner: number, host: number): number =>
  runnerAt(runner) + R.views + host * VIEW_SIZE;

export const get = (state: State, at: number): number => state[at] ?? 0;

export const keyOf = (state: State): string => String.fromCharCode(...state);
export const stateOf = (key: string): State => Array.from(key, (each) => each.charCodeAt(0));

/** It runs on alpha, with a restart policy, and nothing else is anywhere. */
export function newState(runners: number): State {
  const state: State = Array<number>(runnerAt(runners)).fill(0);
  const alpha = hostAt(0);
  for (const host of [0, 1]) state[hostAt(host) + H.up] = 1;
  state[alpha + H.container] = RUNNING;
  state[alpha + H.id] = 1;
  state[alpha + H.memory] = 1;
  state[alpha + H.policy] = 1;
  state[alpha + H.data] = 1;
  return state;
}

export const runnersOf = (state: State): number =>
  (state.length - GLOBALS - 2 * HOST_SIZE) / RUNNER_SIZE;

/** The run of a runner that is at work; any other run is a dead one, from 3 on. */
export const runOf = (runner: number): number => runner + 1;
const FIRST_DEAD = 3;
const RETIRED = 90;

const hostRuns = [H.recordRun, H.lease, H.made, H.images, H.kept, H.busyRun, H.lateRun];
const viewRuns = [V.recordRun, V.lease];

function runFields(runners: number): readonly number[] {
  const fields: number[] = [];
  for (const host of [0, 1]) for (const field of hostRuns) fields.push(hostAt(host) + field);
  for (let runner = 0; runner < runners; runner += 1)
    for (const host of [0, 1])
      for (const field of viewRuns) fields.push(viewAt(runner, host) + field);
  return fields;
}
const fieldsOf = [runFields(0), runFields(1), runFields(2)];

/** What a dead run has made or received is of use to nobody but a command of its own. */
function forget(state: State, here: number): void {
  for (const field of [H.made, H.images]) {
    const run = get(state, here + field);
    const used = run === get(state, here + H.busyRun) || run === get(state, here + H.lateRun);
    if (run >= FIRST_DEAD && !used) state[here + field] = 0;
  }
}

/** Gives dead runs the numbers 3, 4, … in the order in which they are found: equal worlds, equal rows. */
export function canonical(state: State): State {
  for (const host of [0, 1]) forget(state, hostAt(host));
  let names: Map<number, number> | undefined;
  for (const at of fieldsOf[runnersOf(state)] ?? []) {
    const run = get(state, at);
    if (run < FIRST_DEAD) continue;
    names ??= new Map();
    let name = names.get(run);
    if (name === undefined) {
      name = FIRST_DEAD + names.size;
      names.set(run, name);
    }
    state[at] = name;
  }
  return state;
}

/** The run of this runner is over: what carries its number is of a dead run from now on. */
export function retire(state: State, runner: number): void {
  const run = runOf(runner);
  for (const at of fieldsOf[runnersOf(state)] ?? [])
    if (get(state, at) === run) state[at] = RETIRED + runner;
  state.fill(0, runnerAt(runner), runnerAt(runner + 1));
}
