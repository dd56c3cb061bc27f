import {writeFile} from 'node:fs/promises';
import {resolve} from 'node:path';
import type {Problem} from '../../../base/problem.js';
import {err, ok, type Result} from '../../../base/result.js';
import type {Strategy} from '../../../base/strategy.js';
import {writePlan} from '../../../plan/write.js';
import type {ConfirmedRunFlags} from '../../command-line/options.js';
import type {Context} from '../../session/context.js';
import {cannotAsk} from '../../command-line/ask.js';
import {draftContainers} from '../../session/draft-plan.js';
import {checkPlans} from '../../session/load-plans.js';
import {lookAtHosts} from '../../session/look-at-hosts.js';
import {residentsOf, type Resident, type Residents} from '../../session/residents.js';
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

/** What is on the source, and the name of the target for one of its containers. */
interface Ends {
  readonly residents: Residents;
  readonly source: readonly Resident[];
  readonly targetOf: (resident: Resident) => string;
}

/** A target with the same engine is that engine's; another one is whatever the target has first. */
function endsOf([from, to]: readonly [HostRoster, HostRoster]): Ends {
  const residents = residentsOf([from, to]);
  const here = new Set(residents.hosts.slice(0, from.views.length).map(({name}) => name));
  const there = residents.hosts.slice(from.views.length);
  const byEngine = new Map(to.views.map(({engine}, index) => [engine, there[index]?.name]));
  return {
    residents,
    source: residents.all.filter(({on}) => here.has(on)),
    targetOf: ({engine}) => byEngine.get(engine) ?? there[0]?.name ?? '',
  };
}

/** The plan of the move, as text. */
async function draft(
  context: Context,
  options: MoveOptions,
): Promise<Result<string, readonly Problem[]>> {
  const {names: words, stopped, strategy, sshConfig} = options;
  const looked = await lookAtHosts(context, {
    words: [options.from, options.to],
    ...(sshConfig !== undefined && {sshConfig}),
  });
  if (!looked.ok) return looked;
  const [from, to] = looked.value;
  if (!from || !to) return err([usage('that is one host', 'name two hosts')]);
  const {residents, source, targetOf} = endsOf([from, to]);
  const chosen = selectResidents(source, {words, stopped});
  if (!chosen.ok) return chosen;
  if (chosen.value.length === 0)
    return err([usage(`nothing runs on "${options.from}"`, 'use --stopped for what does not run')]);
  return ok(
    writePlan({
      name: 'move',
      hosts: residents.hosts,
      containers: draftContainers(chosen.value, {
        place: targetOf,
        ...(strategy && {strategy: () => strategy}),
      }),
    }),
  );
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
    const message = `"${file}" cannot be written: ${error instanceof Error ? error.message : String(error)}`;
    return [{kind: 'plan', code: 'cannot-write', message, remedy: 'name a new file'}];
  }
}

/** `cm move`: a plan without a file. It is shown, asked for and done as every plan is. */
export async function moveContainers(context: Context, options: MoveOptions): Promise<number> {
  const wrong = wrongWords(options);
  if (wrong) return context.fail([wrong]);
  const refusal = options.yes ? undefined : cannotAsk(context.machine, 'move');
  if (refusal) return context.fail([refusal]);
  const text = await draft(context, options);
  if (!text.ok) return context.fail(text.error);
  const {cwd} = context.machine;
  const loaded = await checkPlans(context, [{name: 'cm move', folder: cwd, text: text.value}]);
  if (!loaded.ok) return context.fail(loaded.error);
  const {plans, warnings} = loaded.value;
  context.printer.problems(warnings, 'warning');
  if (options.write !== undefined) {
    const unsaved = await save(context, options.write, text.value);
    if (unsaved.length > 0) return context.fail(unsaved);
  }
  return runPlans(context, {plans, only: () => true, flags: options, word: 'carry out'});
}
