import type {HostName} from '../../plan/plan.js';
import {restarts, type Making, type Part} from './making.js';

/** Before it stands still or is stopped, where it is; nothing for one that its engine never starts again by itself. */
export function policyOff(making: Making, because: string): readonly Part[] {
  const {from: host, moves} = making;
  if (!restarts(making)) return [];
  return [
    {
      name: 'autostart-off',
      title: `turn off restarts on ${host}`,
      host,
      because,
      act: {kind: 'run', host, command: moves.source.autostart(false)},
      undo: {kind: 'run', host, command: moves.source.autostart(true)},
      // Without its record, nobody would know any more which policy it had.
      fence: true,
    },
  ];
}

/** Where it has arrived, in the words of the engine there; in a lane of one host, that host is not named. */
export function policyOn(making: Making, because: string, to?: HostName): readonly Part[] {
  const host = to ?? making.from;
  if (!restarts(making)) return [];
  return [
    {
      name: 'autostart-on',
      title: `set restart policy "${making.observed.restartPolicy}"${to === undefined ? '' : ` on ${to}`}`,
      host,
      because,
      act: {kind: 'run', host, command: making.moves.target.autostart(true)},
    },
  ];
}
