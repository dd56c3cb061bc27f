/** A program and its words. It stays a list until a transport quotes it, once. */
export type Argv = readonly [string, ...string[]];

/** One thing to run on a host, as data. */
export interface Command {
  readonly argv: Argv;
  /** Text handed to the program's standard input; never printed, never logged. */
  readonly stdin?: string;
  /** Bytes that its output may have; without it the transport's default. */
  readonly outputLimit?: number;
  /** Milliseconds until it is given up; without it the transport's default of ten minutes. */
  readonly timeoutMs?: number;
  /** What to print in place of the argv, when that is long (a script) or says too much. */
  readonly title?: string;
}

export const command = (...argv: [string, ...string[]]): Command => ({argv});

/**
 * A constant shell script and its values. The values are positional parameters (`"$1"` …) and never
 * become part of the text, so no value needs quoting and none can be run. The script is for
 * `sh` (POSIX, dash included) and runs with `-eu`.
 */
export const script = (title: string, text: string, ...values: readonly string[]): Command => ({
  argv: ['sh', '-euc', text, 'cm', ...values],
  title,
});

/** The command as a person would read it; not for running (quoting is the transport's). */
export const shown = ({argv, title}: Command): string => title ?? argv.join(' ');
