import type {Problem} from '../base/problem.js';
import {outcomeText} from './lines.js';
import {safeText} from './safe-text.js';
import type {LaneReport, RunReport} from './tally.js';
import {formatBytes, formatDuration} from './units.js';

/** Escapes of workflow commands, as the runner (actions/toolkit, command.ts) undoes them. */
const escapeData = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const escapeProperty = (text: string): string =>
  escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

/** A problem as an annotation in the files of a pull request: `::error file=…,line=…::…`, one line. */
export function renderAnnotation(problem: Problem, severity: 'error' | 'warning'): string {
  const {place, message, remedy, code, host, container} = problem;
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
  const text = [...about.map((each) => `${each}: `), message].join('');
  const lines = [safeText(text), ...(remedy === undefined ? [] : [safeText(remedy)])];
  return `::${severity} ${written.join(',')}::${escapeData(lines.join('\n'))}`;
}

/** Text in a cell of a Markdown table. */
const cell = (text: string): string =>
  safeText(text).replaceAll(/[\\|`*_<>[\]]/gu, (sign) => `\\${sign}`);

const rowOf = (lane: LaneReport): string => {
  const {container, from, to, strategy = '', outcome, where, kind, downtimeMs, predicted} = lane;
  const state = outcome ? outcomeText(outcome, where, kind) : 'half done';
  const guess = predicted ? ` (predicted ${formatDuration(predicted.downtimeMs)})` : '';
  const downtime = downtimeMs === undefined ? '' : `${formatDuration(downtimeMs)}${guess}`;
  const cells = [container, `${from} → ${to}`, strategy, state, downtime, formatBytes(lane.bytes)];
  return `| ${cells.map(cell).join(' | ')} |`;
};

/** The job summary of one run, as Markdown with a newline at the end. */
export function renderJobSummary(report: RunReport): string {
  const {plan, run, provenance, lanes, settled, blocked, warnings, exit} = report;
  const commit =
    provenance.commit === undefined ? '' : `, commit ${provenance.commit.slice(0, 12)}`;
  const dirty = provenance.dirty === true ? ' with changes' : '';
  const table = [
    '| container | way | strategy | result | downtime | sent |',
    '| --- | --- | --- | --- | --- | --- |',
    ...lanes.map(rowOf),
  ];
  const problems = [...lanes.flatMap(({problem}) => (problem ? [problem] : [])), ...blocked];
  const list = (title: string, some: readonly Problem[]): readonly string[] =>
    some.length === 0
      ? []
      : [
          '',
          `**${title}**`,
          '',
          ...some.map(
            ({message, remedy}) =>
              `- ${cell(message)}${remedy === undefined ? '' : `: ${cell(remedy)}`}`,
          ),
        ];
  return [
    `### cm apply: ${cell(plan.name)}`,
    '',
    `\`${safeText(plan.file)}\` (${plan.hash.slice(0, 12)}${commit}${dirty}), run ${run}, exit ${exit ?? 'unknown'}`,
    '',
    ...(lanes.length > 0 ? table : [`nothing to move; ${settled} settled`]),
    ...list('problems', problems),
    ...list('warnings', warnings),
    '',
  ].join('\n');
}
