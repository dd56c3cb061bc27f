import {isWithin} from '../../base/within.js';
import type {Refusal} from '../../engines/engine.js';
import type {
  FilesOwner,
  Landing,
  LandingFiles,
  Mount,
  ObservedContainer,
} from '../../engines/facts.js';
import type {Container, HostName} from '../../plan/plan.js';
import type {HostView} from '../../state/host/observed.js';
import {inBytes, sum} from '../amounts.js';
import {fileMounts, isCopied, policyOf} from './folders.js';
import {filesOf, landingOf} from './landings.js';
import {recordIn} from '../situation/lineage.js';

/** Files of the target that a move replaces. */
export interface Overwrite {
  readonly host: HostName;
  /** For people: `volume data`. */
  readonly what: string;
  /** Absent where they could not be counted in time. */
  readonly files?: number;
  readonly bytes?: number;
  /** The plan says so, or the container itself left them there. */
  readonly because: 'plan' | 'left-behind';
}

/** What a move of this container replaces on its target. */
export function overwritesOf(
  container: Container,
  observed: ObservedContainer,
  target: HostView,
): readonly Overwrite[] {
  return fileMounts(observed).flatMap((mount): readonly Overwrite[] => {
    const policy = policyOf(container, mount);
    const landing = landingOf(target.survey, mount);
    if (!isCopied(policy) || !landing?.exists || landing.empty) return [];
    const {files, bytes} = filesOf(target, mount) ?? {};
    return [
      {
        host: target.host,
        what: `${mount.kind} ${mount.name}`,
        ...(files !== undefined && {files}),
        ...(bytes !== undefined && {bytes}),
        because: policy === 'overwrite' ? 'plan' : 'left-behind',
      },
    ];
  });
}

const counted = ({files, bytes}: Pick<Overwrite, 'files' | 'bytes'>): string =>
  files === undefined
    ? 'an unknown number of files'
    : `${files} ${files === 1 ? 'file' : 'files'}, ${inBytes(bytes ?? 0)}`;

/** `overwrites 12 files, 3 MB on beta (volume data)` */
export const describeOverwrite = (overwrite: Overwrite): string =>
  `overwrites ${counted(overwrite)} on ${overwrite.host} (${overwrite.what}${overwrite.because === 'left-behind' ? ', which it left there' : ''})`;

/** For the question before a run: `overwrites 12 files, 3.1 MiB on beta`; undefined when nothing is replaced. */
export function describeAll(overwrites: readonly Overwrite[]): string | undefined {
  const hosts = [...new Set(overwrites.map(({host}) => host))];
  const each = hosts.map((host) => {
    const there = overwrites.filter((overwrite) => overwrite.host === host);
    const isCounted = there.every(({files}) => files !== undefined);
    const files = isCounted && {files: sum(there.map((overwrite) => overwrite.files ?? 0))};
    return `${counted({...files, bytes: sum(there.map(({bytes = 0}) => bytes))})} on ${host}`;
  });
  return each.length === 0 ? undefined : `overwrites ${each.join(', and ')}`;
}

const wayOut = ({name}: Mount): string =>
  `look at it; to replace its files say \`volumes: {"${name}": overwrite}\`, to keep them say \`skip\` or \`shared\``;

/** A container of the plan, and which of all that had its name it is. */
export interface Arriving {
  readonly container: Container;
  readonly observed: ObservedContainer;
  readonly lineage: string;
}

/**
 * Nothing of a target is replaced unless the plan says so, or the container itself left it there. That is told by what stands
 * beside the files themselves: a record says where a container has been, and the files of that name may be others by now.
 */
export function overwriteRefusals(
  arriving: Arriving,
  mount: Mount,
  target: HostView,
): readonly Refusal[] {
  const landing = landingOf(target.survey, mount);
  if (!landing?.exists || landing.empty) return [];
  const files = filesOf(target, mount);
  const linked = linkedRefusals(arriving, mount, files, target);
  if (linked.length > 0 || policyOf(arriving.container, mount) === 'overwrite') return linked;
  if (isUnderWay(arriving, files, target)) return [];
  if (!files?.leftBehind) return [wouldOverwrite(mount, landing, files, target)];
  if (!isIts(arriving, files.leftBehind)) return [leftByAnother(mount, files, target)];
  return changedRefusals(mount, files, target);
}

const isIts = ({container, lineage}: Arriving, owner: FilesOwner): boolean =>
  owner.container === container.name && owner.lineage === lineage;

/** The run that began to copy into the folder has not ended: what lies there is a part of what is copied again. */
function isUnderWay(
  arriving: Arriving,
  files: LandingFiles | undefined,
  target: HostView,
): boolean {
  const owner = files?.arriving;
  const record = recordIn(target, arriving.container.name);
  if (!owner || !isIts(arriving, owner)) return false;
  return record?.phase === 'arriving' && record.run === owner.run;
}

const wouldOverwrite = (
  mount: Mount,
  {source}: Landing,
  files: LandingFiles | undefined,
  {host}: HostView,
): Refusal => ({
  code: 'would-overwrite',
  message: `${mount.kind} "${mount.name}" (${files?.path ?? source}) is on ${host} already and is not empty${files?.files === undefined ? '' : ` (${counted(files)})`}`,
  remedy: wayOut(mount),
});

/** It lies in another folder that is copied. Names outside of that one are found there. */
function isEnclosed({container, observed}: Arriving, mount: Mount, target: HostView): boolean {
  const path = filesOf(target, mount)?.path;
  return fileMounts(observed).some((each) => {
    const folder = isCopied(policyOf(container, each)) ? filesOf(target, each)?.path : undefined;
    if (path === undefined || folder === undefined) return false;
    return path !== folder && isWithin(path, folder);
  });
}

/** Other names of the files, as backups by hard links make them, would change with the files. */
function linkedRefusals(
  arriving: Arriving,
  mount: Mount,
  files: LandingFiles | undefined,
  target: HostView,
): readonly Refusal[] {
  if (!files || files.linkedOutside === 0 || isEnclosed(arriving, mount, target)) return [];
  const {kind, name} = mount;
  const {host} = target;
  const {linkedOutside: count, path} = files;
  return [
    {
      code: 'linked-outside',
      message: `${kind} "${name}" (${path}) on ${host} has ${count === 1 ? 'a file with another name' : `${count} files with other names`} outside of it, which would be overwritten, too`,
      remedy: `rename "${path}" there, so that what is linked stays as it is; "find ${path} -type f -links +1" shows the files`,
    },
  ];
}

const placeOf = ({kind, name}: Mount, {path}: LandingFiles, {host}: HostView): string =>
  `${kind} "${name}" (${path}) on ${host}`;

const leftByAnother = (mount: Mount, files: LandingFiles, target: HostView): Refusal => ({
  code: 'left-by-another',
  message: `${placeOf(mount, files, target)} was left there by another container that was called "${files.leftBehind?.container ?? ''}"`,
  remedy: wayOut(mount),
});

/** What the container left there is replaced only as long as nobody has changed it since. */
function changedRefusals(mount: Mount, files: LandingFiles, target: HostView): readonly Refusal[] {
  const left = files.leftBehind;
  if (!left || left.changed === 0) return [];
  const examples = left.examples.map((each) => `"${each}"`).join(', ');
  return [
    {
      code: 'left-changed',
      message: `${placeOf(mount, files, target)} has changed since "${left.container}" left it there: ${left.changed === 1 ? '1 path' : `${left.changed} paths`} (${examples})`,
      remedy: wayOut(mount),
    },
  ];
}
