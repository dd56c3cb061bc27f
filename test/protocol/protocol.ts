import {
  boots,
  canStartByHand,
  carryOut,
  codeOf,
  effectOfCode,
  effectText,
  powerFails,
  startsByHand,
} from './effects.js';
import {after, begin, effectsAt, type Ended, type Position} from './lane.js';
import {Planner, viewOf, type Effect, type Planning, type Program} from './program.js';
import {
  canonical,
  ODD,
  FORWARD,
  FROZEN,
  get,
  GONE,
  H,
  hostAt,
  HOSTS,
  IDLE,
  LOOKING,
  LOST,
  phases,
  R,
  retire,
  RUNNING,
  runnerAt,
  runnersOf,
  runOf,
  V,
  viewAt,
  VIEW_SIZE,
  type State,
} from './state.js';

/** One thing that may happen. `faults`: how many things go wrong by it. */
export interface Happening {
  readonly what: string;
  readonly faults: number;
  readonly next: State;
}

/** What is taken out of the protocol, to see that the search finds out. */
export interface Protocol extends Planning {
  readonly unfenced?: boolean;
  readonly undrained?: boolean;
  /** A lease that was given back or taken away is taken without waiting for what still runs. */
  readonly undrainedWhenFree?: boolean;
  readonly unordered?: boolean;
  readonly unconfirmed?: boolean;
  /** What is frozen can be started by anybody. */
  readonly unheld?: boolean;
}

const seenFields: readonly (readonly [number, number])[] = [
  [V.container, H.container],
  [V.id, H.id],
  [V.restored, H.restored],
  [V.policy, H.policy],
  [V.record, H.record],
  [V.recordRun, H.recordRun],
  [V.recordId, H.recordId],
  [V.recordPolicy, H.recordPolicy],
  [V.recordCold, H.recordCold],
  [V.lease, H.lease],
  [V.expired, H.expired],
];

/** What the fingerprint is made of: equal as long as the world has not moved. */
const confirmed: readonly number[] = [V.container, V.id, V.record, V.recordRun];

/** What one look at a host shows. */
export function lookedAt(state: State, host: number): readonly number[] {
  const view = Array<number>(VIEW_SIZE).fill(0);
  view[V.seen] = 1;
  for (const [seen, field] of seenFields) view[seen] = get(state, hostAt(host) + field);
  return view;
}

function look(state: State, runner: number, host: number): void {
  for (const [at, value] of lookedAt(state, host).entries())
    state[viewAt(runner, host) + at] = value;
}

const nameOf = (runner: number): string => `runner ${runner + 1}`;
const hostName = (host: number): string => HOSTS[host] ?? '?';

/** All that may happen in a world of one container, two hosts and some runners. */
export class World {
  readonly planner: Planner;
  readonly #protocol: Protocol;

  constructor(protocol: Protocol) {
    this.#protocol = protocol;
    this.planner = new Planner(protocol);
  }

