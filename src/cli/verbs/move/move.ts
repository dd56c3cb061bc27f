import {lstat, stat, writeFile} from 'node:fs/promises';
import {dirname, resolve} from 'node:path';
import type {Problem} from '../../../base/problem.js';
import {err, ok, type Result} from '../../../base/result.js';
import type {Strategy} from '../../../base/strategy.js';
import type {Plan} from '../../../plan/plan.js';
import {writePlan} from '../../../plan/write.js';
import {exits} from '../../command-line/exit.js';
import type {ConfirmedRunFlags} from '../../command-line/options.js';
import type {Context} from '../../session/context.js';
import {cannotAsk} from '../../command-line/ask.js';
import {draftContainers} from '../../session/draft-plan.js';
import {checkPlans} from '../../session/load-plans.js';
import {lookAtHosts} from '../../session/look-at-hosts.js';
import {movableFrom, type LeftOut, type Movable, type Resident} from '../../session/residents.js';
import type {HostRoster} from '../../session/roster.js';
import {runPlans} from '../../session/run-plans.js';
import {selectResidents} from '../../session/select.js';

export interface MoveOptions extends ConfirmedRunFlags {
  /** Containers, patterns or projects. */
  readonly names: readonly string[];
  readonly all: boolean;
  readonly from: string;
  readonly to: string;
  readonly stopped: boolean;
  readonly strategy?: readonly Strategy[];
  readonly sshConfig?: string;
  /** Where the plan is saved. */
  readonly write?: string;
}

const usage = (message: string, remedy: string): Problem => ({
  kind: 'plan',
  code: 'nothing-named',
  message,
  remedy,
});

function wrongWords({names, all, from, to}: MoveOptions): Problem | undefined {
  if (from === to) return usage(`"${from}" is both source and target`, 'name two hosts');
  if (all === names.length > 0)
    return usage(
      all ? 'names and --all exclude each other' : 'nothing is named',
      'name containers or compose projects, or use --all',
    );
  return undefined;
}

const stays = ({name, on, because}: LeftOut): Problem => ({
  kind: 'preflight',
  code: 'cannot-be-named',
  container: name,
  message: `"${name}" on ${on} would stay behind: ${because}`,
  remedy:
    'move it by a plan that names its engine, or name the containers to move in place of --all',
});

/** Containers that were meant, and that no plan can have. */
const leftBehind = ({names, all}: MoveOptions, leftOut: readonly LeftOut[]): readonly Problem[] =>
  leftOut.filter(({name, runs}) => (all ? runs !== false : names.includes(name))).map(stays);

/** Two names of one machine. */
const isOneMachine = ([from, to]: readonly [HostRoster, HostRoster]): boolean =>
  from.views.some(({machine}) =>
    to.views.some((view) => machine !== undefined && view.machine === machine),
  );

/** Members of a project that are not moved with it. */
function partsLeft(all: readonly Resident[], chosen: readonly Resident[]): readonly string[] {
  const projects = new Set(chosen.flatMap(({project}) => project ?? []));
  return all
    .filter(
      (each) => !chosen.includes(each) && each.project !== undefined && projects.has(each.project),
    )
    .map(
      ({container, project}) => `${container.name} (project ${project ?? ''}, ${container.state})`,
    );
}

const planSays = (plan: Plan, name: string): Problem => ({
  kind: 'plan',
  code: 'plan-says-otherwise',
  container: name,
  message: `plan "${plan.name}" (${plan.file}) has "${name}" on another host, with settings that this move does not use`,
  remedy: 'change the plan instead, or change it before its next apply moves the container back',
});

/** Plans that want one of these containers elsewhere. */
const saidOtherwise = (plans: readonly Plan[], moved: Plan): readonly Problem[] =>
  plans.flatMap((plan) =>
    [...moved.containers.values()].flatMap(({name, on}) => {
      const planned = plan.containers.get(name);
      const host = planned && plan.hosts.get(planned.on);
      return host && host.address !== moved.hosts.get(on)?.address ? [planSays(plan, name)] : [];
    }),
  );

interface Draft {
  /** The plan of the move. */
  readonly text: string;
  readonly plans: readonly Plan[];
  /** Not moved, and worth a word. */
  readonly left: readonly string[];
}

/** The plan: hosts that have a part in it, and each container on the target's engine of the same kind. */
function textOf(
  {hosts}: Movable,
  chosen: readonly Resident[],
  [from, to]: readonly [HostRoster, HostRoster],
  {strategy, relay}: Pick<MoveOptions, 'strategy'> & {readonly relay: boolean},
): string {
  const byEngine = new Map(to.views.map(({engine}, index) => [engine, hosts.target[index]?.name]));
  const place = ({engine}: Resident): string => byEngine.get(engine) ?? hosts.target[0]?.name ?? '';
  const targets = new Set(chosen.map(place));
  const sources = new Set(
    from.views.flatMap(({engine}, index) =>
      chosen.some((each) => each.engine === engine) ? [hosts.source[index]?.name] : [],
    ),
  );
  return writePlan({
    name: 'move',
    ...(relay && {transfer: 'relay' as const}),
    hosts: [
      ...hosts.source.filter(({name}) => sources.has(name)),
      ...hosts.target.filter(({name}) => targets.has(name)),
    ],
    containers: draftContainers(chosen, {place, ...(strategy && {strategy: () => strategy})}),
  });
}

