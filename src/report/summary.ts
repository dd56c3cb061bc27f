import type {Problem} from '../base/problem.js';
import {alignRows, plural} from './columns.js';
import {outcomeInk, outcomeText} from './lines.js';
import {renderProblem} from './problems.js';
import {createStyle, type Ability, type Style} from './style.js';
import type {LaneReport, RunReport} from './tally.js';
import {formatBytes, formatDuration} from './units.js';

/** `downtime 1.4s (predicted 1.2s)` */
export function downtimeText({downtimeMs, predicted}: LaneReport): string {
  if (downtimeMs === undefined) return '';
  const guess = predicted ? ` (predicted ${formatDuration(predicted.downtimeMs)})` : '';
  return `downtime ${formatDuration(downtimeMs)}${guess}`;
}

function signOf({outcome}: LaneReport, {signs}: Style): string {
  if (outcome === 'moved') return signs.done;
  if (outcome === 'back') return signs.undone;
  return outcome === 'untouched' ? signs.skipped : signs.problem;
}

const stateText = ({outcome, where, kind, from, to}: LaneReport): string =>
  outcome
    ? outcomeText(outcome, where, kind)
    : `left half done between ${from} and ${to}: the next run finishes or undoes it`;

/** `restore 0.41s, frozen 0.32s`: the engine's own share of the downtime. */
export const figuresText = (figures: Readonly<Record<string, number>>): string =>
  Object.entries(figures)
    .map(([name, ms]) => `${name.replaceAll(/[_-]/gu, ' ')} ${formatDuration(ms)}`)
    .join(', ');

function laneBlocks(lanes: readonly LaneReport[], style: Style): readonly string[] {
  const titles = alignRows(
    lanes.map((lane) => [
      `${signOf(lane, style)} ${lane.container}`,
      stateText(lane),
      downtimeText(lane),
      lane.bytes > 0 ? formatBytes(lane.bytes) : '',
    ]),
  );
  return lanes.flatMap((lane, index) => {
    const figures = figuresText(lane.figures);
    const title = style.paint(lane.outcome ? outcomeInk[lane.outcome] : 'red', titles[index] ?? '');
    return [title, ...(figures === '' ? [] : [`    ${style.paint('dim', `engine: ${figures}`)}`])];
  });
}

const causesOf = ({lanes, blocked}: RunReport): readonly Problem[] => [
  ...lanes.flatMap(({problem}) => (problem ? [problem] : [])),
  ...blocked,
];

function nextSteps({lanes, interrupted}: RunReport): readonly string[] {
  const looked = lanes.filter(({outcome}) => outcome === 'look');
  const open = lanes.filter(({outcome}) => outcome === undefined);
  const undone = lanes.filter(({outcome}) => outcome === 'back' || outcome === 'untouched');
  const names = (some: readonly LaneReport[]): string =>
    some.map(({container}) => container).join(', ');
  return [
    ...looked.map(
      ({container, from, to}) =>
        `look at ${[...new Set([from, to])].join(' and ')}: see with "cm status" where ${container} runs, then apply again`,
    ),
    ...(open.length > 0 ? [`apply again: it finishes or undoes ${names(open)}`] : []),
    ...(undone.length === 0
      ? []
      : [
          interrupted
            ? `apply again to go on with ${names(undone)}`
            : `correct what is said above, then apply again: ${names(undone)}`,
        ]),
  ];
}

function countOutcomes({lanes, settled, blocked, tookMs, warnings}: RunReport): string {
  const of = (outcome: LaneReport['outcome']): number =>
    lanes.filter((lane) => lane.outcome === outcome).length;
  const parts: readonly (readonly [number, string])[] = [
    [of('moved'), 'moved'],
    [of('back'), 'undone'],
    [of('untouched'), 'not touched'],
    [of('look') + of(undefined), 'to look at'],
    [settled, 'settled'],
  ];
  return [
    ...parts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`),
    ...(blocked.length > 0 ? [plural(blocked.length, 'problem')] : []),
    ...(warnings.length > 0 ? [plural(warnings.length, 'warning')] : []),
    `in ${formatDuration(tookMs)}`,
  ].join(', ');
}

/** What a run did, where everything is now, and what to do next; without a newline at the end. */
export function renderSummary(report: RunReport, ability: Ability): string {
  const style = createStyle(ability);
  const {color} = ability;
  const warnings = report.warnings.map((each) => renderProblem(each, {color, severity: 'warning'}));
  const next = nextSteps(report);
  return [
    ...laneBlocks(report.lanes, style),
    ...causesOf(report).map((each) => renderProblem(each, {color})),
    ...warnings,
    ...next.map((line) => `next: ${style.paint('bold', line)}`),
    `run ${report.run}: ${countOutcomes(report)}`,
  ].join('\n');
}
