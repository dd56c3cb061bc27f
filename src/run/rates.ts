import {movesMemory} from '../base/strategy.js';
import {fitted, type Pace} from '../planner/strategy/pace.js';
import {assumedRates, type Rates} from '../planner/strategy/predict.js';
import type {ContainerName, HostName} from '../plan/plan.js';
import type {ContainerReport, RunReport, StepReport} from '../state/runner/run-report.js';

/** Below this a stream is all overhead, and says nothing of a rate. */
const leastBytes = 8e6;

/** What a move tells of the next one; ms and bytes. */
interface Measured {
  /** Of all its memory, which is restored whenever it was sent. */
  readonly memory: number;
  /** Sent while it was frozen. */
  readonly bytes: number;
  /** Of these: until they were written, and from then on until they were there; the engine's own time is in neither. */
  readonly dump: number;
  readonly stream: number;
  readonly restore: number;
  readonly downtime: number;
  /** Bytes a second, as the rounds of pre-copy told it. */
  readonly bandwidth?: number;
}

const stepOf = ({timeline}: RunReport, id: string): StepReport | undefined =>
  timeline.find(({step, outcome}) => step === id && outcome === 'done');

/** 0 when it was not measured. */
const figure = (step: StepReport | undefined, name: string): number => step?.figures?.[name] ?? 0;

/**
 * CRIU's own time for pages; all of the time that it was held where that is not told. In a dump what writing them took is
 * a part of what dumping them took (seen: 2,298 and 2,176 of the 2,541 ms that it was held).
 */
const dumpOf = (freeze: StepReport): number =>
  Math.max(figure(freeze, 'memdump_time'), figure(freeze, 'memwrite_time')) ||
  figure(freeze, 'frozen_time');

/**
 * What the engine spends on a checkpoint before and after the container is held, whatever its memory: 268 ms of podman's
 * 897 with 512 MB of data, 91 of its 272 with 64 MB. It runs beside no byte, and would pass for a slow stream.
 */
const engineOf = (freeze: StepReport): number =>
  Math.max(0, figure(freeze, 'podman_checkpoint_duration') - figure(freeze, 'frozen_time'));

function measured(
  report: RunReport,
  {container, downtimeMs, rounds = []}: ContainerReport,
): Measured | undefined {
  const freeze = stepOf(report, `${container}/freeze`);
  const restore = figure(stepOf(report, `${container}/restore`), 'restore_time');
  if (freeze?.bytes === undefined) return undefined;
  const [first, last] = [rounds[0], rounds.at(-1)];
  const memory = first?.bytes ?? freeze.bytes;
  const dump = dumpOf(freeze);
  if (memory < leastBytes || dump * restore === 0) return undefined;
  const stream = Math.max(1, freeze.tookMs - dump - engineOf(freeze));
  return {
    ...{memory, bytes: freeze.bytes, dump, stream, restore, downtime: downtimeMs ?? stream},
    ...(last && {bandwidth: last.bandwidth}),
  };
}

const perSecond = (bytes: number, ms: number): number => (bytes / Math.max(1, ms)) * 1000;

/**
 * Since pages are dumped, then sent, then restored, `downtime = fixed + bytes/dump + bytes/stream +
 * memory/restore`. After rounds the bytes are few, and what the link carries is known from them.
 */
function ratesOf({memory, bytes, dump, stream, restore, downtime, bandwidth}: Measured) {
  const sent = bandwidth === undefined ? stream : Math.min(stream, (bytes / bandwidth) * 1000);
  return {
    stream: bandwidth ?? perSecond(bytes, stream),
    dump: perSecond(bytes, dump),
    restore: perSecond(memory, restore),
    fixedMs: Math.max(0, downtime - dump - sent - restore),
    ...(bandwidth === undefined && {freeze: {bytes, streamMs: stream}}),
  };
}

/** So many moves are asked, and what the middle one of them says counts: a single odd one does not. */
const latest = 5;

/** The largest of them must be so many times the smallest for a line through them to tell anything. */
const apart = 2;

function middle(values: readonly number[]): number {
  const sorted = values.toSorted((one, two) => one - two);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}

interface Told {
  readonly run: string;
  readonly rates: ReturnType<typeof ratesOf>;
  readonly measured: Measured;
}

/** Of the first of its moves between these hosts that was measured; none of the others is looked at. */
function toldIn(report: RunReport, from: HostName, to: HostName): Told | undefined {
  for (const each of report.containers) {
    if (each.outcome !== 'moved' || each.from !== from || each.to !== to) continue;
    const found = measured(report, each);
    if (found) return {run: report.run, rates: ratesOf(found), measured: found};
  }
  return undefined;
}

/** The latest first. */
function toldBy(reports: readonly RunReport[], from: HostName, to: HostName): readonly Told[] {
  const told: Told[] = [];
  for (const report of reports.toSorted((one, two) => (one.startedAt < two.startedAt ? 1 : -1))) {
    const found = toldIn(report, from, to);
    if (found) told.push(found);
    if (told.length === latest) break;
  }
  return told;
}

/** What moves of different sizes tell apart: what their bytes take, and what is there for any number of them. */
function lineThrough(samples: readonly {readonly bytes: number; readonly tookMs: number}[]) {
  const sizes = samples.map(({bytes}) => bytes);
  if (Math.max(...sizes) < apart * Math.min(...sizes)) return undefined;
  return fitted(samples, {});
}

const streamLine = (told: readonly Told[]) =>
  lineThrough(
    told.flatMap(({measured: {bytes, stream, bandwidth}}) =>
      bandwidth === undefined ? [{bytes, tookMs: stream}] : [],
    ),
  );

