import {inMebibytes, inSeconds, sum} from '../amounts.js';
import {paceOf, perSecond, worse, type Pace, type Round} from './pace.js';
import type {Rates} from './predict.js';

export type {Round} from './pace.js';

export interface Course {
  /** Resident memory of the container before the first round, bytes. */
  readonly memory: number;
  readonly rates: Rates;
  /** The downtime at which it is frozen, ms; `budget` when the plan asks for it, or else one that can be had. */
  readonly target: {readonly ms: number; readonly of: 'budget' | 'floor'};
  /** All rounds together, ms. */
  readonly totalMs?: number;
  /** All rounds together, bytes. */
  readonly maxSent: number;
  readonly maxRounds: number;
}

/** How far pre-copy may go before the freeze, and what happens when it leads nowhere. */
export interface Ahead {
  readonly course: Course;
  /** `stateful`: everything is sent again, frozen. `next`: nothing is frozen, and the next strategy is planned. */
  readonly stuck: 'cutover' | 'stateful' | 'next' | 'abort';
}

/** What the rounds so far say of the next moment. */
export interface Forecast {
  /** Bytes a second, dump and stream together. */
  readonly bandwidth: number;
  /** Bytes a second that the container changes; absent after the first round, which cannot tell. */
  readonly dirtyRate?: number;
  /** Bytes that have changed by now; a round of them takes so many ms. */
  readonly changed: number;
  readonly roundMs: number;
  /** ms, if it is frozen now; and if it is after one more round. */
  readonly downtimeMs: number;
  readonly nextMs: number;
  /** ms, of a freeze that sends everything. */
  readonly fullMs: number;
}

/** `stuck`: it does not come to what is wanted, and what then is for the plan to say. */
export interface Verdict {
  readonly kind: 'go-on' | 'cutover' | 'stuck';
  /** One sentence, for people. */
  readonly because: string;
}

/** What another round must save to be worth it: ms, and as a share of what a freeze costs now. */
const leastGain = {ms: 50, share: 0.1};

/** From here on rounds hardly get smaller: the dirty rate as a share of the bandwidth. */
const hopeless = 0.8;

/** Two rounds that are no smaller than this share of the one before. */
const flat = 0.9;

/** What the pre-dumps themselves hold the container for, as a share of what they save. */
const mostFrozen = 0.25;

/**
 * What the engine's commands of a downtime take, in commands of a round: 5.6 with podman and 4.3 with runc,
 * measured in emulated machines, where both take seconds.
 */
const roundsInDowntime = 5;

/** Below this pre-copy saves less than its rounds cost (XDN's notes: 50 ms of 1,660). */
export const smallMemory = 32 * 2 ** 20;

/** The downtime that no number of rounds can get under: every page is restored while it stands still. */
export const floorMs = (memory: number, {fixedMs, restore}: Rates): number =>
  fixedMs + (memory / restore) * 1000;

/** Downtime of a freeze that has to send everything, ms. */
export const fullMs = (memory: number, rates: Rates): number =>
  floorMs(memory, rates) + (memory / rates.dump + memory / rates.stream) * 1000;

/** A target that can be met where the plan names none: above the floor, and not shorter than a second. */
export const ownTargetMs = (memory: number, rates: Rates): number =>
  Math.max(1000, 1.2 * floorMs(memory, rates));

/** What round `i` wrote was changed since round `i - 1` began: while that one ran. */
function dirtyRateOf(rounds: readonly Round[]): number | undefined {
  const samples = rounds
    .slice(1)
    .map(({bytes}, index) => perSecond({bytes, tookMs: rounds[index]?.tookMs ?? 1}));
  return samples.length === 0 ? undefined : worse(samples, Math.max);
}

/**
 * What a downtime costs whatever its size, by what has been measured by now, ms. A whole freeze that was
 * streamed tells it, once the rounds have told what its bytes took; and where nothing was measured before,
 * the rounds themselves tell how fast this machine runs an engine's commands.
 */
function fixedMsOf({fixedMs, freeze, assumed}: Rates, {bandwidth, overheadMs}: Pace): number {
  if (assumed === true) return Math.max(fixedMs, roundsInDowntime * overheadMs);
  if (freeze === undefined) return fixedMs;
  return fixedMs + Math.max(0, freeze.streamMs - (freeze.bytes / bandwidth) * 1000);
}

/**
 * With `d` bytes changed since the last round began, `M` bytes in all, a measured bandwidth `B`, the
 * restore rate `R` and a fixed cost `F`, a freeze now costs
 *
 *     T(d) = F + d/B + M/R
 *
 * Its last term is what models for virtual machines have not: CRIU restores every page in the downtime,
 * whenever it was sent. A round of `d` bytes takes `t = d/B + o`, in which the container changes
 * `min(M, D·t)` at its dirty rate `D`, so rounds get smaller as long as `D/B < 1`; `o` is what a round
 * costs whatever its size. `B` and `o` come from all rounds together, see `paceOf`; `D` is the worse of its
 * moving mean (weight ½) and its last sample. Between the end of a round and the moment from which nothing
 * changes any more another `o` passes: the steps before the freeze, and the start of the engine's command.
 */
