import type {Inputs} from './inputs.js';
import type {SettledMove} from './settled.js';
import type {Problem} from '../base/problem.js';
import type {Engine} from '../engines/engine.js';
import type {Container, HostName} from '../plan/plan.js';
import type {HostView} from '../state/host/observed.js';
import {asProblems, together, type Fallen, type Planned, type Decision} from './change.js';
import {allowRefusalsBetween} from './claims/allowed.js';
import {fingerprintOf} from './situation/fingerprint.js';
import {decide, pairOf} from './strategy/ladder.js';
import {recordIn} from './situation/lineage.js';
import {moveLane, recoveryLane, tidyLane, wakeLane} from './lanes/lanes.js';
import {memoryWarnings} from './strategy/memory-warnings.js';
import {claimsOfMove, claimWarnings, conflictsOf} from './claims/plan-claims.js';
import {assumedRates} from './strategy/predict.js';
import type {Draft, Found} from './situation/scene.js';
import {atWork, otherRuns} from './situation/other-runs.js';
import {stand} from './situation/stand.js';
import {planHookSteps} from './plan-hooks.js';
import {planBring, planTurn} from './lanes/plan-turn.js';
import {chosen} from './questions.js';
import {versionsOf} from './versions.js';
import {asMoved, isParked, ownPolicy, quietIn} from './situation/wanted.js';

/** Plan × world → what is to be done, with every command already there. Pure; runs nothing. */
export function planMoves(inputs: Inputs): Planned {
  const {plan, observed} = inputs;
  const containers = chosen(inputs);
  const settled = withoutConflicts(
    containers.map((container, index) =>
      settle(inputs, container, index, stand(plan, observed, container)),
    ),
  );
  const hosts = [...plan.hosts.keys()];
  const hooks = planHookSteps(plan, inputs);
  return {
    plan,
    decisions: settled.map(({decision}) => decision),
    graph: {
      lanes: settled.flatMap(({lane}) => (lane ? [lane] : [])),
      ...(hooks && {hooks}),
      limits: {parallel: plan.limits.parallel, perHost: plan.limits.perHost},
    },
    fingerprints: Object.fromEntries(
      containers.map(({name}) => [name, fingerprintOf(observed, name, hosts)]),
    ),
    warnings: [
      ...containers.flatMap((container) => warningsOf(inputs, container)),
      ...settled.flatMap(({warnings}) => warnings ?? []),
    ],
    claims: settled.flatMap(({claims}) => claims ?? []),
    versions: versionsOf(observed),
  };
}

/** Moves that would take something from each other are refused, all of them. */
function withoutConflicts(settled: readonly SettledMove[]): readonly SettledMove[] {
  const problems = conflictsOf(settled.flatMap(({claims}) => claims ?? []));
  return settled.map((each) => {
    const {container} = each.decision;
    const own = problems.filter((problem) => problem.container === container.name);
    return own.length === 0 ? each : {decision: {action: 'refused', container, problems: own}};
  });
}

function settle(inputs: Inputs, container: Container, index: number, draft: Draft): SettledMove {
  switch (draft.kind) {
    case 'settled':
      return {decision: {action: 'none', container, ...restOf(container, draft.found)}};
    case 'problem':
      return {decision: {action: 'refused', container, problems: [draft.problem]}};
    case 'finish':
    case 'undo':
      return recover(inputs, container, index, draft);
    case 'tidy':
      return tidy(inputs, container, index, draft);
    case 'wake':
      return wake(inputs, container, index, draft);
    case 'bring':
      return planBring(inputs, container, draft);
    case 'turn':
      return planTurn(inputs, container, index, draft);
    case 'move':
      return move(inputs, container, index, draft);
  }
}

/** Where the hosts have two different ones, it is one that knows the way from the one to the other, if there is any. */
function engineOf({engines}: Inputs, source: HostView, target: HostView): Engine | undefined {
  return engines.between(source.engine, target.engine);
}

const failed = (
  container: Container,
  code: string,
  message: string,
  remedy: string,
): SettledMove => {
  const problem: Problem = {kind: 'preflight', code, message, remedy, container: container.name};
  return {decision: {action: 'refused', container, problems: [problem]}};
};

