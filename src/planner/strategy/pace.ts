import {sum} from '../amounts.js';
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

const mean = (values: readonly number[]): number => sum(values) / values.length;

/**
 * By least squares over rounds, or whole streams, that differ in size, and never faster than the plan lets it be; undefined
 * where they make no sense together.
 */
export function fitted(
  rounds: readonly Pick<Round, 'bytes' | 'tookMs'>[],
  {limit = Infinity}: Pick<Rates, 'limit'>,
): Pace | undefined {
  const sizes = rounds.map(({bytes}) => bytes);
  if (Math.max(...sizes) - Math.min(...sizes) < tellingBytes) return undefined;
  const [size, took] = [mean(sizes), mean(rounds.map(({tookMs}) => tookMs))];
  const both = sum(rounds.map(({bytes, tookMs}) => (bytes - size) * (tookMs - took)));
  const slope = both / sum(sizes.map((bytes) => (bytes - size) ** 2));
  const msPerByte = Math.max(slope, 1000 / limit);
  const overheadMs = took - msPerByte * size;
  if (slope <= 0 || overheadMs < 0) return undefined;
  return {bandwidth: 1000 / msPerByte, overheadMs};
}

/** Each round by itself, as if it had no overhead. */
function plain(rounds: readonly Round[], rates: Rates): number {
  const telling = rounds.filter(({bytes}) => bytes >= tellingBytes).map(perSecond);
  if (telling.length > 0) return Math.max(1, worse(telling, Math.min));
  return 1 / (1 / rates.stream + 1 / rates.dump);
}

/** Slower by so much than the rounds before it say, a round tells of a link that has become slower. */
const slower = 1.5;

/** The last round by itself, where those before it tell what is not its bytes' and it took far longer than they say. */
function slowed(rounds: readonly Round[], rates: Rates): Pace | undefined {
  const before = fitted(rounds.slice(0, -1), rates);
  const last = rounds.at(-1);
  if (!before || !last || last.bytes < tellingBytes) return undefined;
  const bytesMs = (last.bytes / before.bandwidth) * 1000;
  const isIts = bytesMs >= 2 * before.overheadMs;
  if (!isIts || last.tookMs < slower * (bytesMs + before.overheadMs)) return undefined;
  const {bytes, tookMs} = last;
  return {...before, bandwidth: perSecond({bytes, tookMs: tookMs - before.overheadMs})};
}

/** Rounds of different sizes tell what a round costs from what a byte costs. */
export function paceOf(rounds: readonly Round[], rates: Rates): Pace {
  const told = slowed(rounds, rates) ?? fitted(rounds, rates);
  if (told) return told;
  const {bytes = 0, tookMs = 0} = rounds.at(-1) ?? {};
  const bandwidth = plain(rounds, rates);
  return {bandwidth, overheadMs: Math.max(0, tookMs - (bytes / bandwidth) * 1000)};
}
