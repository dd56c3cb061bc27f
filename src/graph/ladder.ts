import type {Engine, Pair, Refusal} from '../engines/engine.js';
import type {HostSurvey, ObservedContainer} from '../engines/facts.js';
import type {Budget, Container, Plan, Strategy} from '../plan/plan.js';
import type {HostView} from '../state/observed.js';
import type {Change, Fallen, Prediction} from './change.js';
import {folderRefusals, foldersOf} from './folders.js';
import {predict, type Rates} from './predict.js';

export interface Candidate {
  readonly plan: Plan;
  readonly container: Container;
  readonly observed: ObservedContainer;
  readonly source: HostView;
  readonly target: HostView;
  readonly engine: Engine;
  readonly rates: Rates;
}

export type Decision =
  {readonly change: Change; readonly pair: Pair} | {readonly fell: readonly Fallen[]};

/** The pair as the engine sees it; undefined while one of the hosts has not been surveyed. */
export function pairOf(
  container: Container,
  observed: ObservedContainer,
  source: HostView,
  target: HostView,
): Pair | undefined {
  if (!source.survey || !target.survey) return undefined;
  return {
    container: observed,
    source: source.survey,
    target: target.survey,
    sourceVersion: source.look.version,
    targetVersion: target.look.version,
    connections: container.connections,
  };
}

/** Goes down the ladder to the first rung that can be done within the budget. */
export function decide(candidate: Candidate): Decision {
  const {container, observed, source, target} = candidate;
  const pair = pairOf(container, observed, source, target);
  if (!pair) return {fell: [{strategy: container.strategy[0] ?? 'cold', refusals: [unseen]}]};
  const fell: Fallen[] = [];
  for (const strategy of container.strategy) {
    const prediction = predicted(candidate, pair, strategy);
    const refusals = refusalsOf(candidate, pair, strategy, prediction);
    if (refusals.length === 0)
      return {pair, change: changed(candidate, strategy, fell, prediction)};
    fell.push({strategy, refusals});
  }
  return {fell};
}

const unseen: Refusal = {
  code: 'not-surveyed',
  message: 'the hosts could not be looked at closely',
  remedy: 'see what is said of the host',
};

function refusalsOf(
  candidate: Candidate,
  pair: Pair,
  strategy: Strategy,
  prediction: Prediction,
): readonly Refusal[] {
  const {engine, container, observed, source, target} = candidate;
  return [
    ...engine.refusals(strategy, pair),
    ...folderRefusals(container, observed, source, target),
    ...overBudget(container.budget, prediction),
  ];
}

function overBudget({downtimeMs, totalMs}: Budget, prediction: Prediction): readonly Refusal[] {
  const over = (what: string, limit: number | undefined, value: number): readonly Refusal[] =>
    limit === undefined || value <= limit
      ? []
      : [
          {
            code: `over-budget-${what}`,
            message: `its predicted ${what} of ${inSeconds(value)} is over the budget of ${inSeconds(limit)} (${prediction.how})`,
            remedy: 'raise the budget, or name a strategy with a shorter one',
          },
        ];
  return [
    ...over('downtime', downtimeMs, prediction.downtimeMs),
    ...over('total', totalMs, prediction.totalMs),
  ];
}

const inSeconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

function predicted(candidate: Candidate, pair: Pair, strategy: Strategy): Prediction {
  const {container, observed, plan, engine, rates} = candidate;
  const {synced} = foldersOf(container, observed, pair.source);
  const weight = pair.source.weights.find((each) => each.container === observed.name);
  const {image} = engine.moves(pair, '/run/cm');
  const cold = strategy === 'cold';
  const files = synced.reduce((sum, {bytes}) => sum + bytes, weight?.rootfs ?? 0);
  const load = {
    memory: weight?.memory ?? 0,
    files,
    image: image?.bytes ?? 0,
    passes: synced.length + (cold ? 1 : 0),
    ...(plan.limits.bandwidth !== undefined && {bandwidth: plan.limits.bandwidth}),
  };
  return predict(strategy, load, rates);
}

function changed(
  {container, source, target}: Candidate,
  strategy: Strategy,
  fell: readonly Fallen[],
  prediction: Prediction,
): Change {
  const first = fell.length === 0;
  return {
    container,
    from: source.host,
    to: target.host,
    strategy,
    because: `it is on ${source.host} and belongs on ${target.host}; ${strategy} is the first of its strategies${first ? '' : ' that can be done'}`,
    fell,
    prediction,
  };
}

/** The folder sizes and the like that the surveyed source gives. */
export const rootfsOf = (source: HostSurvey, container: string): number =>
  source.weights.find((each) => each.container === container)?.rootfs ?? 0;
