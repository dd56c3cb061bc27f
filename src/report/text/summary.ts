import type {Problem} from '../../base/problem.js';
import {groupProblems, rootsOf} from '../../base/problem-groups.js';
import type {ContainerReport, RunReport} from '../../state/runner/run-report.js';
import {alignRows, nameList, plural} from './columns.js';
import {criuText, outcomeInk, outcomeSign, outcomeText} from './outcomes.js';
import {createStyle, type Ability, type Style} from './style.js';
import {formatBytes, formatDuration} from './units.js';

/** `downtime 1.4s (predicted 1.2s)` */
export function downtimeText({downtimeMs, predicted, rounds, overBudget}: ContainerReport): string {
  if (downtimeMs === undefined) return '';
  const expected = rounds?.at(-1)?.expectedMs ?? predicted?.downtimeMs;
  const guess = expected === undefined ? '' : ` (predicted ${formatDuration(expected)})`;
  const over = overBudget ? ', over budget' : '';
  return `downtime ${formatDuration(downtimeMs)}${guess}${over}`;
}

export const wayText = ({from, to}: ContainerReport, arrow: string): string =>
  from === undefined || to === undefined ? '' : `${from} ${arrow} ${to}`;

/** What became of it, and where it is now. */
export function stateText({outcome, where, problems = []}: ContainerReport): string {
  if (outcome === 'settled') return `on ${where?.join(' and ') ?? 'its host'} already`;
  if (outcome === 'refused') {
    const codes = [...new Set(problems.flatMap(rootsOf).map(({code}) => code))];
    return `not touched: refused (${nameList(codes, 3)})`;
  }
  return outcome === 'planned' ? 'not begun' : outcomeText(outcome, where);
}

/** CRIU's share of the downtime of one container, from all of its steps. */
function criuShare({timeline}: RunReport, container: string): string {
  const own = timeline.filter(({step, undo}) => !undo && step.startsWith(`${container}/`));
  return criuText(
    Object.assign({}, ...own.map(({figures}) => figures)) as Readonly<Record<string, number>>,
  );
}

/** Containers of which nothing but the name differs are one line when there are this many. */
const FEWEST_TOGETHER = 4;

interface Row {
  readonly report: ContainerReport;
  readonly names: readonly string[];
}

/** Rows of containers to which the same happened, which is nothing, stand together. */
export function reportRows(containers: readonly ContainerReport[]): readonly Row[] {
  const rows = new Map<string, {readonly report: ContainerReport; readonly names: string[]}>();
  const counts = new Map<string, number>();
  const keyOf = (each: ContainerReport): string =>
    JSON.stringify([each.outcome, wayText(each, '>'), stateText(each), downtimeText(each)]);
  const isIdle = ({outcome}: ContainerReport): boolean =>
    ['refused', 'untouched', 'planned', 'settled'].includes(outcome);
  for (const each of containers) counts.set(keyOf(each), (counts.get(keyOf(each)) ?? 0) + 1);
  for (const each of containers) {
    const shared = isIdle(each) && (counts.get(keyOf(each)) ?? 0) >= FEWEST_TOGETHER;
    const key = shared ? keyOf(each) : `container ${each.container}`;
    const row = rows.get(key) ?? {report: each, names: []};
    rows.set(key, row);
    row.names.push(each.container);
  }
  return [...rows.values()];
}

function containerLines(report: RunReport, style: Style): readonly string[] {
  const shown = reportRows(report.containers.filter(({outcome}) => outcome !== 'settled'));
  const titles = alignRows(
    shown.map(({report: each, names}) => [
      `${each.overBudget ? style.signs.warning : outcomeSign(each.outcome, style.signs)} ${nameList(names, 3)}`,
      stateText(each),
      downtimeText(each),
      each.bytes === undefined || each.bytes === 0 ? '' : formatBytes(each.bytes),
    ]),
  );
  return shown.flatMap(({report: {container, outcome, overBudget}}, index) => {
    const criu = criuShare(report, container);
    const title = style.paint(overBudget ? 'yellow' : outcomeInk[outcome], titles[index] ?? '');
    return [title, ...(criu === '' ? [] : [`    ${style.paint('dim', `CRIU: ${criu}`)}`])];
  });
}

