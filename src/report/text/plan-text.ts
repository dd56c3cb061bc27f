import {rootsOf} from '../../base/problem-groups.js';
import {unreachable} from '../../base/result.js';
import type {Change, Planned, Standing, Turning} from '../../planner/change.js';
import {stepsOfLane} from '../../planner/steps/all-steps.js';
import {describeReach, describeUnneeded, explainReach} from '../../planner/claims/allowed.js';
import {describeOverwrite} from '../../planner/claims/overwrites.js';
import {describeStop, isLongStop} from '../../planner/steps/stop.js';
import type {PlanHookSteps, Step} from '../../planner/steps/step.js';
import {alignRows, nameList, plural} from './columns.js';
import {planBlocks, problemLines, refusalLines, type PlanBlock} from '../plan-refusals.js';
import {renderProblems} from '../problem-groups.js';
import {createStyle, turnSign, type Ability, type Ink, type Signs, type Style} from './style.js';
import {formatBytes, formatDuration} from './units.js';

export interface PlanTextOptions extends Ability {
  /** Also why each step is there, and how it is undone. */
  readonly explain?: boolean;
  /** One line a container, without steps and without problems. */
  readonly brief?: boolean;
}

interface Head {
  readonly ink: Ink;
  readonly cells: readonly string[];
}

const predicted = ({prediction}: Change): readonly string[] => [
  `downtime ~${formatDuration(prediction.downtimeMs)}`,
  formatBytes(prediction.bytes),
];

function settledCells(
  {container, rests}: Standing & {readonly kind: 'settled'},
  signs: Signs,
): readonly string[] {
  const where = `on ${container.on}`;
  return [`${signs.settled} ${container.name}`, rests === undefined ? where : `${rests} ${where}`];
}

const turnWords: Readonly<Record<Turning, string>> = {
  start: 'start',
  stop: 'stop',
  park: 'park',
  unpark: 'go on with its memory',
};

function refusedHead(
  {problems}: Standing & {readonly kind: 'problem'},
  names: readonly string[],
  signs: Signs,
): Head {
  const count = plural(new Set(problems.flatMap(rootsOf)).size, 'problem');
  const cells = [
    `${signs.problem} ${nameList(names, 3)}`,
    names.length > 1 ? `${names.length} containers, ${count} each` : count,
  ];
  return {ink: 'red', cells};
}

function headOf({standing, names}: PlanBlock, {signs}: Style): Head {
  const {name} = standing.container;
  switch (standing.kind) {
    case 'settled':
      return {ink: 'dim', cells: settledCells(standing, signs)};
    case 'move': {
      const {change} = standing;
      const way = `${change.from} ${signs.arrow} ${change.to}`;
      return {
        ink: 'cyan',
        cells: [`${signs.move} ${name}`, way, change.strategy, ...predicted(change)],
      };
    }
    case 'recover': {
      const goal =
        standing.how === 'finish' ? `finish on ${standing.to}` : `back on ${standing.from}`;
      return {ink: 'yellow', cells: [`${signs.recover} ${name}`, goal, 'interrupted move']};
    }
    case 'turn': {
      const {what, on} = standing;
      return {
        ink: 'cyan',
        cells: [`${turnSign(what, signs)} ${name}`, `${turnWords[what]} on ${on}`],
      };
    }
    case 'checkpoint': {
      const {what, id, from, to} = standing;
      const goal = what === 'keep' ? `keep on ${to}` : `restore on ${to}`;
      return {
        ink: 'cyan',
        cells: [`${signs.move} ${name}`, goal, id, from === to ? '' : `from ${from}`],
      };
    }
    case 'problem':
      return refusedHead(standing, names, signs);
    default:
      return unreachable(standing);
  }
}

/** When a hook runs that a move without trouble never reaches. */
export const whenText: Readonly<Record<NonNullable<Step['when']>, string>> = {
  failed: 'only after a failure',
  undone: 'only after it was undone',
};

function stepLines(step: Step, explain: boolean, {signs, paint}: Style): readonly string[] {
  const line = step.when
    ? paint('dim', `${signs.serves} ${step.title}  (${whenText[step.when]})`)
    : step.commits
      ? paint('bold', `${signs.commit} ${step.title}  ${signs.dash} no way back from here`)
      : step.downtime
        ? `${paint('yellow', signs.down)} ${paint('yellow', step.title)}  (not serving)`
        : `${paint('dim', signs.serves)} ${paint('dim', step.title)}`;
  if (!explain) return [`    ${line}`];
  const why = step.always ? `${step.because}; whatever happened before` : step.because;
  return [`    ${line}`, `        ${paint('dim', `because ${why}`)}`];
}

/** What is killed or needs long is told in any case, what is only asked to end where it is explained. */
function stopLines(
  stop: Change['stop'],
  from: string,
  {explain}: PlanTextOptions,
  {paint}: Style,
): readonly string[] {
  if (!stop) return [];
  const isKilled = stop.then !== 'abort';
  const line = describeStop(stop, from);
  return isKilled || isLongStop(stop) || explain
    ? [`    ${paint(isKilled ? 'yellow' : 'dim', line)}`]
    : [];
}

