import type {HostName, Strategy} from '../plan/plan.js';

/** How something is put right. */
export type Fix =
  /** A shell command for that host. */
  | {readonly on: 'host'; readonly host: HostName; readonly command: string}
  /** A command for the machine that cm runs on. */
  | {readonly on: 'runner'; readonly command: string}
  /** No command is known that does it; what does. */
  | {readonly on: 'nowhere'; readonly advice: string};

/** What no command brings about: a noun. */
export const needs = (what: string): Fix => ({on: 'nowhere', advice: `needs ${what}`});

/** One thing that was found out about a host or a pair of hosts. */
export interface Finding {
  /** `gap`: it stops a strategy that is wanted; `warning`: it stops another one, or it is only worth a word. */
  readonly level: 'fine' | 'warning' | 'gap';
  /** Stable kebab-case word; that of the preflight where it is one of its reasons. */
  readonly code: string;
  /** In the style of a problem, with the hosts' own names. */
  readonly message: string;
  /** Strategies that are impossible because of it. */
  readonly stops: readonly Strategy[];
  readonly fix?: Fix;
  /** Where more is written about it. */
  readonly see?: string;
}

export const fine = (code: string, message: string): Finding => ({
  level: 'fine',
  code,
  message,
  stops: [],
});

/** Which level a finding has that stops these strategies, where those are wanted. */
export const levelOf = (
  stops: readonly Strategy[],
  wanted: readonly Strategy[],
): Finding['level'] => (stops.some((strategy) => wanted.includes(strategy)) ? 'gap' : 'warning');
