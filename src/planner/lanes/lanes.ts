import {type Folder, foldersOf} from '../claims/folders.js';
import type {Inputs} from '../inputs.js';
import {inRounds, movesMemory} from '../../base/strategy.js';
import type {Command} from '../../base/command.js';
import type {Engine, Moves, Pair} from '../../engines/engine.js';
import {weightIn} from '../../engines/host/weight-in.js';
import type {Container, Strategy} from '../../plan/plan.js';
import type {MoveRecord} from '../../state/host/observed.js';
import type {Change} from '../change.js';
import {coldParts} from './cold.js';
import {fingerprintOf} from '../situation/fingerprint.js';
import {placesOn} from '../claims/host-paths.js';
import {rescueSteps} from '../steps/hooks.js';
import {rootfsOf} from '../strategy/ladder.js';
import {lineageOf, recordIn, replacedOn, viewsOf} from '../situation/lineage.js';
import {chain, landing, type Making, type Part} from '../steps/making.js';
import {scratchOfKept} from '../checkpoint/keep.js';
import {ownTransferParts} from './own-transfer.js';
import {finishParts, tidyParts, undoParts} from './recover.js';
import type {Draft} from '../situation/scene.js';
import {statefulParts} from './stateful.js';
import {isUpState} from '../situation/wanted.js';
import type {Lane, Receiver} from '../steps/step.js';
import {wakeParts} from './wake.js';

/** In memory on every host; short, since the path of a socket in it may have 104 bytes at most. */
export const scratchOf = (run: string, index: number): string => `/run/cm/${run}/${index}`;

export interface Ordered {
  readonly container: Container;
  readonly index: number;
  readonly pair: Pair;
  readonly engine: Engine;
  /** What says that its restart policy is off, since it was to be stopped. */
  readonly before?: MoveRecord;
}

/** The container may grow until it is frozen, and images hold more than pages. */
const growth = 4;
const slack = 128 * 2 ** 20;

/**
 * What a stream of memory may have at most, bytes. What processes share is counted once in what is expected, and may be
 * written for each of them.
 */
function mostOfMemory({container, source}: Pair, {memory}: Moves): number | undefined {
  const weight = weightIn(source, container.name);
  return weight && memory && memory.checkpoint.bytes * (growth + weight.processes) + slack;
}

function receiversOf(
  pair: Pair,
  moves: Moves,
  strategy: Strategy,
  folders: readonly Folder[],
  scratch: string,
): Readonly<Record<string, Receiver>> {
  const folder = (key: string): readonly [string, Receiver] => [
    key,
    {kind: 'folder', path: landing({scratch}, key)},
  ];
  const most = mostOfMemory(pair, moves);
  const memory = (key: string, command: Command): readonly [string, Receiver] => [
    key,
    {kind: 'program', command, inMemory: true, ...(most !== undefined && {most})},
  ];
  return Object.fromEntries([
    ...(moves.image ? [['image', imageReceiver(moves.image)] as const] : []),
    ...(!movesMemory[strategy] || moves.memory?.vessel ? [folder('rootfs')] : []),
    ...(movesMemory[strategy] && moves.memory
      ? [memory('checkpoint', moves.memory.checkpoint.receive)]
      : []),
    ...(inRounds[strategy] && moves.rounds ? [memory('round', moves.rounds.receive)] : []),
    ...folders.map(({key}) => folder(key)),
  ]);
}

const imageReceiver = ({receive, most}: NonNullable<Moves['image']>): Receiver => ({
  kind: 'program',
  command: receive,
  ...(most !== undefined && {most}),
});

/** `scratch`: where it has to be a certain one. */
export function making(
  inputs: Inputs,
  {container, index, pair, engine}: Ordered,
  way: Way,
  scratch = scratchOf(inputs.run, index),
): Making {
  const moves = engine.moves(pair, scratch);
  const {synced, needed} = foldersOf(container, pair.container, pair.source);
  return {
    plan: inputs.plan,
    container,
    run: inputs.run,
    at: inputs.at,
    ...(inputs.commit !== undefined && {commit: inputs.commit}),
    ...way,
    observed: pair.container,
    moves,
    scratch,
    lineage: way.lineage ?? lineageOf(viewsOf(inputs.observed), pair.container),
    replaced: replacedBy(inputs, container, way),
    folders: synced,
    volumes: needed,
    rootfs: rootfsOf(pair.source, container.name),
    places: placesOn({survey: pair.target}, pair.container, engine),
    receivers: receiversOf(pair, moves, way.strategy, synced, scratch),
  };
}

