import type {ProblemKind} from './problem.js';

/** An exit code of cm, and what it means. */
interface ExitCode {
  readonly code: number;
  readonly means: string;
  /** The kind of problem that leads to it. */
  readonly kind?: ProblemKind;
}

/**
 * Every exit code. When several apply, the first of this list is what the process ends with: what a person must
 * look at, then a run that was cut short or failed, then what somebody must change, then what may pass by itself.
 */
const table = {
  bug: {code: 70, means: 'a bug in cm'},
  usage: {code: 64, means: 'the command line is wrong'},
  look: {code: 3, means: 'failed half-way: a person must look', kind: 'look'},
  interrupted: {code: 130, means: 'interrupted'},
  terminated: {code: 143, means: 'terminated'},
  failed: {code: 1, means: 'failed; everything is where it was', kind: 'step'},
  invalidPlan: {code: 10, means: 'a plan is not valid', kind: 'plan'},
  declined: {code: 13, means: 'declined, or nobody there to ask', kind: 'declined'},
  unreachable: {
    code: 12,
    means: 'a host cannot be reached or trusted',
    kind: 'unreachable',
  },
  locked: {code: 11, means: 'locked by another run', kind: 'locked'},
  preflight: {code: 14, means: 'preflight says no, nothing was touched', kind: 'preflight'},
  changes: {code: 2, means: 'there are changes (only with --detailed-exitcode)'},
  done: {code: 0, means: 'done, or nothing to do'},
} as const satisfies Readonly<Record<string, ExitCode>>;

type Name = keyof typeof table;

const byPrecedence: readonly ExitCode[] = Object.values(table);

/** The exit codes by name. */
export const exits = Object.fromEntries(
  Object.entries(table).map(([name, {code}]) => [name, code]),
) as {readonly [Each in Name]: (typeof table)[Each]['code']};

/** The exit code of several parts that ended with these; 0 for none. */
export const gravest = (codes: readonly number[]): number =>
  byPrecedence.find(({code}) => codes.includes(code))?.code ??
  codes.find((code) => code !== exits.done) ??
  exits.done;

/** The exit code of what ended with problems of these kinds; 0 for none. */
export const exitOfKinds = (kinds: readonly ProblemKind[]): number =>
  byPrecedence.find(({kind}) => kind !== undefined && kinds.includes(kind))?.code ?? exits.done;

const line = ({code, means}: ExitCode): string => `  ${String(code).padStart(3)}  ${means}`;

/** One line for each code, by number. */
export const exitCodeLines = (): readonly string[] =>
  byPrecedence.toSorted((one, other) => one.code - other.code).map(line);

/** The codes that can meet in one run, the one that wins first. */
export const precedence = (): readonly number[] =>
  byPrecedence.filter(({kind, code}) => kind !== undefined || code > 128).map(({code}) => code);
