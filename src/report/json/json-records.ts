import type {Place, Problem} from '../../base/problem.js';
import {rootsOf} from '../../base/problem-groups.js';
import {unreachable} from '../../base/result.js';
import {problemsOf, type Change, type Decision, type Planned} from '../../planner/change.js';
import {powerWords} from '../../planner/claims/allowed.js';
import {stepsOfLane} from '../../planner/steps/all-steps.js';
import type {Step} from '../../planner/steps/step.js';
import type {Plan} from '../../plan/plan.js';
import type {Event, Provenance, WatchEvent} from '../../run/events.js';
import type {ContainerReport, RunReport} from '../../state/runner/run-report.js';

/** One line of NDJSON. Keys are only ever added while `format` is the same; absent means not known. */
export type JsonRecord = Readonly<Record<string, unknown>> & {readonly type: string};

/** Counts up when something that was there is taken away or means something else. */
const format = 1;

/** The first line of every output. */
export const versionRecord = (
  provenance: Partial<Provenance> & {readonly cm: string},
): JsonRecord => ({
  type: 'version',
  cm: provenance.cm,
  format,
  node: provenance.node,
  runner: provenance.runner,
  commit: provenance.commit,
  dirty: provenance.dirty,
});

const placeRecord = ({file, line, column, length}: Place) => ({file, line, column, length});

const ownFields = (problem: Problem) => ({
  kind: problem.kind,
  code: problem.code,
  message: problem.message,
  remedy: problem.remedy,
  ...(problem.place && placeRecord(problem.place)),
  other: problem.other && {...placeRecord(problem.other.place), note: problem.other.note},
  host: problem.host,
  container: problem.container,
  location: problem.location,
  command: problem.command,
  log: problem.log,
  causes: problem.causes,
});

type OwnFields = ReturnType<typeof ownFields>;

interface ProblemFields extends OwnFields {
  readonly because: readonly ProblemFields[] | undefined;
}

/** What is inside of other records, without the type. */
const problemFields = (problem: Problem): ProblemFields => ({
  ...ownFields(problem),
  because: problem.because?.map(problemFields),
});

const causeOf = (problem: Problem | undefined) => problem && problemFields(problem);

export const problemRecord = (problem: Problem, severity: 'error' | 'warning'): JsonRecord => ({
  type: 'problem',
  severity,
  ...problemFields(problem),
});

export const planRecord = ({name, file, hash, containers, hosts, suspend}: Plan): JsonRecord => ({
  type: 'plan',
  plan: name,
  file,
  hash,
  containers: containers.size,
  hosts: hosts.size,
  suspended: suspend,
});

function decisionRecord(plan: string, decision: Decision): JsonRecord {
  const {container, action} = decision;
  const same = {type: 'container', plan, container: container.name, belongs: container.on, action};
  if (decision.action === 'none') return {...same, rests: decision.rests};
  if (decision.action === 'move') return {...same, ...changeFields(decision.change)};
  if (decision.action === 'refused')
    return {...same, problems: decision.problems.map(problemFields), fell: decision.fell};
  const {because} = decision;
  if ('on' in decision) return {...same, on: decision.on, because};
  const {from, to} = decision;
  return {...same, ...('id' in decision && {checkpoint: decision.id}), from, to, because};
}

const changeFields = ({
  from,
  to,
  strategy,
  because,
  fell,
  prediction,
  overwrites,
  reach,
  stop,
}: Change) => ({
  from,
  to,
  strategy,
  because,
  predicted: prediction,
  fell,
  overwrites,
  powers: powerWords(reach),
  hostPaths: reach.paths,
  stop,
});

/** `container`: absent for a hook of the whole plan. */
const stepRecord = (plan: string, step: Step, container?: string): JsonRecord => ({
  type: 'step',
  plan,
  container,
  step: step.id,
  title: step.title,
  host: step.host,
  because: step.because,
  needs: step.needs,
  act: step.act.kind,
  downtime: step.downtime ?? false,
  commits: step.commits ?? false,
  always: step.always ?? false,
  when: step.when,
  undoable: step.undo !== undefined,
});

/** What led to refusals, which stand in the records of their containers. */
function rootsOfRefused(decisions: readonly Decision[]): readonly Problem[] {
  const problems = problemsOf(decisions);
  const own = new Set(problems);
  return [...new Set(problems.flatMap(rootsOf))].filter((root) => !own.has(root));
}

