import type {Step} from '../../planner/steps/step.js';
import type {Event} from '../../run/events.js';
import type {RoundReport} from '../../state/runner/run-report.js';
import type {Ink, Signs} from './style.js';
import {formatBytes, formatDuration, formatRate} from './units.js';

type Progress = Event & {readonly type: 'step-progress'};
type Settled = Event & {readonly type: 'step-settled'};

/** `120 MiB of 212 MiB (57 %), 940 Mbit/s, 1s left` */
export function progressText({bytes, total, rate}: Omit<Progress, 'type' | 'at' | 'step'>): string {
  const known = total > 0;
  const share = known ? ` (${Math.min(100, Math.floor((bytes / total) * 100))} %)` : '';
  const amount = known
    ? `${formatBytes(bytes)} of ${formatBytes(Math.max(total, bytes))}${share}`
    : formatBytes(bytes);
  const left = known && rate > 0 && bytes < total ? ((total - bytes) / rate) * 1000 : undefined;
  return [
    amount,
    ...(rate > 0 ? [formatRate(rate * 8)] : []),
    ...(left === undefined
      ? []
      : [`${formatDuration(left < 1000 ? 1000 : Math.round(left / 1000) * 1000)} left`]),
  ].join(', ');
}

/** `round 2: 543 pages, 2.1 MiB in 1.5s; it changes 1.4 MiB/s; a freeze now costs ~1.2s` */
export function roundText(report: RoundReport): string {
  const {round, pages, sent, tookMs, dirtyRate, downtimeMs, verdict, because} = report;
  const changes = dirtyRate === undefined ? '' : `; it changes ${formatBytes(dirtyRate)}/s`;
  const end = verdict === 'go-on' ? `a freeze now costs ~${formatDuration(downtimeMs)}` : because;
  return `round ${round}: ${pages} pages, ${formatBytes(sent)} in ${formatDuration(tookMs)}${changes}; ${end}`;
}

interface Told {
  readonly text: string;
  readonly ink: Ink;
}

function notesOf({tookMs, bytes, fact}: Settled): string {
  const sent = bytes === undefined ? [] : [formatBytes(bytes)];
  const seen = fact === undefined || fact === '' ? [] : [fact];
  return [formatDuration(tookMs), ...sent, ...seen].join(', ');
}

function skippedText({title}: Step, {fact, problem}: Settled, {skipped}: Signs): Told {
  const why = fact ?? problem?.message;
  const reason = why === undefined ? '' : `: ${why}`;
  return {ink: 'dim', text: `${skipped} ${title} (skipped${reason})`};
}

/** From the commit point on, and while cleaning up, a failure is a warning. */
export const isTolerated = ({tolerant, always}: Step): boolean => tolerant ?? always ?? false;

/** How a step ended, in one line. */
export function settledText(step: Step, event: Settled, signs: Signs): Told {
  const {outcome, undo} = event;
  if (outcome === 'skipped') return skippedText(step, event, signs);
  const notes = notesOf(event);
  if (outcome === 'failed') {
    const what = undo ? `could not be undone: ${step.title}` : step.title;
    const ink = isTolerated(step) ? 'yellow' : 'red';
    const why = event.problem ? `: ${event.problem.message}` : '';
    return {ink, text: `${signs.failed} ${what} (failed after ${notes})${why}`};
  }
  if (undo) return {ink: 'yellow', text: `${signs.undone} undone: ${step.title} (${notes})`};
  return {ink: step.commits ? 'bold' : 'green', text: `${signs.done} ${step.title} (${notes})`};
}

/** While another one has its turn. */
export const waitsText = ({behind}: {readonly behind: string}): string =>
  `ready; waits for its turn, ${behind} is on its way`;
