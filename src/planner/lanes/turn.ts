import type {Command} from '../../base/command.js';
import {removeRecord, writeRecord} from '../../state/host/records.js';
import type {MoveRecord} from '../../state/host/observed.js';
import {sweep} from '../steps/commit.js';
import {claimHere, cleanHere} from '../checkpoint/keep.js';
import {isAbout} from '../situation/lineage.js';
import {recordOf, restarts, type Making, type Part} from '../steps/making.js';
import {policyOff, policyOn} from '../steps/policy.js';
import {checked, proof} from '../steps/prove.js';
import {stopAct} from '../steps/stop.js';
import {isUpState, quietIn} from '../situation/wanted.js';

/**
 * What was written down there of this container stays: an older run's other host may still have to hear that it has arrived.
 */
const noted = (making: Making, before: MoveRecord | undefined): MoveRecord => ({
  ...(before?.phase === 'arrived' && isAbout(before, making.observed)
    ? before
    : recordOf(making, 'arrived')),
  stopped: {restartPolicy: making.observed.restartPolicy},
});

/** As it was before anybody wanted it stopped: one that says no more than that says nothing. */
function unnoted({container}: Making, before: MoveRecord): Command {
  const {stopped, ...rest} = before;
  return stopped && before.from !== before.to ? writeRecord(rest) : removeRecord(container.name);
}

/**
 * Stopped where it is. Its restart policy is switched off as in a move, since its engine must not start
 * it again when the host does; which policy it had is written down before.
 */
export function stopParts(
  making: Making,
  fingerprint: string,
  before: MoveRecord | undefined,
): readonly Part[] {
  const {from: host, observed} = making;
  const steps = [
    ...(restarts(making) ? quietParts(making, before) : []),
    ...(isUpState(observed.state) ? [haltPart(making, host)] : []),
  ];
  const last = steps.length - 1;
  return [
    ...claimHere(making, fingerprint),
    ...sweep(making),
    ...steps.map((part, index): Part => (index === last ? {...part, commits: true} : part)),
    ...cleanHere(making),
  ];
}

const haltPart = (making: Making, host: string): Part => ({
  name: 'stop',
  title: `stop it on ${host}`,
  host,
  because: `the plan wants it stopped (${making.container.at})`,
  act: stopAct(making, host),
  undo: {kind: 'run', host, command: making.moves.source.start},
  fence: true,
});

function quietParts(making: Making, before: MoveRecord | undefined): readonly Part[] {
  const {from: host, observed, container} = making;
  const undone = before ? writeRecord(before) : removeRecord(container.name);
  return [
    {
      name: 'declare-stopped',
      title: 'record that it stays stopped',
      host,
      because: `it has the restart policy "${observed.restartPolicy}", which it gets back when it is to run`,
      act: {kind: 'run', host, command: writeRecord(noted(making, before))},
      undo: {kind: 'run', host, command: undone},
    },
    ...policyOff(making, 'the engine must not start it again by itself'),
  ];
}

/** Started where it is, seen to serve, and only then with its restart policy again. */
export function startParts(
  making: Making,
  fingerprint: string,
  before: MoveRecord | undefined,
): readonly Part[] {
  const {from: host, moves, observed, container} = making;
  const quiet = quietIn(before, observed);
  const steps: readonly Part[] = [
    {
      name: 'start',
      title: `start it on ${host}`,
      host,
      because: `the plan wants it to run (${container.at})`,
      act: {kind: 'run', host, command: moves.source.start},
      ...(!isUpState(observed.state) && {undo: {kind: 'run', host, command: moves.source.halt}}),
      fence: true,
    },
    // It did not serve before, so nothing of this is a downtime.
    ...proof(making, 'started').map(({downtime, ...part}) => (downtime ? part : {...part})),
    ...checked(making),
    ...(quiet ? awakeParts(making, quiet) : []),
  ];
  const last = steps.length - 1;
  return [
    ...claimHere(making, fingerprint),
    ...sweep(making),
    ...steps.map((part, index): Part => (index === last ? {...part, commits: true} : part)),
    ...cleanHere(making),
  ];
}

function awakeParts(making: Making, before: MoveRecord): readonly Part[] {
  const {from: host, moves} = making;
  const policy = policyOn(making, 'it had this policy before it was stopped', host);
  const undo = {kind: 'run', host, command: moves.source.autostart(false)} as const;
  return [
    ...policy.map((part): Part => ({...part, undo})),
    {
      name: 'awake',
      title: 'record that it runs',
      host,
      because: 'from here on it is stopped only when the plan says so again',
      act: {kind: 'run', host, command: unnoted(making, before)},
      undo: {kind: 'run', host, command: writeRecord(before)},
    },
  ];
}
