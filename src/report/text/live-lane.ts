import {stepsOfLane} from '../../planner/steps/all-steps.js';
import type {Lane, Step, StepId} from '../../planner/steps/step.js';
import type {Event} from '../../run/events.js';
import {outcomeInk, outcomeSign, outcomeText} from './outcomes.js';
import {progressText, roundText, settledText, waitsText} from './step-text.js';
import type {Ink, Style} from './style.js';
import {formatDuration} from './units.js';

type EventOf<Type extends Event['type']> = Extract<Event, {readonly type: Type}>;

interface Current {
  readonly step: Step;
  readonly undo: boolean;
  readonly startedAt: number;
  progress?: EventOf<'step-progress'>;
}

interface Line {
  readonly ink: Ink;
  readonly text: string;
}

/** Whole seconds flicker less; below ten, tenths tell something. */
const passed = (ms: number): string =>
  ms < 10_000
    ? `${(Math.max(0, ms) / 1000).toFixed(1)}s`
    : formatDuration(Math.floor(ms / 1000) * 1000);

/** One container's lane as a person follows it: what it does now, what it did last, how long it has not served. */
export class LiveLane {
  readonly lane: Lane;
  readonly #style: Style;
  readonly #steps: ReadonlyMap<StepId, Step>;
  readonly #downSteps: readonly StepId[];
  readonly #current = new Map<StepId, Current>();
  readonly #finished: Line[] = [];
  #startedAt: number | undefined;
  #downSince: number | undefined;
  #downUntil: number | undefined;
  #settled: EventOf<'lane-settled'> | undefined;
  #waits: EventOf<'lane-waits'> | undefined;

  constructor(lane: Lane, style: Style) {
    this.lane = lane;
    this.#style = style;
    this.#steps = new Map(stepsOfLane(lane).map((step) => [step.id, step]));
    this.#downSteps = lane.steps.flatMap(({id, downtime}) => (downtime ? [id] : []));
  }

  get state(): 'waiting' | 'moving' | 'settled' {
    if (this.#settled) return 'settled';
    return this.#startedAt === undefined ? 'waiting' : 'moving';
  }

  /** Of events that are about this lane, or about a step of it. */
  on(event: Event): void {
    if (event.type === 'lane-started') this.#startedAt = event.at;
    else if (event.type === 'lane-waits') this.#waits = event;
    else if (event.type === 'step-started') this.#startStep(event);
    else if (event.type === 'step-progress') this.#progress(event);
    else if (event.type === 'round')
      this.#finished.push({
        ink: 'cyan',
        text: `${this.#style.signs.done} ${roundText(event.report)}`,
      });
    else if (event.type === 'step-settled') this.#settleStep(event);
    else if (event.type === 'lane-settled') this.#settle(event);
  }

  #startStep({at, step: id, undo}: EventOf<'step-started'>): void {
    const step = this.#steps.get(id);
    this.#waits = undefined;
    if (!step) return;
    this.#current.set(id, {step, undo, startedAt: at});
    if (step.downtime && !undo) this.#downSince ??= at;
  }

  #progress(event: EventOf<'step-progress'>): void {
    const current = this.#current.get(event.step);
    if (current) current.progress = event;
  }

  #settleStep(event: EventOf<'step-settled'>): void {
    const {step: id, undo, outcome, at} = event;
    const step = this.#steps.get(id);
    this.#current.delete(id);
    if (!step) return;
    this.#finished.push(settledText(step, event, this.#style.signs));
    // It serves again after the last of its downtime steps, or when the first of them is undone.
    const end = undo ? this.#downSteps.at(0) : this.#downSteps.at(-1);
    if (id === end && outcome === 'done' && this.#downSince !== undefined) this.#downUntil ??= at;
  }

  #settle(event: EventOf<'lane-settled'>): void {
    this.#settled = event;
    this.#current.clear();
  }

  /** Lines for a terminal, the first of them the container's own; at most `room` more while it moves. */
  draw(now: number, spinner: string, room: number): readonly string[] {
    if (this.#settled) return [this.#drawSettled(this.#settled)];
    if (this.#startedAt === undefined) return [];
    const {paint, signs} = this.#style;
    const {container, from, to, kind} = this.lane;
    const way =
      kind === 'move' ? `${from} ${signs.arrow} ${to}` : `${kind} ${from} ${signs.arrow} ${to}`;
    const title = `${spinner} ${container}  ${way}  ${passed(now - this.#startedAt)}`;
    const clock = this.#drawClock(now);
    const lines = [
      ...this.#finished.map((line) => paint(line.ink, line.text)),
      ...this.#drawCurrent(now),
    ];
    return [
      `${paint('cyan', title)}${clock}`,
      ...lines.slice(-Math.max(1, room)).map((line) => `  ${line}`),
    ];
  }

  #drawClock(now: number): string {
    if (this.#downSince === undefined) return '';
    const {paint, signs} = this.#style;
    const until = this.#downUntil;
    if (until !== undefined)
      return `  ${paint('dim', `downtime ${passed(until - this.#downSince)}`)}`;
    return `  ${paint('yellow', `${signs.down} not serving ${passed(now - this.#downSince)}`)}`;
  }

  #drawCurrent(now: number): readonly string[] {
    const {paint, signs} = this.#style;
    if (this.#waits) {
      const told = paint('bold', `${signs.serves} ${waitsText(this.#waits)}`);
      return [`${told}  ${paint('dim', passed(now - this.#waits.at))}`];
    }
    return [...this.#current.values()].map(({step, undo, startedAt, progress}) => {
      const sign = undo ? signs.undone : step.downtime ? signs.down : signs.serves;
      const title = undo ? `undoing: ${step.title}` : step.title;
      const told = progress ? progressText(progress) : passed(now - startedAt);
      return `${paint(undo || step.downtime ? 'yellow' : 'bold', `${sign} ${title}`)}  ${paint('dim', told)}`;
    });
  }

  #drawSettled({outcome, where, downtimeMs, at}: EventOf<'lane-settled'>): string {
    const {paint, signs} = this.#style;
    const sign = outcomeSign(outcome, signs);
    const text = `${sign} ${this.lane.container}  ${outcomeText(outcome, where)}`;
    const took = this.#startedAt === undefined ? '' : `  ${passed(at - this.#startedAt)}`;
    const down = downtimeMs === undefined ? '' : `  downtime ${formatDuration(downtimeMs)}`;
    return `${paint(outcomeInk[outcome], text)}${paint('dim', `${took}${down}`)}`;
  }
}
