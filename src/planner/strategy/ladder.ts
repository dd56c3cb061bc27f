import {type Prediction, predict, type Rates} from './predict.js';
import {inRounds, movesMemory} from '../../base/strategy.js';
import type {Engine, Pair, Refusal} from '../../engines/engine.js';
import type {HostSurvey, ObservedContainer} from '../../engines/facts.js';
import type {Budget, Container, Plan, Strategy} from '../../plan/plan.js';
import type {HostView} from '../../state/host/observed.js';
import {inSeconds} from '../amounts.js';
import {aheadOf, aheadRefusals, tooSmall} from './ahead.js';
import {allowRefusals, forbiddenPaths, reachOf} from '../claims/allowed.js';
import type {Change, Fallen} from '../change.js';
import {fixedFiles} from '../claims/fixed-files.js';
import {folderRefusals} from '../claims/folder-refusals.js';
import {stopForecast, stopPolicyOf, type StopForecast} from '../steps/stop.js';
import {unknownVolumes} from '../claims/unknown-volumes.js';
import {inMemoryRefusals} from '../claims/volume-refusals.js';
import {foldersOf} from '../claims/folders.js';
import {overwritesOf} from '../claims/overwrites.js';
import {isUpState} from '../situation/wanted.js';
import {weightIn} from '../../engines/host/weight-in.js';

export interface Candidate {
  readonly plan: Plan;
  readonly container: Container;
  readonly observed: ObservedContainer;
  readonly source: HostView;
  readonly target: HostView;
  readonly engine: Engine;
  readonly rates: Rates;
  /** A strategy that has been tried in this run, and why it came to nothing. */
  readonly tried?: Fallen;
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
    stop: stopPolicyOf(container),
  };
}

/** Goes down the ladder to the first rung that can be done within the budget. */
export function decide(candidate: Candidate): Decision {
  const {container, observed, source, target} = candidate;
  const pair = pairOf(container, observed, source, target);
  if (!pair) return {fell: [{strategy: container.strategy[0] ?? 'cold', refusals: [unseen]}]};
  const rungs = rungsOf(candidate, pair);
  const index = rungs.findIndex(({refusals}) => refusals.length === 0);
  const taken = rungs[index];
  if (!taken) return {fell: rungs.map(fallen)};
  const rest = rungs.slice(index + 1).filter(({refusals}) => refusals.length === 0);
  return {pair, change: changed(candidate, pair, taken, rungs.slice(0, index), rest)};
}

interface Rung extends Fallen {
  readonly prediction: Prediction;
}

const fallen = ({strategy, refusals}: Rung): Fallen => ({strategy, refusals});

/** Where pre-copy would only cost more it is stateful without rounds, also where the plan names nothing else. */
function rungsOf(candidate: Candidate, pair: Pair): readonly Rung[] {
  const {strategy: ladder} = candidate.container;
  const rungs = ladder.map((strategy) => rungOf(candidate, pair, strategy));
  const at = rungs.findIndex(
    ({strategy, refusals}) => inRounds[strategy] && refusals.some(({code}) => code === tooSmall),
  );
  if (at === -1 || ladder.includes('stateful')) return rungs;
  return rungs.toSpliced(at + 1, 0, rungOf(candidate, pair, 'stateful'));
}

function rungOf(candidate: Candidate, pair: Pair, strategy: Strategy): Rung {
  const prediction = predicted(candidate, pair, strategy);
  const {tried} = candidate;
  if (tried?.strategy === strategy) return {...tried, prediction};
  return {strategy, refusals: refusalsOf(candidate, pair, strategy, prediction), prediction};
}

const unseen: Refusal = {
  code: 'not-surveyed',
  message: 'the hosts could not be looked at closely',
  remedy: 'apply again; "cm doctor" shows what the host answers',
};

