import type {HostSurvey, Mount, ObservedContainer} from '../../engines/facts.js';
import type {Container, VolumePolicy} from '../../plan/plan.js';
import {weightIn} from '../../engines/host/weight-in.js';
import {filesOf} from './landings.js';

export function policyOf({volumes}: Container, {name, destination}: Mount): VolumePolicy {
  const key = [name, destination].find((each) => Object.hasOwn(volumes, each));
  return (key === undefined ? undefined : volumes[key]) ?? 'sync';
}

/** A folder whose content goes along. */
export interface Folder {
  /** Its name on the link: `v0`, `v1`, … */
  readonly key: string;
  readonly mount: Mount;
  /** On the source's file system, without symbolic links where that is known. */
  readonly source: string;
  /** The source has told where it is: no name in `source` is a link. */
  readonly isReal: boolean;
  /** For people: `volume data`. */
  readonly what: string;
  /** Bytes, as measured before. */
  readonly bytes: number;
}

/** Its files go along. */
export const isCopied = (policy: VolumePolicy): boolean =>
  policy === 'sync' || policy === 'overwrite';

/** Mounts that hold files of a host; a tmpfs is memory and goes with the checkpoint. */
export const fileMounts = ({mounts}: Pick<ObservedContainer, 'mounts'>): readonly Mount[] =>
  mounts.filter(({kind}) => kind !== 'tmpfs');

const sizeOf = (source: HostSurvey, container: string, mount: Mount): number =>
  weightIn(source, container)?.mounts[mount.name] ?? 0;

function asFolder(survey: HostSurvey, mount: Mount, index: number, bytes: number): Folder {
  const real = filesOf({survey}, mount)?.path;
  return {
    key: `v${index}`,
    mount,
    source: real ?? mount.source,
    isReal: real !== undefined,
    what: `${mount.kind} ${mount.name}`,
    bytes,
  };
}

/** What is copied, and what only has to be there. */
export function foldersOf(
  container: Container,
  observed: ObservedContainer,
  source: HostSurvey,
): {readonly synced: readonly Folder[]; readonly needed: readonly Folder[]} {
  const all = fileMounts(observed).map((mount, index) => ({
    folder: asFolder(source, mount, index, sizeOf(source, observed.name, mount)),
    policy: policyOf(container, mount),
  }));
  return {
    synced: all.filter(({policy}) => isCopied(policy)).map(({folder}) => folder),
    needed: all.filter(({policy}) => policy !== 'shared').map(({folder}) => folder),
  };
}
