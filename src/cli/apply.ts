import {resolve} from 'node:path';
import type {Problem} from '../base/problem.js';
import {cannotAsk} from './ask.js';
import type {Context} from './context.js';
import type {Invocation} from './invocation.js';
import {loadPlans} from './load-plans.js';
import {readPlain} from './read-plain.js';
import {runPlans} from './run-plans.js';
import {isSaved, readSaved} from './saved-plan.js';
import {choose} from './selection.js';

type Asked = Invocation & {readonly verb: 'apply'};

/** The text of the one file of the command line, when it is one that `cm plan --out` wrote. */
async function findSaved({machine}: Context, {files}: Asked): Promise<string | undefined> {
  const [only, ...others] = files;
  if (only === undefined || only === '-' || others.length > 0) return undefined;
  const text = await readPlain(resolve(machine.cwd, only)).catch(() => '');
  return isSaved(text) ? text : undefined;
}

const damaged = (name: string): Problem => ({
  kind: 'plan',
  code: 'bad-saved-plan',
  message: `"${name}" looks like a saved plan, and is not what "cm plan --out" writes`,
  remedy: 'make the plan again with "cm plan --out"',
});

/** `cm apply`: shows the plan, asks, does it, and says what happened. */
export async function apply(context: Context, asked: Asked): Promise<number> {
  const {machine, printer} = context;
  const saved = await findSaved(context, asked);
  const refusal = asked.yes ? undefined : cannotAsk(machine);
  if (saved !== undefined) {
    const [name = ''] = asked.files;
    const file = readSaved(saved);
    if (!file) return context.fail([damaged(name)]);
    if (refusal) return context.fail([refusal]);
    return (await import('./apply-saved.js')).applySaved(context, asked, {name, file});
  }
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
