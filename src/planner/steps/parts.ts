import {type Folder, policyOf} from '../claims/folders.js';
import {script, type Command} from '../../base/command.js';
import {writeArrived, writeArriving} from '../../state/host/left-behind.js';
import {ownerLine} from '../../state/host/leftovers.js';
import {writeRecord} from '../../state/host/records.js';
import {leaseOn, openWay} from './access.js';
import {hookParts} from './hooks.js';
import {landing, ownerOf, putBack, recordOf, type Making, type Part, filesOf} from './making.js';
import {policyOff} from './policy.js';
import {servingParts} from './prove.js';

/** Leases on both hosts, and one more look: from here on nobody else touches this container. */
export function claim(making: Making, fingerprint: string): readonly Part[] {
  const {from, to, container} = making;
  return [
    leaseOn(container, from, 'lease-source'),
    leaseOn(container, to, 'lease-target'),
    {
      name: 'confirm',
      title: 'look again',
      host: from,
      because: 'the world may have moved since the plan was made',
      act: {kind: 'confirm', container: container.name, hosts: [from, to], fingerprint},
    },
  ];
}

/** Whose it is stands in it, so that a later run can remove what a dead one left. */
export const scratchText =
  'umask 077; mkdir -p "$1/to/rootfs"; printf %s "$2" > "$1/container"; printf "%s\\n" "$3" > "$1/owner"';

export const scratchAt = (
  host: string,
  {scratch, container, run}: Pick<Making, 'scratch' | 'container' | 'run'>,
): Part => ({
  name: `scratch-${host}`,
  title: `create the scratch folder on ${host}`,
  host,
  because: 'checkpoint images are memory: they stay in memory, for root alone, and are removed',
  act: {
    kind: 'run',
    host,
    command: script(
      `mkdir ${scratch}`,
      scratchText,
      scratch,
      container.name,
      ownerLine(run, container.name),
    ),
  },
});

/** The same on both hosts, at the same time; once where both are one. */
export const onBoth = ({from, to}: Making, part: (host: string) => Part): readonly Part[] =>
  [...new Set([from, to])].map((host, index) => ({
    ...part(host),
    ...(index > 0 && {beside: true as const}),
  }));

/** Folders that only this container has files in; where the plan says `overwrite`, others may have some there, too. */
const ownFolders = ({container, folders}: Making): readonly Folder[] =>
  folders.filter(({mount}) => policyOf(container, mount) !== 'overwrite');

/** What was copied until then stays on the target, and the next attempt may replace it. */
const listedWhenUndone = (making: Making): Pick<Part, 'undo'> =>
  ownFolders(making).length === 0
    ? {}
    : {undo: {kind: 'run', host: making.to, command: writeArrived(ownerOf(making))}};

/** Written on the disk, so that also after a restart of the target it is known what a run that died has begun to copy. */
export function markParts(making: Making): readonly Part[] {
  const {to} = making;
  const folders = ownFolders(making).map(({key}) => landing(making, key));
  if (folders.length === 0) return [];
  return [
    {
      name: 'mark-folders',
      title: `record on ${to} which folders are written`,
      host: to,
      because: 'what a run that dies has copied may be replaced by the next one, and nothing else',
      act: {kind: 'run', host: to, command: writeArriving(ownerOf(making), folders)},
    },
  ];
}

/** Everything that can be done while the container serves. */
export function prepare(making: Making): readonly Part[] {
  const {to, volumes, folders, container} = making;
  const volumeParts = volumes.map(({key, mount}): Part => ({
    name: `make-${key}`,
    title: `create ${mount.kind} ${mount.name} on ${to}`,
    host: to,
    because: `${container.name} has it at ${mount.destination}`,
    act: {kind: 'run', host: to, command: filesOf(making).volume(mount, landing(making, key))},
    undo: {kind: 'run', host: to, command: filesOf(making).removeVolumes},
  }));
  return [
    ...hookParts(making, 'before'),
    ...servingParts(making),
    declareArriving(making),
    ...onBoth(making, (host) => ({
      ...scratchAt(host, making),
      ...(host === to && listedWhenUndone(making)),
    })),
    ...volumeParts,
    ...markParts(making),
    openWay(making, 'nothing that connects may happen in the downtime'),
    ...imagePart(
      making,
      `${to} does not have the image by its ID, and a checkpoint restores from no other`,
    ),
    ...firstMountParts(making),
    ...folders.map((folder) => syncPart(making, folder.key, 'first')),
  ];
}

