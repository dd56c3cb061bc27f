import {keepOne} from '../checkpoint/keep-one.js';
import type {Problem} from '../../base/problem.js';
import type {Container} from '../../plan/plan.js';
import {keptId} from '../../state/host/kept.js';
import type {StateChange} from '../change.js';
import {fingerprintOf} from '../situation/fingerprint.js';
import {pairOf} from '../strategy/ladder.js';
import {lane, making} from './lanes.js';
import type {Inputs} from '../inputs.js';
import type {SettledMove} from '../settled.js';
import {restoreAcross, restoreHere} from '../restore/plan-restore-lane.js';
import type {Draft} from '../situation/scene.js';
import type {Lane} from '../steps/step.js';
import {startParts, stopParts} from './turn.js';
import {ownPolicy, type ParkedRecord} from '../situation/wanted.js';

type TurnDraft = Draft & {kind: 'turn'};

const ends: Readonly<Record<StateChange, NonNullable<Lane['ends']>>> = {
  start: 'started',
  stop: 'stopped',
  park: 'parked',
  unpark: 'restored',
};

/** Of the same six digits whenever it is planned in this run; the time in it tells runs apart as well. */
function parkId({run, at}: Inputs, {name}: Container): string {
  let hash = 0x811c9dc5;
  for (const sign of `${run}/${name}`)
    hash = Math.imul(hash ^ (sign.codePointAt(0) ?? 0), 16777619);
  return keptId(at, (hash >>> 8).toString(16).padStart(6, '0'));
}

/** A checkpoint of it is kept, from which it comes back, and it stays stopped. */
function parked(inputs: Inputs, container: Container, draft: TurnDraft): SettledMove {
  const wish = {id: parkId(inputs, container), why: 'parked', park: true} as const;
  const {decision, lanes} = keepOne(inputs, container, draft.found, wish);
  const [made] = lanes;
  if (!made) return {decision};
  const on = draft.found.view.host;
  return {
    decision: {action: 'park', container, on, because: becauseOf(container, draft)},
    lane: {...made, ends: 'parked'},
  };
}

const memoryGone = (
  {name}: Container,
  host: string,
  {id, folder}: ParkedRecord['kept'],
): Problem => ({
  kind: 'look',
  code: 'memory-gone',
  container: name,
  host,
  message: `container "${name}" is parked, and its checkpoint ${id} in "${folder}" on "${host}" is not there or cannot be read`,
  remedy: `bring it back; to give its memory up, remove what /var/lib/cm/moves has of it on "${host}", start it there, and apply again`,
});

/** With its memory, from where that is kept. */
export function planBring(
  inputs: Inputs,
  container: Container,
  {record, keeper, to, found}: Draft & {kind: 'bring'},
): SettledMove {
  const {id, folder, described} = record.kept;
  const manifest = keeper.kept?.find((each) => each.id === id);
  const known = described ?? found?.container;
  if (!manifest || !known) {
    const problems = [memoryGone(container, keeper.host, record.kept)];
    return {decision: {action: 'refused', container, problems}};
  }
  const wish = {manifest, described: known, host: keeper.host, folder, safety: id};
  const scene = {container, target: to.host, ...(found && {found})};
  const {decision, lanes} =
    keeper === to
      ? restoreHere(inputs, scene, to, wish)
      : restoreAcross(inputs, scene, [keeper, to], wish);
  const [made] = lanes;
  if (!made) return {decision};
  const because = `it is parked on ${keeper.host}, and ${keeper === to ? `the plan wants it to run (${container.at})` : `belongs on ${to.host}`}`;
  return {decision: {action: 'unpark', container, on: to.host, because}, lane: made};
}

function becauseOf({state, at}: Container, {found}: TurnDraft): string {
  return `it is ${found.container.state}, and the plan wants it ${state ?? ''} (${at})`;
}

const unseen = (container: Container, host: string): Problem => ({
  kind: 'preflight',
  code: 'not-surveyed',
  container: container.name,
  host,
  message: `"${host}" could not be looked at closely`,
  remedy: 'apply again; "cm doctor" shows what the host answers',
});

/** It is where it belongs, and is to do there what the plan wants. */
export function planTurn(
  inputs: Inputs,
  container: Container,
  index: number,
  draft: TurnDraft,
): SettledMove {
  const {what, found, record} = draft;
  if (what === 'park') return parked(inputs, container, draft);
  const {view} = found;
  const {host} = view;
  const engine = inputs.engines.get(view.engine);
  const observed = {...found.container, restartPolicy: ownPolicy(found.container, record)};
  const pair = pairOf(container, observed, view, view);
  if (!engine || !pair)
    return {decision: {action: 'refused', container, problems: [unseen(container, host)]}};
  const way = {from: host, to: host, strategy: 'cold'} as const;
  const made = making(inputs, {container, index, pair, engine}, way);
  const fingerprint = fingerprintOf(inputs.observed, container.name, [host]);
  const parts = (what === 'stop' ? stopParts : startParts)(made, fingerprint, record);
  return {
    decision: {action: what, container, on: host, because: becauseOf(container, draft)},
    // Hooks and the like are for moves.
    lane: {...lane(inputs, made, 'move', parts), onFailure: [], onRollback: [], ends: ends[what]},
  };
}
