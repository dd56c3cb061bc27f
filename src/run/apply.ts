import type {Inputs} from '../planner/inputs.js';
import type {Problem} from '../base/problem.js';
import type {Transport} from '../hosts/transport.js';
import type {Fallen, Planned, Decision} from '../planner/change.js';
import {fingerprintOf} from '../planner/situation/fingerprint.js';
import type {Act, PlanHookSteps} from '../planner/steps/step.js';
import {err, ok} from '../base/result.js';
import type {ContainerName, Plan} from '../plan/plan.js';
import {observe, type Looking} from '../state/host/observe.js';
import type {RunReport} from '../state/runner/run-report.js';
import type {Emit, Provenance} from './events.js';
import {exitOfKinds, exits} from '../base/exit-codes.js';
import type {LaneResult} from './execute/lane-result.js';
import {LeaseKeeper} from './lease-keeper.js';
import {makePlan, type Planner} from './make-plan.js';
import {nextPass, type Pass} from './next-pass.js';
import {perform} from './execute/perform.js';
import type {Cue, FingerprintOf, OpenLink, Stage} from './execute/performance.js';
import {runPlanHooks} from './plan-hooks.js';
import {declined, endless, stopped, suspended} from './run-problems.js';
import {schedule, type Interrupts} from './execute/schedule.js';
import {Summary} from './summary.js';

/** Everything that an apply needs and cannot have by itself. */
export interface Applying {
  readonly plan: Plan;
  /** Plain characters, unique. */
  readonly run: string;
  readonly provenance: Provenance;
  /** user@machine and process id, for whoever finds the lease. */
  readonly owner: string;
  readonly lockWaitMs: number;
  readonly only?: Inputs['only'];
  readonly rates?: Inputs['rates'];
  readonly looking: Looking;
  readonly planner: Planner;
  readonly runner: Transport;
  readonly openLink: OpenLink;
  readonly figuresOf: Stage['figuresOf'];
  /** Asked before each pass that changes something; there is more than one only after an interrupted move. */
  readonly approve: (planned: Planned) => Promise<boolean>;
  readonly say: Emit;
  /** Ends interrupted moves, and begins none. */
  readonly recoverOnly?: true;
  /** What has been said is where a later run finds it. */
  readonly intended?: () => Promise<void>;
  readonly interrupts?: Interrupts;
}

/** Looks, ends interrupted moves, looks again, moves: a third pass is for a world that moves meanwhile. */
const MOST_PASSES = 3;

interface End {
  readonly exit: number;
  readonly problems: readonly Problem[];
  readonly inFlight?: readonly string[];
  /** All that was not done was not begun, because somebody else had been there meanwhile. */
  readonly stale?: true;
  /** Came to nothing, and the plan names another strategy for it. */
  readonly tried?: ReadonlyMap<ContainerName, Fallen>;
}

/** Brings the world in line with a plan. Never rejects for an expected reason. */
export async function apply(applying: Applying): Promise<RunReport> {
  const {looking, plan, run, provenance, say} = applying;
  const {clock} = looking;
  const summary = new Summary(run, plan, provenance, clock.now());
  const tell: Emit = (event) => {
    summary.saw(event);
    say(event);
    if (event.type !== 'lane-settled') return;
    for (const problem of summary.overBudget(event)) tell({type: 'warning', at: event.at, problem});
  };
  const stage = stageOf(applying, tell);
  const end = plan.suspend ? suspend(plan, stage) : await passes(applying, stage, summary);
  stage.leases.close();
  tell({type: 'run-settled', at: clock.now(), exit: end.exit});
  return summary.report(clock.now(), end.exit, end.problems, end.inFlight);
}

function suspend(plan: Plan, {say, clock}: Stage): End {
  say({type: 'warning', at: clock.now(), problem: suspended(plan)});
  return {exit: 0, problems: []};
}

function stageOf(applying: Applying, say: Emit): Stage {
  const {looking, run, plan, owner, provenance, lockWaitMs, runner, openLink, figuresOf} = applying;
  const {transportOf, clock, processes} = looking;
  const {commit} = provenance;
  const who = {
    run,
    owner,
    ...(processes?.self && {process: processes.self}),
    plan: plan.name,
    ...(commit !== undefined && {commit}),
  };
  const warn = (problem: Problem): void => {
    say({type: 'warning', at: clock.now(), problem});
  };
  return {
    transportOf,
    runner,
    clock,
    leases: new LeaseKeeper({
      transportOf,
      clock,
      who,
      file: plan.file,
      lockWaitMs,
      warn,
      ...(processes && {hasEnded: processes.hasEnded}),
    }),
    openLink,
    links: new Map(),
    fingerprintOf: lookAgain(plan, looking),
    ...(processes && {hasEnded: processes.hasEnded}),
    figuresOf,
    say,
  };
}

/** A host that cannot be seen any more is its own problem, not a world that moved. */
function lookAgain(plan: Plan, looking: Looking): FingerprintOf {
  return async (container, hosts) => {
    const asked = hosts.flatMap((name) => plan.hosts.get(name) ?? []);
    const observed = await observe(looking, asked, [container]);
    for (const view of observed.hosts.values()) if (!('look' in view)) return err(view);
    return ok(fingerprintOf(observed, container, hosts));
  };
}

