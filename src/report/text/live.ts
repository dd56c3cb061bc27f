import type {Problem} from '../../base/problem.js';
import type {Writable} from 'node:stream';
import {
  DefaultRenderer,
  Listr,
  ListrDefaultRendererLogLevels,
  ListrLogger,
  ProcessOutput,
  Spinner,
  type ListrTaskWrapper,
} from 'listr2';
import {allSteps, stepsOfLane} from '../../planner/steps/all-steps.js';
import type {StepId} from '../../planner/steps/step.js';
import type {Event} from '../../run/events.js';
import {plural} from './columns.js';
import {LiveLane} from './live-lane.js';
import {createStyle, type Ability, type Style} from './style.js';
import type {Listener} from '../listener.js';

export interface LiveOptions extends Ability {
  readonly stream: Writable & {readonly rows?: number};
  /** The last state stays on the terminal; otherwise it makes room for what is told in its place. */
  readonly keep: boolean;
  /** ms since the epoch, for clocks that tick between events. */
  readonly now: () => number;
  /** What must not be seen is hidden before a line is cut to the width of the terminal. */
  readonly hide?: (text: string) => string;
}

const interruptedNotice = 'interrupted: nothing new begins; Ctrl-C again leaves at once';

/** ms; what the eye takes for movement, and a slow line can carry. */
const tickMs = 100;

const spinners = {
  unicode: ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'],
  ascii: ['|', '/', '-', '\\'],
};

/** listr2 looks at stdout to see whether there is a terminal; here it is stderr that is one. */
class Renderer extends DefaultRenderer {
  static override nonTTY = true;
}

/** Lanes bring their own signs: listr2's would say that a lane that waits is at work. */
class NoSpinner extends Spinner {
  override fetch(): string {
    return '';
  }
}

const noIcons = Object.fromEntries(
  Object.values(ListrDefaultRendererLogLevels).map((level) => [level, '']),
);

type Slot = ListrTaskWrapper<unknown, typeof Renderer, typeof Renderer>;

/** Resolved from outside. */
function createGate(): {readonly passed: Promise<void>; open(): void} {
  let open: () => void = () => undefined;
  const passed = new Promise<void>((resolve) => (open = resolve));
  return {passed, open};
}

interface Drawn {
  readonly lane: LiveLane;
  readonly gate: ReturnType<typeof createGate>;
  slot?: Slot;
}

class LiveView implements Listener {
  readonly #options: LiveOptions;
  readonly #style: Style;
  #drawn: readonly Drawn[] = [];
  #byStep: ReadonlyMap<StepId, LiveLane> = new Map();
  #byName: ReadonlyMap<string, LiveLane> = new Map();
  #timer: NodeJS.Timeout | undefined;
  #done: Promise<unknown> = Promise.resolve();
  #ticks = 0;
  #notice = '';
  #hooks: ReadonlyMap<StepId, string> = new Map();
  #hook = '';

  constructor(options: LiveOptions) {
    this.#options = options;
    this.#style = createStyle(options);
  }

  on(event: Event): void {
    if (event.type === 'run-started') this.#begin(event);
    else if (event.type === 'interrupted') this.#notice = interruptedNotice;
    else if ('step' in event) this.#onStep(event);
    else if ('container' in event) this.#byName.get(event.container)?.on(event);
    // Warnings are told in full below the list when it has ended.
    if (event.type === 'lane-settled') this.#draw();
  }

  #onStep(event: Extract<Event, {readonly step: StepId}>): void {
    const lane = this.#byStep.get(event.step);
    if (lane) lane.on(event);
    // A hook of the whole plan, which no lane has.
    else if (event.type === 'step-started') this.#hook = this.#hooks.get(event.step) ?? '';
    else if (event.type === 'step-settled') this.#hook = '';
  }

  /** Ends the list as it stands. */
  async close(): Promise<readonly Problem[]> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#draw();
    for (const {gate} of this.#drawn) gate.open();
    await this.#done;
    this.#drawn = [];
    return [];
  }

  #begin({planned}: Event & {readonly type: 'run-started'}): void {
    const {lanes} = planned.graph;
    if (lanes.length === 0) return;
    this.#hooks = new Map(allSteps(planned.graph).map(({id, title}) => [id, title]));
    this.#drawn = lanes.map((lane) => ({
      lane: new LiveLane(lane, this.#style),
      gate: createGate(),
    }));
    this.#byStep = new Map(
      this.#drawn.flatMap(({lane}) => stepsOfLane(lane.lane).map(({id}) => [id, lane] as const)),
    );
    this.#byName = new Map(this.#drawn.map(({lane}) => [lane.lane.container, lane]));
    this.#done = this.#createList().run();
    this.#timer = setInterval(() => {
      this.#draw();
    }, tickMs);
    this.#timer.unref();
  }

  /** A slot a lane. The scheduler owns the order: each slot only waits until its lane has settled. */
  #createList() {
    const stream = this.#options.stream as unknown as NodeJS.WriteStream;
    return new Listr<unknown, typeof Renderer, typeof Renderer>(
      this.#drawn.map((drawn) => ({
        title: '',
        task: async (_, slot) => {
          drawn.slot = slot;
          this.#draw();
          await drawn.gate.passed;
        },
      })),
      {
        concurrent: true,
        exitOnError: false,
        registerSignalListeners: false,
        renderer: Renderer,
        fallbackRenderer: Renderer,
        rendererOptions: {
          clearOutput: !this.#options.keep,
          icon: noIcons,
          spinner: new NoSpinner(),
          formatOutput: 'truncate',
          logger: new ListrLogger({processOutput: new ProcessOutput(stream, stream)}),
        },
      },
    );
  }

  #draw(): void {
    this.#ticks += 1;
    const frames = this.#options.unicode ? spinners.unicode : spinners.ascii;
    const spinner = frames[this.#ticks % frames.length] ?? '';
    const moving = this.#drawn.filter(({lane}) => lane.state === 'moving').length;
    const rows = this.#options.stream.rows ?? 24;
    // What does not fit is cut at the top, so that each lane gets its share of what there is.
    const room = Math.floor((rows - 2 - this.#drawn.length) / Math.max(1, moving));
    const now = this.#options.now();
    const footer = this.#footer();
    this.#drawn.forEach(({lane, slot}, index) => {
      if (!slot) return;
      const lines = lane.draw(now, spinner, Math.min(8, room));
      const last = index === this.#drawn.length - 1 ? footer : [];
      const {hide = String} = this.#options;
      slot.title = hide([...lines, ...last].join('\n'));
    });
  }

  #footer(): readonly string[] {
    const waiting = this.#drawn.filter(({lane}) => lane.state === 'waiting').length;
    const {paint} = this.#style;
    return [
      ...(waiting > 0 ? [paint('dim', plural(waiting, 'container waits', 'containers wait'))] : []),
      ...(this.#hook === '' ? [] : [paint('bold', this.#hook)]),
      ...(this.#notice === '' ? [] : [paint('yellow', this.#notice)]),
    ];
  }
}

/** A lane a container on a terminal, redrawn in place. */
export const createLiveView = (options: LiveOptions): Listener => new LiveView(options);
