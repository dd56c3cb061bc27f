import type {Container, Plan} from '../../plan/plan.js';
import type {HostView, Observed} from '../../state/host/observed.js';
import {isUp} from './arrival.js';
import {interrupted} from './interrupted.js';
import {recordIn} from './lineage.js';
import {parkedDraft} from './parked.js';
import {problem, scene, type Draft, type Found, type Scene} from './scene.js';
import {
  frozen,
  notReadable,
  nothingToPark,
  notFound,
  runsTwice,
  sameMachine,
  unreachableHosts,
} from './stand-problems.js';
import {isParked, turnOf} from './wanted.js';

const runs = ({container}: Found): boolean => isUp(container);

const isOneMachine = (one: HostView, other: HostView): boolean =>
  one.machine !== undefined && one.machine === other.machine && one.engine === other.engine;

/**
 * Decides from what the hosts show, and from nothing else, where a container stands:
 *
 * 0. A host has it, or a record of it, in words that cannot be read → nobody guesses.
 * 1. Two hosts of the plan are one machine that has it, or it runs twice → nobody guesses.
 * 2. A host has a record of a move that has begun and not ended → `finish` it when the container
 *    runs on the target, `undo` it when it does not; nobody guesses while the target cannot be seen, nor
 *    when it runs there without its memory, and its memory is still on the source.
 *    A move from a host to itself is a checkpoint, or a way back to one: `wake` it.
 * 3. It is where it belongs → `settled`, or `tidy` while a lease of a dead run is there: a run gives
 *    its leases back last of all.
 *    What it does there and what the plan wants it to do may differ: `turn` it. What is frozen is never
 *    started. A parked one stays parked until the plan says `running`, or that it belongs elsewhere:
 *    `bring` it, also where nothing but what is kept of it is left.
 * 4. It is on exactly one other host → `move`, unless somebody froze it there: its memory would be lost.
 */
export function stand(plan: Plan, observed: Observed, container: Container): Draft {
  const world = scene(plan, observed, container);
  const [odd] = world.unreadable;
  if (odd) return problem(notReadable(container, odd));
  const twin = world.found.find(({view}, index) =>
    world.found.slice(0, index).some((other) => isOneMachine(other.view, view)),
  );
  if (twin) return problem(sameMachine(container, world.found, twin));
  const running = world.found.filter(runs);
  if (running.length > 1)
    return problem(
      runsTwice(
        container,
        running.map(({view}) => view.host),
      ),
    );
  return interrupted(world) ?? resting(world, running[0]);
}

function resting(world: Scene, running: Found | undefined): Draft {
  const {container, found, dark} = world;
  const home = found.find(({view}) => view.host === container.on);
  if (running && running === home) return untidy(world, running);
  const to = world.views.get(container.on);
  if (!to || (dark.length > 0 && !running)) return problem(unreachableHosts(container, dark));
  if (running) return {kind: 'move', found: running, to};
  const parked = parkedDraft(world, to);
  if (parked) return parked;
  return home ? untidy(world, home) : still(world, to);
}

/** It runs nowhere, and every host was looked at. */
function still({container, found, views}: Scene, to: HostView): Draft {
  const [only, other] = found;
  if (!only) return problem(notFound(container, [...views.keys()]));
  if (other)
    return problem(
      runsTwice(
        container,
        found.map(({view}) => view.host),
        'exists, stopped,',
      ),
    );
  if (only.container.state === 'checkpointed') return problem(frozen(container, only.view.host));
  return {kind: 'move', found: only, to};
}

function turned({container}: Scene, found: Found): Draft {
  const record = recordIn(found.view, container.name);
  const what = isParked(found.container, record)
    ? 'none'
    : turnOf(container.state, found.container, record);
  if (what === 'none') return {kind: 'settled', found};
  if (what === 'frozen') return problem(frozen(container, found.view.host));
  if (what === 'no-memory')
    return problem(nothingToPark(container, found.view.host, found.container));
  return {kind: 'turn', what, found, ...(record && {record})};
}

function untidy(world: Scene, home: Found): Draft {
  const {container, views} = world;
  const dead = [...views.values()].flatMap((view) =>
    view.leases
      .filter(({name, expired}) => expired && name === container.name)
      .map(({run}) => ({view, run})),
  );
  const [first] = dead;
  if (!first) return turned(world, home);
  const {view} = dead.find((each) => each.view !== home.view) ?? first;
  const because = `run ${first.run} ended before it had tidied up; it is where it belongs`;
  return {kind: 'tidy', found: home, source: view, target: home.view, because};
}
