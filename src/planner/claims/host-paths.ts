import {command} from '../../base/command.js';
import {shownValue} from '../../base/host-words.js';
import {err, ok} from '../../base/result.js';
import {isWithin, plainPath} from '../../base/within.js';
import type {Engine, Question} from '../../engines/engine.js';
import type {HostUsage, Mount, ObservedContainer} from '../../engines/facts.js';
import {volumeOf} from '../../engines/oci/volumes.js';
import type {HostName} from '../../plan/plan.js';
import type {HostView} from '../../state/host/observed.js';
import {fileMounts} from './folders.js';
import {filesOf} from './landings.js';

/**
 * Symbolic links make one path different folders on different hosts. So every folder that a container has is judged by its
 * path as it is written, and by where that leads on each host.
 */

/** Where a path leads on a host. */
export interface Lead {
  readonly host: HostName;
  readonly path: string;
}

/** A path, and where it leads when the plan is made. */
export interface Place {
  readonly path: string;
  readonly real: string;
}

/**
 * The names that a host has for a path without links: where `/var/run` leads to `/run`, `/run/x` is also `/var/run/x`.
 */
export const namesOf = (path: string, aliases: HostUsage['aliases'] = []): readonly string[] => [
  ...aliases
    .filter(({real}) => isWithin(path, real))
    .map(({path: name, real}) => plainPath(`${name}/${path.slice(real.length)}`)),
  path,
];

/** The folder of this host that a mount has, as it is written. Of volumes, only one that mounts such a folder. */
export function folderOf({survey}: Pick<HostView, 'survey'>, mount: Mount): string | undefined {
  if (mount.kind === 'bind') return plainPath(mount.source);
  const volume = volumeOf(survey, mount);
  const device = volume?.device && volume.options['device'];
  return device === undefined ? undefined : plainPath(device);
}

/** Folders that the engine would give to the container, and that are not among its mounts. */
export const unmounted = (
  {binds}: Pick<Engine, 'binds'>,
  container: ObservedContainer,
): readonly Mount[] =>
  (binds?.(container) ?? [])
    .filter((path) => container.mounts.every(({source}) => plainPath(source) !== plainPath(path)))
    .map((path) => ({kind: 'bind', name: path, source: path, destination: path, readOnly: false}));

/** Where a mount leads on this host, unless that is where it says. Undefined also where the host was not asked. */
export function leadOf(view: HostView, mount: Mount): Lead | undefined {
  const path = filesOf(view, mount)?.path;
  const written = folderOf(view, mount);
  if (path === undefined || written === undefined) return undefined;
  const names = namesOf(path, view.survey?.usage?.aliases);
  return names.includes(written) ? undefined : {host: view.host, path};
}

/**
 * What has to lead to the same place when the container is made and when it is started. The root file system of a bundle is
 * sent with the folder that it lies in, so a link could be sent in its place.
 */
export function placesOn(
  view: Pick<HostView, 'survey'>,
  observed: ObservedContainer,
  engine: Pick<Engine, 'binds'>,
): readonly Place[] {
  const {upperDir = ''} = observed;
  return [...fileMounts(observed), ...unmounted(engine, observed)].flatMap((mount) => {
    const path = folderOf(view, mount);
    const real = filesOf(view, mount)?.path;
    if (path === undefined || real === undefined) return [];
    const inside = mount.kind === 'bind' && upperDir.startsWith(`${path}/`);
    const root = {path: upperDir, real: `${real}${upperDir.slice(path.length)}`};
    return [{path, real}, ...(inside ? [root] : [])];
  });
}

/** Whether all of them lead where they led when the plan was made. */
export const placesQuestion = (places: readonly Place[]): Question => ({
  command: {
    // some links lead readlink round for ever
    ...command('timeout', '20', 'readlink', '-m', '--', ...places.map(({path}) => path)),
    title: 'check where its folders lead',
  },
  read: (stdout) => {
    const lines = stdout.split('\n');
    const at = places.findIndex(({real}, index) => lines[index] !== real);
    const {path, real} = places[at] ?? {path: '', real: ''};
    return at === -1
      ? ok('as when the plan was made')
      : err(
          `"${path}" leads to ${shownValue(lines[at] ?? '')} now, and led to "${real}" when the plan was made`,
        );
  },
});
