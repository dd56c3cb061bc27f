import {fedFrom} from '../../base/compose.js';
import {command} from '../../base/command.js';
import type {HostName} from '../../plan/plan.js';
import {writeRecord} from '../../state/host/records.js';
import {sealWay} from '../steps/access.js';
import {arrivedRecord, sweep} from '../steps/commit.js';
import {claimAll, endParts, linkParts, type Crossing} from './restore-crossing.js';
import {
  freezeParts,
  packParts,
  roomParts,
  sealParts,
  type Keeping,
} from '../checkpoint/keep-parts.js';
import {copyBack, STREAM} from '../checkpoint/keep-scripts.js';
import {landing, putBack, recordOf, type Making, type Part, memoryOf} from '../steps/making.js';
import {onBoth, scratchAt} from '../steps/parts.js';
import {policyOff, policyOn} from '../steps/policy.js';
import {checked, proof, sameParts, sealedParts} from '../steps/prove.js';
import {
  checkPart,
  prefixed,
  readyPart,
  vesselParts,
  volumeParts,
  type Restoring,
} from './restore.js';

/**
 * As a stateful move, but what is sent is older than what is frozen: that is kept, and let go on when
 * anything fails. What the hosts say of it is what a move writes down, and so is what the next run does
 * when this one dies.
 */
export function restoreAcrossParts(crossing: Crossing, fingerprint: string): readonly Part[] {
  const {restoring, now} = crossing;
  const {making} = restoring;
  const {from, to} = making;
  const safety = now?.safety;
  return [
    ...claimAll(crossing, fingerprint),
    ...sweep(making),
    ...(now
      ? prefixed(
          'now',
          sweep(now.making).filter(({host}) => isThird(crossing, host)),
        )
      : []),
    checkPart(restoring, from),
    ...onBoth(making, (host) => scratchAt(host, making)),
    ...(safety ? [arriving(safety.making, to)] : []),
    ...volumeParts(making),
    ...linkParts(crossing),
    ...vesselParts(making),
    readyPart(making),
    ...bringParts(restoring),
    ...(safety ? freezeNow(safety) : []),
    ...sealedParts(making, 'restored').map((part): Part => ({...part, downtime: true})),
    restorePart(making, safety),
    ...proof(making, 'restored'),
    ...sameParts(making),
    ...checked(making),
    ...(safety ? prefixed('safety', [...packParts(safety), ...sealParts(safety, false)]) : []),
    ...settleParts(crossing),
    ...endParts(crossing),
  ];
}

const isThird = ({restoring: {making}}: Crossing, host: HostName): boolean =>
  host !== making.from && host !== making.to;

const arriving = (making: Making, to: HostName): Part => ({
  name: 'declare-arriving',
  title: `record on ${to} that it is arriving`,
  host: to,
  because: 'a run that dies is finished or undone by the next one, from what the hosts say',
  act: {kind: 'run', host: to, command: writeRecord(recordOf({...making, to}, 'arriving'))},
  undo: {kind: 'run', host: to, command: putBack(making, 'to')},
});

/** Not taken back before it is sure that what was frozen for it can be had back. */
function restorePart(making: Making, safety: Keeping | undefined): Part {
  const {to: host, moves} = making;
  const kept = safety && memoryOf(safety.making).kept;
  return {
    name: 'restore',
    title: `restore on ${host}`,
    host,
    because: 'it goes on where it was when it was kept',
    act: {kind: 'run', host, command: memoryOf(making).restore},
    undo: {kind: 'run', host, command: moves.target.discard},
    ...(safety &&
      kept && {
        undoOnlyIf: {kind: 'run', host: safety.making.from, command: kept, reads: true},
      }),
    fence: true,
    downtime: true,
  };
}

/** Memory and files are there before anything is stopped for them: none of them changes any more. */
export function bringParts({making, folder}: Restoring): readonly Part[] {
  const {from, to, container} = making;
  const memory = memoryOf(making);
  const keys = [...making.folders.map(({key}) => key), ...(memory.vessel ? ['rootfs'] : [])];
  const stream = `${folder}/${STREAM}`;
  const because = 'what is slow comes before anything is stopped';
  return [
    {
      ...{name: 'take', title: `bring its memory to ${to}`, host: from, because},
      act:
        from === to
          ? {kind: 'run', host: to, command: fedFrom(stream, memory.checkpoint.receive)}
          : {
              kind: 'send',
              link: container.name,
              producer: command('cat', '--', stream),
              receiver: 'checkpoint',
              bytes: 0,
            },
    },
    ...keys.map((key): Part => ({
      ...{name: `bring-${key}`, title: `bring ${key} to ${to}`, host: from, because},
      act:
        from === to
          ? {kind: 'run', host: to, command: copyBack(`${folder}/${key}`, landing(making, key))}
          : {
              kind: 'sync',
              link: container.name,
              folder: `${folder}/${key}`,
              receiver: key,
              bytes: 0,
            },
    })),
    ...(from === to ? [] : [sealWay(making)]),
  ];
}

/** What runs now stands still from here on; its record is that of a move. */
function freezeNow(safety: Keeping): readonly Part[] {
  const {making} = safety;
  const {from: host} = making;
  return prefixed('safety', [
    scratchAt(host, making),
    ...roomParts(safety),
    {
      name: 'declare-leaving',
      title: `record on ${host} that it is leaving`,
      host,
      because: 'a run that dies is finished or undone by the next one, from what the hosts say',
      act: {kind: 'run', host, command: writeRecord(recordOf(making, 'leaving'))},
      undo: {kind: 'run', host, command: putBack(making, 'from')},
    },
    ...policyOff(making, 'the engine must not start it again by itself'),
    ...freezeParts(safety),
  ]);
}

function settleParts({restoring: {making}, now}: Crossing): readonly Part[] {
  const {to, container} = making;
  const arrived = arrivedRecord({...making, from: now?.making.from ?? making.from});
  return [
    ...policyOn(making, 'it had this policy when it was kept', to),
    {
      name: 'commit',
      title: `commit: ${container.name} is on ${to}`,
      host: to,
      because: 'from here on what ran elsewhere is never started again',
      act: {kind: 'run', host: to, command: arrived},
      commits: true,
    },
    ...(now ? retireParts(now.making) : []),
  ];
}

const retireParts = (making: Making): readonly Part[] => [
  {
    name: 'declare-left',
    title: `record on ${making.from} that it left`,
    host: making.from,
    because: 'the volumes left behind may be overwritten when it comes back',
    act: {kind: 'run', host: making.from, command: writeRecord(recordOf(making, 'left'))},
    tolerant: true,
  },
  {
    name: 'retire',
    title: `remove it from ${making.from}`,
    host: making.from,
    because: 'what cannot be started cannot run twice; its volumes stay',
    act: {kind: 'run', host: making.from, command: making.moves.source.remove},
    tolerant: true,
  },
];