const identityOf = ({code, message, host, container}: Problem): string =>
  JSON.stringify([code, message, host, container]);

/** Each once: what refused a container ended the run, too. */
export function problemsOfRun({containers, problems}: RunReport): readonly Problem[] {
  const all = [...containers.flatMap((each) => each.problems ?? []), ...problems];
  return [
    ...new Map(all.toReversed().map((each) => [identityOf(each), each])).values(),
  ].toReversed();
}

/** What to do before the next try, for each cause. */
function goOnLines(
  again: string,
  left: readonly ContainerReport[],
  isStopped: boolean,
): readonly string[] {
  const groups = groupProblems(left.flatMap(({problems = []}) => problems));
  const lines = groups.flatMap(({first, same, effects}) => {
    const names = new Set([...same, ...effects].flatMap(({container}) => container ?? []));
    const own = left.flatMap(({container}) => (names.has(container) ? [container] : []));
    if (own.length === 0) return [];
    if (isStopped) return [`${again}: ${nameList(own)}`];
    const {message, remedy = 'correct it'} = first;
    return [`${nameList(own)}: ${message}: ${remedy}; then ${again}`];
  });
  const silent = left.filter(({problems = []}) => problems.length === 0);
  return silent.length > 0 ? [...lines, `${again}: ${namesOf(silent)}`] : lines;
}

const namesOf = (some: readonly ContainerReport[]): string =>
  nameList(some.map(({container}) => container));

function nextSteps({containers, exit, inFlight, verb = 'apply'}: RunReport): readonly string[] {
  const of = (...outcomes: readonly ContainerReport['outcome'][]) =>
    containers.filter(({outcome}) => outcomes.includes(outcome));
  // watch tries again by itself.
  const again = verb === 'watch' ? 'cm watch tries again' : `run "cm ${verb}" again`;
  return [
    ...of('look').map(({container, from, to}) => {
      const hosts = [from, to].filter((each) => each !== undefined).join(' and ');
      // A move without a plan file has none that status could be asked about.
      const where = verb === 'move' ? '' : `"cm status" shows where ${container} runs; `;
      return `look at ${hosts === '' ? 'its hosts' : hosts}: ${where}then ${again}`;
    }),
    ...(inFlight.length > 0
      ? [`${again}: it finishes or undoes what was under way (${nameList(inFlight)})`]
      : []),
    ...goOnLines(again, of('back', 'untouched', 'refused'), exit === 130),
  ];
}

function countOutcomes(report: RunReport): string {
  const {containers, warnings, startedAt, endedAt} = report;
  const words: readonly (readonly [ContainerReport['outcome'], string])[] = [
    ['moved', 'moved'],
    ['kept', 'kept'],
    ['restored', 'restored'],
    ['started', 'started'],
    ['stopped', 'stopped'],
    ['parked', 'parked'],
    ['back', 'undone'],
    ['untouched', 'not touched'],
    ['refused', 'refused'],
    ['planned', 'not begun'],
    ['look', 'to look at'],
    ['settled', 'settled'],
  ];
  const counts = words.flatMap(([outcome, word]) => {
    const count = containers.filter((each) => each.outcome === outcome).length;
    return count > 0 ? [`${count} ${word}`] : [];
  });
  const took = formatDuration(Date.parse(endedAt) - Date.parse(startedAt));
  const warned = warnings.length > 0 ? [plural(warnings.length, 'warning')] : [];
  return [...counts, ...warned, `in ${took}`].join(', ');
}

/** What a run did, where everything is now, and what to do next; its problems are told apart from it. */
export function renderSummary(report: RunReport, ability: Ability): string {
  const style = createStyle(ability);
  return [
    ...containerLines(report, style),
    ...nextSteps(report).map((line) => `next: ${style.paint('bold', line)}`),
    `run ${report.run}: ${countOutcomes(report)}`,
  ].join('\n');
}
