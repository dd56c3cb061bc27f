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

/** One view out of several. */
export const joinViews = (views: readonly View[]): View => ({
  on: (event) => {
    for (const view of views) view.on(event);
  },
  close: async () => {
    await Promise.all(views.map((view) => view.close()));
  },
});
