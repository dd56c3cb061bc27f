/** Progress is told at most this often, ms. */
const EVERY_MS = 250;

const WINDOW_MS = 1000;

/** Measures a stream: how much of it is worth telling, and how fast it was over the last second. */
export class Meter {
  readonly #now: () => number;
  readonly #tell: (bytes: number, rate: number) => void;
  readonly #samples: {readonly at: number; readonly bytes: number}[];
  #told = Number.NEGATIVE_INFINITY;

  constructor(now: () => number, tell: (bytes: number, rate: number) => void) {
    this.#now = now;
    this.#tell = tell;
    this.#samples = [{at: now(), bytes: 0}];
  }

  /** `bytes` since the beginning. */
  readonly saw = ({bytes}: {readonly bytes: number}): void => {
    const at = this.#now();
    if (at - this.#told < EVERY_MS) return;
    this.#told = at;
    this.#samples.push({at, bytes});
    while ((this.#samples[1]?.at ?? at) <= at - WINDOW_MS) this.#samples.shift();
    const first = this.#samples[0] ?? {at, bytes};
    const elapsed = at - first.at;
    this.#tell(bytes, elapsed > 0 ? Math.round(((bytes - first.bytes) * 1000) / elapsed) : 0);
  };
}
