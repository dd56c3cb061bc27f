import type {Clock} from '../../base/clock.js';
import type {Problem} from '../../base/problem.js';
import {err} from '../../base/result.js';
import type {Act, Lane, Step} from '../../planner/steps/step.js';
import type {LaneOutcome, Emit} from '../events.js';
import {bug, interrupted, isOutranked, left, undoFailed} from './lane-problems.js';
import {harmless, isDone, sayLane, whereOf, type LaneResult} from './lane-result.js';
import {StepOrder} from './step-order.js';
import {performStep} from './perform-step.js';
import type {Cue, Performed} from './performance.js';
import {Turns} from './turns.js';

export interface LaneStage {
  readonly perform: (act: Act, cue: Cue) => Promise<Performed>;
  readonly clock: Clock;
  readonly say: Emit;
  /** What has been said is where a later run finds it, also when this one dies. */
  readonly intended?: () => Promise<void>;
}

/** How long a lane that is interrupted in its downtime goes on. */
const AHEAD_MS = 60_000;

/**
 * One lane on its way:
 *
 *     forward ──all done──────────────────────────► always ─► settled: moved
 *        └─a step failed─► undo, newest first ────► always ─► settled: back, untouched or look
 *
 * Forward, a step starts as soon as what it needs is done. From the start of the step that `commits`
 * an interrupt changes nothing any more, and from its end a failure is a warning. An interrupt before
 * the first downtime step is a failure; in the downtime the shortest safe way is the one ahead, for a minute at
 * most.
 */
export class LaneRun {
  readonly lane: Lane;
  readonly #stage: LaneStage;
  readonly #order: StepOrder;
  readonly #turns: Turns;
  readonly #giveUp = new AbortController();
  readonly #over = new AbortController();
  readonly #started: Step[] = [];
  readonly #running = new Set<Step>();
  readonly #lastAlone: Step | undefined;
  #problem: Problem | undefined;
  #committed = false;
  #down: number | undefined;
  #up: number | undefined;
  #looks = false;
  #settledEarly: LaneResult | undefined;
  #turn: Promise<void> | undefined;

  constructor(lane: Lane, stage: LaneStage, turns = new Turns()) {
    this.lane = lane;
    this.#turns = turns;
    this.#stage = stage;
    this.#lastAlone = lane.steps.findLast(({alone}) => alone);
    this.#order = new StepOrder(lane.steps.filter(({always}) => !always));
  }

