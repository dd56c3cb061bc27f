import {lanesOf, refusedFor, unseen, withLanes, type Settled} from '../settled.js';
import type {Inputs} from '../inputs.js';
import type {SurveyQuestion} from '../../engines/engine.js';
import type {HostName} from '../../plan/plan.js';
import type {HostView} from '../../state/host/observed.js';
import type {Planned} from '../change.js';
import {fileMounts} from '../claims/folders.js';
import {foundOf} from '../checkpoint/plan-keep.js';
import {planMoves} from '../plan-moves.js';
import {questions} from '../questions.js';
import {restoreAcross, restoreHere} from './plan-restore-lane.js';
import type {RestoreScene, RestoreWish} from './restore-target.js';
import {stand} from '../situation/stand.js';

/** The planner of `cm restore`; what an earlier run left half done comes first, as it does in `apply`. */
export const restorePlanner = (wish: RestoreWish) => ({
  questions: (inputs: Inputs): ReadonlyMap<HostName, SurveyQuestion> => {
    const scene = sceneOf(inputs, wish);
    if (!scene) return questions(inputs);
    const {found, target} = scene;
    const mounts = [...fileMounts(wish.described), ...(found ? fileMounts(found.container) : [])];
    const asked = new Map<HostName, SurveyQuestion>([
      [wish.host, {leaving: [], arriving: []}],
      [target, {leaving: [], arriving: mounts}],
    ]);
    if (found) asked.set(found.view.host, {leaving: [found.container], arriving: mounts});
    return asked;
  },
  planMoves: (inputs: Inputs): Planned => planRestore(inputs, wish),
});

/** Undefined while something else has to be ended before, or nobody can tell where it is. */
function sceneOf(inputs: Inputs, wish: RestoreWish): RestoreScene | undefined {
  const container = inputs.plan.containers.get(wish.manifest.container);
  if (!container) return undefined;
  const found = foundOf(inputs, container);
  const draft = stand(inputs.plan, inputs.observed, container);
  const isLost =
    draft.kind === 'bring' || (draft.kind === 'problem' && draft.problem.code === 'not-found');
  if (!found && !isLost) return undefined;
  const target = wish.on ?? found?.view.host ?? wish.host;
  return {container, target, ...(found && {found})};
}

function planRestore(inputs: Inputs, wish: RestoreWish): Planned {
  const base = planMoves(inputs);
  const scene = sceneOf(inputs, wish);
  const settled = base.decisions.map((decision): Settled => {
    const asked = decision.container.name === wish.manifest.container;
    if (!asked || !scene) return {decision, lanes: lanesOf(base, decision)};
    return restoreOne(inputs, scene, wish);
  });
  return withLanes(base, settled);
}

const viewOf = ({observed}: Inputs, host: HostName): HostView | undefined => {
  const view = observed.hosts.get(host);
  return view && 'look' in view ? view : undefined;
};

function restoreOne(inputs: Inputs, scene: RestoreScene, wish: RestoreWish): Settled {
  const {container, target, found} = scene;
  const view = viewOf(inputs, target);
  if (!view?.survey) return refusedFor(container, target, [unseen]);
  const inPlace = found?.view.host === target || (!found && target === wish.host);
  if (inPlace) return restoreHere(inputs, scene, view, wish);
  const keeper = viewOf(inputs, wish.host);
  if (!keeper?.survey) return refusedFor(container, wish.host, [unseen]);
  return restoreAcross(inputs, scene, [keeper, view], wish);
}
