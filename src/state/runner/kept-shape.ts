import type {JournalEntry, RunReport} from './run-report.js';
import {strategies} from '../../base/strategy.js';
import {date, flag, list, number, one, record, shape, text, type Check} from '../shape.js';

/**
 * What is kept of runs is looked at down to its last field, since one damaged file must not end every
 * verb that learns from earlier runs.
 */

/** What a date can hold, ms (ECMA-262, 21.4.1.1). */
const moment: Check = (value) => typeof value === 'number' && Math.abs(value) <= 8.64e15;

const place = shape({file: text, line: number, column: number, length: number, text});

const cause = shape({
  rule: text,
  where: list(text),
  means: text,
  remedy: text,
  see: list(text),
  lines: list(shape({line: number, text})),
  count: number,
});

const kinds = ['plan', 'locked', 'unreachable', 'declined', 'preflight', 'step', 'look'];

const problem = shape(
  {kind: one(...kinds), code: text, message: text},
  {
    remedy: text,
    place,
    other: shape({place, note: text}),
    host: text,
    container: text,
    command: text,
    log: list(text),
    causes: list(cause),
  },
);

const step = shape(
  {
    step: text,
    undo: flag,
    outcome: one('done', 'failed', 'skipped', 'unfinished'),
    startedMs: number,
    tookMs: number,
  },
  {runs: text, bytes: number, fact: text, figures: record(number), problem},
);

const round = shape(
  {
    round: number,
    pages: number,
    skipped: number,
    bytes: number,
    sent: number,
    tookMs: number,
    frozenMs: number,
    bandwidth: number,
    downtimeMs: number,
    nextMs: number,
    verdict: one('go-on', 'cutover', 'stuck'),
    because: text,
  },
  {dirtyRate: number, expectedMs: number},
);

const container = shape(
  {
    container: text,
    outcome: one(
      ...['settled', 'refused', 'planned', 'moved', 'kept', 'restored', 'back'],
      ...['started', 'stopped', 'parked'],
      ...['untouched', 'look'],
    ),
  },
  {
    from: text,
    to: text,
    strategy: one(...strategies),
    where: list(text),
    downtimeMs: number,
    totalMs: number,
    bytes: number,
    predicted: shape({downtimeMs: number, totalMs: number, bytes: number, how: text}),
    rounds: list(round),
    overBudget: flag,
    problems: list(problem),
  },
);

const report = shape(
  {
    format: one(1),
    run: text,
    plan: shape({name: text, file: text, hash: text}),
    provenance: shape({cm: text, node: text, runner: text}, {commit: text, dirty: flag}),
    startedAt: date,
    endedAt: date,
    exit: number,
    containers: list(container),
    problems: list(problem),
    warnings: list(problem),
    timeline: list(step),
    inFlight: list(text),
  },
  {verb: text, versions: record(shape({engine: text}, {runtime: text, criu: text, kernel: text}))},
);

const entry = shape(
  {at: moment, type: text},
  {
    plan: text,
    container: text,
    step: text,
    undo: flag,
    runs: text,
    outcome: text,
    tookMs: number,
    bytes: number,
    downtimeMs: number,
    where: list(text),
    code: text,
    message: text,
    exit: number,
  },
);

export const isReport = (value: unknown): value is RunReport => report(value);

export const isJournalEntry = (value: unknown): value is JournalEntry => entry(value);
