import type {Problem} from '../../base/problem.js';
import type {RunReport} from '../../state/runner/run-report.js';
import {nameList} from '../text/columns.js';
import {downtimeText, problemsOfRun, reportRows, stateText, wayText} from '../text/summary.js';
import {shownProblems} from '../problem-groups.js';
import {safeText} from '../safe-text.js';
import {formatBytes} from '../text/units.js';

/** Escapes of workflow commands, as the runner (actions/toolkit, command.ts) undoes them. */
const escapeData = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const escapeProperty = (text: string): string =>
  escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

/** What its log says first, where that is known; otherwise what to do. */
function adviceOf({remedy, causes}: Problem): string | undefined {
  const [cause] = causes ?? [];
  return cause ? `${cause.means}: ${cause.remedy}` : remedy;
}

/** A problem as an annotation in the files of a pull request: `::error file=…,line=…::…`, one line. */
export function renderAnnotation(
  problem: Problem,
  severity: 'error' | 'warning',
  note = '',
): string {
  const {place, message, code, host, container} = problem;
  const remedy = adviceOf(problem);
  const properties: readonly (readonly [string, string | number | undefined])[] = [
    ['file', place?.file],
    ['line', place?.line],
    ['col', place?.column],
    ['endColumn', place && place.column + place.length],
    ['title', `cm: ${code}`],
  ];
  const written = properties.flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${escapeProperty(String(value))}`],
  );
  const about = place ? [] : [container, host].filter((each) => each !== undefined);
  const text = [...about.map((each) => `${each}: `), message, note].join('');
  const lines = [safeText(text), ...(remedy === undefined ? [] : [safeText(remedy)])];
  return `::${severity} ${written.join(',')}::${escapeData(lines.join('\n'))}`;
}

/** Text in a cell of a Markdown table. */
const cell = (text: string): string =>
  safeText(text).replaceAll(/[\\|`*_<>[\]]/gu, (sign) => `\\${sign}`);

const rowOf = ({report, names}: ReturnType<typeof reportRows>[number]): string => {
  const {strategy = '', bytes} = report;
  const sent = bytes === undefined ? '' : formatBytes(bytes);
  const way = wayText(report, '→');
  const cells = [nameList(names, 3), way, strategy, stateText(report), downtimeText(report), sent];
  return `| ${cells.map(cell).join(' | ')} |`;
};

/** The job summary of one run, as Markdown with a newline at the end. */
export function renderJobSummary(report: RunReport): string {
  const {plan, run, verb = 'apply', provenance, containers, warnings, exit} = report;
  const commit =
    provenance.commit === undefined ? '' : `, commit ${provenance.commit.slice(0, 12)}`;
  const dirty = provenance.dirty === true ? ' with changes' : '';
  const table = [
    '| container | way | strategy | result | downtime | sent |',
    '| --- | --- | --- | --- | --- | --- |',
    ...reportRows(containers).map(rowOf),
  ];
  const problems = problemsOfRun(report);
  const list = (title: string, some: readonly Problem[]): readonly string[] =>
    some.length === 0
      ? []
      : [
          '',
          `**${title}**`,
          '',
          ...shownProblems(some).map(({problem, group}) => {
            const remedy = adviceOf(problem);
            const facts = group.facts.map(([name, value]) => `; ${name}: ${value}`).join('');
            const text = `${problem.message}${group.note}`;
            return `- ${cell(`${text}${remedy === undefined ? '' : `: ${remedy}`}${facts}`)}`;
          }),
        ];
  return [
    `### cm ${verb}: ${cell(plan.name)}`,
    '',
    `\`${safeText(plan.file)}\` (${plan.hash.slice(0, 12)}${commit}${dirty}), run ${run}, exit ${exit}`,
    '',
    ...table,
    ...list('problems', problems),
    ...list('warnings', warnings),
    '',
  ].join('\n');
}