function firstMountParts(making: Making): readonly Part[] {
  const {to, folders} = making;
  const command = filesOf(making).firstMount?.(folders.map(({mount}) => mount));
  if (!command) return [];
  return [
    {
      name: 'first-mount',
      title: `let the engine set up new volumes on ${to}`,
      host: to,
      because: 'at its first mount an empty volume gets the files, owner and mode of the image',
      act: {kind: 'run', host: to, command},
    },
  ];
}

/** Only what the target does not have goes there. */
export function imagePart(making: Making, because: string): readonly Part[] {
  const {moves, container, from, to, observed} = making;
  if (!moves.image) return [];
  return [
    {
      name: 'image',
      title: `send image ${observed.image.name} to ${to}`,
      host: from,
      because,
      act: {
        kind: 'send',
        link: container.name,
        producer: moves.image.send,
        receiver: 'image',
        bytes: moves.image.bytes,
      },
    },
  ];
}

/** A pass over a folder, or over the writable layer: the first one while the container serves. */
export function syncPart(
  making: Making,
  key: string,
  pass: 'first' | 'last',
  once?: Command,
): Part {
  const {from, container} = making;
  const folder = folderOf(making, key);
  const act = {
    kind: 'sync',
    link: container.name,
    folder: folder.source,
    ...(folder.isReal && {real: true as const}),
    receiver: key,
  } as const;
  if (pass === 'first')
    return {
      name: `first-${key}`,
      title: `copy ${folder.what}`,
      host: from,
      because: 'most of it can be copied while the container serves',
      act: {...act, bytes: folder.bytes, live: true},
    };
  return {
    name: `last-${key}`,
    title: `copy the last changes of ${folder.what}`,
    host: from,
    because: 'what changed since the first pass',
    act: {...act, bytes: 0, ...(once && {once})},
  };
}

/** After the last passes over these, and before anything of what has arrived is used. */
export function compareParts(
  making: Making,
  keys: readonly string[],
  how: {readonly folderTimes?: false} = {},
): readonly Part[] {
  const {from, to, container} = making;
  if (keys.length === 0) return [];
  const by = container.verify?.files ?? 'metadata';
  return [
    {
      name: 'compare',
      title: `compare the files on ${from} and ${to}${by === 'digest' ? ', by content' : ''}`,
      host: from,
      because: 'a copy that is not like the original must be found before it is used',
      act: {
        kind: 'compare',
        link: container.name,
        to,
        by,
        ...how,
        folders: keys.map((key) => {
          const {source, isReal, what} = folderOf(making, key);
          return {folder: source, ...(isReal && {real: true as const}), receiver: key, what};
        }),
      },
    },
  ];
}

const folderOf = (making: Making, key: string) =>
  making.folders.find((each) => each.key === key) ?? writableLayer(making);

const writableLayer = ({observed, rootfs}: Making) => ({
  source: observed.upperDir ?? '',
  isReal: false,
  what: 'changed files',
  bytes: rootfs,
});

/** Written before anything is put on the target. */
export function declareArriving(making: Making): Part {
  const {to} = making;
  return {
    name: 'declare-arriving',
    title: `record on ${to} that it is arriving`,
    host: to,
    because: 'a run that dies is finished or undone by the next one, from what the hosts say',
    act: {kind: 'run', host: to, command: writeRecord(recordOf(making, 'arriving'))},
    undo: {kind: 'run', host: to, command: putBack(making, 'to')},
  };
}

/** The last before the downtime: from now on the source is known to be on its way. */
export function declare(making: Making): readonly Part[] {
  const {from} = making;
  return [
    ...hookParts(making, 'beforeFreeze'),
    {
      name: 'declare-leaving',
      title: `record on ${from} that it is leaving`,
      host: from,
      because: 'a run that dies is finished or undone by the next one, from what the hosts say',
      act: {kind: 'run', host: from, command: writeRecord(recordOf(making, 'leaving'))},
      undo: {kind: 'run', host: from, command: putBack(making, 'from')},
    },
    ...(making.before
      ? []
      : policyOff(making, 'the engine must not start the source again by itself')),
  ];
}
