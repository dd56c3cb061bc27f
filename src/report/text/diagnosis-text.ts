import type {Cause, Problem} from '../../base/problem.js';
import {causeFacts} from './causes-text.js';
import {plural} from './columns.js';
import {safeText} from '../safe-text.js';
import {createStyle, type Ability, type Style} from './style.js';

/** What is known of one log, or of what one step of a run printed. */
export interface Diagnosed {
  /** The log, or the step. */
  readonly name: string;
  /** Lines that were looked at. */
  readonly lines: number;
  readonly causes: readonly Cause[];
  /** Why the step failed, by cm's own words. */
  readonly problem?: Problem;
}

const evidence = (cause: Cause): readonly string[] => {
  const more = cause.count - cause.lines.length;
  return [
    ...cause.lines.map(({line, text}) => `line ${line}: ${text}`),
    ...(more > 0 ? [`and ${plural(more, 'more line')} like these`] : []),
  ];
};

const causeLines = (cause: Cause, index: number, {paint}: Style): readonly string[] => [
  `  ${paint('bold', `${index + 1}. ${cause.rule}`)} ${paint('dim', `(${cause.where.join(', ')})`)}`,
  ...causeFacts(cause).map(([name, text]) => `     ${paint('cyan', name)}: ${safeText(text)}`),
  ...evidence(cause).map((line) => paint('dim', `     ${line}`)),
];

const problemLines = ({message, remedy}: Problem, {paint}: Style): readonly string[] => [
  `  ${paint('red', message)}`,
  ...(remedy === undefined ? [] : [`     ${paint('cyan', 'help')}: ${paint('bold', remedy)}`]),
];

/** The causes that are known, the first one first, with the lines that show them. */
export function renderDiagnosed(
  {name, lines, causes, problem}: Diagnosed,
  ability: Ability,
): string {
  const style = createStyle(ability);
  const known = causes.length === 0 ? 'nothing known' : plural(causes.length, 'cause');
  return [
    style.paint('bold', `${name}: ${known} in ${plural(lines, 'line')}`),
    ...(problem ? problemLines(problem, style) : []),
    ...causes.flatMap((cause, index) => causeLines(cause, index, style)),
  ].join('\n');
}