export function forecast(rounds: readonly Round[], course: Course): Forecast {
  const {memory, rates} = course;
  const last = rounds.at(-1);
  const pace = paceOf(rounds, rates);
  const {bandwidth, overheadMs} = pace;
  const dirtyRate = dirtyRateOf(rounds);
  const lastMs = last?.tookMs ?? 0;
  const changed = (ms: number): number => Math.min(memory, ((dirtyRate ?? bandwidth) * ms) / 1000);
  const sendMs = (bytes: number): number => (bytes / bandwidth) * 1000;
  const now = last ? changed(lastMs) : memory;
  const roundMs = sendMs(now) + Math.max(overheadMs, lastMs - sendMs(last?.bytes ?? 0));
  const floor = floorMs(memory, {...rates, fixedMs: fixedMsOf(rates, pace)});
  const downtimeMs = (ms: number): number => floor + sendMs(changed(ms + overheadMs));
  return {
    bandwidth,
    ...(dirtyRate !== undefined && {dirtyRate}),
    changed: now,
    roundMs,
    downtimeMs: last ? downtimeMs(lastMs) : floor + sendMs(memory),
    nextMs: downtimeMs(roundMs),
    fullMs: floor + sendMs(memory),
  };
}

const go = (because: string): Verdict => ({kind: 'go-on', because});
const cutover = (because: string): Verdict => ({kind: 'cutover', because});
const stuck = (because: string): Verdict => ({kind: 'stuck', because});

/** Which of the plan's limits another round would break. */
function overLimit(rounds: readonly Round[], course: Course, next: Forecast): string | undefined {
  const {maxRounds, maxSent, totalMs = Infinity} = course;
  const sent = sum(rounds.map(({bytes}) => bytes));
  const took = sum(rounds.map(({tookMs}) => tookMs));
  if (rounds.length >= maxRounds) return `${String(rounds.length)} rounds are all there may be`;
  // Of the second round nothing is known but that it is no more than everything.
  const {changed, roundMs} = next.dirtyRate === undefined ? {changed: 0, roundMs: 0} : next;
  if (sent + changed > maxSent)
    return `${inMebibytes(sent)} have been sent and another ${inMebibytes(changed)} would be, of ${inMebibytes(maxSent)} that there may be`;
  if (took + roundMs > totalMs)
    return `the rounds have taken ${inSeconds(took)} and another one ${inSeconds(roundMs)}, of ${inSeconds(totalMs)} that all may take`;
  return undefined;
}

/** The rounds do not get smaller: it changes its memory about as fast as it is sent. */
function notShrinking(rounds: readonly Round[], {bandwidth, dirtyRate = 0}: Forecast) {
  const rho = dirtyRate / bandwidth;
  if (rounds.length >= 2 && rho >= hopeless)
    return `it changes memory at ${String(Math.round(rho * 100))} % of the speed at which it is sent`;
  const [before, middle, last] = rounds.slice(-3);
  if (!before || !middle || !last) return undefined;
  const isFlat = middle.bytes >= flat * before.bytes && last.bytes >= flat * middle.bytes;
  return isFlat ? 'the rounds do not get smaller' : undefined;
}

/**
 * The second round was everything again: how much faster than that it changes nobody can tell, and a freeze now would gain
 * nothing. A third one tells whether they get smaller.
 */
const everything = ([first, second, ...more]: readonly Round[]): boolean =>
  first !== undefined &&
  second !== undefined &&
  more.length === 0 &&
  second.bytes >= flat * first.bytes;

/** No more to gain: by time, or since the rounds hold the container for longer than they save. */
function notWorthIt(rounds: readonly Round[], {downtimeMs, nextMs, fullMs}: Forecast) {
  const gain = downtimeMs - nextMs;
  const least = Math.max(leastGain.ms, leastGain.share * downtimeMs);
  if (gain < least) return `another round would save ${inSeconds(Math.max(0, gain))} at most`;
  const frozen = sum(rounds.map(({frozenMs}) => frozenMs));
  const saved = fullMs - downtimeMs;
  if (rounds.length >= 2 && frozen > mostFrozen * saved)
    return `the rounds have held it for ${inSeconds(frozen)} themselves`;
  return undefined;
}

/** After each round: freeze now, go on, or this leads nowhere. */
export function decideRound(
  rounds: readonly Round[],
  course: Course,
): {readonly forecast: Forecast; readonly verdict: Verdict} {
  const seen = forecast(rounds, course);
  return {forecast: seen, verdict: judge(rounds, course, seen)};
}

function judge(rounds: readonly Round[], course: Course, seen: Forecast): Verdict {
  const {target} = course;
  const now = inSeconds(seen.downtimeMs);
  const limit = overLimit(rounds, course, seen);
  // The first round is everything, so it says nothing of how fast the container changes.
  if (seen.dirtyRate === undefined)
    return limit === undefined ? go('what changes meanwhile is not known yet') : cutover(limit);
  if (seen.downtimeMs <= target.ms)
    return cutover(`a freeze now costs about ${now}, and it may cost ${inSeconds(target.ms)}`);
  const short = `a freeze now costs about ${now} and not ${inSeconds(target.ms)}`;
  const hope = notShrinking(rounds, seen) ?? limit;
  if (hope !== undefined) return stuck(`${hope}, and ${short}`);
  const worth = everything(rounds) ? undefined : notWorthIt(rounds, seen);
  if (worth === undefined)
    return go(`${short}; after another round about ${inSeconds(seen.nextMs)}`);
  return target.of === 'budget' ? stuck(`${worth}, and ${short}`) : cutover(worth);
}
