import {command, type Command} from '../../base/command.js';
import {withVariables} from '../../base/compose.js';
import {unreachable} from '../../base/result.js';
import type {Hook, HookPoint, HostName} from '../../plan/plan.js';
import {type Making, type Part} from './making.js';
import type {Act, Step} from './step.js';

/** What a hook is told. Values come from the plan and the run, never from a host. */
const environment = (making: Making, step: string): Readonly<Record<string, string>> => ({
  CM_RUN_ID: making.run,
  CM_PLAN: making.plan.name,
  CM_STEP: step,
  CM_CONTAINER: making.container.name,
  CM_FROM: making.from,
  CM_TO: making.to,
  CM_STRATEGY: making.strategy,
  CM_COMMIT: making.commit ?? '',
});

/** Until the restore the container is on the source, from then on on the target. */
const onTarget: Readonly<Record<HookPoint, boolean>> = {
  before: false,
  beforeFreeze: false,
  afterRestore: true,
  redirect: true,
  after: true,
  onFailure: false,
  onRollback: false,
};

interface Called {
  readonly host?: HostName;
  readonly command: Command;
}

function call(making: Making, point: HookPoint, hook: Hook, argv: Hook['run']): Called {
  const variables = environment(making, `${making.container.name}/${point}`);
  const words = Object.entries(variables).map(([key, value]) => `${key}=${value}`);
  const env = hook.env ?? {};
  const run = {...command('env', ...words, ...argv), title: argv.join(' ')};
  const plain = withVariables(run, env);
  const timed = (each: Command): Command => ({...each, timeoutMs: hook.timeoutMs});
  switch (hook.on) {
    case 'runner':
      return {command: timed(plain)};
    case 'source':
      return {host: making.from, command: timed(plain)};
    case 'target':
      return {host: making.to, command: timed(plain)};
    case 'container': {
      const {source, target} = making.moves;
      const ops = onTarget[point] ? target : source;
      return {
        host: onTarget[point] ? making.to : making.from,
        command: timed({...ops.exec(argv, variables, env), title: argv.join(' ')}),
      };
    }
    default:
      return unreachable(hook.on);
  }
}

function act(making: Making, point: HookPoint, hook: Hook, argv: Hook['run'], undo?: true): Act {
  return {kind: 'hook', hook, point, ...(undo && {undo}), ...call(making, point, hook, argv)};
}

/** `hook redirect in the container: ip route add …`; what it is undone with is part of it. */
export function hookTitle(point: HookPoint, {on, run, undo}: Hook): string {
  const where = on === 'container' ? 'in the container' : `on the ${on}`;
  const back = undo ? ` (undone by: ${undo.join(' ')})` : '';
  return `hook ${point} ${where}: ${run.join(' ')}${back}`;
}

/** The hooks of one point, in the order in which they stand in the plan. */
export const hookParts = (making: Making, point: HookPoint): readonly Part[] =>
  (making.container.hooks[point] ?? []).map((hook, index) => ({
    name: `${point}-${index + 1}`,
    title: hookTitle(point, hook),
    host: call(making, point, hook, hook.run).host ?? 'runner',
    because: `the plan says so (${making.container.at})`,
    act: act(making, point, hook, hook.run),
    ...(hook.undo && {undo: act(making, point, hook, hook.undo, true)}),
  }));

const whenOf = {onFailure: 'failed', onRollback: 'undone'} as const;

/** What runs when the lane failed (`onFailure`), and when it was undone (`onRollback`). */
export const rescueSteps = (making: Making, point: 'onFailure' | 'onRollback'): readonly Step[] =>
  hookParts(making, point).map(({name, title, host, because, act}) => ({
    id: `${making.container.name}/${name}`,
    lane: making.container.name,
    title,
    host,
    because,
    needs: [],
    act,
    when: whenOf[point],
  }));
