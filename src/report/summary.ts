import type {Problem} from '../base/problem.js';
import type {ContainerReport, RunReport} from '../state/run-report.js';
import {alignRows, plural} from './columns.js';
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
export function stateText({outcome, where}: ContainerReport): string {
  if (outcome === 'settled') return `on ${where?.join(' and ') ?? 'its host'} already`;
  if (outcome === 'refused') return 'not touched: see its problem';
  return outcome === 'planned' ? 'not begun' : outcomeText(outcome, where);
}

/** CRIU's share of the downtime of one container, from all of its steps. */
function criuShare({timeline}: RunReport, container: string): string {
  const own = timeline.filter(({step, undo}) => !undo && step.startsWith(`${container}/`));
  return criuText(
    Object.assign({}, ...own.map(({figures}) => figures)) as Readonly<Record<string, number>>,
  );
}

function containerLines(report: RunReport, style: Style): readonly string[] {
  const shown = report.containers.filter(({outcome}) => outcome !== 'settled');
  const titles = alignRows(
    shown.map((each) => [
      `${each.overBudget ? style.signs.warning : outcomeSign(each.outcome, style.signs)} ${each.container}`,
      stateText(each),
      downtimeText(each),
      each.bytes === undefined || each.bytes === 0 ? '' : formatBytes(each.bytes),
    ]),
  );
  return shown.flatMap(({container, outcome, overBudget}, index) => {
    const criu = criuShare(report, container);
    const title = style.paint(overBudget ? 'yellow' : outcomeInk[outcome], titles[index] ?? '');
    return [title, ...(criu === '' ? [] : [`    ${style.paint('dim', `CRIU: ${criu}`)}`])];
  });
}

const sameProblem = (one: Problem, other: Problem): boolean =>
  one.code === other.code &&
  one.message === other.message &&
  one.host === other.host &&
  one.container === other.container;

/** Each once: what refused a container ended the run, too. */
export function problemsOfRun({containers, problems}: RunReport): readonly Problem[] {
  const all = [...containers.flatMap((each) => each.problems ?? []), ...problems];
  return all.filter((each, index) => all.findIndex((other) => sameProblem(each, other)) === index);
}

const namesOf = (some: readonly ContainerReport[]): string =>
  some.map(({container}) => container).join(', ');

function nextSteps({
  containers,
  exit,
  inFlight,
  problems,
  verb = 'apply',
}: RunReport): readonly string[] {
  const of = (...outcomes: readonly ContainerReport['outcome'][]) =>
    containers.filter(({outcome}) => outcomes.includes(outcome));
  const left = of('back', 'untouched', 'refused');
  // watch tries again by itself.
  const again = verb === 'watch' ? 'cm watch tries again' : `run "cm ${verb}" again`;
  const isStopped = exit === 130;
  const said = problems.length > 0 || containers.some((each) => (each.problems ?? []).length > 0);
  const goOn = isStopped || !said ? `${again}:` : `correct what is said above, then ${again}:`;
  return [
    ...of('look').map(({container, from, to}) => {
      const hosts = [from, to].filter((each) => each !== undefined).join(' and ');
      return `look at ${hosts === '' ? 'its hosts' : hosts}: "cm status" shows where ${container} runs; then ${again}`;
    }),
    ...(inFlight.length > 0
      ? [`${again}: it finishes or undoes what was under way (${inFlight.join(', ')})`]
      : []),
    ...(left.length > 0 ? [`${goOn} ${namesOf(left)}`] : []),
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
