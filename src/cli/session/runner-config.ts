import {stat} from 'node:fs/promises';
import {join} from 'node:path';
import {parse} from 'yaml';
import type {Problem} from '../../base/problem.js';
import type {HookPlace, Plan} from '../../plan/plan.js';
import {list, one, shape} from '../../state/shape.js';
import type {Context} from './context.js';
import {readPlain} from './read-plain.js';

/** What may be allowed to plans that are applied without a person. */
const isConfig = shape({}, {watch: shape({}, {allowHooks: list(one('runner'))})});

interface RunnerConfig {
  readonly watch?: {readonly allowHooks?: readonly HookPlace[]};
}

/** Only root and the user of the runner may have written it. */
async function isOwn(path: string, uid: number | undefined): Promise<boolean> {
  const found = await stat(path);
  return (found.uid === 0 || found.uid === uid) && (found.mode & 0o022) === 0;
}

async function readConfig(path: string, uid: number | undefined): Promise<RunnerConfig> {
  try {
    if (!(await isOwn(path, uid))) return {};
    const value: unknown = parse(await readPlain(path));
    return isConfig(value) ? (value as RunnerConfig) : {};
  } catch {
    return {};
  }
}

/** Where the runner's own configuration is: never in the folder of a plan. */
export function configFiles({machine: {env}, home}: Context): readonly string[] {
  const own = env['XDG_CONFIG_HOME'];
  const folder = own === undefined || own === '' ? join(home, '.config') : own;
  return ['/etc/cm/config.yaml', join(folder, 'cm', 'config.yaml')];
}

/** Whether the runner, rather than a plan, says that hooks may run on it unattended. */
export async function allowsRunnerHooks(
  context: Context,
  flag: readonly string[],
): Promise<boolean> {
  if (flag.includes('runner')) return true;
  const {uid} = context.machine;
  const found = await Promise.all(configFiles(context).map((path) => readConfig(path, uid)));
  return found.some(({watch}) => watch?.allowHooks?.includes('runner') === true);
}

/** Where hooks on the runner stand in a plan; undefined when it has none. */
function firstRunnerHook(plan: Plan): string | undefined {
  const inPlan = Object.values(plan.hooks).some((hooks) => hooks.some(({on}) => on === 'runner'));
  if (inPlan) return plan.file;
  const found = [...plan.containers.values()].find(({hooks}) =>
    Object.values(hooks).some((each) => each.some(({on}) => on === 'runner')),
  );
  return found?.at;
}

/** Whoever can push would run programs on this machine: that is for the runner to allow, not for the plan. */
export function refuseRunnerHooks(context: Context, plans: readonly Plan[]): readonly Problem[] {
  return plans.flatMap((plan) => {
    const at = firstRunnerHook(plan);
    if (at === undefined) return [];
    const [system = '', own = ''] = configFiles(context);
    return [
      {
        kind: 'plan' as const,
        code: 'runner-hooks',
        message: `plan "${plan.name}" has hooks that run on this machine (${at}), which watch does not allow`,
        remedy: `write "watch: {allowHooks: [runner]}" into ${system} or ${own}, or start watch with --allow-hooks runner`,
      },
    ];
  });
}