const restoreLine = (told: readonly Told[]) =>
  lineThrough(told.map(({measured: {memory, restore}}) => ({bytes: memory, tookMs: restore})));

/** A move that was no line for a rate: too small, or cold. What it was down for says what the next one will be. */
type Plain = 'cold' | 'small';

const isPlain = (report: RunReport, each: ContainerReport, kind: Plain): boolean =>
  kind === 'cold'
    ? each.strategy !== undefined && !movesMemory[each.strategy]
    : each.strategy !== undefined &&
      movesMemory[each.strategy] &&
      measured(report, each) === undefined;

/** How long the container took to stop. */
const stopMs = (report: RunReport, container: ContainerName): number | undefined =>
  stepOf(report, `${container}/stop`)?.tookMs;

/** The longest of the latest stops of each container, whatever hosts it moved between. */
function stopsOf(reports: readonly RunReport[]): Readonly<Record<ContainerName, number>> {
  const stops = new Map<ContainerName, number[]>();
  for (const report of reports.toSorted((one, two) => (one.startedAt < two.startedAt ? 1 : -1)))
    for (const {container} of report.containers) {
      const took = stopMs(report, container);
      const known = stops.get(container) ?? [];
      if (took !== undefined && known.length < latest) stops.set(container, [...known, took]);
    }
  return Object.fromEntries([...stops].map(([name, all]) => [name, Math.max(...all)]));
}

/** The middle one of the latest downtimes of that kind, without stops; those that were measured to the end. */
function downtimeOf(
  reports: readonly RunReport[],
  [from, to]: readonly [HostName, HostName],
  kind: Plain,
): number | undefined {
  const told = reports
    .toSorted((one, two) => (one.startedAt < two.startedAt ? 1 : -1))
    .flatMap((report) =>
      report.containers.flatMap((each) =>
        each.outcome === 'moved' &&
        each.from === from &&
        each.to === to &&
        each.downtimeMs !== undefined &&
        isPlain(report, each, kind)
          ? [Math.max(0, each.downtimeMs - (stopMs(report, each.container) ?? 0))]
          : [],
      ),
    )
    .slice(0, latest);
  return told.length > 0 ? middle(told) : undefined;
}

/** With what moves of no bytes worth a rate have told. */
function withPlain(
  rates: Rates | undefined,
  reports: readonly RunReport[],
  way: readonly [HostName, HostName],
): Rates | undefined {
  const coldMs = downtimeOf(reports, way, 'cold');
  const smallMs = rates ? undefined : downtimeOf(reports, way, 'small');
  if (coldMs === undefined && smallMs === undefined) return rates;
  const [from, to] = way;
  return {
    ...(rates ?? {...assumedRates, source: `as earlier moves from ${from} to ${to} took`}),
    ...(coldMs !== undefined && {coldMs}),
    ...(smallMs !== undefined && {fixedMs: smallMs}),
  };
}

/**
 * What the latest moves between two hosts say about the next one. Where there was none yet, those of the way
 * back say more than nothing does: mostly it is the same link between like machines.
 */
export function learnRates(
  reports: readonly RunReport[],
  from: HostName,
  to: HostName,
): Rates | undefined {
  const there = toldBy(reports, from, to);
  const rates =
    there.length > 0
      ? ratesBy(there, `from ${from} to ${to}`)
      : ratesBy(toldBy(reports, to, from), `from ${to} to ${from}, the way back`);
  return withStops(withPlain(rates, reports, [from, to]), stopsOf(reports));
}

function withStops(
  rates: Rates | undefined,
  stops: NonNullable<Rates['stops']>,
): Rates | undefined {
  return Object.keys(stops).length === 0 ? rates : {...(rates ?? assumedRates), stops};
}

/** What streams and restores come to: by lines through them, or where there are none as if every byte cost the same. */
function pacesOf(told: readonly Told[], of: (pick: (rates: Told['rates']) => number) => number) {
  const even = (bandwidth: number): Pace => ({bandwidth, overheadMs: 0});
  const line = streamLine(told);
  const sent = line ?? even(of(({stream}) => stream));
  const restored = restoreLine(told) ?? even(of(({restore}) => restore));
  const freeze = told[0]?.rates.freeze;
  return {
    stream: sent.bandwidth,
    restore: restored.bandwidth,
    overheadMs: sent.overheadMs + restored.overheadMs,
    ...(!line && freeze && {freeze}),
  };
}

function ratesBy(told: readonly Told[], way: string): Rates | undefined {
  const [newest] = told;
  if (!newest) return undefined;
  const of = (pick: (rates: Told['rates']) => number): number =>
    middle(told.map(({rates}) => pick(rates)));
  const runs = told.length === 1 ? `run ${newest.run}` : `run ${newest.run} and before`;
  const {overheadMs, ...paces} = pacesOf(told, of);
  return {
    ...paces,
    dump: of(({dump}) => dump),
    fixedMs: of(({fixedMs}) => fixedMs) + overheadMs,
    source: `as measured in ${runs} ${way}`,
  };
}

/** The same, asked for each of thousands of containers, and worked out once for each pair of hosts. */
export function ratesLearner(
  reports: readonly RunReport[],
): (from: HostName, to: HostName) => Rates | undefined {
  const known = new Map<HostName, Map<HostName, Rates | undefined>>();
  return (from, to) => {
    const by = known.get(from) ?? new Map<HostName, Rates | undefined>();
    known.set(from, by);
    if (!by.has(to)) by.set(to, learnRates(reports, from, to));
    return by.get(to);
  };
}
