import {isWithin} from '../../base/within.js';
import type {Refusal} from '../../engines/engine.js';
import type {Landing, Mount, ObservedContainer} from '../../engines/facts.js';
import {isMounted, volumeOf} from '../../engines/oci/volumes.js';
import type {Container} from '../../plan/plan.js';
import type {HostView} from '../../state/host/observed.js';
import {
  describeOwner,
  meet,
  mountClaims,
  ownerInPlan,
  pathOn,
  tenantClaims,
  type Claim,
  type Owner,
} from './claims.js';
import {fileMounts, isCopied, policyOf} from './folders.js';
import {isHostFolder} from './host-folders.js';
import {folderOf, leadOf, type Lead} from './host-paths.js';
import {landingOf} from './landings.js';
import {endlessRefusals, meetingRefusals, nestedRefusals} from './link-refusals.js';
import {lineageOf} from '../situation/lineage.js';
import {overwriteRefusals, type Arriving} from './overwrites.js';
import {inMemoryRefusals, keptVolumeRefusal, volumeRefusal} from './volume-refusals.js';

/** A bundle that does not run is known by its name alone. */
const isItself = ({container, engine}: Owner, view: HostView, name: string): boolean =>
  container === name && (engine === view.engine || engine === 'bundle');

/** What the other containers of a host have there. */
function othersOn(view: HostView, name: string): readonly Claim[] {
  const {host, survey} = view;
  if (!survey?.usage) return [];
  return tenantClaims(host, survey.usage).filter(({owner}) => !isItself(owner, view, name));
}

const listed = (owners: readonly Owner[]): string =>
  [...new Set(owners.map(describeOwner))].join(', ');

/** Why the files of a container cannot go where they belong. `forbidden`: folders of which the plan has to say more first. */
export const folderRefusals = (
  container: Container,
  observed: ObservedContainer,
  source: HostView,
  target: HostView,
  forbidden: ReadonlySet<string> = new Set(),
): readonly Refusal[] =>
  fileMounts(observed)
    .filter((mount) => !forbidden.has(folderOf(target, mount) ?? ''))
    .flatMap((mount) => mountRefusals(container, observed, mount, [source, target]));

function mountRefusals(
  container: Container,
  observed: ObservedContainer,
  mount: Mount,
  hosts: readonly [HostView, HostView],
): readonly Refusal[] {
  const [source, target] = hosts;
  const policy = policyOf(container, mount);
  const odd = volumeRefusal(container, mount, source, target);
  if (odd) return [odd];
  const endless = endlessRefusals(mount, hosts);
  if (endless.length > 0) return endless;
  if (policy === 'skip') return [];
  if (policy === 'shared')
    return hasMountedVolume(source, mount) ? [] : sharedRefusals(mount, source, target);
  // what is never copied need not be refused for anything else
  const never = [
    ...hostFolderRefusals(mount, source, target),
    ...notAFolder(mount, landingOf(source.survey, mount)),
  ];
  if (never.length > 0) return never.slice(0, 1);
  return [
    ...meetingRefusals(container, observed, mount, hosts),
    ...nestedRefusals(container, observed, mount, hosts),
    ...sourceRefusals(mount, source, observed.name),
    ...targetRefusals({container, observed, lineage: lineageOf([source], observed)}, mount, target),
  ];
}

/** Why files cannot be put on a target, wherever they come from. */
export const arrivalRefusals = (
  {container, lineage}: Omit<Arriving, 'observed'>,
  observed: ObservedContainer,
  target: HostView,
): readonly Refusal[] =>
  fileMounts(observed).flatMap((mount) => {
    const odd = volumeRefusal(container, mount, undefined, target);
    if (odd) return [odd];
    return isCopied(policyOf(container, mount))
      ? targetRefusals({container, observed, lineage}, mount, target)
      : [];
  });

/** Why its files cannot be kept beside its memory, or be put back: a checkpoint is of one moment. */
export const keepRefusals = (
  container: Container,
  observed: ObservedContainer,
  view: HostView,
): readonly Refusal[] => [
  ...inMemoryRefusals(observed, view),
  ...fileMounts(observed).flatMap((mount) => {
    const odd = keptVolumeRefusal(container, mount, view);
    if (odd) return [odd];
    return isCopied(policyOf(container, mount))
      ? sourceRefusals(mount, view, observed.name, 'which changes it at other moments')
      : [];
  }),
];

/** Whether both hosts mount the same is told by its options. */
function hasMountedVolume({survey}: HostView, mount: Mount): boolean {
  const volume = volumeOf(survey, mount);
  return volume !== undefined && isMounted(volume);
}

/** The folder of a host itself that a mount is, or leads to. */
function folderOfHost(mount: Mount, views: readonly HostView[]): Lead | undefined {
  if (mount.kind !== 'bind') return undefined;
  const all = views.flatMap((view) => [
    {view, path: mount.source},
    ...[leadOf(view, mount)?.path ?? []].flat().map((path) => ({view, path})),
  ]);
  const found = all.find(({view, path}) => isHostFolder(path, view.survey?.usage));
  return found && {host: found.view.host, path: found.path};
}

