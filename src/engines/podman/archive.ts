import {isBind, namespaceOf, folded, readOciConfig} from '../oci/config.js';
import {script} from '../../base/command.js';
import {err, ok, type Result} from '../../base/result.js';
import type {Question} from '../engine.js';
import type {ObservedContainer} from '../facts.js';
import {asList, asRecord, asTexts, at, flagAt, isRecord, textAt, textsAt} from '../../base/json.js';
import {imageDifferences} from '../criu/image-differences.js';
import {imagesLimit, imagesText, readImages} from '../criu/images.js';
import {denies, plannedOci} from '../oci/planned.js';
import {ociPowers} from '../oci/powers.js';
import {podmanPowers} from './powers.js';
import {powersOver, wordOf} from '../powers.js';
import {checkArchiveText} from './archive-check.js';
import {scriptHead, sections, sectionText} from '../host/sections.js';

/** More than podman writes of any container, and little enough to be read at once. */
const mostBytes = 2_000_000;

/** Each dump becomes one line, so that nothing in it can look like the end of it. */
const readText = `${scriptHead}
${checkArchiveText}
check_archive "$1/archive"
for dump in spec config; do
  section "$dump"
  head -c ${mostBytes} -- "$1/archive/$dump.dump" | tr -d '\\n\\r'
done
images=$1/images
${imagesText}
section end`;

/** What is written for systemd about how a container is ended, and not asked for by anybody. */
const aboutItsEnd = /^org\.systemd\.property\.(?:KillSignal|TimeoutStopUSec)$/;

const isOwnPath = (path: string, id: string): boolean =>
  path.includes(`/${id}/`) && !path.split('/').includes('..');

/** What podman itself mounts into every container, where it was asked for nothing else. */
function isOwnMount(raw: unknown, mount: unknown): boolean {
  const [source, destination] = [textAt(mount, 'source'), textAt(mount, 'destination')];
  const host = at(raw, 'HostConfig');
  if (isOwnPath(source, textAt(raw, 'Id'))) return true;
  if (destination === '/run/podman-init')
    return flagAt(host, 'Init') && /^\/usr\/(?:local\/)?lib(?:exec)?\/podman\//.test(source);
  if (source !== destination) return false;
  if (source === '/dev/shm' || source === '/dev/mqueue') return textAt(host, 'IpcMode') === 'host';
  return source === '/sys/fs/cgroup' && flagAt(raw, 'Config', 'SystemdMode');
}

function isPlannedMount(raw: unknown, mount: unknown): boolean {
  const told = asList(at(raw, 'Mounts')).find(
    (each) => textAt(each, 'Destination') === textAt(mount, 'destination'),
  );
  if (told === undefined) return isOwnMount(raw, mount);
  const isWritten = !textsAt(mount, 'options').includes('ro');
  return textAt(told, 'Source') === textAt(mount, 'source') && (flagAt(told, 'RW') || !isWritten);
}

/** Parts of a configuration that podman 4 and 5 write. */
const partsOf: Readonly<Record<string, ReadonlySet<string>>> = {
  '': new Set([
    ...[
      'ociVersion',
      'process',
      'root',
      'hostname',
      'domainname',
      'mounts',
      'annotations',
      'linux',
    ],
  ]),
  linux: new Set([
    ...['sysctl', 'resources', 'cgroupsPath', 'namespaces', 'seccomp', 'maskedPaths', 'devices'],
    ...['readonlyPaths', 'rootfsPropagation', 'mountLabel', 'personality', 'uidMappings'],
    ...['gidMappings', 'intelRdt'],
  ]),
};

const unknownParts = (spec: unknown): readonly string[] =>
  Object.entries(partsOf).flatMap(([name, known]) =>
    Object.keys(asRecord(name === '' ? spec : at(spec, name)))
      .filter((key) => !known.has(key))
      .map((key) => `it has "${key}"`),
  );