function move(
  inputs: Inputs,
  container: Container,
  index: number,
  draft: Draft & {kind: 'move'},
): SettledMove {
  const {view: source} = draft.found;
  const record = recordIn(source, container.name);
  const observed = {
    ...draft.found.container,
    restartPolicy: ownPolicy(draft.found.container, record),
  };
  const target = draft.to;
  const engine = engineOf(inputs, source, target);
  if (!engine)
    return failed(
      container,
      'engines-differ',
      `"${source.host}" has ${source.engine} and "${target.host}" has ${target.engine}`,
      'a container moves between hosts with the same engine, and without its memory from podman to docker and back',
    );
  const rates = inputs.rates?.(source.host, target.host) ?? assumedRates;
  const tried = inputs.tried?.get(container.name);
  const decision = decide({
    ...{plan: inputs.plan, container: asMoved(container), observed, source, target, engine, rates},
    ...(tried && {tried}),
  });
  if (!('change' in decision)) return refused(container, decision, source.host, target.host);
  const {change, pair} = decision;
  const before = quietIn(record, draft.found.container);
  const ordered = {container, index, change, pair, engine, ...(before && {before})};
  const lane = moveLane(inputs, ordered);
  return {
    decision: {action: 'move', container, change},
    lane,
    claims: claimsOfMove(container, observed, target),
    warnings: [
      ...claimWarnings(container, observed, source, target),
      ...memoryWarnings(change, observed, source),
    ],
  };
}

function refused(
  container: Container,
  {fell}: {readonly fell: readonly Fallen[]},
  from: HostName,
  to: HostName,
): SettledMove {
  const problems = together(fell).map(({strategies, code, message, remedy}): Problem => ({
    kind: 'preflight',
    code,
    message: `${strategies.join(', ')} from ${from} to ${to}: ${message}`,
    ...(remedy !== undefined && {remedy}),
    container: container.name,
  }));
  return {decision: {action: 'refused', container, problems, fell}};
}

function recover(
  inputs: Inputs,
  container: Container,
  index: number,
  draft: Draft & {kind: 'finish' | 'undo'},
): SettledMove {
  const {source, target, record, because, kind} = draft;
  const engine = engineOf(inputs, source, target);
  const known = draft.onTarget && kind === 'finish' ? draft.onTarget : draft.onSource;
  const pair =
    known && pairOf(container, {...known, restartPolicy: record.restartPolicy}, source, target);
  const decision: Decision = {
    action: kind,
    container,
    from: source.host,
    to: target.host,
    because,
  };
  if (!engine || !pair) return {decision};
  return {decision, lane: recoveryLane(inputs, {container, index, draft, pair, engine})};
}

function tidy(
  inputs: Inputs,
  container: Container,
  index: number,
  draft: Draft & {kind: 'tidy'},
): SettledMove {
  const {source, target, because, found} = draft;
  const engine = engineOf(inputs, source, target);
  const pair = pairOf(container, found.container, source, target);
  // Leftovers that cannot be reached are no reason to say that it is not where it belongs.
  if (!engine || !pair) return {decision: {action: 'none', container}};
  const decision: Decision = {
    ...{action: 'finish', container, because},
    from: source.host,
    to: target.host,
  };
  return {decision, lane: tidyLane(inputs, {container, index, draft, pair, engine})};
}

/** Frozen for a checkpoint by a run that has died. */
function wake(
  inputs: Inputs,
  container: Container,
  index: number,
  draft: Draft & {kind: 'wake'},
): SettledMove {
  const {source, record, because, known} = draft;
  const engine = engineOf(inputs, source, source);
  const was = {...known, restartPolicy: record.restartPolicy};
  const pair = pairOf(container, was, source, source);
  const decision: Decision = {
    ...{action: 'undo', container, because},
    from: source.host,
    to: source.host,
  };
  if (!engine || !pair) return {decision};
  // its files are put back where it had them, and a link may have come into that path since
  const views = {source, target: source};
  const refusals = draft.kept ? allowRefusalsBetween(container, known, engine, views) : [];
  if (refusals.length > 0)
    return {decision: {action: 'refused', container, problems: asProblems(container, refusals)}};
  return {decision, lane: wakeLane(inputs, {container, index, draft, pair, engine})};
}

function restOf(
  {name, state}: Container,
  {view, container}: Found,
): {rests?: 'parked' | 'stopped'} {
  if (isParked(container, recordIn(view, name))) return {rests: 'parked'};
  return state === 'stopped' ? {rests: 'stopped'} : {};
}

/** Things that are as the plan wants them and still worth a word. */
function warningsOf(inputs: Inputs, container: Container): readonly Problem[] {
  const {name} = container;
  const others = otherRuns(inputs.observed, name, inputs.run);
  return [...others.map((each) => atWork(name, each)), ...restWarnings(inputs, container)];
}

function restWarnings({plan, observed}: Inputs, container: Container): readonly Problem[] {
  const draft = stand(plan, observed, container);
  if (draft.kind !== 'settled' || draft.found.container.state === 'running') return [];
  if (restOf(container, draft.found).rests) return [];
  const {name} = container;
  const {state} = draft.found.container;
  return [
    {
      kind: 'preflight',
      code: 'not-running',
      container: name,
      host: container.on,
      message: `container "${name}" is where it belongs, and is ${state}`,
      remedy: 'start it, if it is to run',
    },
  ];
}
