import type {Problem} from '../base/problem.js';
import type {ObservedContainer} from '../engines/facts.js';
import type {Container, HostName, Plan} from '../plan/plan.js';
import type {HostView, MoveRecord, Observed} from '../state/observed.js';
import type {Turning} from './change.js';
import {arrivalOf, arrivedHow, forgot, hasArrived, isUp} from './arrival.js';
import {
  ambiguous,
  frozen,
  movedOn,
  nothingToPark,
  notFound,
  runsTwice,
  startedFresh,
  unknownTarget,
  unreachableHosts,
} from './stand-problems.js';
import {parkedDraft} from './parked.js';
import {isParked, recordIn, turnOf, type ParkedRecord} from './wanted.js';

/** A container as it was found on one host. */
export interface Found {
  readonly view: HostView;
  readonly container: ObservedContainer;
}

/** Where a container stands, before any strategy is chosen. */
export type Draft =
  | {readonly kind: 'settled'; readonly found: Found}
  | {readonly kind: 'move'; readonly found: Found; readonly to: HostView}
  /** Parked, and to run: its memory is brought from where it is kept, also from another host. */
  | {
      readonly kind: 'bring';
      readonly record: ParkedRecord;
      readonly keeper: HostView;
      readonly to: HostView;
      /** What is still there of it. */
      readonly found?: Found;
    }
  /** Where it belongs, and not doing there what the plan wants. */
  | {
      readonly kind: 'turn';
      readonly what: Turning;
      readonly found: Found;
      readonly record?: MoveRecord;
    }
  /** Where it belongs, but a run that brought it or tried to has died before it had tidied up. */
  | {
      readonly kind: 'tidy';
      readonly found: Found;
      readonly source: HostView;
      readonly target: HostView;
      readonly because: string;
    }
  | {
      readonly kind: 'finish' | 'undo';
      readonly record: MoveRecord;
      readonly source: HostView;
      readonly target: HostView;
      /** What the move left on either host, if anything. */
      readonly onSource?: ObservedContainer;
      readonly onTarget?: ObservedContainer;
      readonly because: string;
    }
  /** Frozen on its own host for a checkpoint, or being put back into one, by a run that has died. */
  | {
      readonly kind: 'wake';
      readonly record: MoveRecord;
      readonly source: HostView;
      /** As it is there; or as it was, where it has to be brought back from what was kept. */
      readonly known: ObservedContainer;
      readonly kept?: NonNullable<MoveRecord['kept']>;
      readonly because: string;
    }
  | {readonly kind: 'problem'; readonly problem: Problem};

const isView = (view: HostView | Problem | undefined): view is HostView =>
  view !== undefined && 'look' in view;

const runs = ({container}: Found): boolean => isUp(container);

/** The world as one container sees it. */
export interface Scene {
  readonly plan: Plan;
  readonly container: Container;
  readonly views: ReadonlyMap<HostName, HostView>;
  readonly dark: readonly Problem[];
  readonly found: readonly Found[];
}

function scene(plan: Plan, observed: Observed, container: Container): Scene {
  const views = new Map<HostName, HostView>();
  const dark: Problem[] = [];
  const found: Found[] = [];
  for (const [name, view] of observed.hosts) {
    if (!isView(view)) {
      dark.push(view);
      continue;
    }
    views.set(name, view);
    const here = view.look.containers.find((each) => each.name === container.name);
    if (here) found.push({view, container: here});
  }
  return {plan, container, views, dark, found};
}

const problem = (value: Problem): Draft => ({kind: 'problem', problem: value});

/**
 * Decides from what the hosts show, and from nothing else, where a container stands:
 *
 * 1. It runs twice → nobody guesses.
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

function interrupted(world: Scene): Draft | undefined {
  for (const source of world.views.values()) {
    const record = source.records.find(
      ({container, phase}) =>
        container === world.container.name && (phase === 'leaving' || phase === 'left'),
    );
    if (!record) continue;
    const onSource = world.found.find(({view}) => view === source)?.container;
    // Of a container that is gone, or that somebody brought back, the record only says what was left behind.
    if (record.phase === 'left' && !isRest(record, onSource)) continue;
    const isMove = record.from !== record.to;
    return (isMove ? recovery : wake)(world, source, record, onSource);
  }
  return unbegun(world);
}

/** What is still there of a container that left: the same one, and it does not run. */
const isRest = (record: MoveRecord, here: ObservedContainer | undefined): boolean =>
  here?.id === record.id && here.state !== 'running' && here.state !== 'paused';

