import {fedFrom, inTurn} from '../../base/compose.js';
import type {Command} from '../../base/command.js';
import {removeRecord, writeRecord} from '../../state/host/records.js';
import {createPart} from '../lanes/cold.js';
import {cleanUp, sweep} from '../steps/commit.js';
import {
  freezeParts,
  keptFolders,
  packParts,
  roomParts,
  sealParts,
  stayParts,
  type Keeping,
} from '../checkpoint/keep-parts.js';
import {claimHere, cleanHere} from '../checkpoint/keep.js';
import {checkKept, copyBack, STREAM} from '../checkpoint/keep-scripts.js';
import {isAbout} from '../situation/lineage.js';
import {
  landing,
  putBack,
  recordOf,
  type Making,
  type Part,
  memoryOf,
  filesOf,
} from '../steps/making.js';
import {scratchAt} from '../steps/parts.js';
import {policyOn} from '../steps/policy.js';
import {checked, proof, sealedParts} from '../steps/prove.js';

/** What is put back. */
export interface Restoring {
  /** Of the container as it was kept; its `scratch` is `scratchOfKept(id)`. */
  readonly making: Making;
  readonly folder: string;
  readonly files: readonly {readonly path: string; readonly sha256: string}[];
}

/** Parts of another lane's making within this one. */
export const prefixed = (prefix: string, parts: readonly Part[]): readonly Part[] =>
  parts.map((part) => ({...part, name: `${prefix}-${part.name}`}));

/** Whatever has rotted or was changed is found before anything is stopped for it. */
export const checkPart = ({folder, files}: Restoring, host: string): Part => ({
  name: 'check',
  title: `verify ${folder} against its digests`,
  host,
  because: 'what is not whole must be found before anything is stopped for it',
  act: {kind: 'run', host, command: checkKept(folder, files), reads: true},
});

/**
 * In place of what is there now. Of that a checkpoint is kept first, `safety`: it is the way back, for
 * this run and for the next one if this one dies. Without a `safety` nothing ran there.
 */
export function restoreHereParts(
  restoring: Restoring,
  fingerprint: string,
  safety: Keeping | undefined,
  current: Making | undefined,
  fetched: readonly Part[] = [],
): readonly Part[] {
  const {making} = restoring;
  const {from: host, moves} = making;
  const memory = memoryOf(making);
  const early = !memory.vessel;
  return [
    ...claimHere(making, fingerprint),
    ...sweep(making),
    ...fetched,
    checkPart(restoring, host),
    scratchAt(host, making),
    ...volumeParts(making),
    ...(current ? [] : vesselParts(making)),
    readyPart(making),
    ...(early ? [takePart(restoring)] : []),
    ...(safety ? safetyParts(safety) : []),
    ...(early ? [] : [takePart(restoring)]),
    ...replaceParts(safety, current),
    ...folderParts(restoring, current),
    ...sealedParts(making, 'restored').map(down),
    {
      name: 'restore',
      title: `restore on ${host}`,
      host,
      because: 'it goes on where it was when it was kept',
      act: {kind: 'run', host, command: memory.restore},
      // Where the engine restores into the container that is there, that is what has to end.
      undo: {
        kind: 'run',
        host,
        command: current && memory.vessel ? moves.source.halt : moves.target.discard,
      },
      fence: true,
      downtime: true,
    },
    ...proof(making, 'restored'),
    ...checked(making),
    ...endParts(making),
    ...(safety ? prefixed('safety', cleanOnly(safety.making)) : []),
    ...cleanHere(making),
  ];
}

/** What they are mounted from, where it is to run. */
export const volumeParts = (making: Making): readonly Part[] =>
  making.volumes.map(({key, mount}) => ({
    name: `make-${key}`,
    title: `find or create ${mount.kind} ${mount.name}`,
    host: making.to,
    because: `it is mounted at ${mount.destination}`,
    act: {
      kind: 'run',
      host: making.to,
      command: filesOf(making).volume(mount, landing(making, key)),
    },
    undo: {kind: 'run', host: making.to, command: filesOf(making).removeVolumes},
  }));

export const readyPart = (making: Making): Part => ({
  name: 'ready',
  title: `prepare ${making.to}`,
  host: making.to,
  because: 'nothing has to be found out in the downtime',
  act: {kind: 'run', host: making.to, command: memoryOf(making).ready},
});

