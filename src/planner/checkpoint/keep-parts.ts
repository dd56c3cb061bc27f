import type {Folder} from '../claims/folders.js';
import {into, noted} from '../../base/compose.js';
import {writeRecord} from '../../state/host/records.js';
import {
  copyFolder,
  copyOnce,
  dropKept,
  dropPart,
  factsIn,
  makeRoom,
  measure,
  partOf,
  sinceIn,
  STREAM,
  untilIn,
  writeFacts,
} from './keep-scripts.js';
import {sealing, type KeptHead} from './keep-seal.js';
import {putBack, recordOf, type Making, type Part, memoryOf} from '../steps/making.js';
import {policyOff, policyOn} from '../steps/policy.js';
import {checked, proof} from '../steps/prove.js';

/**
 * A kept checkpoint is a move that is interrupted by a disk: what `checkpoint.send` streams goes into a
 * file, from which `checkpoint.receive` takes it some day, and the folders are copied beside it. `making`
 * is of one host, its source and its target, and its `scratch` is `scratchOfKept(id)`.
 *
 * How the pieces are used: `createParts` of keep.ts is a whole lane. A lane of another kind takes `roomParts` while
 * the container serves, `stayParts` (from here on the next run undoes it), `freezeParts` (now it stands
 * still, and its undo lets it go on), then `packParts` and `sealParts`, in this order or after
 * `serveParts`: what is slow comes when it serves again, unless what follows destroys what is kept.
 */
export interface Keeping {
  readonly making: Making;
  readonly head: KeptHead;
  /** Of the checkpoint, once it is whole. */
  readonly folder: string;
  readonly memory: number;
}

/** What is copied, and whence: the writable layer where it is not in the stream. */
export function keptFolders(
  making: Making,
): readonly Pick<Folder, 'key' | 'source' | 'isReal' | 'what'>[] {
  const {folders, observed} = making;
  const isCopied = memoryOf(making).vessel && observed.upperDir !== undefined;
  return [
    ...folders,
    ...(isCopied
      ? [{key: 'rootfs', source: observed.upperDir, isReal: false, what: 'changed files'}]
      : []),
  ];
}

/** While it serves: room, what is in it, and most of its files. */
export function roomParts({making, folder, memory}: Keeping): readonly Part[] {
  const {from: host, observed, scratch} = making;
  const files = making.folders.reduce((sum, {bytes}) => sum + bytes, making.rootfs);
  // Small things come on top: the images of everything that is not memory, and the file system's own.
  const needed = memory + files + 16 * 2 ** 20;
  return [
    {
      name: 'keep-room',
      title: `make room in ${folder}`,
      host,
      because:
        'memory holds secrets, so it is for root alone; and a full disk must be found before the freeze',
      act: {kind: 'run', host, command: makeRoom(folder, needed, JSON.stringify(observed))},
      undo: {kind: 'run', host, command: dropPart(folder)},
    },
    {
      name: 'keep-facts',
      title: 'see what is in it',
      host,
      because: 'once it is a file, nobody can ask it any more',
      act: {kind: 'run', host, command: writeFacts(observed.pid, `${scratch}/facts`)},
    },
    ...keptFolders(making).map(({key, what, ...from}): Part => ({
      name: `keep-first-${key}`,
      title: `copy ${what}`,
      host,
      because: 'most of it can be copied while the container serves',
      act: {
        kind: 'run',
        host,
        command: copyFolder(from, `${partOf(folder)}/${key}`, factsIn(scratch, key)),
      },
    })),
    {
      name: 'ready',
      title: `prepare ${host}`,
      host,
      because: 'nothing has to be found out in the downtime',
      act: {kind: 'run', host, command: memoryOf(making).ready},
    },
  ];
}