/** A container that was made on the target, and never started, by a run that died before it touched the source. */
function unbegun({container, views, found}: Scene): Draft | undefined {
  for (const {view: target, container: onTarget} of found) {
    const record = target.records.find((each) => each.container === container.name);
    if (record?.phase !== 'arriving' || record.to !== target.host) continue;
    const source = views.get(record.from);
    const onSource = found.find(({view}) => view === source)?.container;
    if (onTarget.state !== 'created' || !source || onSource?.id !== record.id) continue;
    const because = `run ${record.run} made it on ${target.host} and did not go on`;
    return {kind: 'undo', record, source, target, onSource, onTarget, because};
  }
  return undefined;
}

function recovery(
  world: Scene,
  source: HostView,
  record: MoveRecord,
  onSource: ObservedContainer | undefined,
): Draft {
  const {container} = world;
  const target = world.views.get(record.to);
  if (!target) {
    const dark = world.dark.find(({host}) => host === record.to);
    return problem(unknownTarget(container, record, source.host, dark));
  }
  const onTarget = world.found.find(({view}) => view === target)?.container;
  const ours = arrivalOf(record, target);
  const both = {record, source, target, ...(onSource && {onSource})};
  const when = `run ${record.run} began to move it from ${source.host} to ${target.host} and did not end`;
  const doubt = hasMovedOn(world, record, target)
    ? movedOn(container, record)
    : doubts(container, record, onSource, onTarget, ours);
  if (doubt) return problem(doubt);
  if (onTarget && hasArrived(record, ours, onTarget))
    return {
      kind: 'finish',
      ...both,
      onTarget,
      because: `${when}; it is ${arrivedHow(record, onTarget)}`,
    };
  const because = `${when}; it does not run on ${target.host}`;
  return {kind: 'undo', ...both, ...(onTarget && ours && {onTarget}), because};
}

/** Once its record says what it was, nothing but that counts, or that it runs. */
function wake(
  {container}: Scene,
  source: HostView,
  record: MoveRecord,
  here: ObservedContainer | undefined,
): Draft {
  const {run, kept} = record;
  const known = isUp(here) ? here : (kept?.described ?? here);
  if (!known) return problem(ambiguous(container, record, here));
  const when = `run ${run} froze it on ${source.host} and did not end`;
  const gone = kept?.described !== undefined && !isUp(here);
  const because = gone ? `${when}; it comes back from checkpoint ${kept.id}` : when;
  return {kind: 'wake', record, source, known, because, ...(gone && {kept})};
}

/**
 * What only a person can decide. Where it left, or one of this name is on the target that this move does not explain,
 * whoever's and whether it runs or not, none must be started on the source.
 */
function doubts(
  container: Container,
  record: MoveRecord,
  onSource: ObservedContainer | undefined,
  onTarget: ObservedContainer | undefined,
  arrival: MoveRecord | undefined,
): Problem | undefined {
  if (onTarget && hasArrived(record, arrival, onTarget))
    return onSource && forgot(record, arrival, onTarget)
      ? startedFresh(container, record, onTarget)
      : undefined;
  if (onSource && record.phase === 'leaving' && !isNewer(onTarget, arrival)) return undefined;
  return ambiguous(container, record, onTarget);
}

/** What has served there since, as far as anybody can tell: one that never ran has not, nor has what this move left. */
const isNewer = (
  onTarget: ObservedContainer | undefined,
  arrival: MoveRecord | undefined,
): boolean =>
  isUp(onTarget) || (!arrival && onTarget !== undefined && onTarget.state !== 'created');

/**
 * The source was away while the container arrived and left again: its target tells of a way from there, or
 * the container runs on a third host.
 */
const hasMovedOn = ({container, found}: Scene, record: MoveRecord, target: HostView): boolean =>
  target.records.some(
    ({container: name, from, run}) =>
      name === container.name && from === target.host && run !== record.run,
  ) ||
  found.some(
    ({view: {host}, container: each}) => isUp(each) && ![record.from, record.to].includes(host),
  );

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