async function passes(applying: Applying, stage: Stage, summary: Summary): Promise<End> {
  let tried: NonNullable<End['tried']> = new Map();
  for (let pass = 1; ; pass += 1) {
    const planned = await look(applying, stage, tried);
    summary.planned(planned);
    const next = nextPass(planned, applying.recoverOnly);
    const end = await onePass(applying, stage, {...planned, graph: graphOf(next, planned)}, next);
    tried = new Map([...tried, ...(end.tried ?? [])]);
    const again = end.stale ?? (pass < MOST_PASSES && goesOn(next, end));
    if (!again && (next.kind !== 'recover' || end.exit !== 0)) return end;
    if (pass === MOST_PASSES)
      return end.stale ? end : {exit: exitOfKinds(['look']), problems: [endless]};
  }
}

/** Another strategy is left; or a container that comes from elsewhere runs first, whatever it is to do where it belongs. */
function goesOn(next: Pass, {exit, tried}: End): boolean {
  if (tried) return true;
  if (next.kind !== 'move' || exit !== 0) return false;
  return next.planned.decisions.some(({action, container: {state}}) => {
    if (action === 'move') return state === 'parked';
    return action === 'unpark' && (state === 'parked' || state === 'stopped');
  });
}

const graphOf = (next: Pass, {graph}: Planned): Planned['graph'] =>
  'planned' in next ? next.planned.graph : {lanes: [], limits: graph.limits};

async function look(
  applying: Applying,
  {clock}: Stage,
  tried: NonNullable<Inputs['tried']>,
): Promise<Planned> {
  const {looking, planner, plan, run, provenance, only, rates} = applying;
  return makePlan(looking, planner, {
    plan,
    run,
    tried,
    at: new Date(clock.now()).toISOString(),
    ...(provenance.commit !== undefined && {commit: provenance.commit}),
    ...(only && {only}),
    ...(rates && {rates}),
  });
}

async function onePass(
  applying: Applying,
  stage: Stage,
  planned: Planned,
  next: Pass,
): Promise<End> {
  const {say, clock} = stage;
  const {run, provenance} = applying;
  const changes = 'planned' in next;
  if (changes && applying.interrupts?.stop?.aborted)
    return {exit: exits.interrupted, problems: [stopped]};
  if (changes && !(await applying.approve(planned)))
    return {exit: exitOfKinds(['declined']), problems: [declined]};
  say({type: 'run-started', at: clock.now(), run, planned, provenance});
  for (const problem of planned.warnings) say({type: 'warning', at: clock.now(), problem});
  if (next.kind === 'done') return {exit: 0, problems: []};
  if (next.kind === 'refused')
    return {exit: exitOfKinds(next.problems.map(({kind}) => kind)), problems: next.problems};
  return carryOut(applying, stage, planned);
}

async function carryOut(applying: Applying, stage: Stage, planned: Planned): Promise<End> {
  const {interrupts, intended} = applying;
  const hooks = async (point: keyof PlanHookSteps) =>
    runPlanHooks(stage, planned.graph.hooks?.[point] ?? [], intended);
  const unready = await hooks('before');
  const end = unready
    ? {exit: exitOfKinds(['step']), problems: [unready]}
    : await scheduled(applying, stage, planned);
  if (interrupts?.leave?.aborted) return end;
  const wanted = isWell(end) ? 'after' : 'onFailure';
  const after = await hooks(wanted);
  if (after) stage.say({type: 'warning', at: stage.clock.now(), problem: after});
  return end;
}

const isWell = ({exit, stale}: End): boolean => exit === 0 || stale === true;

async function scheduled(
  {interrupts, intended}: Applying,
  stage: Stage,
  {graph, decisions}: Planned,
): Promise<End> {
  const {clock, say} = stage;
  const acting = {
    ...{perform: async (act: Act, cue: Cue) => perform(stage, act, cue), clock, say},
    ...(intended && {intended}),
  };
  const {exit, inFlight, lanes} = await schedule(graph, acting, interrupts);
  const failed = lanes.filter(({problem, skipped}) => problem && !skipped);
  const stale = failed.length > 0 && failed.every(cameTooLate);
  const tried = new Map(failed.flatMap((lane) => triedIn(decisions, lane)));
  return {exit, problems: [], inFlight, ...(stale && {stale}), ...(tried.size > 0 && {tried})};
}

/** Pre-copy that led nowhere, where the plan says that the next strategy is to be taken. */
function triedIn(
  decisions: readonly Decision[],
  {lane, outcome, problem}: LaneResult,
): readonly (readonly [ContainerName, Fallen])[] {
  const name = lane.container;
  const decision = decisions.find(({container}) => container.name === name);
  if (decision?.action !== 'move' || decision.change.ahead?.stuck !== 'next') return [];
  if (outcome !== 'back' || problem?.code !== 'not-converging') return [];
  const {code, message} = problem;
  return [[name, {strategy: decision.change.strategy, refusals: [{code, message}]}]];
}

const cameTooLate = ({outcome, problem}: LaneResult): boolean =>
  outcome === 'untouched' && problem?.code === 'world-moved';
