/** Time, handed in so that it can be made to pass in tests. */
export interface Clock {
  /** ms since the epoch. */
  now(): number;
  /** Settles after `ms`, or at once when the signal is aborted; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
