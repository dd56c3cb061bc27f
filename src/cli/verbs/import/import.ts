import {lstat, mkdir, realpath} from 'node:fs/promises';
import {basename, dirname, resolve} from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import type {Problem} from '../../../base/problem.js';
import {err, ok, type Result} from '../../../base/result.js';
import type {Plan} from '../../../plan/plan.js';
import {updatePlan, writePlan, type WrittenPlan} from '../../../plan/write.js';
import {plural} from '../../../report/text/columns.js';
import {exits} from '../../command-line/exit.js';
import type {Context} from '../../session/context.js';
import {draftContainers, leftOutLines} from '../../session/draft-plan.js';
import {checkPlans} from '../../session/load-plans.js';
import {lookAtHosts} from '../../session/look-at-hosts.js';
import type {PlanFile} from '../../session/plan-files.js';
import {readPlain} from '../../session/read-plain.js';
import {residentsOf, type LeftOut} from '../../session/residents.js';
import {selectResidents} from '../../session/select.js';

export interface ImportOptions {
  readonly hosts: readonly string[];
  readonly select: readonly string[];
  readonly stopped: boolean;
  readonly sshConfig?: string;
  /** The plan file. */
  readonly write?: string;
}

interface Imported {
  readonly plan: WrittenPlan;
  readonly leftOut: readonly LeftOut[];
}

/** What the plan of these hosts says; `name`: what it is called. */
async function planOf(
  context: Context,
  {hosts: words, select, stopped, sshConfig}: ImportOptions,
  name: string | undefined,
): Promise<Result<Imported, readonly Problem[]>> {
  const looked = await lookAtHosts(context, {
    words,
    ...(sshConfig !== undefined && {sshConfig}),
  });
  if (!looked.ok) return looked;
  const {hosts, all, leftOut} = residentsOf(looked.value.rosters);
  const chosen = selectResidents(all, {words: select, stopped: stopped || select.length === 0});
  if (!chosen.ok) return chosen;
  const relay = looked.value.plans.some(({transfer}) => transfer === 'relay');
  return ok({
    plan: {
      name: name ?? hosts[0]?.name ?? 'imported',
      ...(relay && {transfer: 'relay' as const}),
      hosts,
      containers: draftContainers(chosen.value, {place: ({on}) => on}),
      end: leftOutLines(leftOut),
    },
    leftOut,
  });
}

const notUpdated = (file: string, message: string): Problem => ({
  kind: 'plan',
  code: 'cannot-update',
  message: `"${file}" cannot be brought up to date: ${message}`,
  remedy: 'change it by hand, or write to another file',
});

/** The text of the file; undefined when there is none. A device, a pipe or a link that leads nowhere is refused. */
async function textOf(path: string): Promise<string | undefined> {
  const found = await lstat(path).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
  return found && readPlain(path);
}

/** What other containers of the file belong on, as it is written there. */
const placesIn = (plans: readonly Plan[], but: ReadonlySet<string>): string =>
  JSON.stringify(
    plans.flatMap(({containers}) =>
      [...containers.values()].flatMap(({name, on}) => (but.has(name) ? [] : [[name, on]])),
    ),
  );

/** A changed file is still a plan, and says of everything else what it said before. */
async function checkUpdate(
  context: Context,
  file: PlanFile,
  old: string,
  plan: WrittenPlan,
): Promise<readonly Problem[]> {
  const before = await checkPlans(context, [{...file, text: old}]);
  if (!before.ok) return before.error;
  const after = await checkPlans(context, [file]);
  if (!after.ok) return after.error;
  const changed = new Set(plan.containers.map(({name}) => name));
  const same = placesIn(before.value.plans, changed) === placesIn(after.value.plans, changed);
  return same ? [] : [notUpdated(file.name, 'other containers of it would belong elsewhere')];
}

interface Written {
  readonly text: string;
  readonly isNew: boolean;
}

/** What the file is to say; nothing is written yet. */
async function textFor(
  context: Context,
  name: string,
  plan: WrittenPlan,
): Promise<Result<Written | undefined, readonly Problem[]>> {
  const path = resolve(context.machine.cwd, name);
  const old = await textOf(path);
  if (old === undefined) return ok({text: writePlan(plan), isNew: true});
  const updated = updatePlan(old, plan);
  if (!updated.ok) return err([notUpdated(name, updated.error)]);
  if (updated.value === old) return ok(undefined);
  const file = {name, folder: dirname(path), text: updated.value};
  const problems = await checkUpdate(context, file, old, plan);
  return problems.length > 0 ? err(problems) : ok({text: updated.value, isNew: false});
}

/** Makes the file, or gives the one that is there what it lacks. */
async function write(
  context: Context,
  file: string,
  plan: WrittenPlan,
): Promise<Result<string, readonly Problem[]>> {
  const path = resolve(context.machine.cwd, file);
  try {
    const written = await textFor(context, file, plan);
    if (!written.ok) return written;
    if (!written.value) return ok(`"${file}" says it already`);
    const {text, isNew} = written.value;
    if (isNew) await mkdir(dirname(path), {recursive: true});
    // A link stays one: what it leads to is replaced.
    await writeFileAtomic(isNew ? path : await realpath(path), text);
    return ok(`${plural(plan.containers.length, 'container')} in "${file}"`);
  } catch (error) {
    return err([notUpdated(file, error instanceof Error ? error.message : String(error))]);
  }
}

function tell({printer}: Context, {plan, leftOut}: Imported): void {
  for (const host of plan.hosts) printer.record({type: 'imported-host', ...host});
  for (const {name: container, on, dependsOn} of plan.containers)
    printer.record({type: 'imported', container, on, dependsOn});
  for (const each of leftOut) printer.record({type: 'not-imported', ...each});
}

/** `cm import`: what runs on hosts, as the plan that says so. Applied unchanged, it does nothing. */
export async function importHosts(context: Context, options: ImportOptions): Promise<number> {
  const {printer} = context;
  const file = options.write;
  if (file !== undefined && !/\.ya?ml$/u.test(file)) return context.fail([notPlanName(file)]);
  const name = file === undefined ? undefined : basename(file).replace(/\.ya?ml$/u, '');
  const imported = await planOf(context, options, name);
  if (!imported.ok) return context.fail(imported.error);
  const {plan} = imported.value;
  tell(context, imported.value);
  if (file === undefined) {
    printer.result(writePlan(plan).trimEnd());
    return exits.done;
  }
  const said = await write(context, file, plan);
  if (!said.ok) return context.fail(said.error);
  for (const line of [...(plan.end ?? []), said.value]) printer.note(line);
  return exits.done;
}

const notPlanName = (file: string): Problem => ({
  kind: 'plan',
  code: 'no-plan-name',
  message: `"${file}" is no name of a plan file`,
  remedy: 'end it in .yaml',
});
