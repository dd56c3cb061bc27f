import {readFile} from 'node:fs/promises';
import {resolve} from 'node:path';
import {cannotAsk} from './ask.js';
import type {Context} from './context.js';
import type {Invocation} from './invocation.js';
import {loadPlans} from './load-plans.js';
import {runPlans} from './run-plans.js';
import {readSaved} from './saved-plan.js';
import {choose} from './selection.js';

type Asked = Invocation & {readonly verb: 'apply'};

/** A saved plan, when the one word of the command line is a file that `cm plan --out` wrote. */
async function findSaved({machine}: Context, {files}: Asked) {
  const [only, ...others] = files;
  if (only === undefined || only === '-' || others.length > 0) return undefined;
  const text = await readFile(resolve(machine.cwd, only), 'utf8').catch(() => '');
  return readSaved(text);
}

/** `cm apply`: shows the plan, asks, does it, and says what happened. */
export async function apply(context: Context, asked: Asked): Promise<number> {
  const {machine, printer} = context;
  const saved = await findSaved(context, asked);
  if (saved) return (await import('./apply-saved.js')).applySaved(context, asked, saved);
  const refusal = asked.yes ? undefined : cannotAsk(machine);
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
