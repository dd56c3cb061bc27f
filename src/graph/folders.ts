import type {Refusal} from '../engines/engine.js';
import type {HostSurvey, Landing, Mount, ObservedContainer} from '../engines/facts.js';
import type {Container, VolumePolicy} from '../plan/plan.js';
import type {HostView} from '../state/observed.js';
import type {Folder} from './making.js';
import {weightIn} from '../engines/weight-in.js';
import {recordIn} from './wanted.js';

interface Policy {
  readonly policy: VolumePolicy;
  /** The plan names it, so it may overwrite what stands on the target. */
  readonly named: boolean;
}

export function policyOf({volumes}: Container, {name, destination}: Mount): Policy {
  const key = [name, destination].find((each) => Object.hasOwn(volumes, each));
  const policy = key === undefined ? undefined : volumes[key];
  return {policy: policy ?? 'sync', named: policy !== undefined};
}

/** Mounts that hold files of a host; a tmpfs is memory and goes with the checkpoint. */
export const fileMounts = ({mounts}: Pick<ObservedContainer, 'mounts'>): readonly Mount[] =>
  mounts.filter(({kind}) => kind !== 'tmpfs');

const sizeOf = (source: HostSurvey, container: string, mount: Mount): number =>
  weightIn(source, container)?.mounts[mount.name] ?? 0;

const asFolder = (mount: Mount, index: number, bytes: number): Folder => ({
  key: `v${index}`,
  mount,
  source: mount.source,
  what: `${mount.kind} ${mount.name}`,
  bytes,
});

/** What is copied, and what only has to be there. */
export function foldersOf(
  container: Container,
  observed: ObservedContainer,
  source: HostSurvey,
): {readonly synced: readonly Folder[]; readonly needed: readonly Folder[]} {
  const all = fileMounts(observed).map((mount, index) => ({
    folder: asFolder(mount, index, sizeOf(source, observed.name, mount)),
    ...policyOf(container, mount),
  }));
  return {
    synced: all.filter(({policy}) => policy === 'sync').map(({folder}) => folder),
    needed: all.filter(({policy}) => policy !== 'shared').map(({folder}) => folder),
  };
}

/** Why the files of a container cannot go where they belong; nothing is ever overwritten by surprise. */
export function folderRefusals(
  container: Container,
  observed: ObservedContainer,
  source: HostView,
  target: HostView,
): readonly Refusal[] {
  const returning = recordIn(target, container.name)?.mounts ?? [];
  return fileMounts(observed).flatMap((mount) => {
    const {policy, named} = policyOf(container, mount);
    const find = ({survey}: HostView) => survey?.landings.find(({name}) => name === mount.name);
    const from = find(source);
    const to = find(target);
    const may = named || returning.includes(mount.name);
    switch (policy) {
      case 'sync':
        return [
          ...sourceRefusals(mount, from, observed.name),
          ...targetRefusals(mount, to, target, may),
        ];
      case 'shared':
        return to?.exists ? [] : [missing(mount, target.host)];
      case 'skip':
        return [];
    }
  });
}

/** Nothing of a target is overwritten by surprise, wherever the files come from. */
export function arrivalRefusals(
  container: Container,
  observed: ObservedContainer,
  target: HostView,
): readonly Refusal[] {
  const returning = recordIn(target, container.name)?.mounts ?? [];
  return fileMounts(observed).flatMap((mount) => {
    const {policy, named} = policyOf(container, mount);
    if (policy !== 'sync') return [];
    const landing = target.survey?.landings.find(({name}) => name === mount.name);
    return targetRefusals(mount, landing, target, named || returning.includes(mount.name));
  });
}

/** Why its files cannot be kept beside its memory, or be put back: a checkpoint is of one moment. */
export function keepRefusals(
  container: Container,
  observed: ObservedContainer,
  {survey}: HostView,
): readonly Refusal[] {
  return fileMounts(observed).flatMap((mount) => {
    if (policyOf(container, mount).policy !== 'sync') return [];
    const landing = survey?.landings.find(({name}) => name === mount.name);
    return sourceRefusals(mount, landing, observed.name, 'which changes it at other moments');
  });
}

const missing = ({kind, name}: Mount, host: string): Refusal => ({
  code: 'shared-missing',
  message: `${kind} "${name}" is said to be shared, and is not on ${host}`,
  remedy: `mount it on ${host}, or let it be copied (\`sync\`)`,
});

function sourceRefusals(
  {kind, name, source}: Mount,
  landing: Landing | undefined,
  container: string,
  harm = 'which would be left without it',
): readonly Refusal[] {
  const others = landing?.usedBy.filter((each) => each !== container) ?? [];
  return [
    ...(landing?.kind === 'other' || landing?.kind === 'file'
      ? [
          {
            code: 'mount-not-a-folder',
            message: `${kind} "${name}" (${source}) is a ${landing.kind === 'file' ? 'single file' : 'socket or device'}, which is not copied`,
            remedy: `put it on the target yourself and say \`volumes: {"${name}": shared}\``,
          },
        ]
      : []),
    ...(others.length > 0
      ? [
          {
            code: 'volume-in-use',
            message: `${kind} "${name}" is also used by ${others.map((each) => `"${each}"`).join(', ')}, ${harm}`,
            remedy: `say \`volumes: {"${name}": shared}\` if both hosts mount the same, or stop them first`,
          },
        ]
      : []),
  ];
}

function targetRefusals(
  {kind, name}: Mount,
  landing: Landing | undefined,
  target: HostView,
  may: boolean,
): readonly Refusal[] {
  const {host} = target;
  if (!landing?.exists) return [];
  if (landing.usedBy.length > 0)
    return [
      {
        code: 'volume-taken',
        message: `${kind} "${name}" on ${host} is used by ${landing.usedBy.map((each) => `"${each}"`).join(', ')}`,
        remedy: `remove or rename it on ${host}`,
      },
    ];
  if (landing.empty || may) return [];
  return [
    {
      code: 'would-overwrite',
      message: `${kind} "${name}" is on ${host} already and is not empty`,
      remedy: `look at it; to overwrite it say \`volumes: {"${name}": sync}\`, to keep it say \`skip\` or \`shared\``,
    },
  ];
}
