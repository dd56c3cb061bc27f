import type {Inputs} from '../inputs.js';
import {refusedFor, unseen, type Settled} from '../settled.js';
import {allowRefusalsBetween} from '../claims/allowed.js';
import type {
  Beside,
  Engine,
  Moves,
  Pair,
  Refusal,
  SurveyQuestion,
  TargetOps,
  Twin,
} from '../../engines/engine.js';
import type {ObservedContainer} from '../../engines/facts.js';
import type {Container, HostName} from '../../plan/plan.js';
import type {HostView, MoveRecord} from '../../state/host/observed.js';
import {viewWithout} from '../alone.js';
import type {Planned} from '../change.js';
import {fingerprintOf} from '../situation/fingerprint.js';
import {fileMounts} from '../claims/folders.js';
import {pairOf} from '../strategy/ladder.js';
import {lane, making, scratchOf, type Ordered} from '../lanes/lanes.js';
import {planMoves} from '../plan-moves.js';
import {copyOf, copyWanted, ownOf, twinsOf} from './restore-as-copy.js';
import {restoreAsParts} from './restore-as.js';
import {
  fixedAddresses,
  nameRefusals,
  openConnections,
  placeRefusals,
  publishedPorts,
  writtenByBoth,
} from './restore-as-refusals.js';
import {imageMissing, makerRefusals, weighed, type RestoreWish} from './restore-target.js';

/** A checkpoint is to be restored into a container of another name. The plan of the inputs is the original's. */
export type CopyWish = Omit<RestoreWish, 'safety'> & {
  /** The name of the copy. */
  readonly as: string;
  /** Of the plan: the one that was kept. */
  readonly original: Container;
};

const copyIn = ({run, engines}: Inputs, {original, described, as, manifest}: CopyWish) =>
  copyOf(run, original, described, as, engines.get(manifest.maker.engine));

const targetFor = ({on, host}: CopyWish): HostName => on ?? host;

/** The planner of `cm restore --as`. Nothing but the copy is dealt with. */
export const copyPlanner = (wish: CopyWish) => ({
  questions: (inputs: Inputs): ReadonlyMap<HostName, SurveyQuestion> => {
    const copy = copyIn(inputs, wish);
    return new Map<HostName, SurveyQuestion>([
      [wish.host, {leaving: [], arriving: []}],
      [targetFor(wish), {leaving: [], arriving: fileMounts(copy)}],
    ]);
  },
  planMoves: (inputs: Inputs): Planned => {
    const none = planMoves({...inputs, only: () => false});
    const settled = planCopy(inputs, wish);
    const target = settled.decision.container;
    const hosts = [...inputs.plan.hosts.keys()];
    return {
      ...none,
      decisions: [settled.decision],
      graph: {...none.graph, lanes: settled.lanes},
      fingerprints: {[target.name]: fingerprintOf(inputs.observed, target.name, hosts)},
    };
  },
});

interface Scene {
  readonly container: Container;
  readonly copy: ObservedContainer;
  readonly pair: Pair;
  readonly keeper: HostView;
  readonly target: HostView;
  readonly views: readonly HostView[];
  /** What a run has begun that is under way, or dead; the lease tells. */
  readonly begun?: MoveRecord;
}

/** What the run of this record has made, if anything. */
function leftoverOf({copy, target, begun}: Pick<Scene, 'copy' | 'target' | 'begun'>) {
  if (!begun) return undefined;
  return target.look.containers.find(
    ({name, labels}) => name === copy.name && labels['cm.as'] === scratchOf(begun.run, 0),
  );
}

function sceneOf(
  inputs: Inputs,
  wish: CopyWish,
  container: Container,
  copy: ObservedContainer,
): Scene | undefined {
  const to = targetFor(wish);
  const views = [...inputs.observed.hosts.values()].filter((view) => 'look' in view);
  const keeper = views.find(({host}) => host === wish.host);
  const target = views.find(({host}) => host === to);
  if (!keeper || !target) return undefined;
  const begun = target.records.find(
    (each) => each.container === copy.name && each.phase === 'arriving' && each.kept,
  );
  const leftover = leftoverOf({copy, target, ...(begun && {begun})});
  const free = leftover ? viewWithout(target, {...leftover, ports: []}) : target;
  const {manifest} = wish;
  const weighing = weighed(keeper, {...manifest, container: copy.name});
  const pair = pairOf(container, copy, weighing, free);
  return pair && {container, copy, pair, keeper, target, views, ...(begun && {begun})};
}

const onlyItself = (name: string): Refusal => ({
  code: 'only-itself',
  message: `${name} restores a checkpoint only into the container that was kept, and not into another one beside it`,
  remedy: 'leave out --as: it is restored in its own place, and what runs there is kept first',
});

