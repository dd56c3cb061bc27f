import type {HostSurvey, Weight} from '../facts.js';

type Weights = HostSurvey['weights'];

const indexes = new WeakMap<Weights, ReadonlyMap<string, Weight>>();

function indexOf(weights: Weights): ReadonlyMap<string, Weight> {
  const made = indexes.get(weights) ?? new Map(weights.map((each) => [each.container, each]));
  indexes.set(weights, made);
  return made;
}

/** What a container weighs on the host it would leave; by an index, as it is asked a dozen times for each of thousands. */
export const weightIn = ({weights}: HostSurvey, container: string): Weight | undefined =>
  indexOf(weights).get(container);
