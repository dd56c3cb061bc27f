import type {Problem} from '../base/problem.js';
import {isRecovery, type Planned} from '../planner/change.js';
import {unrecovered} from './run-problems.js';

/** What a look at the world leads to. */
export type Pass =
  | {readonly kind: 'done'}
  | {readonly kind: 'refused'; readonly problems: readonly Problem[]}
  /** `recover`: only what ends interrupted moves; the world is looked at again after it. */
  | {readonly kind: 'recover' | 'move'; readonly planned: Planned};

/**
 * Interrupted moves first, whatever else is wrong: their containers may serve nowhere. Everything else
 * only when all of it can be done, so that a plan is never half applied for a reason known before.
 * `recoverOnly`: what nobody can end without a person is still told, and nothing is begun.
 */
export function nextPass(planned: Planned, recoverOnly = false): Pass {
  const {graph, decisions} = planned;
  const recovering = graph.lanes.filter(({kind}) => kind !== 'move');
  if (recovering.length > 0) {
    const lanes = recovering.map((lane) => ({...lane, after: []}));
    const hooks = graph.hooks && {...graph.hooks, before: [], after: []};
    const left = {lanes, limits: graph.limits, ...(hooks && {hooks})};
    return {kind: 'recover', planned: {...planned, graph: left}};
  }
  const problems = decisions.flatMap((decision) => {
    if (decision.action === 'refused') return decision.problems;
    return isRecovery(decision.action) ? [unrecovered(decision.container.name)] : [];
  });
  const grave = recoverOnly ? problems.filter(({kind}) => kind === 'look') : problems;
  if (grave.length > 0) return {kind: 'refused', problems: grave};
  if (recoverOnly) return {kind: 'done'};
  return graph.lanes.length === 0 ? {kind: 'done'} : {kind: 'move', planned};
}