/** Namespaces that give no power over the host, but are not what was planned. */
function namespaceDifferences(raw: unknown, spec: unknown): readonly string[] {
  const host = at(raw, 'HostConfig');
  const [network, user] = [namespaceOf(spec, 'network'), namespaceOf(spec, 'user')];
  const joined = ['pid', 'ipc', 'uts', 'mount', 'cgroup', 'user', 'time'].filter(
    (type) => (namespaceOf(spec, type) ?? '') !== '',
  );
  const isOnHost = textAt(host, 'NetworkMode') === 'host';
  return [
    ...joined.map((type) => `it joins another ${type} namespace`),
    ...((network === undefined) !== isOnHost ? ["its network is not the planned one's"] : []),
    ...(network !== undefined && !/^(?:\/(?:var\/)?run\/netns\/netns-[0-9a-f-]+)?$/.test(network)
      ? [`it joins the network "${network}"`]
      : []),
    ...(user !== undefined && textsAt(host, 'IDMappings', 'UidMap').length === 0
      ? ['it has a user namespace']
      : []),
  ];
}

const cgroupsOf = (id: string): readonly string[] => [id, `libpod-${id}`, `libpod-${id}.scope`];

/** What a configuration in the archive asks for that was not planned. */
function specDifferences(container: ObservedContainer, spec: unknown): readonly string[] {
  const {raw, id} = container;
  const planned = new Set(podmanPowers(container).map(wordOf));
  const action = textAt(spec, 'linux', 'seccomp', 'defaultAction');
  const powers = [
    ...ociPowers(spec, cgroupsOf(id)),
    ...powersOver(
      'bind',
      asList(at(spec, 'mounts'))
        .filter((mount) => isBind(mount) && !isPlannedMount(raw, mount))
        .map((mount) => textAt(mount, 'source') || '?'),
    ),
  ].filter(({kind, of = ''}) => !(kind === 'annotation' && aboutItsEnd.test(of)));
  const words = [...powers.map(wordOf), ...(denies.test(action) ? [] : ['seccomp-unconfined'])];
  const isPlanned = (word: string): boolean =>
    planned.has(word) ||
    planned.has('privileged') ||
    // for systemd podman lets the control groups be written
    (word === 'unmasked' && flagAt(raw, 'Config', 'SystemdMode'));
  return [
    ...words.filter((word) => !isPlanned(word)).map((word) => `it has ${word}`),
    ...unknownParts(spec),
    ...namespaceDifferences(raw, spec),
  ];
}

/** The program and who runs it, of the configuration that is restored. */
function processDifferences({raw}: ObservedContainer, spec: unknown): readonly string[] {
  const args = textsAt(spec, 'process', 'args');
  const program = textAt(raw, 'Path');
  const words = textsAt(raw, 'Args');
  // Of a program of one word podman tells the word as its only argument, too.
  const isOneWord = args.length === 1 && words.length === 1 && words[0] === program;
  const planned = isOneWord ? [program] : [program, ...words];
  const user = /^(?:root)?(?::.*)?$/.test(textAt(raw, 'Config', 'User'))
    ? '0'
    : /^\d+(?=:|$)/.exec(textAt(raw, 'Config', 'User'))?.[0];
  const uid = at(spec, 'process', 'user', 'uid');
  const caps = textsAt(raw, 'BoundingCaps');
  const beyond = Object.values(asRecord(at(spec, 'process', 'capabilities')))
    .flatMap(asTexts)
    .filter((name) => !caps.includes(name));
  const root = textAt(spec, 'root', 'path');
  return [
    ...(JSON.stringify(args) === JSON.stringify(planned) ? [] : ['its program is another']),
    ...(user === undefined || String(uid) === user ? [] : ['its user is another']),
    ...[...new Set(beyond)].map((name) => `it has the capability ${name}`),
    ...(root === textAt(raw, 'GraphDriver', 'Data', 'MergedDir') ? [] : ['its root is another']),
  ];
}

/** Paths of the host that podman's own description may name, and that do not bear the container's ID. */
function plannedPaths(raw: unknown): ReadonlyMap<string, string> {
  const pid = (path: string): string => (/^\/run\/.*pid$/i.test(path) ? path : '');
  return new Map([
    ['logpath', textAt(raw, 'HostConfig', 'LogConfig', 'Path')],
    ['conmonpidfile', pid(textAt(raw, 'ConmonPidFile'))],
    ['shmdir', textAt(raw, 'HostConfig', 'IpcMode') === 'host' ? '/dev/shm' : ''],
    ['pid_file', pid(textAt(raw, 'PidFile'))],
    ['cgroupparent', textAt(raw, 'HostConfig', 'CgroupParent') || '/libpod_parent'],
  ]);
}

