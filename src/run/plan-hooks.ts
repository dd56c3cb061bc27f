import type {Problem} from '../base/problem.js';
import type {Step} from '../planner/steps/step.js';
import {perform} from './execute/perform.js';
import type {Stage} from './execute/performance.js';
import {performStep} from './execute/perform-step.js';

/** Runs hooks of the whole plan one after another. The first that stops the run is returned. */
export async function runPlanHooks(
  stage: Stage,
  steps: readonly Step[],
  intended?: () => Promise<void>,
): Promise<Problem | undefined> {
  for (const step of steps) {
    const work = async () => perform(stage, step.act, {step: step.id, lane: step.lane});
    const done = await performStep(stage, step, work, {...(intended && {intended})});
    if (!done.ok) return {...done.error, message: `hook of the plan: ${done.error.message}`};
  }
  return undefined;
}
