import type {Clock} from '../../src/base/clock.js';

/** Time that passes when the test says so. */
export class FakeClock implements Clock {
  #now = Date.UTC(2026, 0, 1);
  readonly #sleepers = new Set<{readonly until: number; readonly wake: () => void}>();

  now(): number {
    return this.#now;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return;
    await new Promise<void>((resolve) => {
      const sleeper = {until: this.#now + ms, wake: resolve};
      this.#sleepers.add(sleeper);
      signal?.addEventListener(
        'abort',
        () => {
          this.#sleepers.delete(sleeper);
          resolve();
        },
        {once: true},
      );
    });
  }

  /** How many wait for time to pass. */
  get sleeping(): number {
    return this.#sleepers.size;
  }

  /** Lets `ms` pass, waking each sleeper in its turn. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    await breathe();
    for (;;) {
      const due = [...this.#sleepers].filter(({until}) => until <= end);
      const first = due.sort((one, other) => one.until - other.until)[0];
      if (!first) break;
      this.#now = Math.max(this.#now, first.until);
      this.#sleepers.delete(first);
      first.wake();
      await breathe();
    }
    this.#now = end;
  }
}

/** Lets everything that can go on without time passing go on. */
export const breathe = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};
