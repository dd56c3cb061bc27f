import type {Planned} from '../../planner/change.js';
import type {Plan} from '../../plan/plan.js';

const FIRST_MS = 30_000;
const LONGEST_MS = 30 * 60_000;

interface Failure {
  /** Of the plan. */
  readonly hash: string;
  /** The plan and the world as the failure left them. */
  readonly key: string;
  readonly delayMs: number;
  readonly until: number;
}

/** The same plan in the same world. */
export const keyOf = ({plan, fingerprints}: Planned): string =>
  `${plan.hash} ${JSON.stringify(fingerprints)}`;

const idOf = ({file, name}: Plan): string => `${file}#${name}`;

/**
 * Plans that failed, and how long each is held back: 30 s, doubled each time the same plan fails, up to 30 min,
 * ± 10 %. An attempt costs its containers a downtime, and each leaves the world a little different
 * (another start time), so it is the plan that must be another for the doubling to begin anew.
 */
export class Failures {
  readonly #random: () => number;
  readonly #failed = new Map<string, Failure>();

  constructor(random: () => number) {
    this.#random = random;
  }

  add(plan: Plan, key: string, now: number): void {
    const before = this.#failed.get(idOf(plan));
    const again = before?.hash === plan.hash;
    const delayMs = again ? Math.min(before.delayMs * 2, LONGEST_MS) : FIRST_MS;
    const until = now + delayMs * (0.9 + 0.2 * this.#random());
    this.#failed.set(idOf(plan), {hash: plan.hash, key, delayMs, until});
  }

  forget(plan: Plan): void {
    this.#failed.delete(idOf(plan));
  }

  /** Absent: it may be tried, because it or the world is another, or the time is over. */
  heldUntil(plan: Plan, key: string, now: number): number | undefined {
    const failure = this.#failed.get(idOf(plan));
    return failure?.key === key && now < failure.until ? failure.until : undefined;
  }

  /** ms until the first of them may be tried again. */
  next(now: number): number {
    const untils = [...this.#failed.values()].map(({until}) => until - now).filter((ms) => ms > 0);
    return Math.min(...untils, Infinity);
  }
}
