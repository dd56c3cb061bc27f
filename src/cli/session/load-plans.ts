import {createHash} from 'node:crypto';
import {join, resolve} from 'node:path';
import type {Problem} from '../../base/problem.js';
import {err, ok, type Result} from '../../base/result.js';
import {contestedContainers} from '../../plan/check/owners.js';
import {readPlans, type PlansRead, type PlanWorld} from '../../plan/read.js';
import type {Context} from './context.js';
import type {Selection} from '../command-line/options.js';
import {readPlanFiles, type PlanFile} from './plan-files.js';
import {readStream} from './read-plain.js';
import {isSaved, savedAlready} from './saved-plan.js';
import {choose, type Chosen} from '../command-line/selection.js';
import {variablesForPlans, withoutSsh, withVariableRemedy} from './untrusted.js';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function worldOf(
  {machine, home, mask, untrusted}: Context,
  {folder, text}: PlanFile,
): Omit<PlanWorld, 'file'> {
  return {
    env: untrusted === undefined ? machine.env : variablesForPlans(machine.env),
    onVariable: (name, value) => {
      mask.add(name, value, text);
    },
    sha256,
    resolvePath: (path) =>
      path === '~' || path.startsWith('~/') ? join(home, path.slice(1)) : resolve(folder, path),
  };
}

/** What is wrong with a file that lies elsewhere, without a word of it. */
const foreignProblem = ({name}: PlanFile): Problem => ({
  kind: 'plan',
  code: 'foreign-file',
  message: `"${name}" is a link to a file outside of its folder that is no valid plan`,
  remedy:
    'what is wrong with it is not shown, because the file may not be meant to be read; remove the link',
});

async function readOne(
  context: Context,
  file: PlanFile,
): Promise<Result<PlansRead, readonly Problem[]>> {
  if (isSaved(file.text)) return err([savedAlready(file.name)]);
  const read = await readPlans(file.name, file.text, worldOf(context, file));
  if (!read.ok && file.foreign) return err([foreignProblem(file)]);
  if (context.untrusted === undefined) return read;
  if (!read.ok) return err(read.error.map(withVariableRemedy));
  const bare = read.value.plans.map(withoutSsh);
  return ok({
    plans: bare.map(({plan}) => plan),
    warnings: [...read.value.warnings, ...bare.flatMap(({warnings}) => warnings)],
  });
}

export interface LoadedPlans extends PlansRead {
  readonly files: readonly PlanFile[];
}

/** All plans that these words mean, checked. With any problem there are none. */
export async function loadPlans(
  context: Context,
  words: readonly string[],
): Promise<Result<LoadedPlans, readonly Problem[]>> {
  const {cwd, stdin} = context.machine;
  const files = await readPlanFiles(words, {
    cwd,
    untrusted: context.untrusted !== undefined,
    readStdin: () => readStream(stdin),
  });
  return files.ok ? checkPlans(context, files.value) : files;
}

export interface ChosenPlans extends LoadedPlans {
  readonly only: Chosen;
}

/** With the containers that --only and --exclude leave. */
export async function loadChosen(
  context: Context,
  asked: Selection & {readonly files: readonly string[]},
): Promise<Result<ChosenPlans, readonly Problem[]>> {
  const loaded = await loadPlans(context, asked.files);
  if (!loaded.ok) return loaded;
  const only = choose(loaded.value.plans, asked);
  return only.ok ? ok({...loaded.value, only: only.value}) : only;
}

/** The plans in these files, whose text is known. */
export async function checkPlans(
  context: Context,
  files: readonly PlanFile[],
): Promise<Result<LoadedPlans, readonly Problem[]>> {
  const read = await Promise.all(files.map((file) => readOne(context, file)));
  const problems = read.flatMap((each) => (each.ok ? [] : each.error));
  if (problems.length > 0) return err(problems);
  const fine = read.flatMap((each) => (each.ok ? [each.value] : []));
  const plans = fine.flatMap((each) => each.plans);
  const contested = contestedContainers(plans);
  if (contested.length > 0) return err(contested.map(({problem}) => problem));
  return ok({
    files,
    plans,
    warnings: fine.flatMap(({warnings}) => warnings),
  });
}