/** A plan and all that would be done, one record after the other. */
export const plannedRecords = ({
  plan,
  decisions,
  graph,
  warnings,
}: Planned): readonly JsonRecord[] => [
  planRecord(plan),
  ...rootsOfRefused(decisions).map((cause) => problemRecord(cause, 'error')),
  ...decisions.map((decision) => decisionRecord(plan.name, decision)),
  ...(graph.hooks?.before ?? []).map((step) => stepRecord(plan.name, step)),
  ...graph.lanes.flatMap((lane) =>
    stepsOfLane(lane).map((step) => stepRecord(plan.name, step, lane.container)),
  ),
  ...(graph.hooks?.after ?? []).map((step) => stepRecord(plan.name, step)),
  ...(graph.hooks?.onFailure ?? []).map((step) => stepRecord(plan.name, step)),
  ...warnings.map((warning) => problemRecord(warning, 'warning')),
];

const outcomeRecord = ({problems = [], ...known}: ContainerReport) => ({
  ...known,
  problems: problems.map(problemFields),
});

/** What one run did, as it stands in the last line. */
export const runFields = (report: RunReport) => ({
  run: report.run,
  verb: report.verb,
  plan: report.plan.name,
  file: report.plan.file,
  hash: report.plan.hash,
  startedAt: report.startedAt,
  endedAt: report.endedAt,
  exit: report.exit,
  containers: report.containers.map(outcomeRecord),
  problems: report.problems.map(problemFields),
  warnings: report.warnings.map(problemFields),
  inFlight: report.inFlight,
});

type StepEvent = Extract<Event, {readonly step: string}>;

function stepEventRecord(event: StepEvent, at: string): JsonRecord {
  switch (event.type) {
    case 'step-started':
      return {type: 'step-started', at, step: event.step, undo: event.undo, runs: event.runs};
    case 'step-progress': {
      const {step, bytes, total, rate} = event;
      return {type: 'step-progress', at, step, bytes, total, bytesPerSecond: rate};
    }
    case 'round':
      return {type: 'round', at, step: event.step, ...event.report};
    case 'step-settled': {
      const {step, undo, outcome, tookMs, bytes, fact, figures, problem} = event;
      const seen = {tookMs, bytes, fact, figures, problem: causeOf(problem)};
      return {type: 'step-settled', at, step, undo, outcome, ...seen};
    }
    default:
      return unreachable(event);
  }
}

/** One record of `cm watch -o json`; what is wrong with a file is told in records of its own. */
function watchRecord(event: WatchEvent, at: string): JsonRecord {
  const same = {type: 'watch', at, event: event.kind};
  switch (event.kind) {
    case 'reading':
      return {...same, because: event.because};
    case 'invalid':
      return {...same, file: event.file, problems: event.problems.length};
    case 'vanished':
      return {...same, file: event.file};
    case 'settled':
      return {...same, plan: event.plan.name};
    case 'applied':
      return {...same, plan: event.plan.name, exit: event.exit};
    case 'held':
      return {...same, plan: event.plan.name, until: new Date(event.untilMs).toISOString()};
    case 'contended':
      return {...same, plan: event.plan.name, containers: event.containers};
    case 'idle':
      return {...same, nextMs: Math.round(event.nextMs)};
    default:
      return unreachable(event);
  }
}

/** An event as one record; names of fields are those of the summary. */
export function eventRecord(event: Event): JsonRecord {
  const at = new Date(event.at).toISOString();
  if ('step' in event) return stepEventRecord(event, at);
  switch (event.type) {
    case 'run-started': {
      const {run, planned, provenance} = event;
      const {name, file, hash} = planned.plan;
      const {commit, dirty, runner} = provenance;
      return {type: 'run-started', at, run, plan: name, file, hash, commit, dirty, runner};
    }
    case 'run-settled':
      return {type: 'run-settled', at, exit: event.exit};
    case 'lane-started':
      return {type: 'container-started', at, container: event.container};
    case 'lane-waits':
      return {type: 'container-waits', at, container: event.container, behind: event.behind};
    case 'lane-settled': {
      const {container, outcome, where, downtimeMs, problem} = event;
      return {
        type: 'container-settled',
        at,
        container,
        outcome,
        where,
        downtimeMs,
        problem: causeOf(problem),
      };
    }
    case 'warning':
      return {...problemRecord(event.problem, 'warning'), at};
    case 'interrupted':
      return {type: 'interrupted', at};
    case 'watch':
      return watchRecord(event, at);
    default:
      return unreachable(event);
  }
}
