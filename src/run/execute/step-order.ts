import type {Step, StepId} from '../../planner/steps/step.js';

/**
 * Kahn's algorithm over the steps of one lane, by index: O(steps + needs) for the whole lane. What a
 * step needs and is not among these steps counts as done.
 */
export class StepOrder {
  readonly #steps: readonly Step[];
  readonly #indices = new Map<StepId, number>();
  /** By index: how many of its needs are not done yet. */
  readonly #missing: number[] = [];
  /** By index: who needs it. */
  readonly #needing: number[][] = [];
  readonly #taken: boolean[] = [];
  readonly #ready: number[] = [];
  /** How many of the ready ones were given. */
  #next = 0;

  constructor(steps: readonly Step[]) {
    this.#steps = steps;
    for (const [index, {id}] of steps.entries()) {
      this.#indices.set(id, index);
      this.#needing.push([]);
      this.#taken.push(false);
    }
    for (const [index, {needs}] of steps.entries()) {
      const known = [...new Set(needs)].flatMap((id) => this.#indices.get(id) ?? []);
      this.#missing.push(known.length);
      for (const need of known) this.#needing[need]?.push(index);
      if (known.length === 0) this.#ready.push(index);
    }
  }

  /** One whose needs are done, in the order in which they became so; each is given once. */
  take(): Step | undefined {
    const index = this.#ready[this.#next];
    if (index === undefined) return undefined;
    this.#next += 1;
    this.#taken[index] = true;
    return this.#steps[index];
  }

  done(id: StepId): void {
    const index = this.#indices.get(id) ?? -1;
    for (const needing of this.#needing[index] ?? []) {
      const missing = (this.#missing[needing] ?? 0) - 1;
      this.#missing[needing] = missing;
      if (missing === 0) this.#ready.push(needing);
    }
  }

  /** Those that were never given. */
  rest(): readonly Step[] {
    return this.#steps.filter((_, index) => !this.#taken[index]);
  }
}
