import type {Clock} from '../../base/clock.js';
import type {Problem} from '../../base/problem.js';
import type {Result} from '../../base/result.js';
import {isOutOfSync, type Planned} from '../../planner/change.js';
import type {Plan} from '../../plan/plan.js';
import {Contention} from './contention.js';
import {Failures, keyOf} from './failures.js';
import type {WatchEvent} from '../events.js';
import type {Subscription} from './folders.js';

/** A plan file as it stands now. One that has vanished is not among those that were read. */
export interface WatchedFile {
  readonly name: string;
  /** Of its content. */
  readonly hash: string;
  readonly plans: Result<readonly Plan[], readonly Problem[]>;
}

export interface Watching {
  readonly read: () => Promise<readonly WatchedFile[]>;
  readonly subscribe: (onChange: () => void) => Promise<Subscription>;
  /** Only looks. */
  readonly look: (plan: Plan) => Promise<Planned>;
  /** Its exit code. */
  readonly apply: (plan: Plan) => Promise<number>;
  /** Makes the checkpoints that are due, of a plan with which all is well; ms until the next one is. */
  readonly keep?: (plan: Plan) => Promise<number>;
  readonly clock: Clock;
  /** From 0 to 1; so that many watchers do not come at the same moment. */
  readonly random: () => number;
  readonly intervalMs: number;
  /** How long nothing must have changed before files are read, ms. */
  readonly settleMs: number;
  readonly say: (event: WatchEvent) => void;
  readonly stop: AbortSignal;
}

/**
 *              start, change or interval            200 ms without a change
 *      idle ───────────────────────────► settling ───────────────────────► running
 *       ▲                                 ▲    │ change                        │
 *       │                                 │    └─┐                             │ change
 *       │                                 │ ◄────┘                             ▼
 *       │                                 └───────────── done ◄──────────── queued
 *       └──────────────────────── done ◄─────────────────────────────────── running
 *
 * Many changes while it runs are one more run. A plan that failed is held back until it or the world has
 * changed, or until its back-off is over (see `Failures`).
 */
export async function watch(watching: Watching): Promise<void> {
  await new Watch(watching).run();
}

const contentOf = (files: readonly WatchedFile[]): string =>
  JSON.stringify(files.map(({name, hash}) => [name, hash]));

class Watch {
  readonly #with: Watching;
  readonly #failures: Failures;
  readonly #contention = new Contention();
  /** Content that was found invalid, by file. */
  readonly #invalid = new Map<string, string>();
  #known = new Set<string>();
  /** Of all files, when they were last looked at. */
  #content = '';
  /** A change that has not been looked at yet. */
  #changed = false;
  #wake = new AbortController();
  /** ms until a checkpoint is due. */
  #due = Infinity;

  constructor(watching: Watching) {
    this.#with = watching;
    this.#failures = new Failures(watching.random);
  }

  async run(): Promise<void> {
    const {stop, subscribe, say} = this.#with;
    const onStop = (): void => {
      this.#wake.abort();
    };
    stop.addEventListener('abort', onStop);
    const subscription = await subscribe(() => {
      this.#changed = true;
      this.#wake.abort();
    });
    let because: 'start' | 'change' | 'interval' = 'start';
    while (!stop.aborted) {
      await this.#settle();
      const files = await this.#with.read();
      // Something else in the folder: an event says that something changed, and not what.
      if (because !== 'change' || this.#differ(files)) {
        say({kind: 'reading', because});
        await this.#reconcile(files);
      }
      because = await this.#idle();
    }
    stop.removeEventListener('abort', onStop);
    await subscription.close();
  }

  get #stopped(): boolean {
    return this.#with.stop.aborted;
  }

  /** Sleeps, and wakes early for a change or the end. */
  async #sleep(ms: number): Promise<void> {
    if (this.#stopped) return;
    this.#wake = new AbortController();
    if (!this.#changed) await this.#with.clock.sleep(ms, this.#wake.signal);
  }

  /** Until nothing has changed for a while: a file that is being written is not read half. */
  async #settle(): Promise<void> {
    this.#changed = false;
    await this.#sleep(this.#with.settleMs);
    if (this.#isQueued()) await this.#settle();
  }

  #isQueued(): boolean {
    return this.#changed && !this.#stopped;
  }

  async #idle(): Promise<'change' | 'interval'> {
    const {clock, intervalMs, random, say} = this.#with;
    if (this.#isQueued()) return 'change';
    const next = Math.min(
      intervalMs * (0.9 + 0.2 * random()),
      this.#failures.next(clock.now()),
      this.#due,
    );
    say({kind: 'idle', nextMs: next});
    await this.#sleep(next);
    return this.#isQueued() ? 'change' : 'interval';
  }

  #differ(files: readonly WatchedFile[]): boolean {
    return contentOf(files) !== this.#content;
  }

  async #reconcile(files: readonly WatchedFile[]): Promise<void> {
    this.#content = contentOf(files);
    this.#due = Infinity;
    this.#missed(files);
    for (const file of files) {
      if (!file.plans.ok) {
        this.#refuse(file, file.plans.error);
        continue;
      }
      this.#invalid.delete(file.name);
      for (const plan of file.plans.value) if (!this.#stopped) await this.#bring(plan);
    }
  }

  #missed(files: readonly WatchedFile[]): void {
    const now = new Set(files.map(({name}) => name));
    for (const name of this.#known)
      if (!now.has(name)) this.#with.say({kind: 'vanished', file: name});
    this.#known = now;
  }

  #refuse({name, hash}: WatchedFile, problems: readonly Problem[]): void {
    if (this.#invalid.get(name) === hash) return;
    this.#invalid.set(name, hash);
    this.#with.say({kind: 'invalid', file: name, problems});
  }

  async #keep(plan: Plan): Promise<void> {
    if (this.#stopped || plan.suspend) return;
    this.#due = Math.min(this.#due, (await this.#with.keep?.(plan)) ?? Infinity);
  }

  async #bring(plan: Plan): Promise<void> {
    const {look, apply, say, clock} = this.#with;
    const planned = await look(plan);
    if (!planned.decisions.some(isOutOfSync)) {
      this.#failures.forget(plan);
      say({kind: 'settled', plan});
      await this.#keep(plan);
      return;
    }
    const until = this.#failures.heldUntil(plan, keyOf(planned), clock.now());
    if (until !== undefined) {
      say({kind: 'held', plan, untilMs: until});
      return;
    }
    const contended = this.#contention.of(planned, clock.now());
    if (contended.length > 0) {
      say({kind: 'contended', plan, containers: contended});
      return;
    }
    this.#contention.add(planned, clock.now());
    const exit = await apply(plan);
    say({kind: 'applied', plan, exit});
    if (exit === 0) {
      this.#failures.forget(plan);
      await this.#keep(plan);
    }
    // The way back may have changed the world too; what counts is how it was left.
    else if (!this.#stopped) this.#failures.add(plan, keyOf(await look(plan)), clock.now());
  }
}
