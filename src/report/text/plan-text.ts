import {rootsOf} from '../../base/problem-groups.js';
import {
  isRecovery,
  type Change,
  type Planned,
  type Decision,
  type StateChange,
  type Action,
} from '../../planner/change.js';
import {stepsOfLane} from '../../planner/steps/all-steps.js';
import {describeReach, describeUnneeded, explainReach} from '../../planner/claims/allowed.js';
import {describeOverwrite} from '../../planner/claims/overwrites.js';
import {describeStop, isLongStop} from '../../planner/steps/stop.js';
import type {PlanHookSteps, Step} from '../../planner/steps/step.js';
import {alignRows, nameList, plural} from './columns.js';
import {planBlocks, problemLines, refusalLines, type PlanBlock} from '../plan-refusals.js';
import {renderProblems} from '../problem-groups.js';
import {createStyle, actionSign, type Ability, type Ink, type Signs, type Style} from './style.js';
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
  {container, rests}: Decision & {readonly action: 'none'},
  signs: Signs,
): readonly string[] {
  const where = `on ${container.on}`;
  return [`${signs.settled} ${container.name}`, rests === undefined ? where : `${rests} ${where}`];
}

const changeWords: Readonly<Record<StateChange, string>> = {
  start: 'start',
  stop: 'stop',
  park: 'park',
  unpark: 'go on with its memory',
};

function refusedHead(
  {problems}: Decision & {readonly action: 'refused'},
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

type Simple = Exclude<Decision, {readonly action: 'none' | 'move' | 'refused'}>;

/** Where it comes to, and more. */
function goalOf(decision: Simple): readonly string[] {
  switch (decision.action) {
    case 'finish':
      return [`finish on ${decision.to}`, 'interrupted move'];
    case 'undo':
      return [`back on ${decision.from}`, 'interrupted move'];
    case 'keep':
    case 'restore': {
      const {action, id, from, to} = decision;
      return [`${action} on ${to}`, id, from === to ? '' : `from ${from}`];
    }
    case 'start':
    case 'stop':
    case 'park':
    case 'unpark':
      return [`${changeWords[decision.action]} on ${decision.on}`];
  }
}

function headOf({decision, names}: PlanBlock, {signs}: Style): Head {
  if (decision.action === 'none') return {ink: 'dim', cells: settledCells(decision, signs)};
  if (decision.action === 'refused') return refusedHead(decision, names, signs);
  const title = `${actionSign(decision.action, signs)} ${decision.container.name}`;
  if (decision.action === 'move') {
    const {change} = decision;
    const way = `${change.from} ${signs.arrow} ${change.to}`;
    return {ink: 'cyan', cells: [title, way, change.strategy, ...predicted(change)]};
  }
  return {
    ink: isRecovery(decision.action) ? 'yellow' : 'cyan',
    cells: [title, ...goalOf(decision)],
  };
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
  const {decision} = block;
  if (decision.action === 'none') return [];
  if (decision.action === 'refused') return problemLines(block, options.color, style, advised);
  if (decision.action === 'move') return moveLines(decision.change, options, style, advised);
  return [`    ${style.paint('dim', decision.because)}`];
}

/** `2 to stop` */
const changeCounts = (decisions: readonly Decision[]): readonly string[] =>
  (['start', 'stop', 'park', 'unpark'] as const).flatMap((change) => {
    const count = decisions.filter(({action}) => action === change).length;
    return count > 0 ? [`${count} to ${change}`] : [];
  });

/** `1 to move, 3 settled, 0 problems` */
export function countDecisions(decisions: readonly Decision[]): string {
  const count = (...actions: readonly Action[]): number =>
    decisions.filter(({action}) => actions.includes(action)).length;
  const recover = count('finish', 'undo');
  const checkpoint = count('keep', 'restore');
  return [
    `${count('move')} to move`,
    ...(recover > 0 ? [`${recover} to recover`] : []),
    ...changeCounts(decisions),
    ...(checkpoint > 0 ? [`${checkpoint} to checkpoint or restore`] : []),
    `${count('none')} settled`,
    plural(count('refused'), 'problem'),
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
  const {plan, decisions, graph, warnings} = planned;
  const all = planBlocks(decisions);
  const advised = new Set<string>();
  const heads = all.map((block) => headOf(block, style));
  const titles = alignRows(heads.map(({cells}) => cells));
  const blocks = all.flatMap((block, index) => {
    const {decision} = block;
    const title = style.paint(heads[index]?.ink ?? 'bold', titles[index] ?? '');
    const lane = graph.lanes.find(({container}) => container === decision.container.name);
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
    countDecisions(decisions),
  ].join('\n');
}
