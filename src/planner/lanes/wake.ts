import {fedFrom} from '../../base/compose.js';
import type {Command} from '../../base/command.js';
import {sweep} from '../steps/commit.js';
import {claimHere, cleanHere} from '../checkpoint/keep.js';
import {copyBack, STREAM} from '../checkpoint/keep-scripts.js';
import {
  landing,
  putBack,
  restarts,
  type Making,
  type Part,
  memoryOf,
  filesOf,
} from '../steps/making.js';
import {scratchAt} from '../steps/parts.js';
import {proof} from '../steps/prove.js';

const run = (name: string, host: string, title: string, command: Command): Part => ({
  name,
  title,
  host,
  because: 'a run that froze it has died',
  act: {kind: 'run', host, command},
});

/**
 * Frozen by a run that has died: it goes on with its memory, from what the freeze has left in memory; or
 * from a folder of the disk, when it was being replaced. `making` is of its host alone, and its `scratch`
 * that of the checkpoint. One that runs goes on as it is.
 */
export function wakeParts(
  making: Making,
  fingerprint: string,
  folder: string | undefined,
): readonly Part[] {
  const {from: host, moves} = making;
  return [
    ...claimHere(making, fingerprint),
    ...(folder === undefined
      ? [
          run('resume', host, `run it on ${host} again`, memoryOf(making).resume),
          ...proof(making, 'started'),
        ]
      : [scratchAt(host, making), ...backParts(making, folder), ...proof(making, 'restored')]),
    ...(restarts(making)
      ? [run('autostart-on', host, `restart policy on ${host}`, moves.source.autostart(true))]
      : []),
    run('forget', host, `record on ${host} that it is no longer frozen`, putBack(making, 'from')),
    ...sweep(making),
    ...cleanHere(making),
  ].map(({downtime, ...part}) => (downtime === undefined ? part : {...part}));
}

/** From a folder of the same host, in place of whatever is there under its name; its scratch is there. */
export function backParts(making: Making, folder: string): readonly Part[] {
  const {from: host, moves, folders, observed} = making;
  const memory = memoryOf(making);
  const places = [
    ...folders.map(({key}) => ({key, at: landing(making, key)})),
    ...(memory.vessel && observed.upperDir !== undefined
      ? [{key: 'rootfs', at: observed.upperDir}]
      : []),
  ];
  return [
    ...folders.map(({key, mount}) =>
      run(
        `make-${key}`,
        host,
        `find ${mount.kind} ${mount.name}`,
        filesOf(making).volume(mount, landing(making, key)),
      ),
    ),
    run('ready', host, `prepare ${host}`, memory.ready),
    run(
      'take',
      host,
      'read its memory from disk',
      fedFrom(`${folder}/${STREAM}`, memory.checkpoint.receive),
    ),
    ...(memory.vessel
      ? []
      : [run('replace', host, 'remove what is there in its place', moves.source.remove)]),
    ...places.map(({key, at}) =>
      run(`back-${key}`, host, `put back ${key}`, copyBack(`${folder}/${key}`, at)),
    ),
    run('restore', host, `restore on ${host}`, memory.restore),
  ];
}
