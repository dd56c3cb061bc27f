import {allSteps} from '../../planner/steps/all-steps.js';
import type {Problem} from '../../base/problem.js';
import type {Lane, Step, StepId} from '../../planner/steps/step.js';
import type {Event} from '../../run/events.js';
import {withoutCommands} from '../github/ci-commands.js';
import {outcomeInk, outcomeText} from './outcomes.js';
import {countDecisions} from './plan-text.js';
import {safeText} from '../safe-text.js';
import {progressText, roundText, settledText, waitsText} from './step-text.js';
import {createStyle, type Ability, type Ink, type Style} from './style.js';
import {formatDuration} from './units.js';
import type {Sink, Listener} from '../listener.js';

type EventOf<Type extends Event['type']> = Extract<Event, {readonly type: Type}>;

const interruptedText = 'interrupted: nothing new begins; what runs is finished or undone';

/** How often the progress of one step is told at most, ms. */
const progressEvery = 5000;

/** How long a run may say nothing of a step that goes on, ms. */
const silenceMs = 10_000;

/** A step that can take long is told when it begins too; of the others only the end. */
const takesLong = ({act, downtime}: Step): boolean =>
  downtime === true ||
  ['send', 'rounds', 'sync', 'compare', 'hook', 'verify', 'open-link'].includes(act.kind);

class LinesView implements Listener {
  readonly #out: Sink;
  readonly #style: Style;
  #startedAt: number | undefined;
  #lanes = new Map<string, Lane>();
  #steps = new Map<StepId, Step>();
  readonly #told = new Map<StepId, number>();
  /** Steps under way, and when they began. */
  readonly #running = new Map<StepId, number>();
  readonly #now: () => number;
  #timer: NodeJS.Timeout | undefined;

  constructor(out: Sink, ability: Ability, now: () => number) {
    this.#out = out;
    this.#now = now;
    this.#style = createStyle(ability);
  }

  on(event: Event): void {
    if ('step' in event) {
      this.#onStep(event);
      return;
    }
    switch (event.type) {
      case 'run-started':
        this.#begin(event);
        return;
      case 'lane-started':
        this.#laneStarted(event);
        return;
      case 'lane-waits':
        this.#say(event.at, 'dim', `${event.container}: ${waitsText(event)}`);
        return;
      case 'lane-settled':
        this.#laneSettled(event);
        return;
      case 'warning':
      case 'interrupted':
      case 'run-settled':
        this.#remark(event);
        return;
      case 'watch':
      // A run has none of these.
    }
  }

  #remark(event: EventOf<'warning' | 'interrupted' | 'run-settled'>): void {
    if (event.type === 'run-settled')
      this.#say(event.at, 'bold', `run ended with exit ${event.exit}`);
    else if (event.type === 'interrupted') this.#say(event.at, 'yellow', interruptedText);
    else this.#say(event.at, 'yellow', `warning: ${event.problem.message}`);
  }

  #onStep(event: Extract<Event, {readonly step: StepId}>): void {
    switch (event.type) {
      case 'step-started':
        this.#stepStarted(event);
        return;
      case 'step-progress':
        this.#stepProgress(event);
        return;
      case 'round':
        this.#round(event);
        return;
      case 'step-settled':
        this.#stepSettled(event);
    }
  }

  close(): Promise<readonly Problem[]> {
    // Every line has been handed over already.
    clearInterval(this.#timer);
    this.#timer = undefined;
    return Promise.resolve([]);
  }

  /** So that nobody takes a step that takes its time for one that hangs. */
  #tick(): void {
    const now = this.#now();
    for (const [id, began] of this.#running) {
      const step = this.#steps.get(id);
      if (!step || now - (this.#told.get(id) ?? began) < silenceMs) continue;
      this.#told.set(id, now);
      const took = formatDuration(Math.round((now - began) / 1000) * 1000);
      this.#say(now, 'dim', `${step.lane}: still: ${step.title} (${took})`);
    }
  }

  #begin({at, run, planned}: EventOf<'run-started'>): void {
    const {lanes} = planned.graph;
    this.#lanes = new Map(lanes.map((lane) => [lane.container, lane]));
    this.#steps = new Map(allSteps(planned.graph).map((step) => [step.id, step]));
    this.#timer ??= setInterval(() => {
      this.#tick();
    }, 1000).unref();
    const counts = countDecisions(planned.decisions);
    this.#say(at, 'bold', `run ${run} of plan "${planned.plan.name}": ${counts}`);
  }

  #laneStarted({at, container}: EventOf<'lane-started'>): void {
    const lane = this.#lanes.get(container);
    const way = lane ? `${lane.from} ${this.#style.signs.arrow} ${lane.to}` : 'begins';
    this.#say(at, 'cyan', `${container}: ${way}`);
  }

  #stepStarted({at, step: id, undo}: EventOf<'step-started'>): void {
    const step = this.#steps.get(id);
    if (!step) return;
    this.#told.set(id, at);
    this.#running.set(id, at);
    if (undo) this.#say(at, 'yellow', `${step.lane}: undoing: ${step.title} ...`);
    else if (takesLong(step)) this.#say(at, 'dim', `${step.lane}: ${step.title} ...`);
  }

  #stepProgress(event: EventOf<'step-progress'>): void {
    const {at, step: id} = event;
    const step = this.#steps.get(id);
    if (!step || at - (this.#told.get(id) ?? 0) < progressEvery) return;
    this.#told.set(id, at);
    this.#say(at, 'dim', `${step.lane}: ${step.title}: ${progressText(event)}`);
  }

  #round({at, step: id, report}: EventOf<'round'>): void {
    const step = this.#steps.get(id);
    if (step) this.#say(at, 'cyan', `${step.lane}: ${roundText(report)}`);
  }

  #stepSettled(event: EventOf<'step-settled'>): void {
    this.#running.delete(event.step);
    const step = this.#steps.get(event.step);
    if (!step) return;
    const {text, ink} = settledText(step, event, this.#style.signs);
    this.#say(event.at, ink, `${step.lane}: ${text}`);
  }

  #laneSettled({at, container, outcome, where, downtimeMs}: EventOf<'lane-settled'>): void {
    const text = outcomeText(outcome, where);
    const downtime = downtimeMs === undefined ? '' : `, downtime ${formatDuration(downtimeMs)}`;
    this.#say(at, outcomeInk[outcome], `${container}: ${text}${downtime}`);
  }

  #say(at: number, ink: Ink, text: string): void {
    this.#startedAt ??= at;
    const seconds = ((at - this.#startedAt) / 1000).toFixed(1).padStart(7);
    const shown = this.#style.paint(ink, withoutCommands(safeText(text)));
    this.#out.write(`${this.#style.paint('dim', `${seconds}s`)}  ${shown}\n`);
  }
}

/** One line for each thing that changed, with the seconds since the start; for logs and pipes. */
export const createLinesView = (
  out: Sink,
  ability: Ability,
  now: () => number = Date.now,
): Listener => new LinesView(out, ability, now);
