import type {Problem} from '../base/problem.js';
import type {Planned, Decision} from '../planner/change.js';
import type {Plan} from '../plan/plan.js';
import type {
  ContainerReport,
  RoundReport,
  RunReport,
  StepReport,
} from '../state/runner/run-report.js';
import type {Event, Provenance} from './events.js';
import {overBudget} from './over-budget.js';

type LaneSettled = Extract<Event, {readonly type: 'lane-settled'}>;
type StepSettled = Extract<Event, {readonly type: 'step-settled'}>;

const laneOf = (step: string): string => step.slice(0, step.lastIndexOf('/'));

/** Listens to a run and makes its report. */
export class Summary {
  readonly #run: string;
  readonly #plan: Plan;
  readonly #provenance: Provenance;
  readonly #startedAt: number;
  readonly #decisions = new Map<string, Decision>();
  readonly #lanes = new Map<string, LaneSettled>();
  readonly #begun = new Map<string, number>();
  readonly #took = new Map<string, number>();
  readonly #bytes = new Map<string, number>();
  readonly #rounds = new Map<string, RoundReport[]>();
  readonly #open = new Map<string, StepReport>();
  readonly #timeline: StepReport[] = [];
  readonly #warnings: Problem[] = [];
  #versions: NonNullable<Planned['versions']> = {};

  constructor(run: string, plan: Plan, provenance: Provenance, startedAt: number) {
    this.#run = run;
    this.#plan = plan;
    this.#provenance = provenance;
    this.#startedAt = startedAt;
  }

  /**
   * What was decided; of a container that is planned again, the move counts more than its being settled,
   * unless nothing came of the move because somebody else had made it.
   */
  planned({decisions, versions}: Planned): void {
    this.#versions = {...versions, ...this.#versions};
    for (const decision of decisions) {
      const {name} = decision.container;
      if (this.#lanes.get(name)?.outcome === 'untouched') {
        this.#lanes.delete(name);
        this.#decisions.delete(name);
      }
      if (decision.action !== 'none' || !this.#decisions.has(name))
        this.#decisions.set(name, decision);
    }
  }

  saw(event: Event): void {
    if (event.type === 'lane-started') {
      if (!this.#begun.has(event.container)) this.#begun.set(event.container, event.at);
    } else if (event.type === 'lane-settled') this.#settleLane(event);
    else if (event.type === 'warning') this.#warnings.push(event.problem);
    else if (event.type === 'round') this.#round(event);
    else if (event.type === 'step-started')
      this.#open.set(event.step, {
        step: event.step,
        undo: event.undo,
        outcome: 'unfinished',
        startedMs: event.at - this.#startedAt,
        tookMs: 0,
        ...(event.runs !== undefined && {runs: event.runs}),
      });
    else if (event.type === 'step-settled') this.#settleStep(event);
  }

  #round({step, report}: Extract<Event, {readonly type: 'round'}>): void {
    const lane = laneOf(step);
    this.#rounds.set(lane, [...(this.#rounds.get(lane) ?? []), report]);
  }

  #settleLane(event: LaneSettled): void {
    const {container, at} = event;
    this.#lanes.set(container, event);
    const begun = this.#begun.get(container);
    if (begun !== undefined) this.#took.set(container, at - begun);
  }

  /** What the move that has just ended took more than its plan allows. */
  overBudget({container, outcome, downtimeMs}: LaneSettled): readonly Problem[] {
    const decision = this.#decisions.get(container);
    if (outcome !== 'moved' || decision?.action !== 'move') return [];
    return overBudget(decision.change.container, {
      downtimeMs,
      totalMs: this.#took.get(container),
    });
  }

  #settleStep({step, undo, outcome, at, tookMs, bytes, fact, figures, problem}: StepSettled): void {
    const runs = this.#open.get(step)?.runs;
    this.#open.delete(step);
    this.#timeline.push({
      step,
      undo,
      outcome,
      startedMs: at - tookMs - this.#startedAt,
      tookMs,
      ...(runs !== undefined && {runs}),
      ...(bytes !== undefined && {bytes}),
      ...(fact !== undefined && {fact}),
      ...(figures && {figures}),
      ...(problem && {problem}),
    });
    if (bytes !== undefined)
      this.#bytes.set(laneOf(step), (this.#bytes.get(laneOf(step)) ?? 0) + bytes);
  }

  report(
    endedAt: number,
    exit: number,
    problems: readonly Problem[],
    inFlight: readonly string[] = [],
  ): RunReport {
    const {name, file, hash} = this.#plan;
    return {
      format: 1,
      run: this.#run,
      plan: {name, file, hash},
      provenance: this.#provenance,
      startedAt: new Date(this.#startedAt).toISOString(),
      endedAt: new Date(endedAt).toISOString(),
      exit,
      versions: this.#versions,
      containers: [...this.#decisions.values()].map((decision) => this.#container(decision)),
      problems,
      warnings: this.#warnings,
      timeline: [...this.#timeline, ...this.#open.values()],
      inFlight,
    };
  }

  #container(decision: Decision): ContainerReport {
    const container = decision.container.name;
    const lane = this.#lanes.get(container);
    const took = this.#took.get(container);
    const bytes = this.#bytes.get(container);
    const rounds = this.#rounds.get(container);
    const isOver = lane !== undefined && this.overBudget(lane).length > 0;
    return {
      container,
      ...plannedPart(decision),
      ...(lane && lanePart(lane)),
      ...(took !== undefined && {totalMs: took}),
      ...(bytes !== undefined && {bytes}),
      ...(rounds && {rounds}),
      ...(isOver && {overBudget: true as const}),
    };
  }
}

function lanePart({outcome, where, downtimeMs, problem}: LaneSettled) {
  return {
    outcome,
    where,
    ...(downtimeMs !== undefined && {downtimeMs}),
    ...(problem && {problems: [problem]}),
  };
}

function plannedPart(decision: Decision): Omit<ContainerReport, 'container'> {
  if (decision.action === 'none') return {outcome: 'settled', where: [decision.container.on]};
  if (decision.action === 'refused') return {outcome: 'refused', problems: decision.problems};
  if (decision.action === 'move') {
    const {from, to, strategy, prediction} = decision.change;
    return {outcome: 'planned', from, to, strategy, predicted: prediction};
  }
  const [from, to] = 'on' in decision ? [decision.on, decision.on] : [decision.from, decision.to];
  return {outcome: 'planned', from, to};
}