/** What the engine can do with it. */
interface Ability {
  readonly moves: Moves;
  readonly beside: Beside | undefined;
  /** Its folders are copied like volumes, as it has none. */
  readonly binds: boolean;
}

function refusalsOf(
  wish: CopyWish,
  {copy, pair, target, keeper, views, begun}: Scene,
  {moves, beside, binds}: Ability,
): readonly Refusal[] {
  const {described, manifest, original} = wish;
  if (!beside || keeper.engine !== target.engine) return [onlyItself(keeper.engine)];
  const own = ownOf(described, copy);
  const mounts = fileMounts(copy);
  const leftover = leftoverOf({copy, target, ...(begun && {begun})});
  const isSent = keeper !== target && pair.source.images.some(({id}) => id === manifest.image.id);
  return [
    ...nameRefusals(copy.name, views, leftover),
    ...writtenByBoth(original, described, binds),
    ...beside.refusals,
    ...(beside.closes ? [] : openConnections(manifest)),
    ...fixedAddresses(described, views),
    ...publishedPorts(described, target),
    ...placeRefusals(
      own,
      mounts.filter((mount) => mount.readOnly || own.includes(mount)),
      target,
      begun?.run,
    ),
    ...makerRefusals(manifest, target.engine, pair.target),
    ...(moves.image && !isSent ? [imageMissing(manifest)] : []),
  ];
}

/** What the engine is told to do under the other name. */
function besideEngine(engine: Engine, first: string, twins: readonly Twin[]): Engine {
  const moves = (pair: Pair, scratch: string): Moves => {
    const plain = engine.moves(pair, scratch);
    const beside = plain.copy?.(first, twins);
    if (!beside || !plain.memory) return plain;
    const {receive, sealed, restore, discard, vessel} = beside;
    const checkpoint = {...plain.memory.checkpoint, receive};
    const asked: TargetOps['sealed'] = (how) => (how === 'restored' ? sealed : undefined);
    return {
      ...plain,
      // The folders and addresses of a copy are its own.
      target: {...plain.target, runs: (how) => plain.source.runs(how), sealed: asked, discard},
      memory: {...plain.memory, checkpoint, restore, ...(vessel && {vessel})},
    };
  };
  return {...engine, moves};
}

function planCopy(inputs: Inputs, wish: CopyWish): Settled {
  const {original, described} = wish;
  const copy = copyIn(inputs, wish);
  const to = targetFor(wish);
  const container = copyWanted(original, copy, to);
  const scene = sceneOf(inputs, wish, container, copy);
  const engine = scene && inputs.engines.get(scene.keeper.engine);
  if (!scene || !engine) return refusedFor(container, to, [unseen]);
  const {pair} = scene;
  const moves = engine.moves(pair, scratchOf(inputs.run, 0));
  const twins = twinsOf(described, copy);
  const beside = moves.copy?.(described.name, twins);
  const own = refusalsOf(wish, scene, {moves, beside, binds: engine.twin !== undefined});
  // What both find is told once.
  const others = beside ? engine.refusals('stateful', pair) : [];
  const refusals = [
    ...own,
    ...others.filter(({code}) => !own.some((each) => each.code === code)),
    ...allowRefusalsBetween(container, copy, engine, {source: scene.keeper, target: scene.target}),
  ];
  if (refusals.length > 0) return refusedFor(container, to, refusals);
  return laneOf(inputs, wish, scene, {
    container,
    index: 0,
    pair,
    engine: besideEngine(engine, described.name, twins),
  });
}

function laneOf(inputs: Inputs, wish: CopyWish, scene: Scene, ordered: Ordered): Settled {
  const {container, keeper, target, pair, begun} = scene;
  const {manifest, described, folder} = wish;
  const {id, origin, stored} = manifest;
  const [from, to] = [keeper.host, target.host];
  const made = making(inputs, ordered, {from, to, strategy: 'stateful'});
  const scratch = begun && scratchOf(begun.run, 0);
  const parts = restoreAsParts(
    {
      restoring: {making: made, folder, files: stored.files},
      ...{plan: inputs.plan, id},
      ...(scratch !== undefined && {dead: {moves: ordered.engine.moves(pair, scratch), scratch}}),
    },
    fingerprintOf(inputs.observed, container.name, [from, to]),
  );
  const because = `as "${described.name}" was at ${origin.at}, which is not touched`;
  return {
    decision: {action: 'restore', container, id, because, from, to},
    lanes: [
      {
        ...lane(inputs, made, 'move', parts),
        ...{after: [], onFailure: [], onRollback: [], ends: 'restored'},
      },
    ],
  };
}
