import {command} from '../base/command.js';
import {withVariables} from '../base/compose.js';
import type {Hook, Plan} from '../plan/plan.js';
import {hookTitle} from './steps/hooks.js';
import type {PlanHookSteps, Step} from './steps/step.js';

type Point = keyof PlanHookSteps;

const POINTS = ['before', 'after', 'onFailure'] as const;

interface Run {
  readonly run: string;
  readonly commit?: string;
}

function stepOf(plan: Plan, {run, commit}: Run, point: Point, hook: Hook, index: number): Step {
  // No container can have a name with a blank.
  const lane = `plan ${plan.name}`;
  const name = `${point}-${index + 1}`;
  const words = [
    `CM_RUN_ID=${run}`,
    `CM_PLAN=${plan.name}`,
    `CM_STEP=${plan.name}/${name}`,
    `CM_COMMIT=${commit ?? ''}`,
  ];
  return {
    id: `${lane}/${name}`,
    lane,
    title: hookTitle(point, hook),
    host: 'runner',
    because: `the plan says so (${plan.file})`,
    needs: index === 0 ? [] : [`${lane}/${point}-${index}`],
    act: {
      kind: 'hook',
      hook,
      point,
      command: {
        ...withVariables(
          {...command('env', ...words, ...hook.run), title: hook.run.join(' ')},
          hook.env ?? {},
        ),
        timeoutMs: hook.timeoutMs,
      },
    },
    ...(point === 'onFailure' && {when: 'failed' as const}),
  };
}

/** The hooks of the whole plan as steps; undefined when it has none. */
export function planHookSteps(plan: Plan, run: Run): PlanHookSteps | undefined {
  if (POINTS.every((point) => (plan.hooks[point] ?? []).length === 0)) return undefined;
  const at = (point: Point): readonly Step[] =>
    (plan.hooks[point] ?? []).map((hook, index) => stepOf(plan, run, point, hook, index));
  return {before: at('before'), after: at('after'), onFailure: at('onFailure')};
}
