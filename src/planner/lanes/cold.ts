import type {Question} from '../../engines/engine.js';
import {sealWay} from '../steps/access.js';
import {cleanUp, settle, sweep} from '../steps/commit.js';
import {landing, type Making, type Part} from '../steps/making.js';
import {claim, compareParts, declare, prepare, syncPart} from '../steps/parts.js';
import {judging, placeParts, prove, sealedParts} from '../steps/prove.js';
import {stopAct} from '../steps/stop.js';
import {isUpState} from '../situation/wanted.js';

/**
 * Made anew on the target while it still serves, then stopped, its last changes copied, and started
 * there. A container that was stopped already is moved as it is, and is started only where the plan wants
 * it to run; one that the plan wants stopped stays so.
 */
export function coldParts(making: Making, fingerprint: string): readonly Part[] {
  const {runs, starts} = serviceOf(making);
  const last = [
    ...quarantineParts(making),
    ...lastPass(making),
    ...compareParts(making, carriedKeys(making)),
    sealWay(making),
    ...sealedParts(making, 'started'),
  ];
  const parts = [
    ...(runs ? [stopPart(making)] : []),
    ...(runs && starts ? last.map((part): Part => ({...part, downtime: true})) : last),
    ...(starts ? startParts(making, runs) : []),
  ];
  return [
    ...claim(making, fingerprint),
    ...sweep(making),
    ...prepare(making),
    ...placeParts(making, 'places-before'),
    createPart(making, making.moves.target.create(landing(making, 'rootfs'))),
    syncPart(making, 'rootfs', 'first'),
    ...declare(making),
    ...parts,
    ...settle(making),
    ...cleanUp(making),
  ];
}

/** Whether it runs on the source, and whether it is to run on the target. */
export function serviceOf({observed, container: {state: wanted}}: Making): {
  readonly runs: boolean;
  readonly starts: boolean;
} {
  const runs = isUpState(observed.state);
  return {runs, starts: wanted === 'running' || (wanted !== 'stopped' && runs)};
}

const carriedKeys = ({folders}: Making): readonly string[] => [
  ...folders.map(({key}) => key),
  'rootfs',
];

/** The first of them beside the quarantine, so that it takes no time of its own. */
const lastPass = (making: Making): readonly Part[] =>
  carriedKeys(making).map((key, index): Part => ({
    ...syncPart(making, key, 'last'),
    ...(index === 0 && making.moves.hold && {beside: true}),
  }));

export function createPart(making: Making, made: Question): Part {
  const {to, moves} = making;
  const judge = judging(making, to, 'config-differs', made.read);
  return {
    name: 'create',
    title: `create it on ${to}`,
    host: to,
    because: 'a setting that cannot be kept must be found while it still serves',
    act: {kind: 'run', host: to, command: made.command, judge},
    undo: {kind: 'run', host: to, command: moves.target.discard},
    // Without its record, nobody would know any more that it may be removed.
    fence: true,
  };
}

/** The downtime of a cold move begins. */
export const stopPart = (making: Making): Part => ({
  name: 'stop',
  title: `stop on ${making.from}`,
  host: making.from,
  because: 'files that are written to cannot be copied whole',
  act: stopAct(making, making.from),
  undo: {kind: 'run', host: making.from, command: making.moves.source.start},
  fence: true,
  ...(making.container.state !== 'stopped' && {downtime: true}),
});

/**
 * From here on nobody starts it, and who was quicker is found here: then it is not started on the target. What freezes a
 * container does this by itself.
 */
function quarantineParts({from, moves: {hold}}: Making): readonly Part[] {
  if (!hold) return [];
  return [
    {
      name: 'quarantine',
      title: `block starts on ${from}`,
      host: from,
      because: 'who starts it there meanwhile would have two of it',
      act: {kind: 'run', host: from, command: hold.on},
      undo: {kind: 'run', host: from, command: hold.off},
    },
  ];
}

export function startParts(making: Making, served: boolean): readonly Part[] {
  const {to, moves} = making;
  const start: Part = {
    name: 'start',
    title: `start on ${to}`,
    host: to,
    because: 'everything is there',
    act: {kind: 'run', host: to, command: moves.target.start},
    undo: {kind: 'run', host: to, command: moves.target.discard},
    fence: true,
    downtime: true,
  };
  const parts = [start, ...prove(making, 'started')];
  if (served) return parts;
  // It did not serve before, so nothing of this is a downtime.
  return parts.map(({downtime, ...part}) => (downtime ? part : {...part}));
}