async function draft(
  context: Context,
  options: MoveOptions,
): Promise<Result<Draft, readonly Problem[]>> {
  const {names: words, stopped, sshConfig} = options;
  const looked = await lookAtHosts(context, {
    words: [options.from, options.to],
    ...(sshConfig !== undefined && {sshConfig}),
  });
  if (!looked.ok) return looked;
  const {rosters, plans} = looked.value;
  const [from, to] = rosters;
  if (!from || !to || isOneMachine([from, to]))
    return err([
      usage(`"${options.from}" and "${options.to}" are one machine`, 'name two machines'),
    ]);
  const movable = movableFrom(from, to);
  const behind = leftBehind(options, movable.leftOut);
  if (behind.length > 0) return err(behind);
  const {all, interrupted} = movable;
  const chosen = selectResidents(all, {words, stopped, always: interrupted});
  if (!chosen.ok) return chosen;
  if (chosen.value.length === 0)
    return err([usage(`nothing runs on "${options.from}"`, 'use --stopped for what does not run')]);
  const relay = plans.some(({transfer}) => transfer === 'relay');
  const ends = [from, to] as const;
  const left = options.all
    ? all
        .filter((each) => !chosen.value.includes(each))
        .map(({container: {name, state}}) => `${name} (${state})`)
    : partsLeft(all, chosen.value);
  return ok({text: textOf(movable, chosen.value, ends, {...options, relay}), plans, left});
}

const unwritable = (file: string, message: string): Problem => ({
  kind: 'plan',
  code: 'cannot-write',
  message: `"${file}" cannot be written: ${message}`,
  remedy: 'name a new file in a folder that is there',
});

/** Asked before anything else: a plan that is there is not replaced. */
async function refuseFile({machine}: Context, file: string): Promise<readonly Problem[]> {
  const path = resolve(machine.cwd, file);
  const found = await lstat(path).catch(() => undefined);
  if (found) return [unwritable(file, 'it is there already')];
  const folder = await stat(dirname(path)).catch(() => undefined);
  return folder?.isDirectory() ? [] : [unwritable(file, 'there is no such folder')];
}

/** Never over a file that is there. */
async function save(
  {machine, printer}: Context,
  file: string,
  text: string,
): Promise<readonly Problem[]> {
  try {
    await writeFile(resolve(machine.cwd, file), text, {flag: 'wx'});
    printer.note(`saved as "${file}"`);
    return [];
  } catch (error) {
    return [unwritable(file, error instanceof Error ? error.message : String(error))];
  }
}

/** Exits after which nothing has been begun: the same command is still to be given. */
const nothingBegun: readonly number[] = [exits.declined, exits.preflight, exits.unreachable];

/** Why the command cannot be given at all; no host is looked at for it. */
async function whyNot(context: Context, options: MoveOptions): Promise<readonly Problem[]> {
  const wrong = wrongWords(options);
  if (wrong) return [wrong];
  const refusal = options.yes ? undefined : cannotAsk(context.machine, 'move');
  if (refusal) return [refusal];
  return options.write === undefined ? [] : refuseFile(context, options.write);
}

/** Shows the plan, asks, and does it; saved is what has been begun. */
async function carryOut(context: Context, options: MoveOptions, drafted: Draft): Promise<number> {
  const {printer, machine} = context;
  const {text, plans: known, left} = drafted;
  const loaded = await checkPlans(context, [{name: 'cm move', folder: machine.cwd, text}]);
  if (!loaded.ok) return context.fail(loaded.error);
  const {plans, warnings} = loaded.value;
  printer.problems(
    [...warnings, ...plans.flatMap((plan) => saidOtherwise(known, plan))],
    'warning',
  );
  for (const each of left) printer.note(`stays on ${options.from}: ${each}`);
  const exit = await runPlans(context, {
    plans,
    only: () => true,
    flags: options,
    word: 'carry out',
  });
  if (options.write === undefined || nothingBegun.includes(exit)) return exit;
  const unsaved = await save(context, options.write, text);
  return unsaved.length > 0 ? context.fail(unsaved) : exit;
}

/** `cm move`: a plan without a file. It is shown, asked for and done as every plan is. */
export async function moveContainers(context: Context, options: MoveOptions): Promise<number> {
  const wrong = await whyNot(context, options);
  if (wrong.length > 0) return context.fail(wrong);
  const drafted = await draft(context, options);
  return drafted.ok ? carryOut(context, options, drafted.value) : context.fail(drafted.error);
}