type Way = Pick<Making, 'from' | 'to' | 'strategy' | 'ahead' | 'began' | 'asleep' | 'before'> &
  Partial<Pick<Making, 'lineage'>>;

function replacedBy(
  {observed}: Inputs,
  {name}: Container,
  {from, to}: Pick<Way, 'from' | 'to'>,
): Making['replaced'] {
  const [here, there] = [replacedOn(observed, from, name), replacedOn(observed, to, name)];
  return {...(here && {from: here}), ...(there && {to: there})};
}

export function lane(
  inputs: Inputs,
  made: Making,
  kind: Lane['kind'],
  parts: readonly Part[],
): Lane {
  const {container, from, to} = made;
  const within = (name: string): boolean =>
    inputs.plan.containers.has(name) && (inputs.only?.(name) ?? true);
  return {
    container: container.name,
    kind,
    from,
    to,
    after: container.dependsOn.filter(within),
    steps: chain(container.name, parts),
    onFailure: rescueSteps(made, 'onFailure'),
    onRollback: rescueSteps(made, 'onRollback'),
  };
}

/** Whether its restart policy is off where it is, and is to be where it arrives. */
function quietOf({container, before, pair}: Ordered): Pick<Making, 'asleep' | 'before'> {
  const stays = container.state === undefined && before && !isUpState(pair.container.state);
  const asleep = container.state === 'stopped' || stays;
  return {...(before && {before}), ...(asleep && {asleep: true})};
}

type Parts = (making: Making, fingerprint: string) => readonly Part[];

/** The steps of each strategy, where `cm` carries files and memory. */
const partsOf: Readonly<Record<Strategy, Parts>> = {
  cold: coldParts,
  stateful: statefulParts,
  'pre-copy': statefulParts,
};

export function moveLane(inputs: Inputs, ordered: Ordered & {readonly change: Change}): Lane {
  const {from, to, strategy, ahead} = ordered.change;
  const way = {from, to, strategy, ...(ahead && {ahead}), ...quietOf(ordered)};
  const made = making(inputs, ordered, way);
  const fingerprint = fingerprintOf(inputs.observed, ordered.container.name, [from, to]);
  const parts = made.moves.ownTransfer ? ownTransferParts : partsOf[strategy];
  return lane(inputs, made, 'move', parts(made, fingerprint));
}

export function recoveryLane(
  inputs: Inputs,
  ordered: Ordered & {readonly draft: Draft & {kind: 'finish' | 'undo'}},
): Lane {
  const {draft, container} = ordered;
  const from = draft.source.host;
  const to = draft.target.host;
  const {strategy, id, lineage = id, stopped, run} = draft.record;
  // Where only the target was told of the move, the source still has the record itself.
  const before = stopped && replacedOn(inputs.observed, from, container.name);
  const way = {
    ...{from, to, strategy, began: id, lineage},
    ...quietOf({...ordered, ...(before && {before})}),
  };
  const made = making(inputs, ordered, way);
  const fingerprint = fingerprintOf(inputs.observed, container.name, [from, to]);
  const parts =
    draft.kind === 'finish'
      ? finishParts(made, fingerprint)
      : undoParts(made, fingerprint, {
          run,
          onTarget: draft.onTarget !== undefined,
          isDeclared: isDeclaredBy(run, recordIn(draft.target, container.name)),
        });
  return lane(inputs, made, draft.kind, parts);
}

/** The target's record is of that run, and not of another story. */
const isDeclaredBy = (run: string, record: MoveRecord | undefined): boolean =>
  record?.phase === 'arriving' && record.run === run;

export function tidyLane(
  inputs: Inputs,
  ordered: Ordered & {readonly draft: Draft & {kind: 'tidy'}},
): Lane {
  const {draft, container} = ordered;
  const from = draft.source.host;
  const to = draft.target.host;
  const made = making(inputs, ordered, {from, to, strategy: 'cold'});
  const fingerprint = fingerprintOf(inputs.observed, container.name, [from, to]);
  return lane(inputs, made, 'finish', tidyParts(made, fingerprint));
}

export function wakeLane(
  inputs: Inputs,
  ordered: Ordered & {readonly draft: Draft & {kind: 'wake'}},
): Lane {
  const {draft, container} = ordered;
  const {source, kept} = draft;
  const way: Way = {from: source.host, to: source.host, strategy: 'stateful'};
  const made = making(inputs, ordered, way, kept && scratchOfKept(kept.id));
  const fingerprint = fingerprintOf(inputs.observed, container.name, [source.host]);
  return lane(inputs, made, 'undo', wakeParts(made, fingerprint, kept?.folder));
}
