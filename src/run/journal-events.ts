import type {JournalEntry} from '../state/runner/run-report.js';
import type {Problem} from '../base/problem.js';
import type {Event} from './events.js';

const words = (problem: Problem | undefined) =>
  problem && {code: problem.code, message: problem.message};

type StartedStep = Extract<Event, {readonly type: 'step-started'}>;
type SettledStep = Extract<Event, {readonly type: 'step-settled'}>;
type Round = Extract<Event, {readonly type: 'round'}>;
type SettledLane = Extract<Event, {readonly type: 'lane-settled'}>;

const startEntry = ({at, type, step, undo, runs}: StartedStep): JournalEntry => ({
  at,
  type,
  step,
  ...(runs !== undefined && {runs}),
  ...(undo && {undo}),
});

function stepEntry({at, type, step, undo, outcome, tookMs, bytes, problem}: SettledStep) {
  const rest = {...(undo && {undo}), ...(bytes !== undefined && {bytes}), ...words(problem)};
  return {at, type, step, outcome, tookMs, ...rest};
}

function roundEntry({at, type, step, report}: Round): JournalEntry {
  const {round, pages, sent, tookMs, downtimeMs, verdict} = report;
  return {at, type, step, round, pages, bytes: sent, tookMs, downtimeMs, outcome: verdict};
}

function laneEntry({at, type, container, outcome, where, downtimeMs, problem}: SettledLane) {
  const rest = {...(downtimeMs !== undefined && {downtimeMs}), ...words(problem)};
  return {at, type, container, outcome, where, ...rest};
}

type Entries = {
  readonly [Type in Event['type']]: (
    event: Extract<Event, {readonly type: Type}>,
  ) => JournalEntry | undefined;
};

const entries: Entries = {
  'run-started': ({at, type, planned}) => ({at, type, plan: planned.plan.name}),
  'lane-started': ({at, type, container}) => ({at, type, container}),
  'lane-waits': ({at, type, container}) => ({at, type, container}),
  'step-started': startEntry,
  'step-progress': () => undefined,
  round: roundEntry,
  'step-settled': stepEntry,
  'lane-settled': laneEntry,
  warning: ({at, type, problem}) => ({at, type, ...words(problem)}),
  interrupted: ({at, type}) => ({at, type}),
  'run-settled': ({at, type, exit}) => ({at, type, exit}),
  watch: () => undefined,
};

/** What the journal keeps of an event; progress is not worth a line. */
export function entryOf(event: Event): JournalEntry | undefined {
  // The table pairs each type with its own entry, which the compiler cannot see through the index.
  const entry = entries[event.type] as (event: Event) => JournalEntry | undefined;
  return entry(event);
}
