import type {Problem, ProblemKind} from '../base/problem.js';

/** The exit codes; `cm help exit-codes` says the same to users. */
export const exits = {
  /** Done, or nothing to do. */
  done: 0,
  /** Failed; everything is where it was. */
  failed: 1,
  /** There are changes; only with --detailed-exitcode. */
  changes: 2,
  /** Half-way: a person must look. */
  look: 3,
  invalidPlan: 10,
  locked: 11,
  unreachable: 12,
  declined: 13,
  preflight: 14,
  /** The command line is wrong (EX_USAGE of sysexits.h). */
  usage: 64,
  /** A bug in cm (EX_SOFTWARE of sysexits.h). */
  bug: 70,
  interrupted: 130,
  terminated: 143,
} as const;

const exitOfKind: Readonly<Record<ProblemKind, number>> = {
  plan: exits.invalidPlan,
  locked: exits.locked,
  unreachable: exits.unreachable,
  declined: exits.declined,
  preflight: exits.preflight,
  step: exits.failed,
  look: exits.look,
};

/** The most pressing first: what a person must look at hides nothing else. */
const pressing: readonly ProblemKind[] = [
  'look',
  'plan',
  'declined',
  'unreachable',
  'locked',
  'preflight',
  'step',
];

/** The first of these that a run ended with is what the process ends with. */
const gravity: readonly number[] = [
  exits.look,
  exits.interrupted,
  exits.failed,
  exits.declined,
  exits.unreachable,
  exits.locked,
  exits.preflight,
  exits.invalidPlan,
];

/** The exit code of several runs; 0 for none. */
export const gravest = (codes: readonly number[]): number =>
  gravity.find((code) => codes.includes(code)) ?? codes.find((code) => code !== 0) ?? exits.done;

/** A run that was not approved ended before it began: with a no, or with Ctrl-C at the question. */
export function exitOfRun(
  {exit, problems}: {readonly exit: number; readonly problems: readonly Pick<Problem, 'kind'>[]},
  interrupted: boolean,
): number {
  if (!problems.some(({kind}) => kind === 'declined')) return exit;
  return interrupted ? exits.interrupted : exits.declined;
}

/** The exit code of what ended with these problems; 0 for none. */
export function exitOf(problems: readonly Pick<Problem, 'kind'>[]): number {
  const worst = pressing.find((kind) => problems.some((problem) => problem.kind === kind));
  return worst === undefined ? exits.done : exitOfKind[worst];
}
