/** Lets at most `size` in at once; the others wait in order. */
export class Slots {
  #free: number;
  readonly #size: number;
  readonly #waiting: (() => void)[] = [];
  readonly #watching: (() => void)[] = [];

  constructor(size: number) {
    this.#free = size;
    this.#size = size;
  }

  async take(): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    await new Promise<void>((resume) => this.#waiting.push(resume));
  }

  give(): void {
    for (const watcher of this.#watching.splice(0)) watcher();
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }

  /** Waits until one of the others leaves; at once when there are no others. */
  async nextLeaves(): Promise<void> {
    if (this.#size - this.#free <= 1) return;
    await new Promise<void>((resume) => this.#watching.push(resume));
  }
}
