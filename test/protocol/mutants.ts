import type {Lane, Step} from '../../src/planner/steps/step.js';
import type {MoveRecord} from '../../src/state/host/observed.js';
import {writeRecord} from '../../src/state/host/records.js';
import type {Protocol} from './protocol.js';

type Part = keyof Step;

const nameOf = ({id}: Step): string => id.slice(id.indexOf('/') + 1);

const without =
  (...names: readonly string[]) =>
  (lane: Lane): Lane => ({
    ...lane,
    steps: lane.steps.filter((step) => !names.includes(nameOf(step))),
  });

/** Takes a promise away from a step. */
const lacking =
  (name: string, part: Part) =>
  (lane: Lane): Lane => ({
    ...lane,
    steps: lane.steps.map((step) => {
      if (nameOf(step) !== name) return step;
      const {[part]: taken, ...rest} = step;
      return taken === undefined ? step : (rest as Step);
    }),
  });

/** Goes on although a step failed. */
const tolerating =
  (name: string) =>
  (lane: Lane): Lane => ({
    ...lane,
    steps: lane.steps.map((step) => (nameOf(step) === name ? {...step, tolerant: true} : step)),
  });

/** As a record of a stay: an undone attempt leaves it on the target. */
const leavingARecord = (lane: Lane): Lane => ({
  ...lane,
  steps: lane.steps.map((step) => {
    if (nameOf(step) !== 'declare-arriving' || step.act.kind !== 'run') return step;
    const declared = JSON.parse(step.act.command.stdin ?? '') as MoveRecord;
    const undo = {...step.act, command: writeRecord({...declared, phase: 'left'})};
    return {...step, undo};
  }),
});

export interface Mutant {
  readonly name: string;
  readonly change: Partial<Protocol>;
  readonly runners: number;
  readonly faults: number;
  readonly cold?: true;
}

/** Protocols that lack one thing: the search has to find out about each. */
export const mutants: readonly Mutant[] = [
  {name: 'hosts do not look at the lease', change: {unfenced: true}, runners: 1, faults: 2},
  {
    name: 'nobody waits for what a former holder left running',
    change: {undrained: true},
    runners: 1,
    faults: 2,
  },
  {
    name: 'nobody waits for it after a lease was given back',
    change: {undrainedWhenFree: true},
    runners: 1,
    faults: 1,
  },
  {name: 'commands are not numbered', change: {unordered: true}, runners: 1, faults: 1},
  {
    name: 'nobody looks again',
    change: {unconfirmed: true},
    runners: 2,
    faults: 1,
    cold: true,
  },
  {
    name: 'what cannot be seen counts as empty, and nobody looks again',
    change: {blind: true, unconfirmed: true},
    runners: 1,
    faults: 2,
  },
  {
    name: 'the restart policy is left on',
    change: {change: without('autostart-off')},
    runners: 1,
    faults: 1,
  },
  {
    name: 'the same, moved cold',
    change: {change: without('autostart-off')},
    runners: 1,
    faults: 1,
    cold: true,
  },
  {
    name: 'it is committed without a proof',
    change: {change: without('running')},
    runners: 1,
    faults: 1,
  },
  {
    name: 'nothing is written down before the freeze',
    change: {change: without('declare-leaving')},
    runners: 1,
    faults: 1,
  },
  {
    name: 'nothing is written down on the target',
    change: {change: without('declare-arriving')},
    runners: 1,
    faults: 1,
  },
  {
    name: 'an attempt that is undone leaves a record of a stay',
    change: {change: leavingARecord},
    runners: 1,
    faults: 1,
  },
  {
    name: 'what is half-made is not removed',
    change: {change: without('discard')},
    runners: 1,
    faults: 2,
  },
  {
    name: 'the restart policy is not put back',
    change: {change: without('autostart-on')},
    runners: 1,
    faults: 0,
  },
  {name: 'what is frozen can be started', change: {unheld: true}, runners: 1, faults: 1},
  {
    name: 'what is stopped can be started',
    change: {change: without('quarantine')},
    runners: 1,
    faults: 1,
    cold: true,
  },
  {
    name: 'it is started on the target though somebody was quicker on the source',
    change: {change: tolerating('quarantine')},
    runners: 1,
    faults: 1,
    cold: true,
  },
  {name: 'the source is not retired', change: {change: without('retire')}, runners: 1, faults: 0},
  {
    name: 'a failed resume does not stop the undoing',
    change: {change: lacking('freeze', 'fence')},
    runners: 1,
    faults: 2,
  },
  {
    name: 'the source is resumed though the target could not be cleared',
    change: {change: lacking('restore', 'fence')},
    runners: 1,
    faults: 2,
  },
  {
    name: 'the target is cleared though the source has lost its memory',
    change: {change: lacking('restore', 'undoOnlyIf')},
    runners: 1,
    faults: 2,
  },
  {
    name: 'the record goes although the restart policy was not put back',
    change: {change: lacking('autostart-off', 'fence')},
    runners: 1,
    faults: 2,
  },
  {
    name: 'the record goes although what was made on the target is still there',
    change: {change: lacking('create', 'fence')},
    runners: 1,
    faults: 2,
    cold: true,
  },
];
