import type {Refusal} from '../../engines/engine.js';
import type {HostSurvey, Mount, ObservedContainer, VolumeFacts} from '../../engines/facts.js';
import {
  describeVolume,
  isInMemory,
  isMounted,
  isPlain,
  isSameVolume,
  makeVolume,
  volumeOf,
} from '../../engines/oci/volumes.js';
import type {Container, VolumePolicy} from '../../plan/plan.js';
import type {HostView} from '../../state/host/observed.js';
import {fileMounts, isCopied, policyOf} from './folders.js';

/** One volume of a container, as the hosts describe it; `source` and `here` are absent where only a checkpoint is left. */
interface Case {
  readonly mount: Mount;
  readonly policy: VolumePolicy;
  readonly here: VolumeFacts | undefined;
  readonly there: VolumeFacts | undefined;
  readonly source: HostView | undefined;
  readonly target: HostView;
}

/** Why a volume with a driver or options of its own cannot be had on the target, or not with what is in it. */
export function volumeRefusal(
  container: Container,
  mount: Mount,
  source: HostView | undefined,
  target: HostView,
): Refusal | undefined {
  const odd = [source, target].flatMap((view) => (view ? unreadable(view, mount) : []));
  if (odd[0]) return odd[0];
  const here = volumeOf(source?.survey, mount);
  const there = volumeOf(target.survey, mount);
  const policy = policyOf(container, mount);
  const given = {mount, policy, source, target, here, there};
  return here ? knownRefusal(given, here) : unknownRefusal(given);
}

function unreadable(
  {host, survey}: Pick<HostView, 'host'> & {readonly survey?: HostSurvey | undefined},
  {kind, name}: Mount,
): readonly Refusal[] {
  const odd = survey?.usage?.unreadableVolumes?.find((each) => each.name === name);
  if (kind !== 'volume' || !odd) return [];
  return [
    {
      code: 'volume-unreadable',
      message: `volume "${name}" on ${host} cannot be read: ${odd.reason}`,
      remedy: `make it again without that, or give the container another volume`,
    },
  ];
}

function knownRefusal(given: Case, here: VolumeFacts): Refusal | undefined {
  const {there, policy} = given;
  if (isMounted(here) && isCopied(policy)) return isMount(given, here);
  if (!there) return isPlain(here) ? undefined : notMade(given, here);
  if (!isSameVolume(here, there)) return differs(given, there);
  return policy === 'shared' ? deviceRefusal(given, here.device, there) : undefined;
}

/** Of a kept checkpoint nothing tells how its volumes were made. */
const unknownRefusal = (given: Case): Refusal | undefined =>
  given.there && isCopied(given.policy) && !isPlain(given.there)
    ? differs(given, given.there)
    : undefined;

/** Why the files of a volume cannot be kept beside the memory of its container. */
export function keptVolumeRefusal(
  container: Container,
  mount: Mount,
  {host, survey}: HostView,
): Refusal | undefined {
  const [odd] = unreadable({host, survey}, mount);
  if (odd) return odd;
  const volume = volumeOf(survey, mount);
  if (!volume || !isMounted(volume) || !isCopied(policyOf(container, mount))) return undefined;
  return {
    code: 'volume-is-mount',
    message: `volume "${volume.name}" on ${host} is a mount (${describeVolume(volume)}), whose files are not kept`,
    remedy: `${saidShared(volume)}: its files then stay where they are, and are no part of the checkpoint`,
  };
}

/** What is done once the volume is as it should be on the target. */
const saidShared = ({name}: VolumeFacts): string => `say \`volumes: {"${name}": shared}\``;

function isMount({source, target, mount, there}: Case, volume: VolumeFacts): Refusal {
  const made =
    there && isSameVolume(volume, there)
      ? ''
      : `make it on ${target.host} with ${makeVolume(target.engine, volume)}, and `;
  const ways = isInMemory(volume)
    ? [`${made}say \`volumes: {"${volume.name}": skip}\`: its files end with the container anyway`]
    : [
        `if ${target.host} can mount the same files, ${made}${saidShared(volume)}`,
        ...(volume.device
          ? [
              `to have them copied, make the container again with the folder "${volume.options['device'] ?? ''}" at "${mount.destination}" in place of the volume`,
            ]
          : []),
      ];
  return {
    code: 'volume-is-mount',
    message: `volume "${volume.name}" on ${source?.host ?? target.host} is a mount (${describeVolume(volume)}), whose files are not copied`,
    remedy: ways.join('; '),
  };
}

const notMade = ({target, policy}: Case, volume: VolumeFacts): Refusal => ({
  code: policy === 'shared' ? 'shared-missing' : 'volume-options',
  message: `volume "${volume.name}" has options (${describeVolume(volume)}), and is not on ${target.host}`,
  remedy: `make it there with ${makeVolume(target.engine, volume)}, and apply again`,
});

function differs({here, source, target}: Case, there: VolumeFacts): Refusal {
  const other = here && source ? `on ${source.host} it has ${describeVolume(here)}` : 'it had none';
  const made =
    here && !isPlain(here) ? `, and make it with ${makeVolume(target.engine, here)}` : '';
  return {
    code: 'volume-differs',
    message: `volume "${there.name}" on ${target.host} has ${describeVolume(there)}; ${other}`,
    remedy: `remove it on ${target.host} if nothing needs it ("${target.engine} volume rm ${there.name}")${made}; or give the container another volume`,
  };
}

/** The same options are the same files only where the folder that they name is the same, too. */
function deviceRefusal(
  {target: {host}}: Case,
  here: VolumeFacts['device'],
  {name, device, options}: VolumeFacts,
): Refusal | undefined {
  if (!here || !device || (device.exists && !device.empty)) return undefined;
  const what = `volume "${name}" mounts "${options['device'] ?? ''}"`;
  if (!device.exists)
    return {
      code: 'shared-missing',
      message: `${what}, which is not on ${host}`,
      remedy: `mount or make that folder on ${host}`,
    };
  if (here.empty) return undefined;
  return {
    code: 'shared-empty',
    message: `${what}, which is empty on ${host} and not where it is now: is it mounted on ${host}?`,
    remedy: `mount it on ${host}, or put its files there`,
  };
}

/** A checkpoint has the memory of processes, and none of the files that such a volume holds. */
export const inMemoryRefusals = (
  observed: ObservedContainer,
  {survey}: HostView,
): readonly Refusal[] =>
  fileMounts(observed).flatMap((mount) => {
    const volume = volumeOf(survey, mount);
    if (!volume || !isInMemory(volume)) return [];
    return [
      {
        code: 'volume-in-memory',
        message: `volume "${volume.name}" holds its files in memory (${describeVolume(volume)}), and they are lost at a freeze`,
        remedy: `use "cold", which starts the container with an empty one; or make the container with \`--tmpfs ${mount.destination}\` instead`,
      },
    ];
  });
