import type {Rates} from '../graph/predict.js';
import type {HostName} from '../plan/plan.js';
import type {ContainerReport, RunReport, StepReport} from '../state/run-report.js';

/** Below this a stream is all overhead, and says nothing of a rate. */
const leastBytes = 8e6;

/** What the podman driver's figures are called; ms. */
interface Measured {
  readonly bytes: number;
  readonly frozen: number;
  readonly send: number;
  readonly restore: number;
  readonly downtime: number;
}

const stepOf = ({timeline}: RunReport, id: string): StepReport | undefined =>
  timeline.find(({step, outcome}) => step === id && outcome === 'done');

/** 0 when it was not measured. */
const figure = (step: StepReport | undefined, name: string): number => step?.figures?.[name] ?? 0;

function measured(
  report: RunReport,
  {container, downtimeMs}: ContainerReport,
): Measured | undefined {
  const freeze = stepOf(report, `${container}/freeze`);
  const frozen = figure(freeze, 'frozen_time');
  const restore = figure(stepOf(report, `${container}/restore`), 'restore_time');
  if (!freeze?.bytes || freeze.bytes < leastBytes || frozen * restore === 0) return undefined;
  const send = Math.max(1, freeze.tookMs - frozen);
  return {bytes: freeze.bytes, frozen, send, restore, downtime: downtimeMs ?? send};
}

/**
 * What the latest stateful move between two hosts says about the next one, since pages are dumped, then
 * sent, then restored: `downtime = fixed + bytes/dump + bytes/stream + bytes/restore`.
 */
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
    const {bytes, frozen, send, restore, downtime} = found;
    const perSecond = (ms: number): number => (bytes / Math.max(1, ms)) * 1000;
    return {
      stream: perSecond(send),
      dump: perSecond(frozen),
      restore: perSecond(restore),
      fixedMs: Math.max(0, downtime - frozen - send - restore),
      source: `as measured in run ${report.run} from ${from} to ${to}`,
    };
  }
  return undefined;
}
