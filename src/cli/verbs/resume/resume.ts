import {cannotAsk} from '../../command-line/ask.js';
import type {Context} from '../../session/context.js';
import type {ConfirmedRunFlags} from '../../command-line/options.js';
import {loadPlans} from '../../session/load-plans.js';
import {runPlans} from '../../session/run-plans.js';
import {choose} from '../../command-line/selection.js';

/** `cm resume`: ends what a dead run has left half done, from what the hosts show; begins nothing new. */
export async function resume(context: Context, asked: ConfirmedRunFlags): Promise<number> {
  const refusal = asked.yes ? undefined : cannotAsk(context.machine, 'resume');
  const loaded = await loadPlans(context, asked.files);
  if (!loaded.ok) return context.fail(loaded.error);
  if (refusal) return context.fail([refusal]);
  const {plans, warnings} = loaded.value;
  const only = choose(plans, asked);
  if (!only.ok) return context.fail(only.error);
  context.printer.problems(warnings, 'warning');
  return runPlans(context, {
    ...{plans, only: only.value, flags: asked, word: 'end interrupted moves of'},
    recoverOnly: true,
  });
}
