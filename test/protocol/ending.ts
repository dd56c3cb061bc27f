import {lookedAt, type Happening, type World} from './protocol.js';
import {
  ODD,
  GONE,
  get,
  H,
  hostAt,
  IDLE,
  keyOf,
  phases,
  runnerAt,
  RUNNING,
  runnersOf,
  type State,
} from './state.js';

/** How it ends when nothing goes wrong any more. */
export interface Ending {
  /** `look`: each apply tries to recover it, and says in vain what a person has to do. */
  readonly kind: 'settled' | 'look' | 'problem' | 'endless';
  readonly code?: string;
  /** How many runs began. */
  readonly applies: number;
  readonly state: State;
}

const MOST_APPLIES = 4;
const MOST_STEPS = 600;

/** From here on everybody is alive, and nothing goes wrong; whoever still runs goes on to his end. */
export class Endings {
  readonly #world: World;
  readonly #known = new Map<string, Ending>();

  constructor(world: World) {
    this.#world = world;
  }

  of(first: State): Ending {
    const way: string[] = [];
    let state = first;
    let applies = 0;
    for (let step = 0; step < MOST_STEPS; step += 1) {
      const key = keyOf(state);
      const known = applies === 0 ? this.#known.get(key) : undefined;
      if (known) return this.#remember(way, known);
      if (applies === 0) way.push(key);
      const next = this.#next(state);
      if (next) {
        state = next;
        continue;
      }
      const ending = this.#ended(state, applies);
      if (ending) return this.#remember(way, ending);
      applies += 1;
      state = this.#starts(state);
    }
    return {kind: 'endless', applies, state};
  }

  #remember(way: readonly string[], ending: Ending): Ending {
    for (const key of way) this.#known.set(key, ending);
    return ending;
  }

  /** The first thing that may happen of itself, hosts before runners. */
  #next(state: State): State | undefined {
    return (
      this.#ofHosts(state, ({what}) => / starts$|that took its time ends$|^the late /.test(what)) ??
      this.#ofRunners(state) ??
      this.#ofHosts(state, ({what}) => what.endsWith('expires'))
    );
  }

  #ofHosts(state: State, wanted: (each: Happening) => boolean): State | undefined {
    for (const host of [0, 1])
      for (const each of this.#world.ofHost(state, host))
        if (each.faults === 0 && wanted(each)) return each.next;
    return undefined;
  }

  #ofRunners(state: State): State | undefined {
    for (let runner = 0; runner < runnersOf(state); runner += 1) {
      if (get(state, runnerAt(runner)) === IDLE) continue;
      for (const {faults, next} of this.#world.ofRunner(state, runner))
        if (faults === 0) return next;
    }
    return undefined;
  }

  #starts(state: State): State {
    const [start] = this.#world.ofRunner(state, 0);
    if (!start) throw new Error('the runner cannot start');
    return start.next;
  }

  #ended(state: State, applies: number): Ending | undefined {
    const views = [0, 1].map((host) => lookedAt(state, host));
    const {action, code} = this.#world.planner.decide(views);
    if (action === 'none') return {kind: 'settled', applies, state};
    if (action === 'refused')
      return {kind: 'problem', applies, state, ...(code !== undefined && {code})};
    return applies === MOST_APPLIES ? {kind: 'look', applies, state} : undefined;
  }
}

/** What is wrong with an ending. Without a power cut it is where it belongs, as it was. */
export function wrong({kind, code, state}: Ending, memoryMatters: boolean): string | undefined {
  if (kind === 'endless') return 'it does not end';
  if (get(state, ODD) === 1) return undefined;
  if (kind !== 'settled')
    return `a person must look (${code ?? kind}), though nothing odd happened`;
  return wrongState(state, memoryMatters);
}

function wrongState(state: State, memoryMatters: boolean): string | undefined {
  const [alpha, beta] = [hostAt(0), hostAt(1)];
  if (get(state, alpha + H.container) !== GONE) return 'something is left on the source';
  if (get(state, beta + H.container) !== RUNNING) return 'it does not run where it belongs';
  if (get(state, beta + H.policy) !== 1) return 'its restart policy is lost';
  if (phases[get(state, beta + H.record)] !== 'arrived')
    return 'no record says that it lives there';
  return memoryMatters && get(state, beta + H.memory) !== 1 ? 'its memory is lost' : undefined;
}
