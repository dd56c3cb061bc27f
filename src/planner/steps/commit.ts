import {script, type Command} from '../../base/command.js';
import {writeLeftBehind} from '../../state/host/left-behind.js';
import {writeRecord} from '../../state/host/records.js';
import {closeWay, releaseOn} from './access.js';
import {hookParts} from './hooks.js';
import {onBoth} from './parts.js';
import {ownerOf, recordOf, type Making, type Part} from './making.js';
import {policyOn} from './policy.js';

/**
 * The commit point and what surrounds it. It is one atomic write on the target, the host that has to
 * be there for anything to be true; the source may be gone for good by now. Until it, every step has
 * an undo; from it on a failure is a warning, and the next run goes on from here. The restart policy
 * comes before it, since a warning would be all that is left of a policy that was lost.
 */
export function settle(making: Making): readonly Part[] {
  const {from, to, moves, container} = making;
  return [
    ...(making.asleep ? [] : policyOn(making, 'it had this policy on the source', to)),
    {
      name: 'commit',
      title: `commit: ${container.name} is on ${to}`,
      host: to,
      because: 'from here on it is never started on the source again',
      act: {kind: 'run', host: to, command: arrivedRecord(making)},
      commits: true,
    },
    {
      name: 'declare-left',
      title: `record on ${from} that it left`,
      host: from,
      because: 'the volumes left behind may be overwritten when it comes back',
      act: {kind: 'run', host: from, command: writeRecord(recordOf(making, 'left'))},
      tolerant: true,
    },
    {
      name: 'retire',
      title: `remove it from ${from}`,
      host: from,
      because: 'what cannot be started cannot run twice; its volumes stay',
      act: {kind: 'run', host: from, command: moves.source.remove},
      tolerant: true,
    },
    ...leftBehindParts(making),
    ...hookParts(making, 'after').map((part): Part => ({...part, tolerant: true})),
  ];
}

/** One that was made by this run has an ID that only its host knows. */
export function arrivedRecord(making: Making): Command {
  const record = recordOf(making, 'arrived');
  return writeRecord(record, making.began === undefined ? making.scratch : '');
}

/** Nothing writes to them any more. What was not copied is the only one of its kind, and stays out of the list. */
function leftBehindParts(making: Making): readonly Part[] {
  const {from, folders} = making;
  if (folders.length === 0) return [];
  return [
    {
      name: 'list-left',
      title: `list the files that stay on ${from}`,
      host: from,
      because: 'they may be overwritten when it comes back, unless somebody has changed them',
      act: {
        kind: 'run',
        host: from,
        command: writeLeftBehind(
          ownerOf(making),
          folders.map(({source}) => source),
        ),
      },
      tolerant: true,
    },
  ];
}

/** What dead runs left, of this container and of others: images of memory are secrets. */
export const sweep = (making: Making): readonly Part[] =>
  onBoth(making, (host) => ({
    name: `sweep-${host}`,
    title: `remove leftovers of earlier runs on ${host}`,
    host,
    because: 'a runner that was killed cannot clean up',
    act: {kind: 'sweep', host, container: making.container.name},
  }));

/** `$1` this run's own folder. */
export const cleanText = 'rm -rf -- "$1"; rmdir -- "${1%/*}" 2>/dev/null || :';

export const cleanAt = (host: string, scratch: string): Part => ({
  name: `clean-${host}`,
  title: `remove the scratch folder on ${host}`,
  host,
  because: 'checkpoint images are memory, so they hold secrets',
  act: {
    kind: 'run',
    host,
    command: script(`rm -rf ${scratch}`, cleanText, scratch),
  },
  always: true,
});

/** What runs at the end in any case, in reverse order of what it takes back. */
export function cleanUp(making: Making, linked = true): readonly Part[] {
  const {from, to, scratch, container} = making;
  const clean = (host: string): Part => cleanAt(host, scratch);
  return [
    ...(linked ? [closeWay(making)] : []),
    ...onBoth(making, clean),
    releaseOn(container, to, 'release-target'),
    releaseOn(container, from, 'release-source'),
  ];
}
