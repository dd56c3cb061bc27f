import {readFile} from 'node:fs/promises';
import {basename, resolve} from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import type {Problem} from '../../../base/problem.js';
import {err, ok, type Result} from '../../../base/result.js';
import {updatePlan, writePlan, type WrittenPlan} from '../../../plan/write.js';
import {plural} from '../../../report/text/columns.js';
import {exits} from '../../command-line/exit.js';
import type {Context} from '../../session/context.js';
import {draftContainers, leftOutLines} from '../../session/draft-plan.js';
import {lookAtHosts} from '../../session/look-at-hosts.js';
import {residentsOf} from '../../session/residents.js';
import {selectResidents} from '../../session/select.js';

export interface ImportOptions {
  readonly hosts: readonly string[];
  readonly select: readonly string[];
  readonly stopped: boolean;
  readonly sshConfig?: string;
  /** The plan file. */
  readonly write?: string;
}

/** What the plan of these hosts says; `name`: what it is called. */
async function planOf(
  context: Context,
  {hosts: words, select, stopped, sshConfig}: ImportOptions,
  name: string | undefined,
): Promise<Result<WrittenPlan, readonly Problem[]>> {
  const rosters = await lookAtHosts(context, {
    words,
    ...(sshConfig !== undefined && {sshConfig}),
  });
  if (!rosters.ok) return rosters;
  const {hosts, all, leftOut} = residentsOf(rosters.value);
  const chosen = selectResidents(all, {words: select, stopped: stopped || select.length === 0});
  if (!chosen.ok) return chosen;
  return ok({
    name: name ?? hosts[0]?.name ?? 'imported',
    hosts,
    containers: draftContainers(chosen.value, {place: ({on}) => on}),
    end: leftOutLines(leftOut),
  });
}

const notUpdated = (file: string, message: string): Problem => ({
  kind: 'plan',
  code: 'cannot-update',
  message: `"${file}" cannot be brought up to date: ${message}`,
  remedy: 'mend it, or write to another file',
});

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Makes the file, or gives the one that is there what it lacks. */
async function write(
  context: Context,
  file: string,
  plan: WrittenPlan,
): Promise<Result<string, Problem>> {
  const path = resolve(context.machine.cwd, file);
  try {
    const old = await textOf(path);
    const updated = old === undefined ? ok(writePlan(plan)) : updatePlan(old, plan);
    if (!updated.ok) return err(notUpdated(file, updated.error));
    if (updated.value === old) return ok(`"${file}" says it already`);
    await writeFileAtomic(path, updated.value);
    return ok(`${plural(plan.containers.length, 'container')} in "${file}"`);
  } catch (error) {
    return err(notUpdated(file, error instanceof Error ? error.message : String(error)));
  }
}

/** `cm import`: what runs on hosts, as the plan that says so. Applied unchanged, it does nothing. */
export async function importHosts(context: Context, options: ImportOptions): Promise<number> {
  const {printer} = context;
  const file = options.write;
  const name = file === undefined ? undefined : basename(file).replace(/\.ya?ml$/u, '');
  const plan = await planOf(context, options, name);
  if (!plan.ok) return context.fail(plan.error);
  for (const {name: container, on} of plan.value.containers)
    printer.record({type: 'imported', container, on});
  if (file === undefined) {
    printer.result(writePlan(plan.value).trimEnd());
    return exits.done;
  }
  const said = await write(context, file, plan.value);
  if (!said.ok) return context.fail([said.error]);
  for (const line of plan.value.end ?? []) printer.note(line);
  printer.note(said.value);
  return exits.done;
}
