import type {Refusal} from '../../engines/engine.js';
import type {Mount, ObservedContainer} from '../../engines/facts.js';
import type {Container} from '../../plan/plan.js';
import type {KeptManifest} from '../../state/host/kept.js';
import type {HostView} from '../../state/host/observed.js';
import {fileMounts, isCopied, policyOf} from '../claims/folders.js';
import {filesOf, landingOf} from '../claims/landings.js';
import {unreadableIn} from '../situation/scene.js';

/** `binds`: what is bound is the container's own, where its engine has no volumes. */
const isShared = (original: Container, mount: Mount, binds: boolean): boolean =>
  (mount.kind !== 'volume' && !binds) || !isCopied(policyOf(original, mount));

/** It has its own of every volume that it writes to; what it only reads they have in common. */
export const ownMounts = (
  original: Container,
  described: ObservedContainer,
  binds: boolean,
): readonly Mount[] =>
  fileMounts(described).filter((mount) => !mount.readOnly && !isShared(original, mount, binds));

/** What both would write to. */
export const writtenByBoth = (
  original: Container,
  described: ObservedContainer,
  binds: boolean,
): readonly Refusal[] =>
  fileMounts(described)
    .filter((mount) => !mount.readOnly && isShared(original, mount, binds))
    .map(({kind, name, source}) => ({
      code: 'written-by-both',
      message: `both would write to the ${kind} "${name}"${kind === 'bind' ? ` (${source})` : ', of which the plan has no copy made'}`,
      remedy:
        kind === 'bind' && !binds
          ? 'put what it writes into a named volume, of which the copy gets its own; or restore it in place of the first one'
          : `let it be copied (\`volumes: {"${name}": sync}\`), and keep another checkpoint`,
    }));

/** As `ss` writes them; what is being closed may belong to no process any more. */
const open: readonly string[] = ['ESTAB', 'SYN-SENT', 'SYN-RECV', 'CLOSE-WAIT'];

export function openConnections({id, content}: KeptManifest): readonly Refusal[] {
  const held = content.sockets.filter(
    ({protocol, state}) => protocol.startsWith('tcp') && open.includes(state),
  );
  const [first] = held;
  if (!first) return [];
  const count = held.length === 1 ? '1 TCP connection is' : `${held.length} TCP connections are`;
  return [
    {
      code: 'connections-open',
      message: `${count} open in checkpoint ${id} (${first.local} to ${first.remote ?? 'nowhere'}): they are the first one's, and podman says "--tcp-established cannot be used with --name"`,
      remedy:
        'keep another checkpoint while no connection is open, or restore it in place of the first one',
    },
  ];
}

/** The first one has it wherever it is, also stopped: it may be started again. */
export function fixedAddresses(
  described: ObservedContainer,
  views: readonly HostView[],
): readonly Refusal[] {
  const fixed = described.addresses.filter(({fixed: isFixed}) => isFixed);
  const holder = views.find(({look}) => look.containers.some(({name}) => name === described.name));
  if (!holder) return [];
  return fixed.map(({ip = '', network}) => ({
    code: 'address-taken',
    message: `"${described.name}" on ${holder.host} has the fixed address "${ip}" of the network "${network}"`,
    remedy:
      'make it without a fixed address and keep another checkpoint, or restore it in its own place',
  }));
}

/** Ports of a stopped one are free, and it would not start again. */
export function publishedPorts(described: ObservedContainer, target: HostView): readonly Refusal[] {
  if (!target.look.containers.some(({name}) => name === described.name)) return [];
  return described.ports
    .filter(({hostPort}) => hostPort !== 0)
    .map(({hostPort, protocol}) => ({
      code: 'port-taken',
      message: `"${described.name}" on ${target.host} publishes the port "${hostPort}/${protocol}"`,
      remedy: 'restore it on another host (--on), or in its own place',
    }));
}

/** Who has the name already, on any host. `leftover`: what a dead run has made, which is going to be removed. */
export function nameRefusals(
  name: string,
  views: readonly HostView[],
  leftover: ObservedContainer | undefined,
): readonly Refusal[] {
  return views.flatMap((view) => {
    const {host, look} = view;
    const isTaken = look.containers.some((each) => each.name === name && each !== leftover);
    return isTaken || unreadableIn(view, name).length > 0
      ? [
          {
            code: 'name-taken',
            message: `there is a container "${name}" on ${host} already`,
            remedy: 'take another name, or remove it',
          },
        ]
      : [];
  });
}

/** Where its own volumes go nothing may be but what a dead run, `begun`, has made for it; what it reads has to be there. */
export function placeRefusals(
  own: readonly Mount[],
  mounts: readonly Mount[],
  target: HostView,
  begun: string | undefined,
): readonly Refusal[] {
  const {host, survey, engine} = target;
  const isThere = (mount: Mount): boolean => landingOf(survey, mount)?.exists === true;
  const isMade = (mount: Mount): boolean =>
    begun !== undefined && filesOf(target, mount)?.arriving?.run === begun;
  return mounts.flatMap((mount): readonly Refusal[] => {
    const {kind, name, source} = mount;
    if (own.includes(mount)) {
      if (!isThere(mount) || isMade(mount)) return [];
      const what = kind === 'volume' ? `volume "${name}"` : `folder "${source}"`;
      const how = kind === 'volume' ? `the volume: ${engine} volume rm ${name}` : 'the folder';
      return [
        {
          code: 'volume-taken',
          message: `the ${what} is on ${host} already`,
          remedy: `take another name, or remove ${how}`,
        },
      ];
    }
    if (isThere(mount)) return [];
    return [
      {
        code: 'mount-missing',
        message: `the ${kind} "${name}", which it reads, is not on ${host}`,
        remedy: `bring it to ${host}`,
      },
    ];
  });
}
