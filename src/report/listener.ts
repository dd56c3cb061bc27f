import type {Problem} from '../base/problem.js';
import type {Event} from '../run/events.js';
import type {RunReport} from '../state/runner/run-report.js';

/** Follows what happens: shows it, keeps it, passes it on. Listeners know nothing of one another. */
export interface Listener {
  /** Never throws, never waits. */
  on(event: Event): void;
  /** Resolves when what was told so far is on the disk. A run waits for it before it changes anything. */
  flush?(): Promise<void>;
  /**
   * Nothing more will be told. Resolves when all has been shown or kept, with what went wrong. May be called twice.
   * `report`: what came of the run; absent when there was none.
   */
  close(report?: RunReport): Promise<readonly Problem[]>;
}

/** Where text goes. Streams of Node fit. */
export interface Sink {
  write(text: string): unknown;
}
