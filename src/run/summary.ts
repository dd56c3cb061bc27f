import type {Problem} from '../base/problem.js';
import type {Planned, Standing} from '../planner/change.js';
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
  readonly #standings = new Map<string, Standing>();
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
  planned({standings, versions}: Planned): void {
    this.#versions = {...versions, ...this.#versions};
    for (const standing of standings) {
      const {name} = standing.container;
      if (this.#lanes.get(name)?.outcome === 'untouched') {
        this.#lanes.delete(name);
        this.#standings.delete(name);
      }
      if (standing.kind !== 'settled' || !this.#standings.has(name))
        this.#standings.set(name, standing);
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
    const standing = this.#standings.get(container);
    if (outcome !== 'moved' || standing?.kind !== 'move') return [];
    return overBudget(standing.change.container, {
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
      containers: [...this.#standings.values()].map((standing) => this.#container(standing)),
      problems,
      warnings: this.#warnings,
      timeline: [...this.#timeline, ...this.#open.values()],
      inFlight,
    };
  }

  #container(standing: Standing): ContainerReport {
    const container = standing.container.name;
    const lane = this.#lanes.get(container);
    const took = this.#took.get(container);
    const bytes = this.#bytes.get(container);
    const rounds = this.#rounds.get(container);
    const isOver = lane !== undefined && this.overBudget(lane).length > 0;
    return {
      container,
      ...plannedPart(standing),
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

function plannedPart(standing: Standing): Omit<ContainerReport, 'container'> {
  switch (standing.kind) {
    case 'settled':
      return {outcome: 'settled', where: [standing.container.on]};
    case 'problem':
      return {outcome: 'refused', problems: standing.problems};
    case 'turn':
      return {outcome: 'planned', from: standing.on, to: standing.on};
    case 'recover':
    case 'checkpoint':
      return {outcome: 'planned', from: standing.from, to: standing.to};
    case 'move': {
      const {from, to, strategy, prediction} = standing.change;
      return {outcome: 'planned', from, to, strategy, predicted: prediction};
    }
  }
}
