import {command} from '../../base/command.js';
import type {HostName} from '../../plan/plan.js';
import {removeRecord, writeRecord} from '../../state/host/records.js';
import {sweep} from '../steps/commit.js';
import {putBack, recordOf, type Making, type Part, memoryOf, filesOf} from '../steps/making.js';
import {markParts, onBoth, scratchAt} from '../steps/parts.js';
import {policyOn} from '../steps/policy.js';
import {checked, proof, sealedParts} from '../steps/prove.js';
import {bringParts} from './restore-across.js';
import {claimAll, endParts, linkParts, type Crossing} from './restore-crossing.js';
import {checkPart, readyPart, vesselParts, volumeParts} from './restore.js';

/** What is restored beside the one that was kept; `restoring.making` is of the copy, and there is none of it yet. */
export interface Copying extends Pick<Crossing, 'restoring' | 'plan'> {
  /** Of the checkpoint; in the record, by which it can be told from a move. */
  readonly id: string;
  /** What a dead run has made of the copy, with the commands of that run. */
  readonly dead?: Pick<Making, 'moves' | 'scratch'>;
}

/**
 * Into another container. The one that was kept is not touched, nor leased: what is read of its checkpoint is
 * held against digests before it is read, and must still be there after it, since who removes a checkpoint
 * moves it away first. What is made is under the name of the copy, with its lease and its record; the
 * commit takes the record away, so whatever is there with a record is of a run that did not come so far.
 */
export function restoreAsParts(copying: Copying, fingerprint: string): readonly Part[] {
  const {restoring} = copying;
  const {making} = restoring;
  const {from, to, container, moves} = making;
  const parts: readonly Part[] = [
    ...claimAll(copying, fingerprint),
    ...deadParts(copying),
    ...sweep(making),
    checkPart(restoring, from),
    {
      name: 'declare-arriving',
      title: `record on ${to} that it is being created`,
      host: to,
      because: 'what a run that dies has made is removed by the next one, from what the host says',
      act: {kind: 'run', host: to, command: writeRecord(begunRecord(copying))},
      undo: {kind: 'run', host: to, command: putBack(making, 'to')},
    },
    ...onBoth(making, (host) => scratchAt(host, making)),
    ...volumeParts(making),
    ...markParts(making),
    ...linkParts(copying),
    ...vesselParts(making),
    readyPart(making),
    ...bringParts(restoring),
    stillThere(from, restoring.folder),
    ...sealedParts(making, 'restored'),
    {
      name: 'restore',
      title: `restore it as ${container.name} on ${to}`,
      host: to,
      because: 'it goes on where the other one was when it was kept',
      act: {kind: 'run', host: to, command: memoryOf(making).restore},
      undo: {kind: 'run', host: to, command: moves.target.discard},
      fence: true,
    },
    ...proof(making, 'restored'),
    ...checked(making),
    ...commitParts(making),
    ...endParts(copying),
  ];
  // Nothing stands still for it.
  return parts.map(({downtime, ...part}) => (downtime === undefined ? part : {...part}));
}

function begunRecord({restoring: {making, folder}, id}: Copying) {
  return {...recordOf(making, 'arriving'), kept: {id, folder}};
}

/** Before it has its lease nobody knows whether that run is dead. */
function deadParts({restoring: {making}, dead}: Copying): readonly Part[] {
  if (!dead) return [];
  const {to: host, container} = making;
  const because = 'a run that made it has died before it was proven';
  return [
    {
      ...{name: 'dead-discard', title: `remove leftovers of a dead run on ${host}`, host, because},
      act: {kind: 'run', host, command: dead.moves.target.discard},
    },
    {
      ...{name: 'dead-volumes', title: `remove its volumes on ${host}`, host, because},
      act: {kind: 'run', host, command: filesOf(dead).removeVolumes},
    },
    {
      ...{name: 'dead-forget', title: `remove its record on ${host}`, host, because},
      act: {kind: 'run', host, command: removeRecord(container.name)},
    },
  ];
}

const stillThere = (host: HostName, folder: string): Part => ({
  name: 'still-there',
  title: `check that ${folder} still exists`,
  host,
  because: 'nobody keeps others from removing it while it is read',
  act: {
    kind: 'run',
    host,
    command: {...command('test', '-e', `${folder}/manifest.json`), title: `test -e ${folder}`},
    reads: true,
  },
});

function commitParts(making: Making): readonly Part[] {
  const {to: host, container} = making;
  return [
    ...policyOn(making, 'the other one had this policy when it was kept', host),
    {
      name: 'commit',
      title: `commit: ${container.name} is there`,
      host,
      because: 'it runs, and is one like any other from here on',
      act: {kind: 'run', host, command: removeRecord(container.name)},
      commits: true,
    },
  ];
}
