import type {Rates} from './predict.js';

/** One round of pre-copy as it was measured. */
export interface Round {
  /** Pages that it wrote, and those it found unchanged. */
  readonly pages: number;
  readonly skipped: number;
  /** Of the pages written; what the link carried may be more, or less. */
  readonly bytes: number;
  /** From the start of the round to the last byte on the target, ms. */
  readonly tookMs: number;
  /** How long the container was held, ms. */
  readonly frozenMs: number;
}

/** A round of `d` bytes takes `d / bandwidth + overhead`. */
export interface Pace {
  /** Bytes a second, dump and stream together. */
  readonly bandwidth: number;
  /** What a round takes whatever its size, ms. */
  readonly overheadMs: number;
}

/** A round below this is all overhead, and says nothing of a bandwidth; QEMU leaves out periods of its like, too. */
const tellingBytes = 8 * 2 ** 20;

/** The mean in which each sample counts as much as all before it, or the last sample, whichever is worse. */
export function worse(samples: readonly number[], pick: (...values: number[]) => number): number {
  const [first = 0, ...rest] = samples;
  const mean = rest.reduce((sum, sample) => (sum + sample) / 2, first);
  return pick(mean, samples.at(-1) ?? mean);
}

export const perSecond = ({bytes, tookMs}: {bytes: number; tookMs: number}): number =>
  (bytes * 1000) / Math.max(1, tookMs);

const sum = (values: readonly number[]): number => values.reduce((all, each) => all + each, 0);

/** By least squares over rounds that differ in size; undefined where they make no sense together. */
function fitted(rounds: readonly Round[]): Pace | undefined {
  const sizes = rounds.map(({bytes}) => bytes);
  if (Math.max(...sizes) - Math.min(...sizes) < tellingBytes) return undefined;
  const mean = {
    bytes: sum(sizes) / rounds.length,
    tookMs: sum(rounds.map(({tookMs}) => tookMs)) / rounds.length,
  };
  const both = sum(rounds.map((each) => (each.bytes - mean.bytes) * (each.tookMs - mean.tookMs)));
  const perByte = both / sum(sizes.map((bytes) => (bytes - mean.bytes) ** 2));
  const overheadMs = mean.tookMs - perByte * mean.bytes;
  if (perByte <= 0 || overheadMs < 0) return undefined;
  return {bandwidth: 1000 / perByte, overheadMs};
}

/** Each round by itself, as if it had no overhead. */
function plain(rounds: readonly Round[], rates: Rates): number {
  const telling = rounds.filter(({bytes}) => bytes >= tellingBytes).map(perSecond);
  if (telling.length > 0) return Math.max(1, worse(telling, Math.min));
  return 1 / (1 / rates.stream + 1 / rates.dump);
}

/**
 * Rounds of different sizes tell what a round costs from what a byte costs. Where the last one was slower
 * than those before it say, it counts alone: the link may have become slower.
 */
export function paceOf(rounds: readonly Round[], rates: Rates): Pace {
  const {bytes = 0, tookMs = 0} = rounds.at(-1) ?? {};
  const least = plain(rounds, rates);
  const restMs = (bandwidth: number): number => Math.max(0, tookMs - (bytes / bandwidth) * 1000);
  const fit = fitted(rounds);
  if (!fit) return {bandwidth: least, overheadMs: restMs(least)};
  const lastly =
    bytes < tellingBytes ? Infinity : perSecond({bytes, tookMs: tookMs - fit.overheadMs});
  const bandwidth = Math.max(least, Math.min(fit.bandwidth, lastly));
  return {bandwidth, overheadMs: Math.max(fit.overheadMs, restMs(bandwidth))};
}
