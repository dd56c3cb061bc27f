import type {Way} from './follow.js';
import type {World} from './world.js';

/** A configuration that is refused, and what leads on from there. */
export interface Row {
  readonly code: string;
  readonly world: () => World;
  /** Each is gone by itself. */
  readonly ways: readonly Way[];
}

export const row = (code: string, world: () => World, ...ways: readonly Way[]): Row => ({
  code,
  world,
  ways,
});