function moveLines(
  {container, because, fell, prediction, overwrites, reach, stop, from, to}: Change,
  options: PlanTextOptions,
  style: Style,
  advised: Set<string>,
) {
  const total = `predicted: ${formatDuration(prediction.totalMs)} in all (${prediction.how})`;
  return [
    ...refusalLines(fell, style, advised),
    ...overwrites.map((each) => `    ${style.paint('yellow', describeOverwrite(each))}`),
    ...describeReach(reach, to).map(
      (line, index) =>
        `    ${style.paint(reach.powers.length > 0 && index === 0 ? 'yellow' : 'dim', line)}`,
    ),
    ...describeUnneeded(container, reach).map((line) => `    ${style.paint('dim', line)}`),
    ...(options.explain
      ? explainReach(reach).map((line) => `        ${style.paint('dim', line)}`)
      : []),
    ...stopLines(stop, from, options, style),
    `    ${style.paint('dim', total)}`,
    ...(options.explain ? [`    ${style.paint('dim', `because ${because}`)}`] : []),
  ];
}

/** What stands between a container's line and its steps. */
function detailOf(
  block: PlanBlock,
  options: PlanTextOptions,
  style: Style,
  advised: Set<string>,
): readonly string[] {
  const {standing} = block;
  switch (standing.kind) {
    case 'settled':
      return [];
    case 'problem':
      return problemLines(block, options.color, style, advised);
    case 'recover':
    case 'turn':
    case 'checkpoint':
      return [`    ${style.paint('dim', standing.because)}`];
    case 'move':
      return moveLines(standing.change, options, style, advised);
    default:
      return unreachable(standing);
  }
}

/** `2 to stop` */
const turnCounts = (standings: readonly Standing[]): readonly string[] =>
  (['start', 'stop', 'park', 'unpark'] as const).flatMap((what) => {
    const count = standings.filter((each) => each.kind === 'turn' && each.what === what).length;
    return count > 0 ? [`${count} to ${what}`] : [];
  });

/** `1 to move, 3 settled, 0 problems` */
export function countStandings(standings: readonly Standing[]): string {
  const count = (kind: Standing['kind']): number =>
    standings.filter((standing) => standing.kind === kind).length;
  const recover = count('recover');
  return [
    `${count('move')} to move`,
    ...(recover > 0 ? [`${recover} to recover`] : []),
    ...turnCounts(standings),
    ...(count('checkpoint') > 0 ? [`${count('checkpoint')} to checkpoint or restore`] : []),
    `${count('settled')} settled`,
    plural(count('problem'), 'problem'),
  ].join(', ');
}

export const hookTitles: Readonly<Record<keyof PlanHookSteps, string>> = {
  before: 'before all moves',
  after: 'after all moves',
  onFailure: 'when the run fails',
};

/** The hooks of the whole plan; they run only where there is something to do. */
function hookLines(
  point: keyof PlanHookSteps,
  {graph}: Planned,
  options: PlanTextOptions,
  style: Style,
): readonly string[] {
  const steps = graph.hooks?.[point] ?? [];
  if (graph.lanes.length === 0 || steps.length === 0) return [];
  const title = style.paint('cyan', hookTitles[point]);
  return [title, ...steps.flatMap((step) => stepLines(step, options.explain === true, style))];
}

/** What `cm plan` prints of one plan, without a newline at the end. */
export function renderPlan(planned: Planned, options: PlanTextOptions): string {
  const style = createStyle(options);
  const {plan, standings, graph, warnings} = planned;
  const all = planBlocks(standings);
  const advised = new Set<string>();
  const heads = all.map((block) => headOf(block, style));
  const titles = alignRows(heads.map(({cells}) => cells));
  const blocks = all.flatMap((block, index) => {
    const {standing} = block;
    const title = style.paint(heads[index]?.ink ?? 'bold', titles[index] ?? '');
    const lane = graph.lanes.find(({container}) => container === standing.container.name);
    if (options.brief) return [title];
    const steps = lane ? stepsOfLane(lane) : [];
    return [
      title,
      ...detailOf(block, options, style, advised),
      ...steps.flatMap((step) => stepLines(step, options.explain === true, style)),
    ];
  });
  const notes = options.brief
    ? []
    : renderProblems(warnings, {color: options.color, severity: 'warning'});
  const suspended = plan.suspend ? ['the plan is suspended: it is shown, and never applied'] : [];
  return [
    `${style.paint('bold', `plan "${plan.name}"`)} (${style.paint('dim', plan.file)})`,
    ...hookLines('before', planned, options, style),
    ...blocks,
    ...hookLines('after', planned, options, style),
    ...hookLines('onFailure', planned, options, style),
    ...notes,
    ...suspended,
    countStandings(standings),
  ].join('\n');
}
