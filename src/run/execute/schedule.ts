import type {Lane, StepGraph, StepId} from '../../planner/steps/step.js';
import type {ContainerName, HostName} from '../../plan/plan.js';
import {exitCode} from '../exit-code.js';
import {heldBack, inCircle, interrupted, notBegun} from './lane-problems.js';
import {isDone, sayLane, unbegun, type LaneResult} from './lane-result.js';
import {LaneRun, type LaneStage} from './lane-run.js';
import {Turns} from './turns.js';

export interface Interrupts {
  /** First Ctrl-C: nothing new begins; lanes before their downtime go back, the others go on to their end. */
  readonly stop?: AbortSignal;
  /** Second Ctrl-C: settles at once. */
  readonly leave?: AbortSignal;
}

export interface Scheduled {
  /** In the order of the graph. */
  readonly lanes: readonly LaneResult[];
  readonly exit: number;
  /** Steps that were under way when the runner was told to leave. */
  readonly inFlight: readonly StepId[];
}

/** Runs a graph of steps; see `LaneRun` for what happens in a lane. Never rejects. */
export async function schedule(
  graph: StepGraph,
  stage: LaneStage,
  interrupts: Interrupts = {},
): Promise<Scheduled> {
  return new Schedule(graph, stage, interrupts).run();
}

class Schedule {
  readonly #graph: StepGraph;
  readonly #stage: LaneStage;
  readonly #interrupts: Interrupts;
  readonly #results = new Map<ContainerName, LaneResult>();
  readonly #running = new Map<ContainerName, LaneRun>();
  readonly #busy = new Map<HostName, number>();
  /** Lanes by what they still wait for, and those that wait for nothing but room. */
  readonly #missing = new Map<ContainerName, number>();
  readonly #waiting = new Map<ContainerName, Lane[]>();
  readonly #ready = new Set<Lane>();
  readonly #turns = new Turns();
  #inFlight: readonly StepId[] = [];
  #finish: () => void = () => undefined;

  constructor(graph: StepGraph, stage: LaneStage, interrupts: Interrupts) {
    this.#graph = graph;
    this.#stage = stage;
    this.#interrupts = interrupts;
    const names = new Set(graph.lanes.map(({container}) => container));
    for (const lane of graph.lanes) {
      const after = [...new Set(lane.after)].filter((name) => names.has(name));
      this.#missing.set(lane.container, after.length);
      for (const name of after) this.#waiting.set(name, [...(this.#waiting.get(name) ?? []), lane]);
      if (after.length === 0) this.#ready.add(lane);
    }
  }

  async run(): Promise<Scheduled> {
    const {stop, leave} = this.#interrupts;
    const onStop = (): void => {
      this.#stop();
    };
    const onLeave = (): void => {
      this.#leave();
    };
    stop?.addEventListener('abort', onStop);
    leave?.addEventListener('abort', onLeave);
    await new Promise<void>((resolve) => {
      this.#finish = resolve;
      this.#next();
    });
    stop?.removeEventListener('abort', onStop);
    leave?.removeEventListener('abort', onLeave);
    const lanes = this.#graph.lanes.flatMap(({container}) => this.#results.get(container) ?? []);
    return {lanes, exit: exitCode(lanes, stop?.aborted ?? false), inFlight: this.#inFlight};
  }

  #next(): void {
    if (this.#interrupts.leave?.aborted) return;
    if (this.#interrupts.stop?.aborted) this.#dropUnbegun();
    for (const lane of this.#ready) {
      if (this.#running.size >= this.#graph.limits.parallel) break;
      if (this.#hasRoom(lane)) void this.#start(lane);
    }
    if (this.#running.size === 0) this.#end();
  }

  #end(): void {
    for (const lane of this.#graph.lanes)
      if (!this.#results.has(lane.container)) this.#drop(unbegun(lane, inCircle(lane)));
    this.#finish();
  }

  #hasRoom({from, to}: Lane): boolean {
    const {perHost} = this.#graph.limits;
    return [from, to].every((host) => (this.#busy.get(host) ?? 0) < perHost);
  }

  #occupy({from, to}: Lane, change: 1 | -1): void {
    for (const host of new Set([from, to]))
      this.#busy.set(host, (this.#busy.get(host) ?? 0) + change);
  }

  async #start(lane: Lane): Promise<void> {
    this.#ready.delete(lane);
    this.#occupy(lane, 1);
    const run = new LaneRun(lane, this.#stage, this.#turns);
    this.#running.set(lane.container, run);
    const result = await run.run();
    if (!this.#running.delete(lane.container)) return;
    this.#occupy(lane, -1);
    this.#results.set(lane.container, result);
    this.#release(result);
    if (result.outcome === 'look') this.#holdBack(result);
    this.#next();
  }

  /** Lets those go on that waited for this one, or ends them with it. */
  #release({lane, outcome, problem}: LaneResult): void {
    for (const waiting of this.#waiting.get(lane.container) ?? []) {
      if (this.#results.has(waiting.container)) continue;
      if (!isDone(outcome)) {
        this.#drop(unbegun(waiting, notBegun(waiting, lane.container, problem), true));
        continue;
      }
      const missing = (this.#missing.get(waiting.container) ?? 0) - 1;
      this.#missing.set(waiting.container, missing);
      if (missing === 0) this.#ready.add(waiting);
    }
  }

  /** Begins no other move between two hosts where one has ended in a state that nobody knows, or could not be undone. */
  #holdBack({lane: {container, from, to}, problem}: LaneResult): void {
    for (const lane of this.#graph.lanes) {
      const begun = this.#results.has(lane.container) || this.#running.has(lane.container);
      if (begun || lane.kind !== 'move' || lane.from !== from || lane.to !== to) continue;
      this.#drop(unbegun(lane, heldBack(lane, container, problem), true));
    }
  }

  /** Settles a lane that was not begun, and all that wait for it. */
  #drop(first: LaneResult): void {
    const dropped = [first];
    for (const result of dropped) {
      const {lane, problem} = result;
      if (this.#results.has(lane.container)) continue;
      this.#ready.delete(lane);
      this.#results.set(lane.container, result);
      sayLane(this.#stage.say, this.#stage.clock.now(), result);
      for (const waiting of this.#waiting.get(lane.container) ?? [])
        dropped.push(unbegun(waiting, notBegun(waiting, lane.container, problem), true));
    }
  }

  #dropUnbegun(): void {
    for (const lane of this.#graph.lanes)
      if (!this.#results.has(lane.container) && !this.#running.has(lane.container))
        this.#drop(unbegun(lane, interrupted(lane), true));
  }

  #stop(): void {
    this.#stage.say({type: 'interrupted', at: this.#stage.clock.now()});
    for (const run of this.#running.values()) run.stop();
    this.#dropUnbegun();
  }

  #leave(): void {
    this.#inFlight = [...this.#running.values()].flatMap(({inFlight}) => inFlight);
    for (const [name, run] of this.#running) this.#results.set(name, run.leave());
    this.#running.clear();
    this.#dropUnbegun();
    this.#finish();
  }
}
