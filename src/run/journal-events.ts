import type {Problem} from '../base/problem.js';
import type {JournalEntry} from '../state/journal.js';
import type {Event} from './events.js';

const words = (problem: Problem | undefined) =>
  problem && {code: problem.code, message: problem.message};

type StartedStep = Extract<Event, {readonly type: 'step-started'}>;
type SettledStep = Extract<Event, {readonly type: 'step-settled'}>;
type SettledLane = Extract<Event, {readonly type: 'lane-settled'}>;

const startEntry = ({at, type, step, undo}: StartedStep): JournalEntry => ({
  at,
  type,
  step,
  ...(undo && {undo}),
});

function stepEntry({at, type, step, undo, outcome, tookMs, bytes, problem}: SettledStep) {
  const rest = {...(undo && {undo}), ...(bytes !== undefined && {bytes}), ...words(problem)};
  return {at, type, step, outcome, tookMs, ...rest};
}

function laneEntry({at, type, container, outcome, where, downtimeMs, problem}: SettledLane) {
  const rest = {...(downtimeMs !== undefined && {downtimeMs}), ...words(problem)};
  return {at, type, container, outcome, where, ...rest};
}

/** What the journal keeps of an event; progress is not worth a line. */
export function entryOf(event: Event): JournalEntry | undefined {
  const {at, type} = event;
  switch (event.type) {
    case 'run-started':
      return {at, type, plan: event.planned.plan.name};
    case 'lane-started':
      return {at, type, container: event.container};
    case 'step-started':
      return startEntry(event);
    case 'step-progress':
      return undefined;
    case 'step-settled':
      return stepEntry(event);
    case 'lane-settled':
      return laneEntry(event);
    case 'warning':
      return {at, type, ...words(event.problem)};
    case 'interrupted':
      return {at, type};
    case 'run-settled':
      return {at, type, exit: event.exit};
  }
}
