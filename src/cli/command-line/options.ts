/** Flags of every verb. */
export interface Globals {
  readonly output: 'text' | 'json';
  /** Absent: the streams and the environment decide. */
  readonly color?: boolean;
  readonly verbose: boolean;
  readonly quiet: boolean;
  /** Absent: the CI system decides. */
  readonly untrusted?: boolean;
}

/** Which containers of the plans are meant; both empty: all. */
export interface Selection {
  readonly only: readonly string[];
  readonly exclude: readonly string[];
}

export interface PlanFlags extends Selection {
  readonly files: readonly string[];
  /** Changes under way at the same time, in place of the plan's own limit. */
  readonly concurrency?: number;
  readonly explain: boolean;
}

export interface RunFlags extends PlanFlags {
  /** How long to wait for a lease that another run holds, ms. */
  readonly lockWaitMs: number;
  readonly view?: 'live' | 'lines';
}

/** Flags of a verb that asks before it changes anything. */
export interface ConfirmedRunFlags extends RunFlags {
  /** Do not ask. */
  readonly yes: boolean;
}
