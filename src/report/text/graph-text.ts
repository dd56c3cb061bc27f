import {drawDot, drawMermaid} from '../../planner/steps/draw.js';
import {stepsOfLane} from '../../planner/steps/all-steps.js';
import type {Lane, PlanHookSteps, Step, StepGraph} from '../../planner/steps/step.js';
import {alignRows} from './columns.js';
import {hookTitles, whenText} from './plan-text.js';
import {createStyle, type Ability, type Style} from './style.js';

const signOf = ({commits, downtime}: Step, {signs}: Style): string =>
  commits ? signs.commit : downtime ? signs.down : signs.serves;

function needsOf(step: Step, previous: Step | undefined): string {
  const others = step.needs.filter((need) => need !== previous?.id);
  return others.length > 0 ? `needs ${others.join(', ')}` : '';
}

const stepRow = (step: Step, previous: Step | undefined, style: Style): readonly string[] => [
  `  ${signOf(step, style)} ${step.id}`,
  step.host,
  step.title,
  [
    needsOf(step, previous),
    step.always ? 'always' : '',
    step.undo ? 'can be undone' : '',
    step.tolerant ? 'a failure is a warning' : '',
    step.when ? whenText[step.when] : '',
  ]
    .filter((note) => note !== '')
    .join('; '),
];

function laneText(lane: Lane, style: Style): string {
  const {container, from, to, after} = lane;
  const waits = after.length > 0 ? `, after ${after.join(', ')}` : '';
  const way = from === to ? `on ${from}` : `${from} ${style.signs.arrow} ${to}`;
  return stepsText(`${container}: ${way}${waits}`, stepsOfLane(lane), style);
}

function stepsText(title: string, steps: readonly Step[], style: Style): string {
  const rows = alignRows(steps.map((step, index) => stepRow(step, steps[index - 1], style)));
  const lines = rows.map((row, index) => {
    const step = steps[index];
    return style.paint(step?.commits ? 'bold' : step?.downtime ? 'yellow' : 'dim', row);
  });
  return [style.paint('cyan', title), ...lines].join('\n');
}

const legend = ({signs, paint}: Style): string =>
  paint(
    'dim',
    `${signs.serves} serves  ${signs.down} does not serve  ${signs.commit} no way back from here`,
  );

function hooksText(
  {hooks}: StepGraph,
  point: keyof PlanHookSteps,
  style: Style,
): readonly string[] {
  const steps = hooks?.[point] ?? [];
  return steps.length === 0 ? [] : [stepsText(hookTitles[point], steps, style)];
}

/** The steps and what waits for what; without a newline at the end. */
export function renderGraph(
  graph: StepGraph,
  format: 'text' | 'mermaid' | 'dot',
  ability: Ability,
): string {
  if (format === 'mermaid') return drawMermaid(graph);
  if (format === 'dot') return drawDot(graph);
  const style = createStyle(ability);
  if (graph.lanes.length === 0) return 'nothing to do';
  const {parallel, perHost} = graph.limits;
  const limits = `at most ${parallel} at a time, ${perHost} for each host`;
  return [
    ...hooksText(graph, 'before', style),
    ...graph.lanes.map((lane) => laneText(lane, style)),
    ...hooksText(graph, 'after', style),
    ...hooksText(graph, 'onFailure', style),
    legend(style),
    limits,
  ].join('\n');
}
