import type {Problem} from '../base/problem.js';
import {kindOf, rootsOf} from '../base/problem-groups.js';
import {together, type Fallen, type Decision} from '../planner/change.js';
import {renderProblems} from './problem-groups.js';
import type {Style} from './text/style.js';

/** Containers of a plan that are shown as one: a single one, or all that are refused alike. */
export interface PlanBlock {
  readonly decision: Decision;
  readonly names: readonly string[];
  readonly problems: readonly Problem[];
}

const keyOf = (problems: readonly Problem[]): string =>
  JSON.stringify([...new Set(problems.flatMap(rootsOf).map(kindOf))]);

/** In the order of the plan; refusals with the same causes are one block, at the place of the first. */
export function planBlocks(decisions: readonly Decision[]): readonly PlanBlock[] {
  const blocks = new Map<string, {decision: Decision; names: string[]; problems: Problem[]}>();
  for (const decision of decisions) {
    const {name} = decision.container;
    const own = decision.action === 'refused' ? decision.problems : [];
    const key = decision.action === 'refused' ? keyOf(own) : `container ${name}`;
    const block = blocks.get(key) ?? {decision, names: [], problems: []};
    blocks.set(key, block);
    block.names.push(name);
    block.problems.push(...own);
  }
  return [...blocks.values()];
}

/** Why strategies were not taken. An advice that has been given in this plan is not repeated. */
export function refusalLines(
  fell: readonly Fallen[],
  {paint}: Style,
  advised: Set<string>,
): readonly string[] {
  return together(fell).flatMap(({strategies, message, remedy}) => {
    const line = `    ${paint('yellow', `not ${strategies.join(', ')}:`)} ${paint('dim', message)}`;
    if (remedy === undefined || advised.has(remedy)) return [line];
    advised.add(remedy);
    return [line, `      help: ${paint('dim', remedy)}`];
  });
}

/** Why nothing is done with the containers of one block. */
export function problemLines(
  {decision, problems}: PlanBlock,
  color: boolean,
  style: Style,
  advised: Set<string>,
): readonly string[] {
  const {fell = []} = decision as {readonly fell?: readonly Fallen[]};
  if (fell.length > 0) return refusalLines(fell, style, advised);
  return renderProblems(problems, {color})
    .join('\n')
    .split('\n')
    .map((line) => `    ${line}`);
}
