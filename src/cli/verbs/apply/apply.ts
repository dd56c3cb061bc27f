import {cannotAsk} from '../../command-line/ask.js';
import type {Context} from '../../session/context.js';
import type {ConfirmedRunFlags} from '../../command-line/options.js';
import {loadPlans} from '../../session/load-plans.js';
import {runPlans} from '../../session/run-plans.js';
import {findSaved} from '../../session/saved-plan.js';
import {choose} from '../../command-line/selection.js';

/** `cm apply`: shows the plan, asks, does it, and says what happened. */
export async function apply(context: Context, asked: ConfirmedRunFlags): Promise<number> {
  const {machine, printer} = context;
  const saved = await findSaved(context, asked);
  if (!saved.ok) return context.fail([saved.error]);
  if (saved.value)
    return (await import('./apply-saved.js')).applySaved(context, asked, saved.value);
  const refusal = asked.yes ? undefined : cannotAsk(machine, 'apply');
  const loaded = await loadPlans(context, asked.files);
  if (!loaded.ok) return context.fail(loaded.error);
  if (refusal) return context.fail([refusal]);
  const only = choose(loaded.value.plans, asked);
  if (!only.ok) return context.fail(only.error);
  printer.problems(loaded.value.warnings, 'warning');
  return runPlans(context, {
    ...{plans: loaded.value.plans, only: only.value, flags: asked, word: 'apply'},
  });
}