/** Parts of podman's own description that must be empty, for a container that can be moved with its memory. */
const mustBeEmpty =
  /nsctr$|^(?:dependencies|secrets|envsecrets|overlayvolumes|rootfs|rootfs_overlay|.*device.*)$/;

const isNothing = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  value === '' ||
  value === false ||
  (Array.isArray(value) && value.length === 0) ||
  (isRecord(value) && Object.keys(value).length === 0);

function entryDifference(raw: unknown, key: string, value: unknown): string | undefined {
  const name = folded(key);
  if (mustBeEmpty.test(name) && name !== 'mountalldevices' && !isNothing(value))
    return `it has "${key}"`;
  const paths = name === 'mounts' ? asTexts(value) : typeof value === 'string' ? [value] : [];
  const isStrange = (path: string): boolean =>
    path.startsWith('/') &&
    !isOwnPath(path, textAt(raw, 'Id')) &&
    plannedPaths(raw).get(name) !== path;
  // the folder of the program is one of the container
  const strange = name === 'workdir' ? undefined : paths.find(isStrange);
  return strange === undefined ? undefined : `"${key}" is "${strange}"`;
}

/** What podman's own description in the archive says that was not planned. */
function configDifferences(
  {raw, id, name, image}: ObservedContainer,
  config: unknown,
): readonly string[] {
  const same = (key: string, planned: string): readonly string[] =>
    textAt(config, key) === planned ? [] : [`"${key}" is not ${planned}`];
  const volumes = asList(at(config, 'namedVolumes'));
  const known = asList(at(raw, 'Mounts')).map(
    (mount) => `${textAt(mount, 'Name')} ${textAt(mount, 'Destination')}`,
  );
  const strange = volumes.filter(
    (each) => !known.includes(`${textAt(each, 'volumeName')} ${textAt(each, 'dest')}`),
  );
  return [
    ...same('id', id),
    ...same('name', name),
    ...same('rootfsImageID', image.id),
    ...strange.map((each) => `it has the volume "${textAt(each, 'volumeName')}"`),
    ...Object.entries(asRecord(config)).flatMap(([key, value]) =>
      key === 'spec' ? [] : (entryDifference(raw, key, value) ?? []),
    ),
  ];
}

/** What the two descriptions in podman's archive say that was not planned, one line each. */
export function archiveDifferences(
  container: ObservedContainer,
  spec: unknown,
  config: unknown,
): readonly string[] {
  return [
    ...new Set([
      ...specDifferences(container, spec),
      ...processDifferences(container, spec),
      ...specDifferences(container, at(config, 'spec')),
      ...configDifferences(container, config),
    ]),
  ];
}

/** What was not planned, of the two descriptions and of the images in a checkpoint. */
function differencesIn(
  container: ObservedContainer,
  stdout: string,
): Result<readonly string[], string> {
  const cut = sections(stdout);
  if (!cut.ok) return cut;
  const spec = readOciConfig(sectionText(cut.value, 'spec'));
  if (!spec.ok) return err(`"spec.dump" of the checkpoint: ${spec.error}`);
  const config = readOciConfig(sectionText(cut.value, 'config'));
  if (!config.ok) return err(`"config.dump" of the checkpoint: ${config.error}`);
  const differ = archiveDifferences(container, spec.value, config.value);
  if (differ.length > 0) return ok(differ);
  const images = readImages(cut.value);
  if (!images.ok) return images;
  return ok(imageDifferences(images.value, plannedOci(spec.value, cgroupsOf(container.id))));
}

/** On the target: podman makes the container from what the archive says, so that has to be what was planned. */
export const archiveQuestion = (container: ObservedContainer, scratch: string): Question => ({
  command: {
    ...script(`read the checkpoint of ${container.name}`, readText, scratch),
    outputLimit: imagesLimit,
  },
  read: (stdout) => {
    const differ = differencesIn(container, stdout);
    if (!differ.ok) return differ;
    return differ.value.length === 0
      ? ok('same configuration')
      : err(
          `the checkpoint that arrived is not of the planned container: ${differ.value.join('; ')}`,
        );
  },
});
