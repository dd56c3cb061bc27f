import type {World} from './protocol.js';
import {keyOf, stateOf, type State} from './state.js';
import {told} from './told.js';

export interface Searching {
  readonly world: World;
  readonly first: State;
  /** Most things that go wrong on one way. */
  readonly faults: number;
  /** What does not hold in a state. */
  readonly violated: (state: State) => string | undefined;
}

/**
 * Every state that can be reached, each once: those that need no fault first, then those that need
 * one, and so on, so that what is found first is the story with the fewest faults.
 */
export class Search {
  /** How many states are reached with so many faults, and with no fewer. */
  readonly byFaults: number[] = [];
  /** Ways from a state to the next that were gone. */
  happenings = 0;
  /** What did not hold, and how it came to that. */
  broken: {readonly promise: string; readonly trace: readonly string[]} | undefined;
  readonly #with: Searching;
  readonly #seen = new Map<string, number>();
  readonly #keys: string[] = [];
  readonly #parents: number[] = [];
  readonly #costs: number[] = [];
  readonly #queues: number[][];

  constructor(searching: Searching) {
    this.#with = searching;
    this.#queues = Array.from({length: searching.faults + 1}, () => []);
  }

  get states(): number {
    return this.byFaults.reduce((sum, each) => sum + each, 0);
  }

  /** All states that were reached, with their numbers. */
  *all(): Generator<readonly [number, State]> {
    for (const [index, key] of this.#keys.entries()) yield [index, stateOf(key)];
  }

  run(): this {
    this.#reach(this.#with.first, -1, 0);
    for (const [cost, queue] of this.#queues.entries()) {
      let expanded = 0;
      // The queue grows while it is gone through.
      for (const index of queue) {
        if (this.#costs[index] !== cost) continue;
        expanded += 1;
        if (this.#expand(index, cost)) return this;
      }
      this.byFaults.push(expanded);
    }
    return this;
  }

  #expand(index: number, cost: number): boolean {
    const {world, violated, faults} = this.#with;
    const state = stateOf(this.#keys[index] ?? '');
    const promise = violated(state);
    if (promise !== undefined) {
      this.broken = {promise, trace: this.trace(index)};
      return true;
    }
    for (const {faults: more, next} of world.happenings(state)) {
      this.happenings += 1;
      if (cost + more <= faults) this.#reach(next, index, cost + more);
    }
    return false;
  }

  #reach(state: State, parent: number, cost: number): void {
    const key = keyOf(state);
    const known = this.#seen.get(key);
    if (known !== undefined && (this.#costs[known] ?? 0) <= cost) return;
    const index = known ?? this.#keys.push(key) - 1;
    if (known === undefined) this.#seen.set(key, index);
    this.#parents[index] = parent;
    this.#costs[index] = cost;
    this.#queues[cost]?.push(index);
  }

  /** The way to a state, told from the beginning. */
  trace(index: number): readonly string[] {
    const way: number[] = [];
    for (let at = index; at >= 0; at = this.#parents[at] ?? -1) way.unshift(at);
    const first = stateOf(this.#keys[way[0] ?? 0] ?? '');
    const lines = way.slice(1).map((at, step) => {
      const before = stateOf(this.#keys[way[step] ?? 0] ?? '');
      const key = this.#keys[at] ?? '';
      const same = [...this.#with.world.happenings(before)].filter(({next}) => keyOf(next) === key);
      const [likely] = same.sort((one, other) => one.faults - other.faults);
      return likely ? told(likely.what, likely.faults, before, likely.next) : '?';
    });
    return [told('it begins', 0, [], first), ...lines];
  }
}
