import type {Problem} from '../../../base/problem.js';
import {restingOf, type Held, type Resting} from '../../../planner/checkpoint/retention.js';
import type {ContainerName, Plan} from '../../../plan/plan.js';
import {ask, failure} from '../../../state/host/ask.js';
import {basesOf, listKept, readKeptList} from '../../../state/host/kept-list.js';
import {observe} from '../../../state/host/observe.js';
import {darkIn, viewsOf} from '../../session/seen.js';
import type {World} from '../../session/world.js';

/** What the hosts of one plan keep, and what rests upon it. */
export interface Keeping {
  readonly held: readonly Held[];
  readonly resting: Resting;
  /** Containers that run on some host. */
  readonly running: ReadonlySet<ContainerName>;
  /** Why some of it is not known. */
  readonly problems: readonly Problem[];
}

const more = (host: string): Problem => ({
  kind: 'preflight',
  code: 'too-many-checkpoints',
  host,
  message: `"${host}" keeps more checkpoints than are looked at`,
  remedy: 'remove some of them, and look again',
});

async function keptOn(
  {looking}: World,
  plan: Plan,
  host: string,
): Promise<readonly Held[] | Problem> {
  const transport = await looking.transportOf(host);
  if (!transport.ok) return transport.error;
  const command = listKept(basesOf(plan));
  const asked = await ask(transport.value, command, looking.clock, looking.signal);
  if (!asked.ok) return asked.error;
  const message = `the checkpoints of "${host}" cannot be looked at`;
  const words = {kind: 'preflight', code: 'checkpoints-unreadable', message} as const;
  if (asked.value.code !== 0) return failure(host, command, asked.value, words);
  const read = readKeptList(asked.value.stdout);
  if (!read.ok) return {...words, host, message: `${message}: ${read.error}`};
  if (read.value.more) return more(host);
  return read.value.kept.map((kept) => ({...kept, host}));
}

/** Looks at every host of a plan: at what it keeps, and at who is at work there. Changes nothing. */
export async function lookAtKept(world: World, plan: Plan): Promise<Keeping> {
  const observed = await observe(world.looking, plan.hosts.values(), [...plan.containers.keys()]);
  const found = await Promise.all(
    viewsOf(observed).map(async ({host}) => keptOn(world, plan, host)),
  );
  return {
    held: found.flatMap((each) => ('code' in each ? [] : each)),
    resting: restingOf(observed),
    running: new Set(
      viewsOf(observed).flatMap(({look}) =>
        look.containers.flatMap(({name, state}) => (state === 'running' ? [name] : [])),
      ),
    ),
    problems: [...darkIn(observed), ...found.flatMap((each) => ('code' in each ? [each] : []))],
  };
}
