import {createHash} from 'node:crypto';
import {dirname, resolve} from 'node:path';
import type {Problem} from '../../../base/problem.js';
import {err, ok, type Result} from '../../../base/result.js';
import {contestedContainers} from '../../../plan/check/owners.js';
import type {Plan} from '../../../plan/plan.js';
import {watch as watchPlans, type WatchedFile} from '../../../run/watch/watch.js';
import {watchFolders} from '../../../run/watch/folders.js';
import {applyPlan} from '../../session/apply-plan.js';
import {follow} from '../../session/follow.js';
import {systemClock} from '../../session/clock.js';
import type {Context} from '../../session/context.js';
import {exits} from '../../command-line/exit.js';
import type {RunFlags} from '../../command-line/options.js';
import {checkPlans} from '../../session/load-plans.js';
import {lookAtOne} from '../../session/look-at-all.js';
import {listPlanFiles, readPlanFiles} from '../../session/plan-files.js';
import {findProvenance} from '../../session/provenance.js';
import {allowsRunnerHooks, refuseRunnerHooks} from '../../session/runner-config.js';
import {chosenBy} from '../../command-line/selection.js';
import {keepDue} from './keep.js';

export interface WatchOptions extends RunFlags {
  readonly intervalMs?: number;
  /** Where hooks may run although this machine's configuration does not allow them. */
  readonly allowHooks: readonly string[];
}

const fiveMinutes = 300_000;

function permitted(
  context: Context,
  plans: readonly Plan[],
  allowed: boolean,
): Result<readonly Plan[], readonly Problem[]> {
  const refused = allowed ? [] : refuseRunnerHooks(context, plans);
  return refused.length > 0 ? err(refused) : ok(plans);
}

/** Files that are there now; what cannot be read has vanished for the time being. */
async function readAll(
  context: Context,
  {files: words, allowHooks}: WatchOptions,
): Promise<readonly WatchedFile[]> {
  const {cwd} = context.machine;
  const untrusted = context.untrusted !== undefined;
  const readStdin = (): Promise<string> => Promise.resolve('');
  const allowed = await allowsRunnerHooks(context, allowHooks);
  const names = await listPlanFiles(words, cwd);
  if (!names.ok) return [];
  const files = await Promise.all(
    names.value.map((name) => readPlanFiles([name], {cwd, untrusted, readStdin})),
  );
  const watched = await Promise.all(
    files
      .flatMap((read) => (read.ok ? read.value : []))
      .map(async (file) => {
        const read = await checkPlans(context, [file]);
        return {
          name: file.name,
          hash: createHash('sha256').update(file.text).digest('hex'),
          plans: read.ok ? permitted(context, read.value.plans, allowed) : read,
        };
      }),
  );
  return withoutContested(watched);
}

/** Two files that want one container on different hosts are both refused, until one of them changes. */
function withoutContested(files: readonly WatchedFile[]): readonly WatchedFile[] {
  const contested = contestedContainers(files.flatMap(({plans}) => (plans.ok ? plans.value : [])));
  return files.map((file) => {
    const {plans} = file;
    if (!plans.ok) return file;
    const own = contested.filter(({plan}) => plans.value.includes(plan));
    const problems = own.map(({problem}) => problem);
    return own.length === 0 ? file : {...file, plans: {ok: false as const, error: problems}};
  });
}

/** A watch outlives commits: each run asks git anew. */
function forRun(context: Context, {file}: Plan): Context {
  const {machine, untrusted} = context;
  let provenance: ReturnType<Context['provenance']> | undefined;
  return {
    ...context,
    provenance: () => (provenance ??= findProvenance(machine, file, untrusted !== undefined)),
  };
}

/** `cm watch`: applies whenever a plan or the world has changed, until it is told to stop. */
export async function watch(context: Context, asked: WatchOptions): Promise<number> {
  const {machine, printer} = context;
  const names = await listPlanFiles(asked.files, machine.cwd);
  if (!names.ok) return context.fail(names.error);
  const only = chosenBy(asked);
  const followers = follow(context, {});
  const approve = (): Promise<boolean> => Promise.resolve(true);
  const folders = new Set(names.value.map((name) => dirname(resolve(machine.cwd, name))));
  await watchPlans({
    read: () => readAll(context, asked),
    subscribe: (onChange) => watchFolders([...folders], onChange),
    look: async (plan) => (await lookAtOne(context, plan, only)).planned,
    apply: async (plan) =>
      (await applyPlan(forRun(context, plan), {plan, only, flags: asked, approve})).exit,
    keep: async (plan) => keepDue(forRun(context, plan), plan, only, asked),
    clock: systemClock,
    random: Math.random,
    intervalMs: asked.intervalMs ?? fiveMinutes,
    settleMs: 200,
    say: (event) => {
      followers.on({type: 'watch', at: systemClock.now(), ...event});
    },
    stop: machine.stop,
  });
  printer.problems(await followers.close(), 'warning');
  return exits.interrupted;
}
