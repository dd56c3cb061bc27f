import type {RunReport, StepReport} from '../../state/runner/run-report.js';
import {causeFacts} from './causes-text.js';
import {alignRows} from './columns.js';
import {figuresText} from './outcomes.js';
import {roundText} from './step-text.js';
import {createStyle, type Ability, type Ink, type Style} from './style.js';
import {formatBytes, formatDuration} from './units.js';

export interface HistoryRow {
  readonly run: string;
  readonly plan: string;
  /** ISO 8601; absent when nothing was written. */
  readonly startedAt?: string;
  /** Absent: the runner died, or is still at it. */
  readonly exit?: number;
  readonly moves?: readonly {
    readonly container: string;
    readonly from: string;
    readonly to: string;
  }[];
}

/** A line of the journal, as far as it is shown. */
export interface JournalRow {
  readonly at: number;
  readonly type: string;
  readonly container?: string;
  readonly step?: string;
  readonly undo?: true;
  readonly outcome?: string;
  readonly message?: string;
}

const minute = (iso: string | undefined): string => iso?.slice(0, 19).replace('T', ' ') ?? '?';

const exitText = (exit: number | undefined): string =>
  exit === undefined ? 'no end: it died, or is still at it' : exit === 0 ? 'done' : `exit ${exit}`;

const exitInk = (exit: number | undefined): Ink =>
  exit === undefined ? 'yellow' : exit === 0 ? 'green' : 'red';

/** `redis alpha → beta, 3 containers beta → gamma` */
function movesText({moves = []}: HistoryRow, arrow: string): string {
  const ways = new Map<string, string[]>();
  for (const {container, from, to} of moves) {
    const way = `${from} ${arrow} ${to}`;
    ways.set(way, [...(ways.get(way) ?? []), container]);
  }
  return [...ways]
    .map(([way, [first = '', ...more]]) =>
      more.length === 0 ? `${first} ${way}` : `${more.length + 1} containers ${way}`,
    )
    .join(', ');
}

/** One line a run, the newest first. */
export function renderHistory(rows: readonly HistoryRow[], ability: Ability): string {
  if (rows.length === 0) return 'no runs are kept on this machine';
  const {paint, signs} = createStyle(ability);
  const moves = rows.map((row) => movesText(row, signs.arrow));
  const isMoving = moves.some((text) => text !== '');
  const lines = alignRows(
    rows.map(({run, startedAt, plan, exit}, index) => [
      ...[run, minute(startedAt), plan],
      ...(isMoving ? [moves[index] ?? ''] : []),
      exitText(exit),
    ]),
  );
  return lines.map((line, index) => paint(exitInk(rows[index]?.exit), line)).join('\n');
}

const at = (ms: number): string => `${(ms / 1000).toFixed(2)}s`.padStart(9);

/** What the log of a step that failed says, below its line. */
const causeLines = ({problem}: StepReport, {paint}: Style): readonly string[] =>
  (problem?.causes ?? []).flatMap((cause) =>
    causeFacts(cause).map(([name, text]) => paint('dim', `${' '.repeat(13)}${name}: ${text}`)),
  );

function stepLine(step: StepReport, {signs, paint}: Style): string {
  const {startedMs, undo, outcome, tookMs, bytes, fact, figures, problem} = step;
  const sign = {
    done: signs.done,
    failed: signs.failed,
    skipped: signs.skipped,
    unfinished: signs.problem,
  };
  const notes = [
    outcome === 'done' ? '' : outcome,
    formatDuration(tookMs),
    bytes === undefined ? '' : formatBytes(bytes),
    fact ?? '',
    figures ? figuresText(figures) : '',
    problem?.message ?? '',
  ].filter((note) => note !== '');
  const ink = outcome === 'done' ? 'dim' : outcome === 'skipped' ? 'dim' : 'red';
  const name = `${undo ? 'undo ' : ''}${step.step}`;
  return paint(ink, `${at(startedMs)}  ${sign[outcome]} ${name} (${notes.join(', ')})`);
}

/** The rounds of pre-copy, above the line of the step that they are of. */
function roundLines(
  {containers}: RunReport,
  {step}: StepReport,
  {paint}: Style,
): readonly string[] {
  const of = containers.find(({container}) => step === `${container}/rounds`);
  return (of?.rounds ?? []).map((round) => paint('dim', `${' '.repeat(9)}    ${roundText(round)}`));
}

/** Where a run came from, and every step of it on one line of time. */
export function renderTimeline(report: RunReport, ability: Ability): string {
  const style = createStyle(ability);
  const {run, plan, provenance, startedAt, timeline} = report;
  const {commit, dirty, runner, cm, node} = provenance;
  const version =
    commit === undefined ? '' : `, commit ${commit.slice(0, 12)}${dirty ? ' with changes' : ''}`;
  return [
    style.paint(
      'bold',
      `run ${run} of plan "${plan.name}" (${plan.file}, ${plan.hash.slice(0, 12)}${version})`,
    ),
    style.paint('dim', `${minute(startedAt)} UTC by ${runner}, cm ${cm}, node ${node}`),
    ...timeline.flatMap((step) => [
      ...roundLines(report, step, style),
      stepLine(step, style),
      ...causeLines(step, style),
    ]),
  ].join('\n');
}

/** What is left of a run that wrote no report. */
export function renderJournal(entries: readonly JournalRow[], ability: Ability): string {
  const {paint} = createStyle(ability);
  const start = entries[0]?.at ?? 0;
  return entries
    .map(({at: when, type, container, step, undo, outcome, message}) => {
      const about = [undo ? 'undo' : '', step ?? container ?? '', outcome ?? '', message ?? ''];
      const words = [type, ...about].filter((word) => word !== '').join(' ');
      return paint('dim', `${at(when - start)}  ${words}`);
    })
    .join('\n');
}
