import {createHash} from 'node:crypto';
import type {Problem} from '../../../base/problem.js';
import {command} from '../../../base/command.js';
import {err, ok, type Result} from '../../../base/result.js';
import type {ObservedContainer} from '../../../engines/facts.js';
import {parseJson} from '../../../base/parse-json.js';
import {descriptionOf} from '../../../planner/checkpoint/keep-scripts.js';
import {restorePlanner} from '../../../planner/restore/plan-restore.js';
import type {RestoreWish} from '../../../planner/restore/restore-target.js';
import type {Plan} from '../../../plan/plan.js';
import {suggest} from '../../../plan/check/suggest.js';
import type {KeptManifest} from '../../../state/host/kept.js';
import {ask, failure} from '../../../state/host/ask.js';
import {isDescribed} from '../../../state/host/described.js';
import {cannotAsk} from '../../command-line/ask.js';
import {bare, newKeptId} from '../checkpoint/create.js';
import {findHeld, type FoundHeld} from '../checkpoint/find.js';
import {withKeepings, type PlanKeeping} from '../checkpoint/plans.js';
import type {Context} from '../../session/context.js';
import type {ConfirmedRunFlags} from '../../command-line/options.js';
import {restoreAs} from './as.js';
import {unknownContainer} from '../../command-line/selection.js';
import {runPlans} from '../../session/run-plans.js';

export interface RestoreOptions extends ConfirmedRunFlags {
  /** An ID, or `CONTAINER@latest`. */
  readonly what: string;
  /** Another host than the one that it is on. */
  readonly on?: string;
  /** The name of another container that it is restored into. */
  readonly as?: string;
}

const none = (name: string): Problem => ({
  kind: 'plan',
  code: 'no-such-checkpoint',
  message: `no host of the plan keeps a whole checkpoint of "${name}"`,
  remedy: 'list them with "cm checkpoint ls"',
});

/** What was kept only as the way back from another restore is not what anybody means by the latest. */
function latest(found: readonly PlanKeeping[], name: string): Result<FoundHeld, Problem> {
  const [newest] = found
    .flatMap((at) => at.keeping.held.map((held) => ({held, at})))
    .filter(({held}) => held.container === name && held.manifest)
    .filter(({held}) => held.manifest?.origin.why !== 'before-restore')
    .sort((one, other) => other.held.id.localeCompare(one.held.id));
  if (newest) return ok(newest);
  const names = new Set(found.flatMap(({plan}) => [...plan.containers.keys()]));
  return err(names.has(name) ? none(name) : unknownContainer(name, names));
}

function chosen(found: readonly PlanKeeping[], what: string): Result<FoundHeld, Problem> {
  const name = /^(.+)@latest$/u.exec(what)?.[1];
  return name === undefined ? findHeld(found, what) : latest(found, name);
}

const unfit = (id: string, message: string): Problem => ({
  kind: 'preflight',
  code: 'checkpoint-damaged',
  message: `checkpoint ${id} cannot be restored: ${message}`,
  remedy: 'choose another one of "cm checkpoint ls"',
});

function parsed(text: string): ObservedContainer | undefined {
  const value = parseJson(text);
  return value.ok && isDescribed(value.value) ? value.value : undefined;
}

/** The container as its engine described it then; it is believed because its digest is in the manifest. */
async function described(
  {held, at}: FoundHeld,
  {stored}: KeptManifest,
): Promise<Result<ObservedContainer, Problem>> {
  const path = descriptionOf(held.folder);
  const {looking} = at.world;
  const transport = await looking.transportOf(held.host);
  if (!transport.ok) return transport;
  const read = command('cat', '--', path);
  const asked = await ask(transport.value, read, looking.clock, looking.signal);
  if (!asked.ok) return asked;
  const words = unfit(held.id, `"${path}" cannot be read`);
  if (asked.value.code !== 0) return err(failure(held.host, read, asked.value, words));
  const text = asked.value.stdout;
  const digest = createHash('sha256').update(text).digest('hex');
  const known = stored.files.some(
    (each) => path.endsWith(`/${each.path}`) && each.sha256 === digest,
  );
  const container = known ? parsed(text) : undefined;
  return container ? ok(container) : err(unfit(held.id, `"${path}" is not what was kept`));
}

interface Wanted {
  readonly plan: Plan;
  readonly wish: RestoreWish;
}

async function wantedOf(
  found: readonly PlanKeeping[],
  {what, on}: RestoreOptions,
): Promise<Result<Wanted, Problem>> {
  const one = chosen(found, what);
  if (!one.ok) return one;
  const {held, at} = one.value;
  const {manifest, host, folder, id, wrong} = held;
  if (!manifest) return err(unfit(id, wrong ?? 'it has no manifest'));
  if (!at.plan.containers.has(held.container)) return err(none(held.container));
  if (on !== undefined && !at.plan.hosts.has(on)) return err(unknownHost(at.plan, on));
  const container = await described(one.value, manifest);
  if (!container.ok) return container;
  const where = {host, folder, ...(on !== undefined && {on})};
  const wish = {manifest, described: container.value, ...where, safety: newKeptId()};
  return ok({plan: at.plan, wish});
}

const unknownHost = ({name, hosts}: Plan, host: string): Problem => ({
  kind: 'plan',
  code: 'unknown-host',
  message: `plan "${name}" has no host "${host}"`,
  remedy: suggest(host, hosts.keys()) ?? `its hosts are ${[...hosts.keys()].join(', ')}`,
});

/** `cm restore`: a container is again what it was when a checkpoint of it was kept. */
export async function restore(context: Context, asked: RestoreOptions): Promise<number> {
  const refusal = asked.yes ? undefined : cannotAsk(context.machine, 'restore');
  if (refusal) return context.fail([refusal]);
  let wanted: Wanted | undefined;
  const seen = await withKeepings(context, asked.files, async (found) => {
    const one = await wantedOf(found, asked);
    if (!one.ok) return [one.error];
    wanted = one.value;
    return [];
  });
  if (!wanted) return seen;
  const {plan, wish} = wanted;
  const {container} = wish.manifest;
  if (asked.as !== undefined) return restoreAs(context, asked, {plan, wish, as: asked.as});
  return runPlans(context, {
    plans: [bare(plan)],
    only: (name) => name === container,
    flags: asked,
    word: `restore "${container}" of`,
    planner: restorePlanner(wish),
  });
}
