import type {Event} from '../run/events.js';

/** Shows a run as it happens. */
export interface View {
  /** Never throws, never waits. */
  on(event: Event): void;
  /** Resolves when all that was told has been shown; may be called twice. */
  close(): Promise<void>;
}

/** Where text goes. Streams of Node fit. */
export interface Sink {
  write(text: string): unknown;
}
