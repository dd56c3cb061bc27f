import type {ContainerState, ObservedContainer} from '../../engines/facts.js';
import type {Container, WantedState} from '../../plan/plan.js';
import type {MoveRecord} from '../../state/host/observed.js';
import type {StateChange} from '../change.js';
import {isAbout} from './lineage.js';

export const isUpState = (state: ContainerState): boolean =>
  state === 'running' || state === 'paused';

/** What a parked container comes back from. */
export type ParkedRecord = MoveRecord & {readonly kept: NonNullable<MoveRecord['kept']>};

export const parkedIn = (record: MoveRecord | undefined): ParkedRecord | undefined =>
  record?.phase === 'parked' && record.kept ? {...record, kept: record.kept} : undefined;

/** Stopped, with its memory in a kept checkpoint; one that somebody has started since is parked no more. */
export function isParked(
  {id, state, startedAt}: ObservedContainer,
  record: MoveRecord | undefined,
): boolean {
  const parked = parkedIn(record);
  if (parked?.id !== id || isUpState(state)) return false;
  const {startedAt: then} = parked.kept.described ?? {};
  return startedAt === undefined || then === undefined || startedAt === then;
}

/** It says that this container was to be stopped; what moves write down of that is for those who undo them. */
export const quietIn = (
  record: MoveRecord | undefined,
  container: ObservedContainer,
): (MoveRecord & {readonly stopped: NonNullable<MoveRecord['stopped']>}) | undefined =>
  record?.phase === 'arrived' && record.stopped && isAbout(record, container)
    ? {...record, stopped: record.stopped}
    : undefined;

/** The restart policy that it has, or that was switched off because it is to be stopped. */
export const ownPolicy = (container: ObservedContainer, record: MoveRecord | undefined): string =>
  quietIn(record, container)?.stopped.restartPolicy ?? container.restartPolicy;

const restartsItself = ({restartPolicy}: ObservedContainer): boolean =>
  restartPolicy !== 'no' && restartPolicy !== '';

/** `frozen`: its memory would be lost. `no-memory`: there is none any more that could be kept. */
export type Turn = Exclude<StateChange, 'unpark'> | 'none' | 'frozen' | 'no-memory';

/** What is to be done with a container that is where it belongs. Without a wish it stays as it is. */
export function turnOf(
  wanted: WantedState | undefined,
  found: ObservedContainer,
  record: MoveRecord | undefined,
): Turn {
  if (wanted === undefined) return 'none';
  return isUpState(found.state) ? ofRunning(wanted, found, record) : ofStill(wanted, found);
}

function ofRunning(
  wanted: WantedState,
  found: ObservedContainer,
  record: MoveRecord | undefined,
): Turn {
  if (wanted === 'stopped') return 'stop';
  if (wanted === 'parked') return 'park';
  // Started by a run that has died before it had put its policy back, or by a person.
  return quietIn(record, found) ? 'start' : 'none';
}

function ofStill(wanted: WantedState, found: ObservedContainer): Turn {
  if (wanted === 'stopped') return restartsItself(found) ? 'stop' : 'none';
  if (found.state === 'checkpointed') return 'frozen';
  return wanted === 'running' ? 'start' : 'no-memory';
}

/** One that is to be stopped when it arrives has no memory to bring, and nobody waits for it. */
export function asMoved(container: Container): Container {
  if (container.state !== 'stopped') return container;
  const {maxSent, maxRounds, totalMs} = container.budget;
  const budget = {
    ...(maxSent !== undefined && {maxSent}),
    ...(maxRounds !== undefined && {maxRounds}),
    ...(totalMs !== undefined && {totalMs}),
  };
  return {...container, strategy: ['cold'], budget};
}