/** Where the engine restores into a container, there has to be one. */
export const vesselParts = (making: Making): readonly Part[] => {
  const made = memoryOf(making).vessel?.(landing(making, 'rootfs'));
  return made ? [createPart(making, made)] : [];
};

function takePart({making, folder}: Restoring): Part {
  const {from: host} = making;
  const {receive} = memoryOf(making).checkpoint;
  return {
    name: 'take',
    title: 'read its memory from disk',
    host,
    because: 'what is slow comes while it still serves, where the engine has room for two of them',
    act: {kind: 'run', host, command: fedFrom(`${folder}/${STREAM}`, receive)},
  };
}

/** What is there now is kept, and stands still from then on; its record says from what it can be had back. */
export function safetyParts(safety: Keeping): readonly Part[] {
  const {making, head, folder} = safety;
  const {from: host} = making;
  const record = recordOf(making, 'leaving');
  const kept = {id: head.id, folder, described: making.observed};
  return prefixed('safety', [
    scratchAt(host, making),
    ...roomParts(safety),
    ...stayParts(making),
    ...freezeParts(safety),
    ...packParts(safety).map(down),
    ...sealParts(safety, false).map(down),
    {
      name: 'declare',
      title: `record on ${host} how to restore it`,
      host,
      because: 'a run that dies is undone by the next one, from what the host says',
      act: {kind: 'run', host, command: writeRecord({...record, kept})},
      undo: {kind: 'run', host, command: writeRecord(record)},
      fence: true,
      downtime: true,
    },
  ]);
}

const down = (part: Part): Part => ({...part, downtime: true});

/** What brings it back from the disk, whatever is there in its place by then. */
const bringBack = ({making, folder}: Keeping): Command => ({
  ...inTurn(
    `bring back ${folder}`,
    ...(memoryOf(making).vessel ? [] : [making.moves.source.remove]),
    ...keptFolders(making).map(({key, source, isReal}) =>
      copyBack(`${folder}/${key}`, source, isReal),
    ),
    fedFrom(`${folder}/${STREAM}`, memoryOf(making).checkpoint.receive),
    memoryOf(making).restore,
  ),
  timeoutMs: 86_400_000,
});

/** Where the engine restores into the container that is there, it stays. */
function replaceParts(safety: Keeping | undefined, current: Making | undefined): readonly Part[] {
  if (!current) return [];
  const {from: host, moves} = current;
  return [
    {
      name: 'replace',
      title: `remove the current container on ${host}`,
      host,
      because: 'there is one of its name, and it is kept',
      act: {
        kind: 'run',
        host,
        command: memoryOf(current).vessel ? moves.source.autostart(false) : moves.source.remove,
      },
      ...(safety && {undo: {kind: 'run', host, command: bringBack(safety)}}),
      fence: true,
      downtime: true,
    },
  ];
}

/** Its files as they were. */
function folderParts({making, folder}: Restoring, current: Making | undefined): readonly Part[] {
  const {from: host} = making;
  const keys = [
    ...making.folders.map(({key, what}) => ({key, what, at: landing(making, key)})),
    ...(memoryOf(making).vessel
      ? [
          {
            key: 'rootfs',
            what: 'changed files',
            at: current?.observed.upperDir ?? landing(making, 'rootfs'),
          },
        ]
      : []),
  ];
  return keys.map(({key, what, at}): Part => ({
    name: `back-${key}`,
    title: `restore ${what}`,
    host,
    because: 'its files have to be of the same moment as its memory',
    act: {kind: 'run', host, command: copyBack(`${folder}/${key}`, at)},
    downtime: true,
  }));
}

function endParts(making: Making): readonly Part[] {
  const {from: host, container} = making;
  return [
    ...policyOn(making, 'it had this policy when it was kept'),
    {
      name: 'commit',
      title: `commit: ${container.name} is restored`,
      host,
      because: 'it serves, and nothing has to be undone',
      act: {kind: 'run', host, command: restoredRecord(making)},
      commits: true,
    },
  ];
}

/** What was written down of it still is true where it has the ID that it had. */
function restoredRecord(making: Making): Command {
  const {replaced, observed, container} = making;
  const isIts = replaced.from && isAbout(replaced.from, observed);
  return isIts ? putBack(making, 'from') : removeRecord(container.name);
}

const cleanOnly = (making: Making): readonly Part[] =>
  cleanUp(making, false).filter(({act}) => act.kind === 'run');
