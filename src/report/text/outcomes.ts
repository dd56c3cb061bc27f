import type {LaneOutcome} from '../../run/events.js';
import type {ContainerReport} from '../../state/runner/run-report.js';
import type {Ink, Signs} from './style.js';
import {formatDuration} from './units.js';

type Outcome = ContainerReport['outcome'];

export const outcomeInk: Readonly<Record<Outcome, Ink>> = {
  settled: 'dim',
  refused: 'red',
  planned: 'yellow',
  moved: 'green',
  kept: 'green',
  restored: 'green',
  started: 'green',
  stopped: 'green',
  parked: 'green',
  back: 'yellow',
  untouched: 'dim',
  look: 'red',
};

export function outcomeSign(outcome: Outcome, signs: Signs): string {
  const all: Readonly<Record<Outcome, string>> = {
    settled: signs.settled,
    refused: signs.problem,
    planned: signs.skipped,
    moved: signs.done,
    kept: signs.done,
    restored: signs.done,
    started: signs.start,
    stopped: signs.stop,
    parked: signs.park,
    back: signs.undone,
    untouched: signs.skipped,
    look: signs.problem,
  };
  return all[outcome];
}

function knownText(outcome: LaneOutcome, where: readonly string[]): string {
  const hosts = where.join(' and ');
  const texts: Readonly<Record<LaneOutcome, string>> = {
    moved: `moved to ${hosts}`,
    kept: `a checkpoint of it is kept on ${hosts}`,
    restored: `restored on ${hosts}`,
    started: `started on ${hosts}`,
    stopped: `stopped on ${hosts}`,
    parked: `parked on ${hosts}: its memory is on the disk`,
    back: `undone: it is on ${hosts} as before`,
    // On two hosts: an earlier run began to move it, and what that left is as it was.
    untouched:
      where.length > 1
        ? `not touched: an interrupted move left it on ${hosts}`
        : `not touched: it is on ${hosts} as before`,
    look: `a person must look: last seen on ${hosts}`,
  };
  return texts[outcome];
}

const unknownText: Readonly<Record<LaneOutcome, string>> = {
  moved: 'moved',
  kept: 'a checkpoint of it is kept',
  restored: 'restored',
  started: 'started',
  stopped: 'stopped',
  parked: 'parked',
  back: 'undone: it is where it was',
  untouched: 'not touched',
  look: 'a person must look: it is not known where it runs',
};

/** `moved to beta`, `undone: it is on alpha as before`, … */
export const outcomeText = (outcome: LaneOutcome, where: readonly string[] = []): string =>
  where.length > 0 ? knownText(outcome, where) : unknownText[outcome];

/** Figures are times in ms, but for counts of memory pages. */
const figureText = (name: string, value: number): string =>
  `${name.replaceAll(/[_-]/gu, ' ')} ${name.startsWith('pages') ? value : formatDuration(value)}`;

/** `restore 410ms, frozen time 320ms`: what the engine itself measured. What was compared stands in the step's fact. */
export const figuresText = (figures: Readonly<Record<string, number>>): string =>
  Object.entries(figures)
    .filter(([name]) => !name.startsWith('compared_'))
    .map(([name, value]) => figureText(name, value))
    .join(', ');

/** CRIU's own words for its share of a downtime, and what to call them. */
const criuNames: Readonly<Record<string, string>> = {
  frozen_time: 'frozen',
  memdump_time: 'memory dump',
  restore_time: 'restore',
};

/** `frozen 254ms, memory dump 147ms, restore 299ms`; empty when CRIU had no share. */
export const criuText = (figures: Readonly<Record<string, number>>): string =>
  Object.entries(criuNames)
    .flatMap(([name, words]) => {
      const ms = figures[name];
      return ms === undefined ? [] : [`${words} ${formatDuration(ms)}`];
    })
    .join(', ');
