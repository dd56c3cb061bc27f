import {createHash} from 'node:crypto';
import {join, resolve} from 'node:path';
import {text as readAll} from 'node:stream/consumers';
import type {Problem} from '../base/problem.js';
import {err, ok, type Result} from '../base/result.js';
import {readPlans, type PlansRead, type PlanWorld} from '../plan/read.js';
import type {Context} from './context.js';
import type {Selection} from './invocation.js';
import {readPlanFiles, type PlanFile} from './plan-files.js';
import {choose, type Chosen} from './selection.js';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function worldOf({machine, home}: Context, {folder}: PlanFile): Omit<PlanWorld, 'file'> {
  return {
    env: machine.env,
    sha256,
    resolvePath: (path) =>
      path === '~' || path.startsWith('~/') ? join(home, path.slice(1)) : resolve(folder, path),
  };
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
  const files = await readPlanFiles(words, {cwd, readStdin: () => readAll(stdin)});
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
  const read = await Promise.all(
    files.map((file) => readPlans(file.name, file.text, worldOf(context, file))),
  );
  const problems = read.flatMap((each) => (each.ok ? [] : each.error));
  if (problems.length > 0) return err(problems);
  const fine = read.flatMap((each) => (each.ok ? [each.value] : []));
  return ok({
    files,
    plans: fine.flatMap(({plans}) => plans),
    warnings: fine.flatMap(({warnings}) => warnings),
  });
}