  *happenings(state: State): Generator<Happening> {
    for (let runner = 0; runner < runnersOf(state); runner += 1) {
      yield* this.ofRunner(state, runner);
      if (get(state, runnerAt(runner)) !== IDLE)
        yield this.#event(state, 1, `${nameOf(runner)} dies`, (next) => {
          retire(next, runner);
        });
    }
    for (const host of [0, 1]) yield* this.ofHost(state, host);
  }

  #event(state: State, faults: number, what: string, change: (next: State) => void): Happening {
    const next = state.slice();
    change(next);
    return {what, faults, next: canonical(next)};
  }

  *ofHost(state: State, host: number): Generator<Happening> {
    const here = hostAt(host);
    const name = hostName(host);
    if (get(state, here + H.up) === 0) {
      yield this.#event(state, 0, `${name} starts`, (next) => {
        boots(next, host);
      });
      return;
    }
    yield this.#event(state, 1, `${name} loses its power`, (next) => {
      powerFails(next, host);
      next[ODD] = 1;
      const source = hasMemory(next, 0);
      const target = hasMemory(next, 1);
      const needsSource = !target || this.#givesUpTarget(next);
      const needsTarget = !source || committed(next);
      if ((needsSource && !source) || (needsTarget && !target)) next[LOST] = 1;
    });
    if (this.#canStart(state, host))
      yield this.#event(state, 1, `somebody starts it at ${name}`, (next) => {
        startsByHand(next, host);
      });
    yield* this.#ofLease(state, host);
    yield* this.#ofCommands(state, host);
  }

  #canStart(state: State, host: number): boolean {
    if (canStartByHand(state, host)) return true;
    return (
      this.#protocol.unheld === true &&
      host === 0 &&
      get(state, hostAt(host) + H.container) === FROZEN
    );
  }

  /** The copy on the target is about to be removed, after it was seen that the source has its own. */
  #givesUpTarget(state: State): boolean {
    const beta = hostAt(1);
    const outstanding = [H.busy, H.late].map((field) => get(state, beta + field));
    if (outstanding.some((code) => code > 0 && effectOfCode(code, 1).verb === 'discard'))
      return true;
    for (let runner = 0; runner < runnersOf(state); runner += 1)
      if (this.#underWay(state, runner)?.verb === 'discard') return true;
    return false;
  }

  #underWay(state: State, runner: number): Effect | undefined {
    const here = runnerAt(runner);
    if (get(state, here + R.status) < FORWARD) return undefined;
    const effects = effectsAt(this.program(state, runner), this.position(state, runner));
    // A look again has no parts in order: it counts the hosts that it has seen.
    return effects[get(state, here + R.sub)] ?? effects[0];
  }

  *#ofLease(state: State, host: number): Generator<Happening> {
    const here = hostAt(host);
    const lease = get(state, here + H.lease);
    if (lease === 0) return;
    const name = hostName(host);
    const alive = this.#beats(state, host, lease);
    if (get(state, here + H.expired) === 0)
      yield this.#event(
        state,
        alive ? 1 : 0,
        `the lease of run ${lease} at ${name} expires`,
        (next) => {
          next[here + H.expired] = 1;
        },
      );
    else if (alive)
      yield this.#event(state, 0, `a heartbeat of run ${lease} arrives at ${name}`, (next) => {
        next[here + H.expired] = 0;
      });
    yield this.#event(
      state,
      1,
      `somebody takes the lease of run ${lease} at ${name} away`,
      (next) => {
        next[here + H.lease] = 0;
        next[here + H.expired] = 0;
      },
    );
  }

  /** Its runner is alive and knows that it has it. */
  #beats(state: State, host: number, lease: number): boolean {
    if (lease > runnersOf(state)) return false;
    const runner = runnerAt(lease - 1);
    return get(state, runner) !== IDLE && (get(state, runner + R.held) & (1 << host)) !== 0;
  }

  *#ofCommands(state: State, host: number): Generator<Happening> {
    const here = hostAt(host);
    const busy = get(state, here + H.busy);
    const late = get(state, here + H.late);
    const name = hostName(host);
    if (busy > 0) {
      const effect = effectOfCode(busy, host);
      for (const works of [true, false])
        yield this.#event(
          state,
          works ? 0 : 1,
          `the ${effectText(effect)} that took its time ${works ? 'ends' : 'fails'}`,
          (next) => {
            this.#ends(next, host, effect, works);
          },
        );
    } else if (late > 0) {
      const effect = effectOfCode(late, host);
      yield this.#event(state, 0, `the late ${effectText(effect)} arrives at ${name}`, (next) => {
        this.#arrives(next, host, effect);
      });
    }
  }

  #ends(state: State, host: number, effect: Effect, works: boolean): void {
    const here = hostAt(host);
    const run = get(state, here + H.busyRun);
    state[here + H.busy] = 0;
    state[here + H.busyRun] = 0;
    const done = works && carryOut(state, effect, run);
    const runner = run - 1;
    if (runner >= runnersOf(state) || get(state, runnerAt(runner) + R.waits) !== host + 1) return;
    state[runnerAt(runner) + R.waits] = 0;
    this.#advance(state, runner, done);
  }

  #arrives(state: State, host: number, effect: Effect): void {
    const here = hostAt(host);
    const run = get(state, here + H.lateRun);
    const stale = get(state, here + H.lateStale) === 1 && this.#isOrdered(effect);
    for (const field of [H.late, H.lateRun, H.lateStale]) state[here + field] = 0;
    if (stale || !this.#guards(state, host, run)) return;
    carryOut(state, effect, run);
  }

  /** What a link's receiver does is not numbered: it may come at any time. */
  #isOrdered({verb}: Effect): boolean {
    return verb !== 'arrive' && !this.#protocol.unordered;
  }

  #guards(state: State, host: number, run: number): boolean {
    return (this.#protocol.unfenced ?? false) || get(state, hostAt(host) + H.lease) === run;
  }

  *ofRunner(state: State, runner: number): Generator<Happening> {
    const here = runnerAt(runner);
    const status = get(state, here + R.status);
    if (status === IDLE)
      yield this.#event(state, 0, `${nameOf(runner)} starts`, (next) => {
        next[here + R.status] = LOOKING;
      });
    else if (status === LOOKING) yield* this.#looking(state, runner);
    else if (get(state, here + R.waits) > 0) yield* this.#waiting(state, runner);
    else yield* this.#working(state, runner);
  }

  *#looking(state: State, runner: number): Generator<Happening> {
    for (const host of [0, 1]) {
      if (get(state, viewAt(runner, host)) !== 0) continue;
      const up = get(state, hostAt(host) + H.up) === 1;
      const what = `${nameOf(runner)} looks at ${hostName(host)}`;
      if (up)
        yield this.#event(state, 0, what, (next) => {
          look(next, runner, host);
          this.#plan(next, runner);
        });
      yield this.#event(state, up ? 1 : 0, `${what} in vain`, (next) => {
        next[viewAt(runner, host) + V.seen] = 2;
        this.#plan(next, runner);
      });
    }
  }

  /** As soon as both were looked at. */
  #plan(state: State, runner: number): void {
    const views = [0, 1].map((host) => viewOf(state, viewAt(runner, host)));
    if (views.some((view) => view[V.seen] === 0)) return;
    const {program, number} = this.planner.decide(views);
    if (!program) {
      retire(state, runner);
      return;
    }
    for (const host of [0, 1])
      for (let field = 0; field < VIEW_SIZE; field += 1)
        if (!confirmed.includes(field)) state[viewAt(runner, host) + field] = 0;
    state[runnerAt(runner) + R.program] = number;
    this.#moveTo(state, runner, program, begin(program));
  }

  program(state: State, runner: number): Program {
    const program = this.planner.programs[get(state, runnerAt(runner) + R.program) - 1];
    if (!program) throw new Error('a runner without a program');
    return program;
  }

  position(state: State, runner: number): Position {
    const here = runnerAt(runner);
    return {
      status: get(state, here + R.status),
      at: get(state, here + R.at),
      flags: get(state, here + R.flags),
    };
  }

  #moveTo(state: State, runner: number, program: Program, to: Position | Ended): void {
    const here = runnerAt(runner);
    if ('status' in to) {
      state[here + R.status] = to.status;
      state[here + R.at] = to.at;
      state[here + R.flags] = to.flags;
      state[here + R.sub] = 0;
      return;
    }
    const ended = program.kind !== 'move' && (to.outcome === 'moved' || to.outcome === 'back');
    if (!ended) {
      retire(state, runner);
      return;
    }
    // An interrupted move has been ended: the same run looks again.
    state.fill(0, here, runnerAt(runner + 1));
    state[here + R.status] = LOOKING;
  }

  /** The part of an operation that was under way has ended. */
  #advance(state: State, runner: number, done: boolean): void {
    const here = runnerAt(runner);
    const program = this.program(state, runner);
    const position = this.position(state, runner);
    const effects = effectsAt(program, position);
    const sub = get(state, here + R.sub);
    const more = effects[sub + 1];
    if (done && more && more.verb !== 'drain') state[here + R.sub] = sub + 1;
    else this.#moveTo(state, runner, program, after(program, position, done));
  }

  *#waiting(state: State, runner: number): Generator<Happening> {
    yield this.#event(state, 0, `${nameOf(runner)} gives up waiting`, (next) => {
      next[runnerAt(runner) + R.waits] = 0;
      this.#advance(next, runner, false);
    });
  }

  *#working(state: State, runner: number): Generator<Happening> {
    const program = this.program(state, runner);
    const position = this.position(state, runner);
    const effect = this.#underWay(state, runner);
    if (!effect) throw new Error('nothing to do');
    const operation = program.operations[position.at];
    const undo = position.status !== FORWARD && operation?.always !== true;
    const what = `${nameOf(runner)}: ${undo ? 'undo of ' : ''}${operation?.name ?? '?'}`;
    const special = this.#special[effect.verb];
    if (special) yield* special(state, runner, effect, what);
    else yield* this.#command(state, runner, effect, what);
  }

  #result(
    state: State,
    runner: number,
    [faults, what]: readonly [number, string],
    done: boolean,
    change: (next: State) => void = () => undefined,
  ): Happening {
    return this.#event(state, faults, what, (next) => {
      change(next);
      this.#advance(next, runner, done);
    });
  }

  readonly #special: Readonly<
    Record<
      string,
      (state: State, runner: number, effect: Effect, what: string) => Generator<Happening>
    >
  > = {
    nothing: (state, runner, _effect, what) => this.#nothing(state, runner, what),
    inspect: (state, runner, effect, what) => this.#inspect(state, runner, effect, what),
    kept: (state, runner, effect, what) => this.#kept(state, runner, effect, what),
    lease: (state, runner, effect, what) => this.#lease(state, runner, effect, what),
    drain: (state, runner, effect, what) => this.#drain(state, runner, effect, what),
    release: (state, runner, effect, what) => this.#release(state, runner, effect, what),
    confirm: (state, runner, _, what) => this.#confirm(state, runner, what),
  };

  *#nothing(state: State, runner: number, what: string): Generator<Happening> {
    yield this.#result(state, runner, [0, what], true);
    yield this.#result(state, runner, [1, `${what} fails`], false);
  }

  *#inspect(state: State, runner: number, effect: Effect, what: string): Generator<Happening> {
    const here = hostAt(effect.host);
    const up = get(state, here + H.up) === 1;
    const asItWas = effect.fresh === true || get(state, here + H.restored) === 1;
    const runs = up && get(state, here + H.container) === RUNNING && asItWas;
    yield this.#result(state, runner, [0, `${what}: ${runs ? 'it does' : 'it does not'}`], runs);
    if (runs) yield this.#result(state, runner, [1, `${what} fails`], false);
  }

  *#kept(state: State, runner: number, {host}: Effect, what: string): Generator<Happening> {
    const is = hasMemory(state, host) && get(state, hostAt(host) + H.up) === 1;
    yield this.#result(
      state,
      runner,
      [0, `${what}: ${is ? 'it can' : 'it cannot'} be had back`],
      is,
    );
    if (is) yield this.#result(state, runner, [1, `${what}: nobody can tell`], false);
  }

  *#lease(state: State, runner: number, {host}: Effect, what: string): Generator<Happening> {
    const here = hostAt(host);
    if (get(state, here + H.up) === 0) {
      yield this.#result(state, runner, [0, `${what} fails`], false);
      return;
    }
    yield this.#result(state, runner, [1, `${what} fails`], false);
    const run = runOf(runner);
    const holder = get(state, here + H.lease);
    const over = holder !== 0 && holder !== run;
    if (over && get(state, here + H.expired) === 0) {
      yield this.#result(state, runner, [0, `${what}: held by run ${holder}`], false);
      return;
    }
    const take = (next: State): void => {
      next[here + H.lease] = run;
      next[here + H.expired] = 0;
    };
    yield this.#event(state, 0, what, (next) => {
      take(next);
      next[runnerAt(runner) + R.held] = get(next, runnerAt(runner) + R.held) | (1 << host);
      const waits = get(next, here + H.busy) > 0 && (over || !this.#protocol.undrainedWhenFree);
      if (waits && !this.#protocol.undrained) next[runnerAt(runner) + R.sub] = 1;
      else this.#advance(next, runner, true);
    });
    yield this.#result(state, runner, [1, `${what}, and the answer is lost`], false, take);
  }

  *#drain(state: State, runner: number, {host}: Effect, what: string): Generator<Happening> {
    if (get(state, hostAt(host) + H.busy) === 0)
      yield this.#result(state, runner, [0, `${what}: waited`], true);
    yield this.#result(state, runner, [1, `${what}: gives up waiting`], false);
  }

  *#release(state: State, runner: number, {host}: Effect, what: string): Generator<Happening> {
    const here = hostAt(host);
    const held = (get(state, runnerAt(runner) + R.held) & (1 << host)) !== 0;
    const drop = (next: State): void => {
      next[runnerAt(runner) + R.held] = get(next, runnerAt(runner) + R.held) & ~(1 << host);
    };
    const give = (next: State): void => {
      drop(next);
      if (get(next, here + H.lease) !== runOf(runner)) return;
      next[here + H.lease] = 0;
      next[here + H.expired] = 0;
    };
    const up = get(state, here + H.up) === 1;
    if (held && up) yield this.#result(state, runner, [0, what], true, give);
    yield this.#result(state, runner, [held && up ? 1 : 0, `${what} is not sent`], false, drop);
  }

  *#confirm(state: State, runner: number, what: string): Generator<Happening> {
    const here = runnerAt(runner);
    for (const host of [0, 1]) {
      if ((get(state, here + R.sub) & (1 << host)) !== 0) continue;
      const up = get(state, hostAt(host) + H.up) === 1;
      const same = up && (this.#same(state, runner, host) || this.#protocol.unconfirmed === true);
      const told = `${what} at ${hostName(host)}`;
      yield this.#event(state, 0, same ? told : `${told}: no`, (next) => {
        next.fill(0, viewAt(runner, host), viewAt(runner, host) + VIEW_SIZE);
        next[here + R.sub] = get(next, here + R.sub) | (1 << host);
        if (!same || get(next, here + R.sub) === 3) {
          next[here + R.sub] = 0;
          next.fill(0, viewAt(runner, 0), viewAt(runner, 1) + VIEW_SIZE);
          this.#advance(next, runner, same);
        }
      });
      if (same) yield this.#result(state, runner, [1, `${told} fails`], false);
    }
  }

  #same(state: State, runner: number, host: number): boolean {
    const view = viewAt(runner, host);
    return seenFields.every(
      ([seen, field]) =>
        !confirmed.includes(seen) || get(state, view + seen) === get(state, hostAt(host) + field),
    );
  }

  *#command(state: State, runner: number, effect: Effect, what: string): Generator<Happening> {
    const here = hostAt(effect.host);
    const run = runOf(runner);
    if (get(state, here + H.up) === 0) {
      yield this.#result(state, runner, [0, `${what}: ${hostName(effect.host)} is away`], false);
      return;
    }
    if (!this.#guards(state, effect.host, run)) {
      yield this.#result(state, runner, [0, `${what}: the lease is lost`], false);
      return;
    }
    if (get(state, here + H.busy) > 0) {
      yield this.#result(state, runner, [0, `${what}: the host is busy`], false);
      return;
    }
    yield this.#result(state, runner, [1, `${what} is not delivered`], false);
    yield* this.#delivered(state, runner, effect, what);
  }

  *#delivered(state: State, runner: number, effect: Effect, what: string): Generator<Happening> {
    const here = hostAt(effect.host);
    const run = runOf(runner);
    const ordered = (next: State): void => {
      const earlier = get(next, here + H.lateRun) === run && effect.verb !== 'arrive';
      if (earlier) next[here + H.lateStale] = 1;
    };
    yield this.#event(state, 0, what, (next) => {
      ordered(next);
      this.#advance(next, runner, carryOut(next, effect, run));
    });
    for (const other of effect.verb === 'restore' ? ['restore-half', 'restore-fresh'] : [])
      yield this.#event(state, 1, `${what}: ${other}`, (next) => {
        ordered(next);
        this.#advance(next, runner, carryOut(next, {...effect, verb: other}, run));
      });
    yield this.#event(state, 1, `${what} takes its time`, (next) => {
      ordered(next);
      next[here + H.busy] = codeOf(effect);
      next[here + H.busyRun] = run;
      next[runnerAt(runner) + R.waits] = effect.host + 1;
    });
    if (get(state, here + H.late) === 0)
      yield this.#result(
        state,
        runner,
        [1, `${what} is given up, and may arrive late`],
        false,
        (next) => {
          next[here + H.late] = codeOf(effect);
          next[here + H.lateRun] = run;
          next[here + H.lateStale] = 0;
        },
      );
  }
}

