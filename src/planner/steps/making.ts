import type {Folder} from '../claims/folders.js';
import type {Ahead} from '../strategy/converge.js';
import type {Command} from '../../base/command.js';
import type {Files, Memory, Moves} from '../../engines/engine.js';
import type {FilesOwner, ObservedContainer} from '../../engines/facts.js';
import type {Container, HostName, Plan, Strategy} from '../../plan/plan.js';
import type {MoveRecord} from '../../state/host/observed.js';
import {removeRecord, writeRecord} from '../../state/host/records.js';
import type {Receiver, Step} from './step.js';
import type {Place} from '../claims/host-paths.js';

/** All that the steps of one lane are made of. */
export interface Making {
  readonly plan: Plan;
  readonly container: Container;
  readonly run: string;
  /** ISO 8601, for the records on the hosts. */
  readonly at: string;
  /** Git commit of the plan, for hooks. */
  readonly commit?: string;
  readonly from: HostName;
  readonly to: HostName;
  readonly strategy: Strategy;
  readonly observed: ObservedContainer;
  /** Of a move that goes on: the ID that it had where it began, since one made anew has another. */
  readonly began?: string;
  readonly moves: Moves;
  /** Folder in memory on both hosts, for this lane alone. */
  readonly scratch: string;
  /** What is synced. */
  readonly folders: readonly Folder[];
  /** Volumes that the target needs, synced or not. */
  readonly volumes: readonly Folder[];
  /** Bytes changed in the root filesystem. */
  readonly rootfs: number;
  /** It is to be stopped where it arrives: its restart policy is only written down there. */
  readonly asleep?: true;
  /** Its restart policy is off already; this says which it had. */
  readonly before?: MoveRecord;
  /** The ID that it had before its first move. */
  readonly lineage: string;
  /** The records that stand on the two hosts and are put back when this is undone. */
  readonly replaced: {readonly from?: MoveRecord; readonly to?: MoveRecord};
  /** Only of pre-copy. */
  readonly ahead?: Ahead;
  /** Where its folders lead on the target. */
  readonly places: readonly Place[];
  /** What the link takes besides the folders. */
  readonly receivers: Readonly<Record<string, Receiver>>;
}

/** A step before it has its place in the lane. */
export type Part = Omit<Step, 'id' | 'lane' | 'needs'> & {
  readonly name: string;
  /** Needs what the one before it needs, and so runs beside it. */
  readonly beside?: true;
  /** Needs these of the group before it, and runs beside the others of that group. */
  readonly follows?: readonly string[];
};

/**
 * Gives parts their identities. Each needs the one before it, or all of those before it that run beside
 * one another.
 */
export function chain(lane: string, parts: readonly Part[]): readonly Step[] {
  let before: readonly string[] = [];
  let group: readonly string[] = [];
  return parts.map(({name, beside, follows, ...part}) => {
    const id = `${lane}/${name}`;
    if (follows) {
      group = [...group, id];
      return {id, lane, needs: follows.map((each) => `${lane}/${each}`), ...part};
    }
    if (beside) group = [...group, id];
    else {
      before = group;
      group = [id];
    }
    return {id, lane, needs: before, ...part};
  });
}

/** Where a folder's content is linked to on the target, whatever the engine calls the place. */
export const landing = ({scratch}: {readonly scratch: string}, key: string): string =>
  `${scratch}/to/${key}`;

/** The record of this move, as it is written on either host. */
export const recordOf = (making: Making, phase: MoveRecord['phase']): MoveRecord => ({
  format: 1,
  container: making.container.name,
  id: idOf(making),
  run: making.run,
  plan: making.plan.name,
  from: making.from,
  to: making.to,
  strategy: making.strategy,
  phase,
  restartPolicy: making.observed.restartPolicy,
  ...(isQuiet(making, phase) && {stopped: {restartPolicy: making.observed.restartPolicy}}),
  at: making.at,
  ...identityOf(making, phase),
  ...(phase === 'leaving' &&
    making.observed.startedAt !== undefined && {startedAt: making.observed.startedAt}),
});

const idOf = ({began, observed}: Making): string => began ?? observed.id;

/** By which the record can be told from one of another container of that name, and what it stands in place of. */
function identityOf(making: Making, phase: MoveRecord['phase']): Partial<MoveRecord> {
  const {lineage, observed, replaced} = making;
  const id = idOf(making);
  const found =
    phase === 'leaving' ? replaced.from : phase === 'arriving' ? replaced.to : undefined;
  return {
    ...(lineage !== id && {lineage}),
    ...(phase === 'arrived' && observed.id !== id && {made: observed.id}),
    ...(found && {found}),
  };
}

/** Undone, a host has the record that it had before. */
export function putBack({replaced, container}: Making, side: 'from' | 'to'): Command {
  const record = replaced[side];
  return record ? writeRecord(record) : removeRecord(container.name);
}

/** Whose files the move leaves behind, or brings. */
export const ownerOf = ({run, container, lineage}: Making): FilesOwner => ({
  run,
  container: container.name,
  lineage,
});

const isQuiet = ({asleep, before}: Making, phase: MoveRecord['phase']): boolean =>
  phase === 'leaving' || phase === 'arriving' ? before !== undefined : asleep === true;

/** Of a lane that moves memory. Throws where the engine moves none: its refusals have to say so. */
export function memoryOf({moves}: Pick<Making, 'moves'>): Memory {
  if (!moves.memory) throw new Error('the engine moves no memory between these hosts');
  return moves.memory;
}

/** What runs a frozen container again, with its memory. Throws where nothing can. */
export function resumeOf({moves: {memory, ownTransfer}}: Pick<Making, 'moves'>): Command {
  const resume = memory?.resume ?? ownTransfer?.resume;
  if (!resume) throw new Error('the engine moves no memory between these hosts');
  return resume;
}

/** Of a lane that carries files. Throws where the engine carries them itself. */
export function filesOf({moves}: Pick<Making, 'moves'>): Files {
  if (!moves.files) throw new Error('the engine carries its files itself');
  return moves.files;
}

/** The engine starts it again by itself, so that has to be switched off, and put back. */
export const restarts = ({observed: {restartPolicy}}: Making): boolean =>
  restartPolicy !== 'no' && restartPolicy !== '';
