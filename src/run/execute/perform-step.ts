import type {Clock} from '../../base/clock.js';
import {shown} from '../../base/command.js';
import type {Problem} from '../../base/problem.js';
import type {Act, Step} from '../../planner/steps/step.js';
import type {Emit} from '../events.js';
import type {Done, Performed} from './performance.js';

interface Telling {
  readonly clock: Clock;
  readonly say: Emit;
}

interface How {
  /** The step is taken back by this. */
  readonly undo?: Act;
  /** Waits until what has been said is on the disk. */
  readonly intended?: () => Promise<void>;
}

/** What a hook runs: unlike all other steps it is a program that somebody else wrote. */
const hookCommand = (act: Act): string | undefined =>
  act.kind === 'hook' ? shown(act.command) : undefined;

/** Says that a step begins, does its work, and says how it ended. */
export async function performStep(
  {clock, say}: Telling,
  step: Step,
  work: () => Promise<Performed>,
  {undo, intended}: How = {},
): Promise<Performed> {
  const began = clock.now();
  const taken = undo !== undefined;
  const runs = hookCommand(undo ?? step.act);
  say({
    type: 'step-started',
    at: began,
    step: step.id,
    undo: taken,
    ...(runs !== undefined && {runs}),
  });
  await intended?.();
  const performed = await work();
  const at = clock.now();
  const rest: Done | {problem: Problem} = performed.ok
    ? performed.value
    : {problem: performed.error};
  const outcome = performed.ok ? 'done' : 'failed';
  const tookMs = at - began;
  say({type: 'step-settled', at, step: step.id, undo: taken, outcome, tookMs, ...rest});
  return performed;
}
