import type {PreDump} from '../../src/engines/engine.js';

/** What a container of the fake engine says it holds, bytes. */
export const fakeMemory = 2 ** 30;

/** A page's number and how often it was written to by then. */
type Pages = ReadonlyMap<number, number>;

/** A process's memory in small: the engine below it knows which pages changed since they were asked for last. */
export class FakeMemory {
  readonly #versions: number[];
  #changed: Set<number>;

  constructor(versions: readonly number[] = [0, 0, 0, 0, 0, 0]) {
    this.#versions = [...versions];
    this.#changed = new Set(versions.keys());
  }

  /** The program writes; only ever to the first pages. */
  write(turn: number): void {
    const page = turn % 4;
    this.#versions[page] = (this.#versions[page] ?? 0) + 1;
    this.#changed.add(page);
  }

  all(): Pages {
    return new Map(this.#versions.entries());
  }

  changed(): Pages {
    return new Map([...this.all()].filter(([page]) => this.#changed.has(page)));
  }

  /** As a pre-dump leaves it, whatever becomes of what it wrote. */
  forgetMarks(): void {
    this.#changed = new Set();
  }

  equals(pages: Pages): boolean {
    return this.#versions.every((version, page) => pages.get(page) === version);
  }

  /** As a restore makes it: every page counts as changed. */
  copy(): FakeMemory {
    return new FakeMemory(this.#versions);
  }
}

/** A run's folder in memory, on one host. */
export class FakeFolder {
  readonly container: string;
  /** The run that made it. */
  readonly run: string;
  /** How many rounds were begun; of these, what was written by those that came to their end. */
  begun = 0;
  readonly rounds = new Map<number, Pages>();
  /** A freeze was tried. */
  used = false;
  /** The pages of the freeze, and which round they build on. */
  images: {readonly after: number; readonly pages: Pages} | undefined;
  throttled = false;
  /** When the newest round began, ms. */
  began = 0;

  constructor(container: string, run = '') {
    this.container = container;
    this.run = run;
  }

  forget(): void {
    this.begun = 0;
    this.rounds.clear();
    this.used = false;
  }

  /** Pre-dump `n`; undefined where it may not be made. */
  round(n: number, memory: FakeMemory): Pages | undefined {
    if (this.used || n <= this.begun) return undefined;
    if (n > 1 && !this.rounds.has(n - 1)) return undefined;
    this.begun = n;
    const pages = n === 1 ? memory.all() : memory.changed();
    memory.forgetMarks();
    this.rounds.set(n, pages);
    return pages;
  }

  /** What the freeze writes: all of it, unless every round that was begun came to its end. */
  freeze(memory: FakeMemory): void {
    const after = this.used || this.begun !== this.rounds.size ? 0 : this.begun;
    if (after === 0) this.forget();
    else this.used = true;
    this.images = {after, pages: after === 0 ? memory.all() : memory.changed()};
  }

  /** What can be restored here from rounds and these images; undefined when a round is missing. */
  restorable({after, pages}: NonNullable<FakeFolder['images']>): Pages | undefined {
    const rounds = Array.from({length: after}, (_, index) => this.rounds.get(index + 1));
    if (rounds.includes(undefined)) return undefined;
    return new Map([...rounds, pages].flatMap((each) => [...(each ?? [])]));
  }
}

/** What a round that wrote so many bytes says, and how long it took, at 1 GB/s and a tenth of a second. */
export const toldRound = (bytes: number): {readonly told: PreDump; readonly tookMs: number} => ({
  told: {
    pages: Math.round(bytes / 4096),
    skipped: Math.round((fakeMemory - bytes) / 4096),
    bytes,
    frozenMs: 1,
  },
  tookMs: 100 + bytes / 1e6,
});
