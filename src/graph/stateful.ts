import {cleanUp, settle, sweep} from './commit.js';
import type {Making, Part} from './making.js';
import {claim, declare, prepare, prove, syncPart} from './parts.js';

/**
 * Frozen on the source, its memory streamed into the target's memory, restored there. The downtime is
 * freeze + stream + last pass over the folders + restore.
 */
export function statefulParts(making: Making, fingerprint: string): readonly Part[] {
  const {from, to, moves, container} = making;
  return [
    ...claim(making, fingerprint),
    ...sweep(making),
    ...prepare(making),
    ...[...new Set([from, to])].map((host): Part => ({
      name: `ready-${host}`,
      title: `make ready on ${host}`,
      host,
      because: 'nothing has to be found out in the downtime',
      act: {kind: 'run', host, command: moves.ready},
    })),
    ...declare(making),
    {
      name: 'freeze',
      title: `freeze, and stream its memory to ${to}`,
      host: from,
      because: 'its memory goes from memory to memory, past every disk',
      act: {
        kind: 'send',
        link: container.name,
        producer: moves.checkpoint.send,
        receiver: 'checkpoint',
        bytes: moves.checkpoint.bytes,
      },
      undo: {kind: 'run', host: from, command: moves.resume},
      downtime: true,
    },
    ...making.folders.map(({key}): Part => ({...syncPart(making, key, 'last'), downtime: true})),
    {
      name: 'restore',
      title: `restore on ${to}`,
      host: to,
      because: 'it goes on where it was frozen',
      act: {kind: 'run', host: to, command: moves.restore},
      undo: {kind: 'run', host: to, command: moves.remove},
      fence: true,
      downtime: true,
    },
    ...prove(making, 'restored'),
    ...settle(making),
    ...cleanUp(making),
  ];
}
