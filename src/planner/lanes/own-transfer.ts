import type {OwnTransfer} from '../../engines/engine.js';
import {movesMemory} from '../../base/strategy.js';
import {cleanUp, settle, sweep} from '../steps/commit.js';
import type {Making, Part} from '../steps/making.js';
import {claim, declare, declareArriving, onBoth, scratchAt} from '../steps/parts.js';
import {hookParts} from '../steps/hooks.js';
import {prove} from '../steps/prove.js';
import {serviceOf, startParts, stopPart} from './cold.js';

/**
 * A move whose files and memory the engine itself brings to the target. The source keeps what it has until the commit point, so
 * the way back is a start, or the restore of its own memory.
 */
export function ownTransferParts(making: Making, fingerprint: string): readonly Part[] {
  const {ownTransfer} = making.moves;
  if (!ownTransfer) throw new Error('the engine does not carry containers itself');
  return [
    ...claim(making, fingerprint),
    ...sweep(making),
    ...hookParts(making, 'before'),
    declareArriving(making),
    ...onBoth(making, (host) => scratchAt(host, making)),
    ...aheadParts(making, ownTransfer),
    ...declare(making),
    ...handOver(making, ownTransfer),
    ...settle(making),
    ...cleanUp(making, false),
  ];
}

const aheadParts = ({from, to}: Making, {ahead}: OwnTransfer): readonly Part[] =>
  ahead
    ? [
        {
          name: 'ahead',
          title: `copy it to ${to} while it runs`,
          host: from,
          because: 'what has not changed since need not be sent in the downtime',
          act: {kind: 'run', host: from, command: ahead},
        },
      ]
    : [];

/** From the moment it does not serve any more until it has been verified on the target. */
function handOver(making: Making, transfer: OwnTransfer): readonly Part[] {
  const {runs, starts} = serviceOf(making);
  const keepsMemory = movesMemory[making.strategy];
  const parts = [
    ...(runs ? [keepsMemory ? freezePart(making, transfer) : stopPart(making)] : []),
    bringPart(making, transfer),
    ...(starts ? (keepsMemory ? restoreParts(making, transfer) : startParts(making, runs)) : []),
  ];
  const isDowntime = runs && starts;
  return isDowntime ? parts.map((part): Part => ({...part, downtime: true})) : parts;
}

function freezePart({from}: Making, {freeze, resume}: OwnTransfer): Part {
  if (!freeze || !resume) throw new Error('the engine does not carry memory');
  return {
    name: 'freeze',
    title: `stop on ${from}, with its memory on its own disk`,
    host: from,
    because: 'the source keeps that memory until the target is verified',
    act: {kind: 'run', host: from, command: freeze},
    undo: {kind: 'run', host: from, command: resume},
    fence: true,
  };
}

/** Without its record, nobody would know any more that what it brings may be removed. */
const bringPart = ({from, to, moves}: Making, {bring}: OwnTransfer): Part => ({
  name: 'bring',
  title: `bring it to ${to}`,
  host: from,
  because: 'its engine carries files and memory itself',
  act: {kind: 'run', host: from, command: bring},
  undo: {kind: 'run', host: to, command: moves.target.discard},
  fence: true,
});

function restoreParts(making: Making, {wake}: OwnTransfer): readonly Part[] {
  const {to, moves} = making;
  if (!wake) throw new Error('the engine does not carry memory');
  return [
    {
      name: 'restore',
      title: `restore on ${to}`,
      host: to,
      because: 'everything is there',
      act: {kind: 'run', host: to, command: wake},
      undo: {kind: 'run', host: to, command: moves.target.discard},
      fence: true,
    },
    ...prove(making, 'restored'),
  ];
}
