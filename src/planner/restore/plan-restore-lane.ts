import {hereOf, keepingOf} from '../checkpoint/keep-one.js';
import {refusedFor, unseen, type Settled} from '../settled.js';
import type {Inputs} from '../inputs.js';
import type {Refusal} from '../../engines/engine.js';
import type {HostView} from '../../state/host/observed.js';
import {keptFolder} from '../../state/host/kept.js';
import {fetchedParts, fetchParts, type Fetching} from '../checkpoint/fetch.js';
import {fingerprintOf} from '../situation/fingerprint.js';
import {arrivalRefusals, keepRefusals} from '../claims/folder-refusals.js';
import type {Keeping} from '../checkpoint/keep-parts.js';
import {partOf} from '../checkpoint/keep-scripts.js';
import {lane} from '../lanes/lanes.js';
import {recordIn} from '../situation/lineage.js';
import type {Making} from '../steps/making.js';
import {restoreHereParts} from './restore.js';
import {restoreAcrossParts} from './restore-across.js';
import type {Crossing} from './restore-crossing.js';
import {targetOf, type RestoreScene, type RestoreWish} from './restore-target.js';
import type {Lane} from '../steps/step.js';
import {isParked, parkedIn} from '../situation/wanted.js';

/** In place of itself; what is kept on another host is brought first. */
export function restoreHere(
  inputs: Inputs,
  scene: RestoreScene,
  view: HostView,
  wish: RestoreWish,
): Settled {
  const {host} = view;
  const {container} = scene;
  const target = targetOf(inputs, scene, [view, view], wish);
  if (!target) return refusedFor(container, host, [unseen]);
  const {made, empty} = target;
  const now = nowOf(inputs, scene, wish);
  const refusals = [
    ...target.refusals,
    ...keepRefusals(container, wish.described, empty),
    ...safetyRefusals(inputs, scene),
  ];
  if (refusals.length > 0) return refusedFor(container, host, refusals);
  const fetching = wish.host === host ? undefined : fetchingOf(inputs, made, wish);
  const folder = fetching ? partOf(fetching.target) : wish.folder;
  const parts = restoreHereParts(
    {making: made, folder, files: wish.manifest.stored.files},
    fingerprintOf(inputs.observed, container.name, [host]),
    now?.safety,
    now?.making,
    fetching && fetchParts(fetching),
  );
  const all = [...parts, ...(fetching ? fetchedParts(fetching) : [])];
  return done(scene, wish, lane(inputs, made, 'move', all), now?.safety);
}

/** Beside what the host itself keeps, so that nobody takes it for another one. */
const fetchedIn = '/var/lib/cm/fetched';

function fetchingOf({plan}: Inputs, made: Making, wish: RestoreWish): Fetching {
  const {manifest, host, folder: source} = wish;
  const {id, container} = manifest;
  const target = keptFolder(container, id, fetchedIn);
  return {plan, making: made, from: host, to: made.to, id, source, target};
}

/** To another host than where it is now, or where nothing of it is. */
export function restoreAcross(
  inputs: Inputs,
  scene: RestoreScene,
  [keeper, view]: readonly [HostView, HostView],
  wish: RestoreWish,
): Settled {
  const {host: to} = view;
  const {container, found} = scene;
  const target = targetOf(inputs, scene, [keeper, view], wish);
  if (!target) return refusedFor(container, to, [unseen]);
  const refusals = [
    ...target.refusals,
    ...arrivalRefusals({container, lineage: target.made.lineage}, wish.described, view),
    ...safetyRefusals(inputs, scene),
  ];
  if (refusals.length > 0) return refusedFor(container, to, refusals);
  const now = leavingTo(target.made, nowOf(inputs, scene, wish));
  const from = found?.view.host ?? keeper.host;
  const restoring = {
    making: target.made,
    folder: wish.folder,
    files: wish.manifest.stored.files,
  };
  const parts = restoreAcrossParts(
    {restoring, plan: inputs.plan, ...(now && {now})},
    fingerprintOf(inputs.observed, container.name, [from, keeper.host, to]),
  );
  const made = {...lane(inputs, target.made, 'move', parts), from};
  return done(scene, wish, made, now?.safety);
}

/** Of what is there now; only what runs has a memory to keep. */
function nowOf(
  inputs: Inputs,
  {container, found}: RestoreScene,
  {safety: id}: RestoreWish,
): Crossing['now'] {
  const now = found && hereOf(inputs, container, found);
  if (!now) return undefined;
  const keeping = keepingOf(inputs, now, {id, why: 'before-restore'});
  const runs = found.container.state === 'running';
  return {making: keeping.making, ...(runs && {safety: keeping})};
}

/** What is there now is kept first, so that has to be possible as well. Of a parked one all is kept already. */
function safetyRefusals(inputs: Inputs, {container, found}: RestoreScene): readonly Refusal[] {
  if (!found) return [];
  const {state} = found.container;
  const record = parkedIn(recordIn(found.view, container.name));
  if (state !== 'running')
    return record && isParked(found.container, record) ? [] : [notKept(container.name, state)];
  const now = hereOf(inputs, container, found);
  return now ? now.engine.refusals('stateful', now.pair) : [unseen];
}

const notKept = (name: string, state: string): Refusal => ({
  code: 'not-running',
  message: `container "${name}" is ${state}, so what it is now cannot be kept first`,
  remedy:
    'start it first; restore the checkpoint beside it, under another name (--as); or remove it, when nothing of it is needed any more',
});

/** In the words of a move. */
function leavingTo({to, replaced: {to: there}}: Making, now: Crossing['now']): Crossing['now'] {
  if (!now) return undefined;
  const {from} = now.making.replaced;
  const making = {...now.making, to, replaced: {...(from && {from}), ...(there && {to: there})}};
  return {making, ...(now.safety && {safety: {...now.safety, making}})};
}

function done(
  {container}: RestoreScene,
  {manifest, host}: RestoreWish,
  restored: Lane,
  safety: Keeping | undefined,
): Settled {
  const {id, origin} = manifest;
  const then = safety
    ? `what it is now is kept as ${safety.head.id} first`
    : 'nothing of it runs now';
  const because = `as it was at ${origin.at}; ${then}`;
  return {
    decision: {
      ...{action: 'restore', container, id, because},
      ...{from: host, to: restored.to},
    },
    lanes: [{...restored, after: [], onFailure: [], onRollback: [], ends: 'restored'}],
  };
}
