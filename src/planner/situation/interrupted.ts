import {movesMemory} from '../../base/strategy.js';
import type {Problem} from '../../base/problem.js';
import type {ObservedContainer} from '../../engines/facts.js';
import type {Container} from '../../plan/plan.js';
import {bootOf, type HostView, type MoveRecord} from '../../state/host/observed.js';
import {arrivalOf, arrivedHow, forgot, hasArrived, isUp} from './arrival.js';
import {isAbout, recordIn} from './lineage.js';
import {problem, type Draft, type Scene} from './scene.js';
import {
  ambiguous,
  memoryLost,
  movedOn,
  replacedByAnother,
  startedAnew,
  startedFresh,
  unknownTarget,
} from './stand-problems.js';

/** A move, or a checkpoint, that a run has begun and not ended. */
export function interrupted(world: Scene): Draft | undefined {
  for (const source of world.views.values()) {
    const record = recordIn(source, world.container.name);
    if (record?.phase !== 'leaving' && record?.phase !== 'left') continue;
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
    const record = recordIn(target, container.name);
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
  const when = `run ${record.run} began to move it from ${source.host} to ${target.host} and ${howFar(record, source, target)}`;
  const doubt = doubts(world, record, {source, target, onSource, onTarget, arrival: ours});
  if (doubt) return problem(doubt);
  if (onTarget && hasArrived(record, ours, onTarget))
    return {
      kind: 'finish',
      ...both,
      onTarget,
      because: `${when}; it is ${arrivedHow(record, onTarget)}`,
    };
  const because = `${when}; ${downText(source, onSource)}`;
  return {kind: 'undo', ...both, ...(onTarget && ours && {onTarget}), because};
}

/** A run that keeps its lease is not dead; whoever undoes its move has to wait for it. */
const howFar = ({run, container}: MoveRecord, ...views: readonly HostView[]): string =>
  views.some(({leases}) =>
    leases.some((each) => each.run === run && each.name === container && !each.expired),
  )
    ? 'is still at work'
    : 'did not end';

const downText = ({host}: HostView, onSource: ObservedContainer | undefined): string =>
  isUp(onSource) ? `it still runs on ${host}` : 'it is down: it runs on neither host';

/** Once its record says what it was, nothing but that counts, or that it runs. */
function wake(
  {container}: Scene,
  source: HostView,
  record: MoveRecord,
  here: ObservedContainer | undefined,
): Draft {
  const {run, kept} = record;
  const described = isUp(here) ? undefined : kept?.described;
  const known = described ?? here;
  if (!known) return problem(ambiguous(container, record, here));
  const doubt = described ? undefined : forgetful(container, record, source, known);
  if (doubt) return problem(doubt);
  const when = `run ${run} froze it on ${source.host} and ${howFar(record, source)}`;
  const back = described && kept;
  const because = back ? `${when}; it comes back from checkpoint ${back.id}` : when;
  return {kind: 'wake', record, source, known, because, ...(back && {kept: back})};
}

/** What is on the two hosts of a move, and what the target says of it. */
interface Ends {
  readonly source: HostView;
  readonly target: HostView;
  readonly onSource: ObservedContainer | undefined;
  readonly onTarget: ObservedContainer | undefined;
  readonly arrival: MoveRecord | undefined;
}

/**
 * What only a person can decide. Whatever was moved, one of its name that was made since has no part in that. Where it left, or one of this name is on the target that this move does not explain,
 * whoever's and whether it runs or not, none must be started on the source.
 */
function doubts(world: Scene, record: MoveRecord, ends: Ends): Problem | undefined {
  const {container} = world;
  const {target, onSource} = ends;
  if (onSource && !isAbout(record, onSource)) return replacedByAnother(container, record);
  if (hasMovedOn(world, record, target)) return movedOn(container, record);
  return unclear(container, record, ends);
}

function unclear(
  container: Container,
  record: MoveRecord,
  {source, onSource, onTarget, arrival}: Ends,
): Problem | undefined {
  if (onTarget && hasArrived(record, arrival, onTarget))
    return onSource && forgot(record, arrival, onTarget)
      ? startedFresh(container, record, onTarget)
      : undefined;
  if (onSource && record.phase === 'leaving' && !isNewer(onTarget, arrival))
    return forgetful(container, record, source, onSource);
  return ambiguous(container, record, onTarget);
}

/** The host has restarted since the record was written, so nothing that was kept in its memory is left. */
const hasRestarted = ({boot}: MoveRecord, view: HostView): boolean =>
  boot !== undefined && bootOf(view) !== undefined && bootOf(view) !== boot;

/**
 * Somebody started it where it was frozen, so that it runs without its memory. To tidy up after the move would remove the
 * only images of that; after a restart of the host there are none.
 */
const begunAnew = (
  record: MoveRecord,
  view: HostView,
  here: ObservedContainer | undefined,
): boolean =>
  movesMemory[record.strategy] &&
  isUp(here) &&
  here?.restored === false &&
  record.startedAt !== undefined &&
  here.startedAt !== record.startedAt &&
  !hasRestarted(record, view);

/** It runs without the memory that is kept of it, or there is none any more. */
function forgetful(
  container: Container,
  record: MoveRecord,
  view: HostView,
  here: ObservedContainer,
): Problem | undefined {
  if (begunAnew(record, view, here)) return startedAnew(container, record, here);
  const isLost = movesMemory[record.strategy] && hasRestarted(record, view) && !isUp(here);
  return isLost ? memoryLost(container, record, view.host) : undefined;
}

/** What has served there since, as far as anybody can tell: one that never ran has not, nor has what this move left. */
const isNewer = (
  onTarget: ObservedContainer | undefined,
  arrival: MoveRecord | undefined,
): boolean => !arrival && onTarget !== undefined && onTarget.state !== 'created';

/**
 * The source was away while the container arrived and left again: its target tells of a way from there, or
 * the container runs on a third host.
 */
function hasMovedOn({container, found}: Scene, record: MoveRecord, target: HostView): boolean {
  const later = recordIn(target, container.name);
  if (later && later.run !== record.run)
    if ([later, later.found].some((each) => each?.from === target.host)) return true;
  return found.some(
    ({view: {host}, container: each}) => isUp(each) && ![record.from, record.to].includes(host),
  );
}
