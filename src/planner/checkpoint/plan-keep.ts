import {type KeepWish, keepOne} from './keep-one.js';
import {lanesOf, withLanes} from '../settled.js';
import type {Inputs} from '../inputs.js';
import type {SurveyQuestion} from '../../engines/engine.js';
import type {Container, HostName} from '../../plan/plan.js';
import type {Planned} from '../change.js';
import {fileMounts} from '../claims/folders.js';
import {planMoves} from '../plan-moves.js';
import {questions} from '../questions.js';
import type {Found} from '../situation/scene.js';
import {stand} from '../situation/stand.js';

/** The planner of `cm checkpoint create`; what an earlier run left half done comes first, as it does in `apply`. */
export const keepPlanner = (wish: KeepWish) => ({
  questions: (inputs: Inputs): ReadonlyMap<HostName, SurveyQuestion> => {
    const found = [...inputs.plan.containers.values()].flatMap((container) =>
      (inputs.only?.(container.name) ?? true) ? (foundOf(inputs, container) ?? []) : [],
    );
    if (found.length === 0) return questions(inputs);
    return new Map(
      found.map(({view, container}) => [
        view.host,
        {leaving: [container], arriving: fileMounts(container)},
      ]),
    );
  },
  planMoves: (inputs: Inputs): Planned => planKeep(inputs, wish),
});

/** Where it runs, when nothing has to be ended before. */
export function foundOf({plan, observed}: Inputs, container: Container): Found | undefined {
  const draft = stand(plan, observed, container);
  const {kind} = draft;
  const stands = kind === 'settled' || kind === 'turn' || kind === 'move' || kind === 'bring';
  return stands ? draft.found : undefined;
}

function planKeep(inputs: Inputs, wish: KeepWish): Planned {
  const base = planMoves(inputs);
  const settled = base.decisions.map((decision) => {
    const found = foundOf(inputs, decision.container);
    if (!found) return {decision, lanes: lanesOf(base, decision)};
    return keepOne(inputs, decision.container, found, wish);
  });
  return withLanes(base, settled);
}
