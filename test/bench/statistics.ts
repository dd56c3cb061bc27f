/** What one side took against what the other took in the same pair. */
export interface Ratio {
  readonly median: number;
  /** Bootstrap interval of the median, 95 %. */
  readonly low: number;
  readonly high: number;
  readonly worst: number;
  readonly pairs: number;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? at(Math.floor(middle)) : (at(middle - 1) + at(middle)) / 2;
}

/** A small generator (mulberry32) that gives the same numbers each time: the same measurements have the same interval. */
export function chances(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const resamples = 10_000;

/** Of paired measurements, none left out. Paired, because the load of a machine comes and goes. */
export function ratioOf(ours: readonly number[], theirs: readonly number[]): Ratio {
  const ratios = ours.map((value, i) => value / (theirs[i] ?? Number.NaN));
  const chance = chances(1);
  const medians = Array.from({length: resamples}, () =>
    median(ratios.map(() => ratios[Math.floor(chance() * ratios.length)] ?? Number.NaN)),
  ).sort((a, b) => a - b);
  return {
    median: median(ratios),
    low: medians[Math.floor(resamples * 0.025)] ?? Number.NaN,
    high: medians[Math.floor(resamples * 0.975)] ?? Number.NaN,
    worst: Math.max(...ratios),
    pairs: ratios.length,
  };
}
