import {drawDot, drawMermaid} from '../graph/draw.js';
import type {Lane, Step, StepGraph} from '../graph/step.js';
import {alignRows} from './columns.js';
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
  ]
    .filter((note) => note !== '')
    .join('; '),
];

function laneText({container, from, to, after, steps}: Lane, style: Style): string {
  const waits = after.length > 0 ? `, after ${after.join(', ')}` : '';
  const rows = alignRows(steps.map((step, index) => stepRow(step, steps[index - 1], style)));
  const way = from === to ? `on ${from}` : `${from} ${style.signs.arrow} ${to}`;
  const title = `${container}: ${way}${waits}`;
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
  return [...graph.lanes.map((lane) => laneText(lane, style)), legend(style), limits].join('\n');
}
