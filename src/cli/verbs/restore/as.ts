import type {Problem} from '../../../base/problem.js';
import {copyPlanner} from '../../../planner/restore/plan-restore-as.js';
import type {RestoreWish} from '../../../planner/restore/restore-target.js';
import type {Plan} from '../../../plan/plan.js';
import {isName} from '../../../plan/generated/validate-document.js';
import {bare} from '../checkpoint/create.js';
import type {Context} from '../../session/context.js';
import type {ConfirmedRunFlags} from '../../command-line/options.js';
import {runPlans} from '../../session/run-plans.js';

/** The name that is asked for is not to be had, whatever the hosts say. */
function wrongName({containers, name: plan}: Plan, name: string): Problem | undefined {
  const planned = containers.get(name);
  if (planned)
    return {
      kind: 'plan',
      code: 'name-planned',
      message: `plan "${plan}" has a container "${name}" of its own (${planned.at})`,
      remedy: 'take another name',
    };
  if (isName(name)) return undefined;
  return {
    kind: 'plan',
    code: 'bad-name',
    message: `"${name}" is no name for a container`,
    remedy:
      'take letters, digits, "_", "." and "-", begin with a letter or a digit, and take at most 200 characters',
  };
}

interface Copying {
  readonly plan: Plan;
  readonly wish: RestoreWish;
  readonly as: string;
}

/** `cm restore --as`: the copy is in the plan for this run alone, so that hosts are asked for it. */
export async function restoreAs(
  context: Context,
  flags: ConfirmedRunFlags,
  {plan, wish, as}: Copying,
): Promise<number> {
  const wrong = wrongName(plan, as);
  if (wrong) return context.fail([wrong]);
  const {container: name} = wish.manifest;
  const original = plan.containers.get(name);
  if (!original) return context.fail([]);
  const copy = {...original, name: as, dependsOn: []};
  const both = new Map([
    [name, original],
    [as, copy],
  ]);
  return runPlans(context, {
    plans: [{...bare(plan), containers: both}],
    only: () => true,
    flags,
    word: `restore a checkpoint of "${name}" as "${as}" of`,
    planner: copyPlanner({...wish, as, original}),
  });
}