function sharedRefusals(mount: Mount, source: HostView, target: HostView): readonly Refusal[] {
  const {kind, name} = mount;
  const {host} = target;
  const [from, to] = [landingOf(source.survey, mount), landingOf(target.survey, mount)];
  const ofHost = folderOfHost(mount, [source, target]) !== undefined;
  if (!to?.exists)
    return [
      {
        code: 'shared-missing',
        message: `${kind} "${name}" is to be shared, and ${mount.kind === 'bind' ? `"${mount.source}"` : 'it'} is not on ${host}`,
        remedy: `mount or make it on ${host}${ofHost ? '' : ', or let it be copied (`sync`)'}`,
      },
    ];
  if (ofHost || !to.empty || !from?.exists || from.empty) return [];
  return [
    {
      code: 'shared-empty',
      message: `${kind} "${name}" is to be shared, and is empty on ${host} but not on ${source.host}: is it mounted on ${host}?`,
      remedy: `mount it on ${host}, or let it be copied (\`sync\`)`,
    },
  ];
}

function hostFolderRefusals(mount: Mount, source: HostView, target: HostView): readonly Refusal[] {
  const folder = folderOfHost(mount, [source, target]);
  if (!folder) return [];
  const what =
    folder.path === mount.source
      ? `"${folder.path}" of the host itself`
      : `"${mount.source}", which leads to "${folder.path}" of ${folder.host} itself`;
  return [
    {
      code: 'host-folder',
      message: `bind "${mount.name}" is ${what}, and that is never copied to another host`,
      remedy: `say \`volumes: {"${mount.name}": shared}\`: the container then has that of ${target.host}`,
    },
  ];
}

/** Those that run: they go on changing what is copied. */
function sourceRefusals(
  mount: Mount,
  source: HostView,
  container: string,
  harm = 'which stays here with the old copy',
): readonly Refusal[] {
  const {kind, name, source: path} = mount;
  const landing = landingOf(source.survey, mount);
  const running = sharersOf(mount, source, container).filter((owner) => owner.running);
  return [
    ...notAFolder(mount, landing),
    ...(running.length > 0
      ? [
          {
            code: 'volume-in-use',
            message: `${kind} "${name}" (${path}) is also used by ${listed(running)}, ${harm}`,
            remedy: `stop ${running.length > 1 ? 'them' : 'it'} first; or say \`volumes: {"${name}": shared}\` if both hosts mount the same files`,
          },
        ]
      : []),
  ];
}

/** Who else on the source has files of this mount. */
export function sharersOf(mount: Mount, source: HostView, container: string): readonly Owner[] {
  const path = pathOn(source, mount) ?? mount.source;
  const owner = {container};
  const own: Claim = {host: source.host, kind: 'path', value: path, how: 'write', owner};
  return othersOn(source, container)
    .filter((other) => meet(own, other))
    .map((other) => other.owner);
}

function notAFolder({kind, name, source}: Mount, landing?: Landing): readonly Refusal[] {
  if (landing?.kind !== 'other' && landing?.kind !== 'file') return [];
  const what = landing.kind === 'file' ? 'single file' : 'socket or device';
  return [
    {
      code: 'mount-not-a-folder',
      message: `${kind} "${name}" (${source}) is a ${what}, which is not copied`,
      remedy: `put it on the target yourself and say \`volumes: {"${name}": shared}\``,
    },
  ];
}

function targetRefusals(arriving: Arriving, mount: Mount, target: HostView): readonly Refusal[] {
  const {container} = arriving;
  const {kind, name} = mount;
  const {host} = target;
  const mine = mountClaims(ownerInPlan(container), target, mount, policyOf(container, mount));
  const met = othersOn(target, container.name).filter((other) =>
    mine.some((claim) => meet(claim, other)),
  );
  if (met.length > 0)
    return [
      {
        code: 'volume-taken',
        message: `${kind} "${name}" would replace files on ${host} that belong to ${listed(met.map(({owner}) => owner))}: ${[...new Set(met.map(({value}) => `"${value}"`))].join(', ')}`,
        remedy: `give one of them another volume or folder, or remove what is not needed on ${host} any more`,
      },
    ];
  return overwriteRefusals(arriving, mount, target);
}

/**
 * Why checkpoints cannot be kept in this folder, which is closed to all but root: a container that has it would read memory of
 * others, or lose what is its own.
 */
export function checkpointFolderRefusals(
  folder: string,
  {mounts}: ObservedContainer,
  view: HostView,
): readonly Refusal[] {
  const owners = view.survey?.usage ? tenantClaims(view.host, view.survey.usage) : [];
  const paths = [
    ...owners.map(({value}) => value),
    ...fileMounts({mounts}).map((mount) => pathOn(view, mount) ?? mount.source),
  ].filter((path) => !isHostFolder(path));
  const met = paths.find((path) => isWithin(folder, path) || isWithin(path, folder));
  if (met === undefined) return [];
  return [
    {
      code: 'checkpoints-in-mount',
      message: `checkpoints would be kept in "${folder}" on ${view.host}, and a container has "${met}" mounted`,
      remedy: 'name another folder in `checkpoints: {in: …}`, which no container has',
    },
  ];
}