const hasMemory = (state: State, host: number): boolean => {
  const here = hostAt(host);
  const container = get(state, here + H.container);
  return get(state, here + H.memory) === 1 && (container === RUNNING || container === FROZEN);
};

/** Its memory is in a process, or in images that its host can resume it from. */
const restorable = (state: State): boolean => hasMemory(state, 0) || hasMemory(state, 1);

/** The commit point has been reached: what is left on the source is not gone back to. */
function committed(state: State): boolean {
  const beta = hostAt(1);
  const arrived = phases[get(state, beta + H.record)] === 'arrived';
  return arrived && get(state, beta + H.container) !== GONE;
}

/** What must hold in every state; the first that does not. */
export function violated(state: State, memoryMatters: boolean): string | undefined {
  const [alpha, beta] = [hostAt(0), hostAt(1)];
  const running = [alpha, beta].filter((here) => get(state, here + H.container) === RUNNING);
  if (running.length > 1) return 'two copies run';
  const calm = get(state, LOST) === 0;
  if (memoryMatters && calm && !restorable(state)) return 'no copy has its memory';
  if (![alpha, beta].some((here) => get(state, here + H.data) === 1))
    return 'no copy has its files';
  if (committed(state) && running[0] === alpha) return 'the source runs after the commit point';
  if (phases[get(state, beta + H.record)] === 'left')
    return 'the target says that it left, and it never lived there';
  return undefined;
}
