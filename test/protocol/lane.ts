import type {Effect, Operation, Program} from './program.js';
import {BACK, CLEANING, COMMITTED, FORWARD, LOOKS, PROBLEM, TOUCHED} from './state.js';

/** Where a runner is in its lane. */
export interface Position {
  readonly status: number;
  readonly at: number;
  readonly flags: number;
}

export type Outcome = 'moved' | 'back' | 'look' | 'untouched';

/** The lane has come to its end. */
export interface Ended {
  readonly outcome: Outcome;
}

const has = (flags: number, flag: number): boolean => (flags & flag) !== 0;

const forwardEnd = ({operations}: Program): number => {
  const first = operations.findIndex(({always}) => always);
  return first < 0 ? operations.length : first;
};

export function outcomeOf({kind}: Program, flags: number): Outcome {
  if (has(flags, COMMITTED) || !has(flags, PROBLEM)) return kind === 'undo' ? 'back' : 'moved';
  if (has(flags, LOOKS)) return 'look';
  return has(flags, TOUCHED) ? 'back' : 'untouched';
}

/** What is left out of the cleaning up. */
const skipped = ({cleans}: Operation, flags: number): boolean =>
  cleans && (has(flags, LOOKS) || !has(flags, TOUCHED));

function cleaning(program: Program, from: number, flags: number): Position | Ended {
  for (let at = from; at < program.operations.length; at += 1) {
    const operation = program.operations[at];
    if (operation && !skipped(operation, flags)) return {status: CLEANING, at, flags};
  }
  return {outcome: outcomeOf(program, flags)};
}

function forward(program: Program, at: number, flags: number): Position | Ended {
  const end = forwardEnd(program);
  if (at >= end) return cleaning(program, end, flags);
  const harmless = program.operations[at]?.harmless ?? true;
  return {status: FORWARD, at, flags: harmless ? flags : flags | TOUCHED};
}

/** The newest that can be undone, from `at` on back. */
function back(program: Program, from: number, flags: number): Position | Ended {
  for (let at = from; at >= 0; at -= 1)
    if (program.operations[at]?.undo) return {status: BACK, at, flags};
  const stuck = has(flags, TOUCHED) && program.kind !== 'move';
  return cleaning(program, forwardEnd(program), stuck ? flags | LOOKS : flags);
}

export const begin = (program: Program): Position | Ended => forward(program, 0, 0);

function afterForward(
  program: Program,
  operation: Operation,
  {at, flags}: Position,
  done: boolean,
): Position | Ended {
  if (done) return forward(program, at + 1, operation.commits ? flags | COMMITTED : flags);
  if (operation.tolerant || has(flags, COMMITTED)) return forward(program, at + 1, flags);
  return back(program, at, flags | PROBLEM);
}

/** The same as `LaneRun` does; a test holds the two together. */
export function after(program: Program, position: Position, done: boolean): Position | Ended {
  const {status, at, flags} = position;
  const operation = program.operations[at];
  if (!operation) throw new Error('a position outside of its program');
  if (status === FORWARD) return afterForward(program, operation, position, done);
  if (status === CLEANING) return cleaning(program, at + 1, flags);
  if (done) return back(program, at - 1, flags);
  const looks = operation.downtime || operation.fence ? flags | LOOKS : flags;
  return back(program, operation.fence ? -1 : at - 1, looks);
}

/** What is to be carried out at a position. */
export function effectsAt(program: Program, {status, at}: Position): readonly Effect[] {
  const operation = program.operations[at];
  if (!operation) throw new Error('a position outside of its program');
  const {undo, undoOnlyIf} = operation;
  if (status === BACK) return [...(undoOnlyIf ? [undoOnlyIf] : []), ...(undo ? [undo] : [])];
  return operation.effects;
}
