/** A stretch of one line of a file, with the line itself so that it can be shown. */
export interface Place {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 code units. */
  readonly column: number;
  /** Code units to underline, at least 1, never past the end of the line. */
  readonly length: number;
  /** The whole line, without its end. */
  readonly text: string;
}

/**
 * Which exit code a problem leads to when it ends a run (see exit-codes.ts):
 * `plan` 10, `locked` 11, `unreachable` 12, `declined` 13, `preflight` 14, `step` 1, `look` 3.
 */
export type ProblemKind =
  'plan' | 'locked' | 'unreachable' | 'declined' | 'preflight' | 'step' | 'look';

/** A line of a program's log, with where it stands in it. */
export interface LogLine {
  /** 1-based. */
  readonly line: number;
  readonly text: string;
}

/** What is known about an error that a program printed; see src/diagnose. */
export interface Cause {
  /** Stable kebab-case word of what it is, such as `io-uring`. */
  readonly rule: string;
  /** Programs that print it. */
  readonly where: readonly string[];
  readonly means: string;
  /** What to do, in the style of a problem. */
  readonly remedy: string;
  /** Where more is written about it: `https://…`. */
  readonly see: readonly string[];
  /** The first lines that show it. */
  readonly lines: readonly LogLine[];
  /** How many lines of the log show it. */
  readonly count: number;
}

/** What a program left that failed. */
interface Left {
  /** The command, as a person would type it, without secrets. */
  readonly command?: string;
  /** The lines of the program's own output that show it; escape sequences already removed. */
  readonly log?: readonly string[];
  /** What the log says, where that is known; the first cause first. */
  readonly causes?: readonly Cause[];
}

/** Something that went wrong and was expected to be able to: what, where, and what to do next. */
export interface Problem extends Left {
  readonly kind: ProblemKind;
  /** Stable kebab-case word for machines, such as `unknown-key` or `host-key-changed`. */
  readonly code: string;
  /** Lowercase, no full stop, the wrong value in double quotes. */
  readonly message: string;
  /** What to do next, in the same style. */
  readonly remedy?: string;
  readonly place?: Place;
  /** The other line, when two of them disagree. */
  readonly other?: {readonly place: Place; readonly note: string};
  readonly host?: string;
  readonly container?: string;
  /** Where the plan says it, as `file:line:column`, when the line itself is not shown. */
  readonly location?: string;
  /** The problems that led to this one, the first cause first. */
  readonly because?: readonly Problem[];
}