function refusalsOf(
  candidate: Candidate,
  pair: Pair,
  strategy: Strategy,
  prediction: Prediction,
): readonly Refusal[] {
  const {engine, container, observed, source, target, rates} = candidate;
  const {budget} = container;
  // What the rounds leave for the downtime nobody knows beforehand; the budget is theirs to keep.
  const limits = inRounds[strategy] ? {...budget, downtimeMs: Infinity} : budget;
  const reach = reachOf(container, observed, engine, {source, target});
  const refusals = [
    ...engine.refusals(strategy, pair),
    ...unknownVolumes(container, observed),
    ...fixedFiles(container, observed, source),
    ...allowRefusals(container, reach, target),
    ...(!movesMemory[strategy]
      ? pausedRefusals(container, observed)
      : inMemoryRefusals(observed, source)),
    ...folderRefusals(container, observed, source, target, forbiddenPaths(container, reach)),
    ...overBudget(limits, prediction),
  ];
  if (!inRounds[strategy] || refusals.length > 0) return refusals;
  return aheadRefusals(budget, memoryOf(pair), bounded(candidate, rates));
}

/** A cold move starts it, and nobody has asked for that. */
const pausedRefusals = (
  {name, state}: Container,
  observed: ObservedContainer,
): readonly Refusal[] =>
  observed.state !== 'paused' || state !== undefined
    ? []
    : [
        {
          code: 'paused',
          message: `container "${name}" is paused, and would run on the target`,
          remedy:
            'unpause it first; or say in the plan what it is to be there: `state: running` or `state: stopped`',
        },
      ];

const expectedStopMs = (candidate: Candidate): number => stopOf(candidate)?.expectedMs ?? 0;

/** Undefined where it does not run. */
function stopOf({container, observed, source, rates}: Candidate): StopForecast | undefined {
  if (!isUpState(observed.state)) return undefined;
  const weight = source.survey && weightIn(source.survey, observed.name);
  return stopForecast(container, observed, weight, rates.stops?.[container.name]);
}

const memoryOf = ({source, container}: Pair): number =>
  weightIn(source, container.name)?.memory ?? 0;

/** No stream is faster than the plan lets it be. */
function bounded({plan}: Candidate, rates: Rates): Rates {
  const {bandwidth} = plan.limits;
  if (bandwidth === undefined) return rates;
  return {...rates, stream: Math.min(rates.stream, bandwidth / 8), limit: bandwidth / 8};
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

function predicted(candidate: Candidate, pair: Pair, strategy: Strategy): Prediction {
  const {container, observed, engine, rates} = candidate;
  const {synced} = foldersOf(container, observed, pair.source);
  const weight = weightIn(pair.source, observed.name);
  const {image} = engine.moves(pair, '/run/cm');
  const isCold = !movesMemory[strategy];
  const files = synced.reduce((sum, {bytes}) => sum + bytes, weight?.rootfs ?? 0);
  const load = {
    memory: weight?.memory ?? 0,
    files,
    image: image?.bytes ?? 0,
    passes: synced.length + (isCold ? 1 : 0),
    stopMs: isCold ? expectedStopMs(candidate) : 0,
  };
  return predict(strategy, load, bounded(candidate, rates));
}

function changed(
  candidate: Candidate,
  pair: Pair,
  {strategy, prediction}: Rung,
  before: readonly Rung[],
  rest: readonly Rung[],
): Change {
  const {container, observed, engine, source, target, rates} = candidate;
  const fell = before.map(fallen);
  const first = fell.length === 0;
  const lower = rest.map((rung) => rung.strategy);
  const stop = stopOf(candidate);
  return {
    container,
    from: source.host,
    to: target.host,
    strategy,
    because: `it is on ${source.host} and belongs on ${target.host}; ${strategy} is the first of its strategies${first ? '' : ' that can be done'}`,
    fell,
    prediction,
    overwrites: overwritesOf(container, observed, target),
    reach: reachOf(container, observed, engine, {source, target}),
    ...(!movesMemory[strategy] && stop && {stop}),
    ...(inRounds[strategy] && {
      ahead: aheadOf(container, memoryOf(pair), bounded(candidate, rates), lower),
    }),
  };
}

/** The folder sizes and the like that the surveyed source gives. */
export const rootfsOf = (source: HostSurvey, container: string): number =>
  weightIn(source, container)?.rootfs ?? 0;
