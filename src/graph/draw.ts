import type {HostName} from '../plan/plan.js';
import type {Lane, Step, StepGraph} from './step.js';

/** What waits for what between lanes: the first step of one for the commit point of another. */
interface Wait {
  readonly from: Step;
  readonly to: Step;
}

const lastOf = ({steps}: Lane): Step | undefined =>
  steps.find(({commits}) => commits) ?? steps.at(-1);

function waits({lanes}: StepGraph): readonly Wait[] {
  const byName = new Map(lanes.map((lane) => [lane.container, lane]));
  return lanes.flatMap((lane) =>
    lane.after.flatMap((name) => {
      const before = byName.get(name);
      const from = before && lastOf(before);
      const to = lane.steps[0];
      return from && to ? [{from, to}] : [];
    }),
  );
}

/** What happens to a container where it is has no way. */
const wayOf = (from: HostName, to: HostName): string =>
  from === to ? `on ${from}` : `${from} to ${to}`;

/** `s3`, by the order of the graph: identities in both languages may hold few characters only. */
function keysOf({lanes}: StepGraph): (id: string) => string {
  const ids = lanes.flatMap(({steps}) => steps.map(({id}) => id));
  const keys = new Map(ids.map((id, index) => [id, `s${index}`]));
  return (id) => keys.get(id) ?? 's';
}

const edgesOf = ({lanes}: StepGraph): readonly (readonly [string, string])[] =>
  lanes.flatMap(({steps}) => {
    const own = new Set(steps.map(({id}) => id));
    return steps.flatMap(({id, needs}) =>
      needs.filter((need) => own.has(need)).map((need) => [need, id] as const),
    );
  });

const label = ({host, title, downtime, commits}: Step): string =>
  `${host}: ${title}${downtime ? ' (not serving)' : ''}${commits ? ' (no way back from here)' : ''}`;

/** A quoted text of mermaid, in which only entities are safe. */
const mermaidText = (text: string): string =>
  `"${text.replaceAll(/["#<>&;\\`]|\p{Cc}/gu, (sign) => `#${sign.charCodeAt(0)};`)}"`;

/** https://mermaid.js.org/syntax/flowchart.html; GitHub draws it in a comment or a file. */
export function drawMermaid(graph: StepGraph): string {
  const key = keysOf(graph);
  const lanes = graph.lanes.flatMap(({container, from, to, steps}, index) => [
    `  subgraph lane${index}[${mermaidText(`${container}: ${wayOf(from, to)}`)}]`,
    ...steps.map((step) => {
      const kind = step.commits ? ':::commit' : step.downtime ? ':::down' : '';
      return `    ${key(step.id)}[${mermaidText(label(step))}]${kind}`;
    }),
    '  end',
  ]);
  return [
    'flowchart TD',
    ...lanes,
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
  const lanes = graph.lanes.flatMap(({container, from, to, steps}, index) => [
    `  subgraph cluster${index} {`,
    `    label=${dotText(`${container}: ${wayOf(from, to)}`)};`,
    ...steps.map((step) => dotStep(key(step.id), step)),
    '  }',
  ]);
  return [
    'digraph cm {',
    '  node [shape=box, style="rounded,filled", fontname="sans-serif"];',
    ...lanes,
    ...edgesOf(graph).map(([from, to]) => `  ${key(from)} -> ${key(to)};`),
    ...waits(graph).map(({from, to}) => `  ${key(from.id)} -> ${key(to.id)} [style=bold];`),
    '}',
  ].join('\n');
}
