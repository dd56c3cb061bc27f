import {styleText} from 'node:util';
import type {Place, Problem} from '../../base/problem.js';
import {causeFacts} from './causes-text.js';
import {columnsOf, safeLogLine, safeText} from '../safe-text.js';

export interface ProblemStyle {
  readonly color: boolean;
  /** How the first line begins; `error` when absent. */
  readonly severity?: 'error' | 'warning';
  /** Of the group that the problem stands for. */
  readonly group?: GroupText;
}

/** What is said of a group of problems besides the first of them. */
export interface GroupText {
  /** Follows the message: `, and 4 more`. */
  readonly note: string;
  readonly facts: readonly (readonly [name: string, value: string])[];
}

type Ink = 'red' | 'yellow' | 'cyan' | 'bold';

type Paint = (ink: Ink, text: string) => string;

interface Mark {
  readonly sign: '~' | '-';
  readonly label: string;
  readonly ink: Ink;
}

/** Code units of a source line that are shown; a longer one is cut around the mark. */
const widest = 100;

const createPaint =
  (color: boolean): Paint =>
  (ink, text) =>
    color && text !== '' ? styleText(ink, text, {validateStream: false}) : text;

interface Cut {
  readonly text: string;
  /** Of the mark, in code units of the text. */
  readonly start: number;
  readonly length: number;
}

/** The part of the line that is shown, with the mark inside it. */
function cutLine({text, column, length}: Place): Cut {
  if (text.length <= widest) return {text, start: column - 1, length};
  const from = Math.max(0, Math.min(column - 1 - widest / 3, text.length - widest));
  const first = Math.floor(from);
  const head = first > 0 ? '…' : '';
  const tail = first + widest < text.length ? '…' : '';
  const start = column - 1 - first + head.length;
  const shown = head + text.slice(first, first + widest) + tail;
  return {text: shown, start, length: Math.min(length, head.length + widest - start)};
}

/** The two lines that show a place: the source, and what is marked in it. */
function renderSource(place: Place, gutter: string, mark: Mark, paint: Paint): readonly string[] {
  const {text, start, length} = cutLine(place);
  const shown = safeText(text).trimEnd();
  const pad = ' '.repeat(columnsOf(shown.slice(0, start)));
  const signs = mark.sign.repeat(Math.max(1, columnsOf(shown.slice(start, start + length))));
  const number = String(place.line).padStart(gutter.length);
  const bar = paint('cyan', '|');
  return [
    `${paint('cyan', gutter)} ${bar}`,
    `${paint('cyan', number)} ${bar} ${shown}`.trimEnd(),
    `${gutter} ${bar} ${pad}${paint(mark.ink, `${signs}${mark.label}`)}`,
  ];
}

const writePlace = ({file, line, column}: Place): string => `${safeText(file)}:${line}:${column}`;

/** Suggestions stand at the mark; longer advice stands below. */
const isSuggestion = (remedy: string | undefined): remedy is string =>
  remedy?.startsWith('did you mean ') === true;

function renderPlaces(problem: Problem, gutter: string, ink: Ink, paint: Paint): readonly string[] {
  const {place, other, remedy} = problem;
  if (!place) return [];
  const label = isSuggestion(remedy) ? ` ${safeText(remedy)}?` : '';
  const lines = [
    `${gutter}${paint('cyan', '-->')} ${writePlace(place)}`,
    ...renderSource(place, gutter, {sign: '~', label, ink}, paint),
  ];
  if (!other) return lines;
  const otherMark: Mark = {sign: '-', label: ` ${safeText(other.note)}`, ink: 'cyan'};
  return [
    ...lines,
    `${gutter}${paint('cyan', ':::')} ${writePlace(other.place)}`,
    ...renderSource(other.place, gutter, otherMark, paint),
  ];
}

/** What is known besides the place, one fact a line; output of a program last, indented. */
function renderFacts(
  problem: Problem,
  group: GroupText,
  gutter: string,
  paint: Paint,
): readonly string[] {
  const {place, host, container, location, command, remedy, log = [], causes = []} = problem;
  const suggested = place !== undefined && isSuggestion(remedy);
  const isNamed = place !== undefined || group.facts.some(([name]) => name === 'containers');
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['host', place ? undefined : host],
    ['container', isNamed ? undefined : container],
    ['at', isNamed ? undefined : location],
    ['command', command],
    ...causes.flatMap(causeFacts),
    ['help', suggested ? undefined : remedy],
    ...group.facts,
  ];
  const lines = facts.flatMap(([name, value]) =>
    value === undefined ? [] : [`${gutter} ${paint('cyan', '=')} ${name}: ${safeText(value)}`],
  );
  if (log.length === 0) return lines;
  const output = log.map((line) => `${gutter}     ${safeLogLine(line)}`.trimEnd());
  return [...lines, `${gutter} ${paint('cyan', '=')} output:`, ...output];
}

const alone: GroupText = {note: '', facts: []};

/**
 * A problem as a good compiler prints it, without a newline at the end: what, where with the line itself,
 * and what to do. Without colour it says just as much.
 */
export function renderProblem(
  problem: Problem,
  {color, severity = 'error', group = alone}: ProblemStyle,
): string {
  const paint = createPaint(color);
  const ink = severity === 'error' ? 'red' : 'yellow';
  const lastLine = Math.max(problem.place?.line ?? 0, problem.other?.place.line ?? 0);
  const gutter = ' '.repeat(Math.max(2, String(lastLine).length));
  const title = paint('bold', safeText(`${problem.message}${group.note}`));
  return [
    `${paint(ink, `${severity}:`)} ${title} (${problem.code})`,
    ...renderPlaces(problem, gutter, ink, paint),
    ...renderFacts(problem, group, gutter, paint),
  ].join('\n');
}