/** Written down before it is frozen, so that the next run lets it go on when this one dies. */
export function stayParts(making: Making): readonly Part[] {
  const {from: host} = making;
  return [
    {
      name: 'declare-frozen',
      title: `record on ${host} that it is being frozen`,
      host,
      because: 'a run that dies is undone by the next one, from what the host says',
      act: {kind: 'run', host, command: writeRecord(recordOf(making, 'leaving'))},
      undo: {kind: 'run', host, command: putBack(making, 'from')},
    },
    ...policyOff(making, 'the engine must not start it fresh while it is frozen'),
  ];
}

/** Frozen; undone, it goes on. Where the engine can stream the same again, nothing is written to a disk meanwhile. */
export function freezeParts(keeping: Keeping): readonly Part[] {
  const {making, folder} = keeping;
  const {from: host, scratch} = making;
  const memory = memoryOf(making);
  const {send, again} = memory.checkpoint;
  const file = again ? '/dev/null' : `${partOf(folder)}/${STREAM}`;
  return [
    {
      name: 'freeze',
      title: 'freeze it and dump its memory',
      host,
      because: again
        ? 'its memory goes into memory, and to the disk when it serves again'
        : 'its memory goes into a file that is not waited for',
      act: {kind: 'run', host, command: into(file, send, sinceIn(scratch))},
      undo: {kind: 'run', host, command: memory.resume},
      fence: true,
      downtime: true,
    },
    ...keptFolders(making).map(({key, what, ...from}): Part => ({
      name: `keep-last-${key}`,
      title: `copy the last changes of ${what}`,
      host,
      because: 'its files have to be of the same moment as its memory',
      act: {
        kind: 'run',
        host,
        command: copyOnce(memory.frozen, from, `${partOf(folder)}/${key}`, factsIn(scratch, key)),
        // Besides the freeze, which holds the lock of the container; nothing but the copy is changed by it.
        reads: true,
      },
      beside: true,
      downtime: true,
    })),
  ];
}

/** It goes on with its memory; only when that is seen, nobody has to bring it back any more. */
export function serveParts({making}: Keeping): readonly Part[] {
  const {from: host, scratch} = making;
  const memory = memoryOf(making);
  return [
    {
      name: 'resume',
      title: 'resume it',
      host,
      because: 'it goes on where it was frozen',
      act: {kind: 'run', host, command: noted(memory.resume, untilIn(scratch))},
      downtime: true,
    },
    ...proof(making, memory.thaws ? 'started' : 'restored'),
    ...checked(making),
    ...policyOn(making, 'it had this policy before'),
    {
      name: 'forget',
      title: `record on ${host} that it is no longer frozen`,
      host,
      because: 'it serves, and nothing has to be undone',
      act: {kind: 'run', host, command: putBack(making, 'from')},
    },
  ];
}

/** The stream to the disk, where the freeze has left it in memory. */
export function packParts({making, folder}: Keeping): readonly Part[] {
  const {from: host, scratch} = making;
  const memory = memoryOf(making);
  const {again} = memory.checkpoint;
  if (!again) return [];
  return [
    {
      name: 'keep-memory',
      title: `write its memory into ${folder}`,
      host,
      because: 'what is in memory is gone when the host restarts',
      act: {
        kind: 'run',
        host,
        command: into(`${partOf(folder)}/${STREAM}`, again, `${scratch}/packed`),
      },
    },
  ];
}

/** From here on it is a checkpoint. */
export function sealParts({making, folder, head}: Keeping, last: boolean): readonly Part[] {
  const {from: host, scratch} = making;
  const keys = head.folders.map(({key}) => key);
  return [
    {
      name: 'seal',
      title: `compute the digests of ${folder}`,
      host,
      because: 'what has rotted or was changed must be found before anything is stopped for it',
      act: {
        kind: 'answer',
        host,
        question: measure(folder, scratch, keys),
        reply: sealing(folder, head),
      },
      ...(last ? {commits: true as const} : {undo: {kind: 'run', host, command: dropKept(folder)}}),
    },
  ];
}