  /** Never rejects. */
  async run(): Promise<LaneResult> {
    this.#say({type: 'lane-started', at: this.#now(), container: this.lane.container});
    await this.#forward();
    this.#skipRest();
    if (this.#problem && !this.#committed) await this.#back();
    this.#turns.give(this.lane.container);
    await this.#clean();
    this.#over.abort();
    return this.#settledEarly ?? this.#settle(this.#outcome());
  }

  /** First interrupt. In the downtime the way ahead is the shortest, unless something on it does not end. */
  stop(): void {
    void this.#interrupt(this.#started.some(({downtime}) => downtime) ? AHEAD_MS : 0);
  }

  async #interrupt(afterMs: number): Promise<void> {
    if (this.lane.kind !== 'move') return;
    if (afterMs > 0) await this.#stage.clock.sleep(afterMs, this.#over.signal);
    if (this.#over.signal.aborted || this.#problem) return;
    if (this.#started.some(({commits}) => commits)) return;
    this.#problem = interrupted(this.lane);
    this.#giveUp.abort();
  }

  /** Second interrupt: settles now, whatever still runs. */
  leave(): LaneResult {
    const steps = this.inFlight;
    const safe = this.#down === undefined && !this.#committed && this.lane.kind === 'move';
    this.#problem = safe ? interrupted(this.lane) : left(this.lane, steps);
    this.#giveUp.abort();
    this.#settledEarly = this.#settle(safe ? 'back' : 'look');
    return this.#settledEarly;
  }

  get inFlight(): readonly string[] {
    return [...this.#running].map(({id}) => id);
  }

  #now(): number {
    return this.#stage.clock.now();
  }

  readonly #say: Emit = (event) => {
    if (!this.#settledEarly) this.#stage.say(event);
  };

  async #forward(): Promise<void> {
    let open = 0;
    await new Promise<void>((resolve) => {
      const next = (): void => {
        for (let step = this.#next(); step; step = this.#next()) {
          open += 1;
          void this.#take(step).then(() => {
            open -= 1;
            next();
          });
        }
        if (open === 0) resolve();
      };
      next();
    });
  }

  /** Waits for its turn; whether it still goes on then. */
  async #hasTurn(): Promise<boolean> {
    this.#turn ??= this.#wait();
    await this.#turn;
    return this.#goesOn;
  }

  async #wait(): Promise<void> {
    const {container, from, to} = this.lane;
    const hosts = [...new Set([from, to])];
    const behind = this.#turns.behind(hosts);
    if (behind !== undefined) this.#say({type: 'lane-waits', at: this.#now(), container, behind});
    await this.#turns.take(container, hosts, this.#giveUp.signal);
  }

  get #goesOn(): boolean {
    return !this.#settledEarly && (!this.#problem || this.#committed);
  }

  /** Asked before each step: what has just been started may be what is interrupted. */
  #next(): Step | undefined {
    return this.#goesOn ? this.#order.take() : undefined;
  }

  async #take(step: Step): Promise<void> {
    if (step.alone && !(await this.#hasTurn())) {
      this.#skip(step);
      return;
    }
    await this.#do(step);
    if (step === this.#lastAlone && !this.#problem) this.#turns.give(this.lane.container);
  }

  async #do(step: Step): Promise<void> {
    this.#started.push(step);
    if (step.downtime) this.#down ??= this.#now();
    const performed = await this.#perform(step, step.act, false);
    if (step.downtime) this.#up = this.#now();
    if (performed.ok) {
      if (step.commits) this.#committed = true;
    } else if (step.tolerant || this.#committed) this.#warn(performed.error);
    else {
      this.#problem ??= performed.error;
      // What runs beside it would be undone anyway, and may be waiting for what will not come now.
      this.#giveUp.abort();
      return;
    }
    this.#order.done(step.id);
  }

  /** With its events. A thrown mistake counts as a failure, so that the way back is still gone. */
  async #perform(step: Step, act: Act, undo: boolean): Promise<Performed> {
    const {clock, intended} = this.#stage;
    const cue: Cue = {
      step: step.id,
      lane: this.lane.container,
      ...(undo && {insists: true as const}),
      ...(!undo && !step.always && !step.when && {signal: this.#giveUp.signal}),
    };
    const work = async (): Promise<Performed> => {
      const performed = await this.#safely(act, cue);
      this.#running.delete(step);
      return performed;
    };
    this.#running.add(step);
    return performStep({clock, say: this.#say}, step, work, {
      ...(undo && {undo: act}),
      ...(intended && !undo && this.#declares(step) && {intended}),
    });
  }

  /** Intent before action; but once it does not serve nobody waits for the runner's disk. */
  #declares(step: Step): boolean {
    if (harmless(step) || step.always) return false;
    return !step.downtime || step === this.lane.steps.find(({downtime}) => downtime);
  }

  async #safely(act: Act, cue: Cue): Promise<Performed> {
    try {
      return await this.#stage.perform(act, cue);
    } catch (thrown) {
      return err(bug(thrown, this.lane.container));
    }
  }

  #warn(problem: Problem): void {
    this.#say({type: 'warning', at: this.#now(), problem});
  }

  #skip(step: Step): void {
    const at = this.#now();
    this.#say({
      type: 'step-settled',
      at,
      step: step.id,
      undo: false,
      outcome: 'skipped',
      tookMs: 0,
    });
  }

  #skipRest(): void {
    for (const step of this.#order.rest()) this.#skip(step);
  }

  /** Back to the source, newest first; then what the plan wants to happen after a failure. */
  async #back(): Promise<void> {
    const touched = this.#touched;
    for (const step of [...this.#started].reverse()) if (!(await this.#undo(step))) break;
    if (touched && this.lane.kind !== 'move') this.#looks = true;
    await this.#rescue(this.lane.onFailure);
    if (touched && !this.#looks) await this.#rescue(this.lane.onRollback);
  }

  /** Whether the steps before it may be undone as well. */
  async #undo(step: Step): Promise<boolean> {
    if (!step.undo || this.#settledEarly) return true;
    const undone = await this.#takeBack(step, step.undo);
    if (step.downtime) this.#up = this.#now();
    if (undone.ok) return true;
    this.#warn(undoFailed(undone.error, step.title));
    // Without this the container may serve nowhere, or what was left behind may still run.
    if ((step.downtime ?? step.fence) || isOutranked(undone.error)) this.#looks = true;
    return !step.fence;
  }

  async #takeBack(step: Step, undo: Act): Promise<Performed> {
    const cue: Cue = {step: step.id, lane: this.lane.container};
    const sure = step.undoOnlyIf && (await this.#safely(step.undoOnlyIf, cue));
    return sure?.ok === false ? sure : this.#perform(step, undo, true);
  }

  async #rescue(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      if (this.#settledEarly) return;
      const done = await this.#perform(step, step.act, false);
      if (!done.ok) this.#warn(done.error);
    }
  }

  get #touched(): boolean {
    return this.#started.some((step) => !harmless(step));
  }

  /**
   * What is cleaned up on hosts is left there for the person who must look: it may hold the only
   * checkpoint. Nothing is cleaned where nothing was made.
   */
  async #clean(): Promise<void> {
    for (const step of this.lane.steps) {
      if (!step.always || this.#settledEarly) continue;
      if (step.act.kind === 'run' && (this.#looks || !this.#touched)) {
        this.#skip(step);
        continue;
      }
      const done = await this.#perform(step, step.act, false);
      if (!done.ok) this.#warn(done.error);
    }
  }

  #outcome(): LaneOutcome {
    const {kind, ends} = this.lane;
    if (this.#committed || !this.#problem) return kind === 'undo' ? 'back' : (ends ?? 'moved');
    if (this.#looks || (this.#touched && isOutranked(this.#problem))) return 'look';
    return this.#touched ? 'back' : 'untouched';
  }

  #settle(outcome: LaneOutcome): LaneResult {
    const {lane} = this;
    const served = this.#down !== undefined && this.#up !== undefined && outcome !== 'look';
    const problem = this.#committed && isDone(outcome) ? undefined : this.#problem;
    const result: LaneResult = {
      lane,
      outcome,
      where: whereOf(lane, outcome),
      ...(served && {downtimeMs: (this.#up ?? 0) - (this.#down ?? 0)}),
      ...(problem && {problem}),
    };
    sayLane(this.#say, this.#now(), result);
    return result;
  }
}
