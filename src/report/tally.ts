import type {Problem} from '../base/problem.js';
import type {Prediction} from '../graph/change.js';
import type {Lane, StepId} from '../graph/step.js';
import type {Event, LaneOutcome, Provenance} from '../run/events.js';
import type {HostName, Strategy} from '../plan/plan.js';

/** What became of one container. */
export interface LaneReport {
  readonly container: string;
  readonly kind: Lane['kind'];
  readonly from: HostName;
  readonly to: HostName;
  readonly strategy?: Strategy;
  /** Absent while the lane is under way, and for good when the run was left. */
  readonly outcome?: LaneOutcome;
  readonly where: readonly HostName[];
  /** Measured by the runner, ms. */
  readonly downtimeMs?: number;
  readonly predicted?: Prediction;
  /** Bytes that went from host to host. */
  readonly bytes: number;
  readonly tookMs?: number;
  /** What the engines themselves measured, ms, by their name for it. */
  readonly figures: Readonly<Record<string, number>>;
  readonly problem?: Problem;
}

/** What a run did, from its events alone. */
export interface RunReport {
  readonly run: string;
  readonly plan: {readonly name: string; readonly file: string; readonly hash: string};
  readonly provenance: Provenance;
  readonly startedAt: number;
  readonly tookMs: number;
  readonly settled: number;
  /** Problems of containers that had no lane. */
  readonly blocked: readonly Problem[];
  readonly lanes: readonly LaneReport[];
  readonly warnings: readonly Problem[];
  readonly interrupted: boolean;
  /** Absent while the run is under way. */
  readonly exit?: number;
}

interface LaneTally {
  readonly report: LaneReport;
  readonly startedAt?: number;
}

/** Keeps the account of one run. */
export class Tally {
  #start: (Event & {readonly type: 'run-started'}) | undefined;
  #latest = 0;
  #exit: number | undefined;
  #interrupted = false;
  readonly #lanes = new Map<string, LaneTally>();
  readonly #laneOf = new Map<StepId, string>();
  readonly #tolerated = new Set<StepId>();
  readonly #warnings: Problem[] = [];

  on(event: Event): void {
    this.#latest = event.at;
    switch (event.type) {
      case 'run-started':
        this.#begin(event);
        return;
      case 'lane-started':
        this.#update(event.container, ({report}) => ({report, startedAt: event.at}));
        return;
      case 'step-settled':
        this.#stepSettled(event);
        return;
      case 'lane-settled':
        this.#laneSettled(event);
        return;
      case 'warning':
        this.#warn(event.problem);
        return;
      case 'interrupted':
        this.#interrupted = true;
        return;
      case 'run-settled':
        this.#exit = event.exit;
        return;
      case 'step-started':
      case 'step-progress':
    }
  }

  /** Undefined before the run has started. */
  report(): RunReport | undefined {
    if (!this.#start) return undefined;
    const {at, run, planned, provenance} = this.#start;
    const {name, file, hash} = planned.plan;
    return {
      run,
      plan: {name, file, hash},
      provenance,
      startedAt: at,
      tookMs: this.#latest - at,
      settled: planned.standings.filter(({kind}) => kind === 'settled').length,
      blocked: planned.standings.flatMap((each) => (each.kind === 'problem' ? each.problems : [])),
      lanes: [...this.#lanes.values()].map(({report}) => report),
      warnings: [...planned.warnings, ...this.#warnings],
      interrupted: this.#interrupted,
      ...(this.#exit !== undefined && {exit: this.#exit}),
    };
  }

  #begin(event: Event & {readonly type: 'run-started'}): void {
    this.#start = event;
    const {graph, standings} = event.planned;
    for (const {container, kind, from, to, steps} of graph.lanes) {
      const standing = standings.find((each) => each.container.name === container);
      const change = standing?.kind === 'move' ? standing.change : undefined;
      const known = change && {strategy: change.strategy, predicted: change.prediction};
      const report = {container, kind, from, to, where: [], bytes: 0, figures: {}, ...known};
      this.#lanes.set(container, {report});
      for (const {id, tolerant, always} of steps) {
        this.#laneOf.set(id, container);
        if (tolerant ?? always) this.#tolerated.add(id);
      }
    }
  }

  #update(container: string, change: (lane: LaneTally) => LaneTally): void {
    const lane = this.#lanes.get(container);
    if (lane) this.#lanes.set(container, change(lane));
  }

  #stepSettled(event: Event & {readonly type: 'step-settled'}): void {
    const {bytes = 0, figures, problem} = event;
    this.#update(this.#laneOf.get(event.step) ?? '', (lane) => ({
      ...lane,
      report: {
        ...lane.report,
        bytes: lane.report.bytes + bytes,
        figures: {...lane.report.figures, ...figures},
      },
    }));
    if (problem && event.outcome === 'failed' && this.#tolerated.has(event.step))
      this.#warn(problem);
  }

  #laneSettled(event: Event & {readonly type: 'lane-settled'}): void {
    const {at, outcome, where, downtimeMs, problem} = event;
    this.#update(event.container, ({report, startedAt}) => ({
      report: {
        ...report,
        outcome,
        where,
        ...(startedAt !== undefined && {tookMs: at - startedAt}),
        ...(downtimeMs !== undefined && {downtimeMs}),
        ...(problem && {problem}),
      },
    }));
  }

  /** A warning may be told as an event of its own and as the problem of a step. */
  #warn(problem: Problem): void {
    const same = (each: Problem): boolean =>
      each.code === problem.code &&
      each.message === problem.message &&
      each.container === problem.container &&
      each.host === problem.host;
    if (!this.#warnings.some(same)) this.#warnings.push(problem);
  }
}
