import {parse, stringify} from 'yaml';
import type {HostSurvey, ObservedContainer, Weight} from '../../../src/engines/facts.js';
import {engines} from '../../../src/engines/registry.js';
import {planMoves} from '../../../src/planner/plan-moves.js';
import {readPlans} from '../../../src/plan/read.js';
import type {Problem} from '../../../src/base/problem.js';
import type {HostView, MoveRecord} from '../../../src/state/host/observed.js';
import {aPair as dockerPair} from '../../engines/docker-pair.js';
import {aContainer, aPair, type PairChange} from '../../engines/podman-pair.js';
import {aRuncPair} from '../../engines/runc-pair.js';
import {observed, view} from '../world.js';
import {world as reading} from '../../plan/world.js';

export type Words = Readonly<Record<string, unknown>>;

/** All that decides about one move: what the plan says, and what two hosts show. */
export interface World {
  /** Lines of the plan itself. */
  readonly plan: Words;
  /** What the plan says of the container. */
  readonly container: Words;
  readonly name: string;
  readonly alpha: HostView;
  readonly beta: HostView;
  /** Most worlds have no third host. */
  readonly gamma?: HostView;
}

/** A container of podman that can be moved by every strategy, but for what is changed. */
export function podmanWorld(change: PairChange = {}, strategy = 'stateful'): World {
  const pair = aPair(change);
  return {
    plan: {},
    container: {on: 'beta', strategy},
    name: pair.container.name,
    alpha: view('alpha', {
      look: {version: pair.sourceVersion, containers: [pair.container]},
      survey: pair.source,
    }),
    beta: view('beta', {look: {version: pair.targetVersion, containers: []}, survey: pair.target}),
  };
}

const ofEngine = (world: World, engine: string): World => ({
  ...world,
  alpha: {...world.alpha, engine},
  beta: {...world.beta, engine},
});

/** The same of docker, as it described itself. */
export function dockerWorld(
  change: Parameters<typeof dockerPair>[0] = {},
  strategy = 'stateful',
): World {
  const pair = dockerPair(change);
  const base = podmanWorld({}, strategy);
  const alpha = {...base.alpha, look: {version: pair.sourceVersion, containers: [pair.container]}};
  const beta = {...base.beta, look: {version: pair.targetVersion, containers: []}};
  return {
    ...ofEngine(
      {...base, alpha: {...alpha, survey: pair.source}, beta: {...beta, survey: pair.target}},
      'docker',
    ),
    name: pair.container.name,
  };
}

/** The same of a bundle that runc runs. */
export function bundleWorld(change: PairChange = {}, strategy = 'stateful', name = 'named'): World {
  const pair = aRuncPair(name, {...change, container: {state: 'running', ...change.container}});
  const base = podmanWorld({}, strategy);
  const alpha = {
    ...base.alpha,
    look: {version: '1.1.15', containers: [pair.container]},
    survey: pair.source,
  };
  return {
    ...ofEngine({...base, alpha, beta: {...base.beta, survey: pair.target}}, 'runc'),
    name: pair.container.name,
  };
}

export const ofCrun = (world: World): World => ofEngine(world, 'crun');

export const says = (world: World, lines: Words): World => ({
  ...world,
  container: {...world.container, ...lines},
});

export type Side = 'alpha' | 'beta';

/** One host shows something else. */
export const shows = (world: World, side: Side, change: Partial<HostSurvey>): World => {
  const {survey} = world[side];
  if (!survey) throw new Error(`${side} was not surveyed`);
  return {...world, [side]: {...world[side], survey: {...survey, ...change}}};
};

export const surveyOf = (world: World, side: Side): HostSurvey => {
  const {survey} = world[side];
  if (!survey) throw new Error(`${side} was not surveyed`);
  return survey;
};

/** The container is another one. */
export function becomes(
  world: World,
  change: Partial<ObservedContainer>,
  side: Side = 'alpha',
): World {
  const {look} = world[side];
  const containers = look.containers.map((each) => ({...each, ...change}));
  return {...world, [side]: {...world[side], look: {...look, containers}}};
}

/** Its processes hold something else. */
export function holds(world: World, change: Partial<Weight>): World {
  const {weights} = surveyOf(world, 'alpha');
  return shows(world, 'alpha', {weights: weights.map((each) => ({...each, ...change}))});
}

export const recorded = (world: World, side: Side, ...records: readonly MoveRecord[]): World => ({
  ...world,
  [side]: {...world[side], records},
});

export const containerOf = (world: World, side: Side = 'alpha'): ObservedContainer =>
  world[side].look.containers[0] ?? aContainer();

const viewsOf = ({alpha, beta, gamma}: World): readonly HostView[] => [
  ...[alpha, beta],
  ...(gamma ? [gamma] : []),
];

function planText(world: World): string {
  const {plan, container, name} = world;
  const hosts = Object.fromEntries(
    viewsOf(world).map(({host, engine}) => [host, {address: host, engine}]),
  );
  return stringify({
    apiVersion: 'cm/v1',
    name: 'advised',
    hosts,
    containers: {[name]: container},
    ...plan,
  });
}

export interface Told {
  /** Why it is not moved; empty when it is. */
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
  readonly moves: boolean;
}

/** What the planner says of it. */
export async function plannedOf(world: World): Promise<Told> {
  const read = await readPlans('plan.yaml', planText(world), reading);
  if (!read.ok) throw new Error(`${JSON.stringify(read.error)}\n${planText(world)}`);
  const [plan] = read.value.plans;
  if (!plan) throw new Error('no plan');
  const {decisions, warnings} = planMoves({
    ...{plan, observed: observed(...viewsOf(world)), engines},
    ...{run: 'r9', at: '2026-01-01T00:00:00Z'},
  });
  const problems = decisions.flatMap((each) => (each.action === 'refused' ? each.problems : []));
  return {problems, warnings, moves: decisions.every(({action}) => action !== 'refused')};
}

/** A line of a plan that an advice names becomes a line of it. */
export function withLine(world: World, line: string): World {
  const lines = parse(line) as Words;
  const merged = Object.entries(lines).map(([key, value]) => {
    const now = world.container[key];
    const both = typeof value === 'object' && !Array.isArray(value) && typeof now === 'object';
    return [key, both ? {...now, ...value} : value] as const;
  });
  return says(world, Object.fromEntries(merged));
}
