import type {Rates} from '../graph/predict.js';
import type {HostName} from '../plan/plan.js';
import type {ContainerReport, RunReport, StepReport} from '../state/run-report.js';

/** Below this a stream is all overhead, and says nothing of a rate. */
const leastBytes = 8e6;

/** What a move tells of the next one; ms and bytes. */
interface Measured {
  /** Of all its memory, which is restored whenever it was sent. */
  readonly memory: number;
  /** Sent while it was frozen. */
  readonly bytes: number;
  /** Of these: until they were written, and from then on until they were there. */
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

/** CRIU's own time for pages; all of the time that it was held where that is not told. */
const dumpOf = (freeze: StepReport): number =>
  figure(freeze, 'memdump_time') + figure(freeze, 'memwrite_time') || figure(freeze, 'frozen_time');

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
  const stream = Math.max(1, freeze.tookMs - dump);
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

/** What the latest move of memory between two hosts says about the next one. */
export function learnRates(
  reports: readonly RunReport[],
  from: HostName,
  to: HostName,
): Rates | undefined {
  const newestFirst = reports.toSorted((one, two) => (one.startedAt < two.startedAt ? 1 : -1));
  for (const report of newestFirst) {
    const found = report.containers
      .filter((each) => each.outcome === 'moved' && each.from === from && each.to === to)
      .map((each) => measured(report, each))
      .find((each) => each !== undefined);
    if (!found) continue;
    const source = `as measured in run ${report.run} from ${from} to ${to}`;
    return {...ratesOf(found), source};
  }
  return undefined;
}
