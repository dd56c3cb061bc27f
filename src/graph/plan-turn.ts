import type {Problem} from '../base/problem.js';
import type {Container} from '../plan/plan.js';
import type {Turning} from './change.js';
import {fingerprintOf} from './fingerprint.js';
import {pairOf} from './ladder.js';
import {lane, making} from './lanes.js';
import type {Inputs, Settled} from './plan-moves.js';
import type {Draft} from './stand.js';
import type {Lane} from './step.js';
import {startParts, stopParts} from './turn.js';
import {ownPolicy} from './wanted.js';

type TurnDraft = Draft & {kind: 'turn'};

const ends: Readonly<Record<Turning, NonNullable<Lane['ends']>>> = {
  start: 'started',
  stop: 'stopped',
  park: 'parked',
  unpark: 'restored',
};

function becauseOf({state, at}: Container, {found}: TurnDraft): string {
  return `it is ${found.container.state}, and the plan wants it ${state ?? ''} (${at})`;
}

const unseen = (container: Container, host: string): Problem => ({
  kind: 'preflight',
  code: 'not-surveyed',
  container: container.name,
  host,
  message: `"${host}" could not be looked at closely`,
  remedy: 'see what is said of the host',
});

/** It is where it belongs, and is to do there what the plan wants. */
export function planTurn(
  inputs: Inputs,
  container: Container,
  index: number,
  draft: TurnDraft,
): Settled {
  const {what, found, record} = draft;
  const {view} = found;
  const {host} = view;
  const engine = inputs.engines.get(view.engine);
  const observed = {...found.container, restartPolicy: ownPolicy(found.container, record)};
  const pair = pairOf(container, observed, view, view);
  if (!engine || !pair)
    return {standing: {kind: 'problem', container, problems: [unseen(container, host)]}};
  const way = {from: host, to: host, strategy: 'cold'} as const;
  const made = making(inputs, {container, index, pair, engine}, way);
  const fingerprint = fingerprintOf(inputs.observed, container.name, [host]);
  const parts = (what === 'stop' ? stopParts : startParts)(made, fingerprint, record);
  return {
    standing: {kind: 'turn', container, what, on: host, because: becauseOf(container, draft)},
    // Hooks and the like are for moves.
    lane: {...lane(inputs, made, 'move', parts), onFailure: [], onRollback: [], ends: ends[what]},
  };
}
