import {command} from '../base/command.js';
import type {Problem} from '../base/problem.js';
import type {Plan} from '../plan/plan.js';
import {performHook} from './perform-hook.js';
import type {ActOf, Stage} from './performance.js';

type Point = 'before' | 'after' | 'onFailure';

/** The hooks of the whole run, one after another, on the runner. The first that stops the run is returned. */
export async function runPlanHooks(
  stage: Stage,
  plan: Plan,
  point: Point,
  commit: string | undefined,
): Promise<Problem | undefined> {
  for (const [index, hook] of (plan.hooks[point] ?? []).entries()) {
    const step = `${plan.name}/${point}-${index + 1}`;
    const words = [
      `CM_RUN_ID=${stage.leases.run}`,
      `CM_PLAN=${plan.name}`,
      `CM_STEP=${step}`,
      `CM_COMMIT=${commit ?? ''}`,
    ];
    const act: ActOf<'hook'> = {
      kind: 'hook',
      hook,
      point,
      command: {
        ...command('env', ...words, ...hook.run),
        title: hook.run.join(' '),
        timeoutMs: hook.timeoutMs,
      },
    };
    const done = await performHook(stage, act, {step, lane: plan.name});
    if (!done.ok) return {...done.error, message: `hook of the plan: ${done.error.message}`};
  }
  return undefined;
}
