import {writeFile} from 'node:fs/promises';
import {resolve} from 'node:path';
import type {Problem} from '../../../base/problem.js';
import type {Planned} from '../../../planner/change.js';
import {systemClock} from '../../session/clock.js';
import type {Context} from '../../session/context.js';
import type {Selection} from '../../command-line/options.js';
import type {PlanFile} from '../../session/plan-files.js';
import {savePlanned, type SavedFile} from '../../session/saved-plan.js';

export interface Saving extends Selection {
  /** Where to. */
  readonly out: string;
  readonly files: readonly PlanFile[];
  readonly planned: readonly Planned[];
  /** What was shown. */
  readonly rendered: string;
}

/** Writes what `cm apply FILE` does exactly, or refuses to do. */
export async function savePlan(
  context: Context,
  {out, only, exclude, files, planned, rendered}: Saving,
): Promise<readonly Problem[]> {
  const {cm, commit} = await context.provenance();
  const saved: SavedFile = {
    'cm-plan': 1,
    cm,
    savedAt: new Date(systemClock.now()).toISOString(),
    ...(commit !== undefined && {commit}),
    ...{only, exclude, files, plans: planned.map(savePlanned)},
    rendered: context.mask.hide(rendered),
  };
  const text = `${JSON.stringify(saved, undefined, 2)}\n`;
  try {
    await writeFile(resolve(context.machine.cwd, out), text, {mode: 0o600});
  } catch (error) {
    const message = `the plan cannot be saved: ${(error as Error).message}`;
    const remedy = 'name a file in a folder that you may write to';
    return [{kind: 'plan', code: 'cannot-write', message, remedy}];
  }
  context.printer.note(`saved; "cm apply ${out}" does exactly this`);
  return [];
}
