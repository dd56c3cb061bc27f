import {strategies} from '../../base/strategy.js';
import {gapsIn, type Diagnosis} from '../../doctor/diagnosis.js';
import {type Finding, type Fix} from '../../doctor/finding.js';
import type {HostDiagnosis} from '../../doctor/host-diagnosis.js';
import type {PairDiagnosis, Verdict} from '../../doctor/pair-diagnosis.js';
import {alignRows, plural} from './columns.js';
import {createStyle, type Ability, type Ink, type Style} from './style.js';
import {formatDuration} from './units.js';

const inks: Readonly<Record<Finding['level'], Ink>> = {
  fine: 'green',
  warning: 'yellow',
  gap: 'red',
};

const signOf = ({signs}: Style, level: Finding['level']): string =>
  ({fine: signs.done, warning: signs.warning, gap: signs.failed})[level];

/** What puts it right, and where: one line to copy. */
function fixLine(fix: Fix, style: Style): string {
  switch (fix.on) {
    case 'host':
      return `${style.paint('cyan', `on ${fix.host}:`)} ${style.paint('bold', fix.command)}`;
    case 'runner':
      return `${style.paint('cyan', 'here:')} ${style.paint('bold', fix.command)}`;
    case 'nowhere':
      return `${style.paint('cyan', 'no command:')} ${style.paint('dim', fix.advice)}`;
  }
}

function findingLines(finding: Finding, indent: string, style: Style): readonly string[] {
  const {level, message, stops, fix, see} = finding;
  const stopped = stops.length === 0 ? '' : ` ${style.paint('dim', `(stops ${stops.join(', ')})`)}`;
  const sign = style.paint(inks[level], signOf(style, level));
  const words = style.paint(level === 'fine' ? 'dim' : 'bold', message);
  return [
    `${indent}${sign} ${words}${stopped}`,
    ...(fix === undefined ? [] : [`${indent}    ${fixLine(fix, style)}`]),
    ...(see === undefined ? [] : [`${indent}    ${style.paint('dim', `see ${see}`)}`]),
  ];
}

const worst = (findings: readonly Finding[]): Finding['level'] =>
  (['gap', 'warning'] as const).find((level) => findings.some((each) => each.level === level)) ??
  'fine';

function heading({subject, findings}: HostDiagnosis, style: Style): string {
  const {host, exam} = subject;
  const level = worst(findings);
  const about =
    exam === undefined
      ? []
      : [
          exam.os.name,
          `Linux ${exam.kernel} ${exam.architecture}`,
          ...(exam.uptimeSeconds === undefined
            ? []
            : [`up ${formatDuration(Math.floor(exam.uptimeSeconds) * 1000)}`]),
        ].filter((part) => part !== '');
  const name = style.paint('bold', host.name);
  const address = host.address === host.name ? '' : ` (${style.paint('dim', host.address)})`;
  const rest = about.length === 0 ? '' : `  ${style.paint('dim', about.join(', '))}`;
  return `${style.paint(inks[level], signOf(style, level))} ${name}${address}${rest}`;
}

const hostLines = (host: HostDiagnosis, style: Style): readonly string[] => [
  heading(host, style),
  ...host.findings.flatMap((finding) => findingLines(finding, '  ', style)),
];

function cell(verdict: Verdict, {signs}: Style): string {
  if (verdict.possible) return `${signs.done} yes`;
  const [first, ...rest] = verdict.because;
  return `${signs.failed} ${first}${rest.length > 0 ? ` (+${rest.length})` : ''}`;
}

const ways: Readonly<Record<PairDiagnosis['way'], string>> = {
  direct: 'direct',
  relay: 'through this machine',
  none: '-',
};

/** Each pair a row, each strategy a column; what a plan asks for is marked. */
function tableLines(pairs: readonly PairDiagnosis[], style: Style): readonly string[] {
  const anyAsked = pairs.some(({asked}) => asked.length > 0);
  const head = ['from', 'to', 'engine', 'bytes go', ...strategies];
  const rows = pairs.map((pair) => [
    pair.source,
    pair.target,
    pair.engine ?? '-',
    ways[pair.way],
    ...strategies.map((strategy) => {
      const mark = anyAsked && pair.asked.includes(strategy) ? '*' : '';
      return `${cell(pair.verdicts[strategy], style)}${mark}`;
    }),
  ]);
  const [title = '', ...lines] = alignRows([head, ...rows]);
  return [
    style.paint('bold', title),
    ...lines.map((line, index) => {
      const {verdicts, asked} = pairs[index] ?? {verdicts: undefined, asked: []};
      const refused = asked.some((strategy) => verdicts?.[strategy].possible === false);
      return refused ? style.paint('red', line) : style.paint('dim', line);
    }),
    ...(anyAsked ? [style.paint('dim', '* asked for by the plan')] : []),
  ];
}

function pairLines(pair: PairDiagnosis, style: Style): readonly string[] {
  if (pair.findings.length === 0) return [];
  const title = `${pair.source} ${style.signs.arrow} ${pair.target}`;
  return [
    style.paint('bold', title),
    ...pair.findings.flatMap((finding) => findingLines(finding, '  ', style)),
  ];
}

function summaryLine(diagnosis: Diagnosis, style: Style): string {
  const {hosts, refused} = diagnosis;
  const gaps = gapsIn(diagnosis);
  const ill = hosts.filter(({findings}) => worst(findings) === 'gap').length;
  const counts = `${plural(hosts.length, 'host')}, ${ill === 0 ? 'none' : `${ill}`} with gaps`;
  if (refused === undefined)
    return `${counts}; ${gaps === 0 ? 'nothing stands in the way of a move' : plural(gaps, 'gap')}`;
  if (refused.length === 0) return `${counts}; everything that the plan asks for is possible`;
  const ways = refused.map(
    ({source, target, strategies: names}) => `${names.join(', ')} from ${source} to ${target}`,
  );
  const shown = ways.slice(0, 3).join('; ');
  const more = ways.length > 3 ? `; and ${ways.length - 3} more` : '';
  return style.paint('red', `${counts}; the plan asks for what is not possible: ${shown}${more}`);
}

/** Hosts, pairs, and whether they are fit; without a newline at the end. */
export function renderDiagnosis(diagnosis: Diagnosis, ability: Ability): string {
  const style = createStyle(ability);
  const {hosts, pairs, leftOut} = diagnosis;
  const blocks = [
    ...hosts.map((host) => hostLines(host, style)),
    ...(pairs.length > 0 ? [tableLines(pairs, style)] : []),
    ...pairs.map((pair) => pairLines(pair, style)),
    [
      ...(leftOut > 0
        ? [style.paint('dim', `${plural(leftOut, 'pair')} not looked at; --pairs looks at all`)]
        : []),
      summaryLine(diagnosis, style),
    ],
  ];
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}
