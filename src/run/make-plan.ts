import type {Inputs} from '../planner/inputs.js';
import type {Planned} from '../planner/change.js';
import type {SurveyQuestion} from '../engines/engine.js';
import type {HostName} from '../plan/plan.js';
import {observe, survey, type Looking} from '../state/host/observe.js';

/** Plan × world → what is to be done; graph/plan-moves is the one that is meant. */
export interface Planner {
  readonly questions: (inputs: Inputs) => ReadonlyMap<HostName, SurveyQuestion>;
  readonly planMoves: (inputs: Inputs) => Planned;
}

type Asked = Omit<Inputs, 'observed' | 'engines'>;

/** What a look shows, too, that took so long that a container went by between two hosts. */
const torn = new Set(['found-twice', 'not-found']);

const isTorn = ({decisions}: Planned): boolean =>
  decisions.some(
    (each) => each.action === 'refused' && each.problems.some(({code}) => torn.has(code)),
  );

/**
 * Looks at every host once, at those that take part in a change twice, and decides. This is all that
 * `cm plan` does; nothing is changed anywhere. Nobody is told to remove one of two copies because of a
 * single look: hosts are not looked at in the same moment.
 */
export async function makePlan(
  looking: Looking,
  planner: Planner,
  inputs: Asked,
): Promise<Planned> {
  const planned = await lookAndPlan(looking, planner, inputs);
  return isTorn(planned) ? lookAndPlan(looking, planner, inputs) : planned;
}

async function lookAndPlan(looking: Looking, planner: Planner, inputs: Asked): Promise<Planned> {
  const {plan, only} = inputs;
  const names = [...plan.containers.keys()].filter((name) => only?.(name) ?? true);
  const seen = await observe(looking, plan.hosts.values(), names);
  const all = {...inputs, observed: seen, engines: looking.engines};
  const questions = planner.questions(all);
  if (questions.size === 0) return planner.planMoves(all);
  const {parallel, perHost} = plan.limits;
  const observed = await survey(looking, seen, questions, Math.min(parallel, perHost));
  return planner.planMoves({...all, observed});
}
