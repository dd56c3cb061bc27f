import type {Command} from '../../base/command.js';
import {sealWay} from '../steps/access.js';
import {createPart} from './cold.js';
import {cleanUp, settle, sweep} from '../steps/commit.js';
import {landing, type Making, type Part, memoryOf} from '../steps/making.js';
import {claim, compareParts, declare, onBoth, prepare, syncPart} from '../steps/parts.js';
import {answered, placeParts, proof, sameParts, sealedParts} from '../steps/prove.js';

/**
 * Frozen on the source, its memory streamed into the target's memory, restored there. The downtime is
 * freeze + stream + last pass over the folders + restore. With pre-copy most of the memory is there
 * before the freeze; all else is the same. Rounds, freeze and restore have the hosts to themselves: two at once would
 * both be down for as long as one after the other takes, and neither's rounds would get smaller.
 */
export function statefulParts(making: Making, fingerprint: string): readonly Part[] {
  const memory = memoryOf(making);
  return [
    ...claim(making, fingerprint),
    ...sweep(making),
    ...prepare(making),
    ...vesselParts(making),
    ...onBoth(making, (host) => ({
      name: `ready-${host}`,
      title: `prepare ${host}`,
      host,
      because: 'nothing has to be found out in the downtime',
      act: {kind: 'run', host, command: memory.ready},
    })),
    ...[
      ...aheadParts(making),
      ...declare(making),
      ...handOver(making),
      ...[sealWay(making), ...sealedParts(making, 'restored')].map((part): Part => ({
        ...part,
        downtime: true,
      })),
      restorePart(making),
    ].map((part): Part => ({...part, alone: true})),
    ...proof(making, 'restored'),
    ...sameParts(making),
    ...answered(making),
    ...settle(making),
    ...cleanUp(making),
  ];
}

function restorePart(making: Making): Part {
  const {from, to, moves} = making;
  const memory = memoryOf(making);
  return {
    name: 'restore',
    title: `restore on ${to}`,
    host: to,
    because: 'it goes on where it was frozen',
    act: {kind: 'run', host: to, command: memory.restore},
    undo: {kind: 'run', host: to, command: moves.target.discard},
    ...(memory.kept && {undoOnlyIf: {kind: 'run', host: from, command: memory.kept, reads: true}}),
    fence: true,
    downtime: true,
  };
}

/** Where the engine restores into a container that is there already, it is made while the source serves. */
function vesselParts(making: Making): readonly Part[] {
  const made = memoryOf(making).vessel?.(landing(making, 'rootfs'));
  if (!made) return [];
  return [
    ...placeParts(making, 'places-before'),
    createPart(making, made),
    syncPart(making, 'rootfs', 'first'),
  ];
}

/** Undone, nothing is left of the rounds, and the container has the CPU again that it had. */
function aheadParts({from, to, moves, container, ahead}: Making): readonly Part[] {
  const {rounds} = moves;
  if (!ahead || !rounds) return [];
  const {throttle} = container;
  const undo = (name: string, title: string, because: string, command: Command): Part => ({
    ...{name, title, host: from, because},
    act: {kind: 'run', host: from, command},
    undo: {kind: 'run', host: from, command},
  });
  return [
    undo(
      'rounds-room',
      `make room for rounds on ${from}`,
      'rounds that come to nothing leave nothing behind',
      rounds.forget,
    ),
    ...(throttle !== undefined && rounds.throttle
      ? [
          undo(
            'rounds-pace',
            `let it have its CPU on ${from}`,
            `the plan allows to hold it to ${throttle}% for a while, and not for longer`,
            rounds.throttle(),
          ),
        ]
      : []),
    {
      name: 'rounds',
      title: `copy its memory to ${to} while it runs`,
      host: from,
      because: 'what has not changed since need not be sent in the downtime',
      act: {
        kind: 'rounds',
        link: container.name,
        receiver: 'round',
        rounds,
        from,
        to,
        ahead,
        ...(throttle !== undefined && {throttle}),
      },
    },
  ];
}

/**
 * The memory on its way, and beside it, from the moment the container is frozen, the last changes of
 * its folders.
 */
function handOver(making: Making): readonly Part[] {
  const {from, to, container, folders} = making;
  const memory = memoryOf(making);
  const freeze: Part = {
    name: 'freeze',
    title: `freeze it and stream its memory to ${to}`,
    host: from,
    because: 'its memory goes from memory to memory, past every disk',
    act: {
      kind: 'send',
      link: container.name,
      producer: memory.checkpoint.send,
      receiver: 'checkpoint',
      // How much pre-copy leaves to be sent is not known beforehand.
      bytes: making.ahead ? 0 : memory.checkpoint.bytes,
    },
    undo: {kind: 'run', host: from, command: memory.resume},
    fence: true,
    downtime: true,
  };
  const keys = [...folders.map(({key}) => key), ...(memory.vessel ? ['rootfs'] : [])];
  if (keys.length === 0) return [freeze];
  const last = keys.map((key): Part => ({
    ...syncPart(making, key, 'last', memory.frozen),
    beside: true,
    downtime: true,
  }));
  // CRIU makes folders in the container's /tmp while it dumps, and removes them again.
  const compare = compareParts(making, keys, {folderTimes: false}).map((part): Part => ({
    ...part,
    follows: last.map(({name}) => name),
    downtime: true,
  }));
  return [freeze, ...last, ...compare];
}
