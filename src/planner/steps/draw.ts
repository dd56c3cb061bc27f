import type {HostName} from '../../plan/plan.js';
import {allSteps, stepsOfLane} from './all-steps.js';
import type {Lane, Step, StepGraph} from './step.js';

/** What waits for what between lanes: the first step of one for the commit point of another. */
interface Wait {
  readonly from: Step;
  readonly to: Step;
}

const lastOf = ({steps}: Lane): Step | undefined =>
  steps.find(({commits}) => commits) ?? steps.at(-1);

function waits(graph: StepGraph): readonly Wait[] {
  const byName = new Map(graph.lanes.map((lane) => [lane.container, lane]));
  const between = graph.lanes.flatMap((lane) =>
    lane.after.flatMap((name) => {
      const before = byName.get(name);
      const from = before && lastOf(before);
      const to = lane.steps[0];
      return from && to ? [{from, to}] : [];
    }),
  );
  return [...between, ...waitsOfHooks(graph)];
}

/** All lanes wait for the hooks before them, and the hooks after them wait for all lanes. */
function waitsOfHooks({lanes, hooks}: StepGraph): readonly Wait[] {
  const last = hooks?.before.at(-1);
  const first = hooks?.after[0];
  return lanes.flatMap(({steps}) => {
    const [begin, end] = [steps[0], steps.at(-1)];
    return [
      ...(last && begin ? [{from: last, to: begin}] : []),
      ...(first && end ? [{from: end, to: first}] : []),
    ];
  });
}

/** What happens to a container where it is has no way. */
const wayOf = (from: HostName, to: HostName): string =>
  from === to ? `on ${from}` : `${from} to ${to}`;

/** `s3`, by the order of the graph: identities in both languages may hold few characters only. */
function keysOf(graph: StepGraph): (id: string) => string {
  const ids = allSteps(graph).map(({id}) => id);
  const keys = new Map(ids.map((id, index) => [id, `s${index}`]));
  return (id) => keys.get(id) ?? 's';
}

function edgesOf(graph: StepGraph): readonly (readonly [string, string])[] {
  const steps = allSteps(graph);
  const known = new Set(steps.map(({id}) => id));
  return steps.flatMap(({id, needs}) =>
    needs.filter((need) => known.has(need)).map((need) => [need, id] as const),
  );
}

const whenNotes = {failed: ' (only after a failure)', undone: ' (only after it was undone)'};

const label = ({host, title, downtime, commits, when}: Step): string =>
  [
    `${host}: ${title}`,
    downtime ? ' (not serving)' : '',
    commits ? ' (no way back from here)' : '',
    when ? whenNotes[when] : '',
  ].join('');

/** A frame of the drawing: one container, or the hooks of the plan at one point. */
interface Group {
  readonly title: string;
  readonly steps: readonly Step[];
}

function groupsOf({lanes, hooks}: StepGraph): readonly Group[] {
  const all = [
    {title: 'before all moves', steps: hooks?.before ?? []},
    ...lanes.map((lane) => ({
      title: `${lane.container}: ${wayOf(lane.from, lane.to)}`,
      steps: stepsOfLane(lane),
    })),
    {title: 'after all moves', steps: hooks?.after ?? []},
    {title: 'when the run fails', steps: hooks?.onFailure ?? []},
  ];
  return all.filter(({steps}) => steps.length > 0);
}

/** A quoted text of mermaid, in which only entities are safe. */
const mermaidText = (text: string): string =>
  `"${text.replaceAll(/["#<>&;\\`]|\p{Cc}/gu, (sign) => `#${sign.charCodeAt(0)};`)}"`;

/** https://mermaid.js.org/syntax/flowchart.html; GitHub draws it in a comment or a file. */
export function drawMermaid(graph: StepGraph): string {
  const key = keysOf(graph);
  const groups = groupsOf(graph).flatMap(({title, steps}, index) => [
    `  subgraph lane${index}[${mermaidText(title)}]`,
    ...steps.map((step) => {
      const kind = step.commits ? ':::commit' : step.downtime ? ':::down' : '';
      return `    ${key(step.id)}[${mermaidText(label(step))}]${kind}`;
    }),
    '  end',
  ]);
  return [
    'flowchart TD',
    ...groups,
    ...edgesOf(graph).map(([from, to]) => `  ${key(from)} --> ${key(to)}`),
    ...waits(graph).map(({from, to}) => `  ${key(from.id)} ==> ${key(to.id)}`),
    '  classDef down fill:#fde68a,stroke:#b45309,color:#000',
    '  classDef commit fill:#bbf7d0,stroke:#15803d,color:#000,stroke-width:3px',
  ].join('\n');
}

const dotText = (text: string): string =>
  `"${text.replaceAll(/\p{Cc}/gu, ' ').replaceAll(/["\\]/gu, (sign) => `\\${sign}`)}"`;

function dotStep(key: string, step: Step): string {
  const fill = step.commits ? '#bbf7d0' : step.downtime ? '#fde68a' : '#ffffff';
  return `    ${key} [label=${dotText(label(step))}, fillcolor="${fill}"];`;
}

/** https://graphviz.org/doc/info/lang.html */
export function drawDot(graph: StepGraph): string {
  const key = keysOf(graph);
  const groups = groupsOf(graph).flatMap(({title, steps}, index) => [
    `  subgraph cluster${index} {`,
    `    label=${dotText(title)};`,
    ...steps.map((step) => dotStep(key(step.id), step)),
    '  }',
  ]);
  return [
    'digraph cm {',
    '  node [shape=box, style="rounded,filled", fontname="sans-serif"];',
    ...groups,
    ...edgesOf(graph).map(([from, to]) => `  ${key(from)} -> ${key(to)};`),
    ...waits(graph).map(({from, to}) => `  ${key(from.id)} -> ${key(to.id)} [style=bold];`),
    '}',
  ].join('\n');
}
