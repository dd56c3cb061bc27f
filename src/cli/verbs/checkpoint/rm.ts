import type {Problem} from '../../../base/problem.js';
import {
  isParkedUpon,
  retention,
  type Doomed,
  type Held,
} from '../../../planner/checkpoint/retention.js';
import {renderDoomed} from '../../../report/text/checkpoint-text.js';
import {plural} from '../../../report/text/columns.js';
import {askYes, cannotAsk} from '../../command-line/ask.js';
import {findHeld, type FoundHeld} from './find.js';
import {withKeepings, type PlanKeeping} from './plans.js';
import {removeAll} from './remove.js';
import type {Context} from '../../session/context.js';

export interface PruneOptions {
  readonly files: readonly string[];
  readonly yes: boolean;
  readonly lockWaitMs: number;
}

export interface RmOptions extends PruneOptions {
  readonly ids: readonly string[];
}

const parkedUpon = ({id, host, container}: Held): Problem => ({
  kind: 'preflight',
  code: 'parked-upon',
  host,
  container,
  message: `checkpoint ${id} is the memory of "${container}", which is parked on "${host}"`,
  remedy: `let it come back with \`state: running\` first; to give its memory up, remove the container there, and /var/lib/cm/moves/${container}.json`,
});

const declined: Problem = {
  kind: 'declined',
  code: 'declined',
  message: 'nothing was removed',
};

interface Sentenced {
  readonly at: PlanKeeping;
  readonly doomed: readonly Doomed[];
}

/** Shows all that would go, asks once, and removes it. */
async function removeAsked(
  context: Context,
  sentenced: readonly Sentenced[],
  {yes, lockWaitMs}: PruneOptions,
): Promise<readonly Problem[]> {
  const {printer, machine} = context;
  const count = sentenced.reduce((sum, {doomed}) => sum + doomed.length, 0);
  for (const {at, doomed} of sentenced)
    printer.result(renderDoomed(at.plan, doomed, printer.options.outAbility));
  if (!yes && count > 0) {
    const nobody = cannotAsk(machine, 'checkpoint', 'asks before it removes anything');
    if (nobody) return [nobody];
    if (!(await askYes(machine, `remove ${plural(count, 'checkpoint')} for good?`)))
      return [declined];
  }
  const problems: Problem[] = [];
  for (const {at, doomed} of sentenced)
    problems.push(...(await removeAll(context, {...at, doomed, lockWaitMs})));
  return problems;
}

function sentence(named: readonly FoundHeld[]): readonly Sentenced[] {
  const plans = [...new Set(named.map(({at}) => at))];
  return plans.map((at) => ({
    at,
    doomed: [...new Set(named.filter((each) => each.at === at).map(({held}) => held))].map(
      (held) => ({held, because: 'you named it'}),
    ),
  }));
}

/** `cm checkpoint rm`: removes those that are named, all of them or none. */
export const removeCheckpoints = async (context: Context, asked: RmOptions): Promise<number> =>
  withKeepings(context, asked.files, async (all) => {
    const found = asked.ids.map((id) => findHeld(all, id));
    const named = found.flatMap((each) => (each.ok ? [each.value] : []));
    const problems = [
      ...found.flatMap((each) => (each.ok ? [] : [each.error])),
      ...named
        .filter(({held, at}) => isParkedUpon(held, at.keeping.resting))
        .map(({held}) => parkedUpon(held)),
    ];
    return problems.length > 0 ? problems : removeAsked(context, sentence(named), asked);
  });

/** What the plan does not want kept of any of its containers, and what is unfinished of any. */
function overdue({plan, keeping}: PlanKeeping): readonly Doomed[] {
  const owners = new Map<string, Held[]>();
  for (const held of keeping.held)
    owners.set(held.container, [...(owners.get(held.container) ?? []), held]);
  return [...owners].flatMap(([container, held]) =>
    retention(held, plan.containers.get(container)?.checkpoints ?? {}, keeping.resting),
  );
}

/** `cm checkpoint prune`: removes what the plan does not want kept, and what dead runs did not finish. */
export const pruneCheckpoints = async (context: Context, asked: PruneOptions): Promise<number> =>
  withKeepings(context, asked.files, async (all) => {
    const sentenced = all
      .map((at) => ({at, doomed: overdue(at)}))
      .filter(({doomed}) => doomed.length > 0);
    if (sentenced.length === 0) context.printer.result('nothing to remove');
    return removeAsked(context, sentenced, asked);
  });
