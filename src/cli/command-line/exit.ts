import {exitOfKinds, exits} from '../../base/exit-codes.js';
import type {Problem} from '../../base/problem.js';

export {exits, gravest} from '../../base/exit-codes.js';

/** A run that was not approved ended before it began: with a no, or with Ctrl-C at the question. */
export function exitOfRun(
  {exit, problems}: {readonly exit: number; readonly problems: readonly Pick<Problem, 'kind'>[]},
  interrupted: boolean,
): number {
  if (!problems.some(({kind}) => kind === 'declined')) return exit;
  return interrupted ? exits.interrupted : exits.declined;
}

/** The exit code of what ended with these problems; 0 for none. */
export const exitOf = (problems: readonly Pick<Problem, 'kind'>[]): number =>
  exitOfKinds(problems.map(({kind}) => kind));
