import type {Planned} from '../../planner/change.js';
import type {ContainerName, Plan} from '../../plan/plan.js';

/** A container that this many runs within an hour had to bring back to the same place is moved away by somebody else. */
const MOST_MOVES = 3;
const WINDOW_MS = 3_600_000;

interface Moves {
  /** Of the plan. */
  readonly hash: string;
  readonly times: readonly number[];
}

/** Finds containers that are moved again and again: each move costs them a downtime, and none of them lasts. */
export class Contention {
  readonly #moves = new Map<string, Moves>();

  /** Those that are not to be moved again until the plan has changed or an hour is over. */
  of({plan, decisions}: Planned, now: number): readonly ContainerName[] {
    return decisions.flatMap(({action, container: {name}}) => {
      const known = this.#moves.get(keyOf(plan, name));
      if (action !== 'move' || known?.hash !== plan.hash) return [];
      const recent = known.times.filter((time) => time > now - WINDOW_MS);
      return recent.length >= MOST_MOVES ? [name] : [];
    });
  }

  /** What was decided is about to be done. */
  add({plan, decisions}: Planned, now: number): void {
    for (const {action, container} of decisions) {
      if (action !== 'move') continue;
      const key = keyOf(plan, container.name);
      const known = this.#moves.get(key);
      const times = known?.hash === plan.hash ? known.times.slice(1 - MOST_MOVES) : [];
      this.#moves.set(key, {hash: plan.hash, times: [...times, now]});
    }
  }
}

const keyOf = ({file, name}: Plan, container: ContainerName): string =>
  `${file}#${name}#${container}`;
