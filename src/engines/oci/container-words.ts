import {
  absolutePath,
  hostPath,
  imageId,
  imageReference,
  ipAddress,
  line,
  macAddress,
  orNone,
  protocolForm,
  readNumber,
  readWord,
  restartPolicyForm,
  shortName,
  word,
  type Form,
} from '../../base/host-words.js';
import {partProblem} from '../../base/parse-json.js';
import {err, ok, type Result} from '../../base/result.js';
import type {
  Address,
  EngineLook,
  Mount,
  ObservedContainer,
  Port,
  UnreadableContainer,
} from '../facts.js';

/** What differs between engines in how they name things. */
export interface Forms {
  readonly id: Form;
  readonly image: Form;
  readonly path: Form;
}

/** podman's and docker's; which of the two forms an ID has is the engine's. */
export const engineForms = (id: Form): Forms => ({id, image: imageReference, path: hostPath});

export const bundleForms = (id: Form): Forms => ({id, image: absolutePath, path: absolutePath});

/** Any engine's, for what `cm` wrote down earlier. */
export const anyForms = (id: Form): Forms => ({
  id,
  image: {
    what: 'an image name',
    fits: (value) => imageReference.fits(value) || absolutePath.fits(value),
  },
  path: absolutePath,
});

/** What one value is wrong with, if anything. */
type Check = string | undefined;

const formed = (name: string, form: Form, value: unknown): Check => {
  const read = readWord(form, value);
  return read.ok ? undefined : `the ${name}: ${read.error}`;
};

const given = (name: string, form: Form, value: unknown): Check =>
  value === undefined ? undefined : formed(name, form, value);

const counted = (name: string, what: string, most: number, value: unknown): Check => {
  const read = readNumber(what, most, value);
  return read.ok ? undefined : `the ${name}: ${read.error}`;
};

/** The largest process ID of Linux (PID_MAX_LIMIT). */
const mostProcesses = 2 ** 22;

const ofAddress = ({network, ip, mac}: Address): readonly Check[] => [
  formed('network', word, network),
  given('address', ipAddress, ip),
  given('MAC address', macAddress, mac),
];

const ofPort = ({hostIp, protocol, hostPort, containerPort}: Port): readonly Check[] => [
  formed('address of a port', ipAddress, hostIp),
  formed('protocol of a port', protocolForm, protocol),
  counted('number of a port', 'a port', 65_535, hostPort),
  counted('number of a port', 'a port', 65_535, containerPort),
];

function ofMount({kind, name, source, destination}: Mount, {path}: Forms): readonly Check[] {
  const form = kind === 'tmpfs' ? line : kind === 'bind' ? path : orNone(path);
  return [
    formed('name of a mount', kind === 'volume' ? shortName : line, name),
    formed('source of a mount', form, source),
    formed('destination of a mount', absolutePath, destination),
  ];
}

function ofItself(container: ObservedContainer, {id, image, path}: Forms): readonly Check[] {
  const {stop} = container;
  return [
    formed('ID', id, container.id),
    formed('name', shortName, container.name),
    formed('image ID', orNone(imageId), container.image.id),
    formed('image', orNone(image), container.image.name),
    formed('restart policy', restartPolicyForm, container.restartPolicy),
    given('start', line, container.startedAt),
    given('pod', word, container.pod),
    given('other container', word, container.joins),
    given('writable layer', path, container.upperDir),
    ...container.devices.map((device) => formed('device', word, device)),
    ...Object.keys(container.labels).map((label) => formed('label', line, label)),
    counted('process', 'a process ID', mostProcesses, container.pid),
    ...(stop
      ? [
          counted('stop signal', 'a signal', 64, stop.signal),
          counted('stop timeout', 'a time', 2 ** 32 * 1000, stop.timeoutMs),
        ]
      : []),
  ];
}

const isFit = (checks: readonly Check[]): boolean => checks.every((each) => each === undefined);

/**
 * The one way from an engine's answer to a container that is believed: every value that may become a
 * path, an argument or an identity has its form. The error names the first one that has not.
 */
export function checkContainer(
  container: ObservedContainer,
  forms: Forms,
): Result<ObservedContainer, string> {
  const wrong = [
    partProblem(container.raw),
    ...ofItself(container, forms),
    ...container.addresses.flatMap(ofAddress),
    ...container.ports.flatMap(ofPort),
    ...container.mounts.flatMap((mount) => ofMount(mount, forms)),
  ].find((each) => each !== undefined);
  return wrong === undefined ? ok(container) : err(wrong);
}

/** A port that cannot be read as a whole counts for all addresses. */
const knownPort = (port: Port): readonly Port[] => {
  const {hostIp, protocol, ...numbers} = port;
  const whole = {
    ...numbers,
    hostIp: ipAddress.fits(hostIp) ? hostIp : '0.0.0.0',
    protocol: protocolForm.fits(protocol) ? protocol : 'tcp',
  };
  return isFit(ofPort(whole)) ? [whole] : [];
};

/**
 * A container that is believed as a whole; or what counts as in use on its host, of one that is not. Nothing of that has another
 * form than it has of one that is believed, and what has not is empty.
 */
export function readable(
  container: ObservedContainer,
  forms: Forms,
): Result<ObservedContainer, UnreadableContainer> {
  const checked = checkContainer(container, forms);
  if (checked.ok) return checked;
  const {id, name, state, addresses, ports} = container;
  return err({
    id: forms.id.fits(id) ? id : '',
    name: shortName.fits(name) ? name : '',
    state,
    addresses: addresses.filter((each) => isFit(ofAddress(each))),
    ports: ports.flatMap(knownPort),
    reason: checked.error,
  });
}

/** The containers that an engine was asked for. One that has no name cannot be told from the others, which ends the look. */
export function gathered(
  version: string,
  all: readonly Result<ObservedContainer, UnreadableContainer>[],
): Result<EngineLook, string> {
  const containers: ObservedContainer[] = [];
  const unreadable: UnreadableContainer[] = [];
  for (const read of all) {
    if (!read.ok && read.error.name === '') return err(read.error.reason);
    if (!read.ok) unreadable.push(read.error);
    // A name may also be the beginning of an ID; the same one must not come twice.
    else if (!containers.some(({id}) => id === read.value.id)) containers.push(read.value);
  }
  return ok({version, containers, ...(unreadable.length > 0 && {unreadable})});
}

/** The container of that name in a look, or why it is not there. */
export function namedIn(
  {containers, unreadable = []}: EngineLook,
  name: string,
  engine: string,
): Result<ObservedContainer, string> {
  const container = containers.find((each) => each.name === name);
  if (container) return ok(container);
  const odd = unreadable.find((each) => each.name === name);
  return err(
    odd ? `container "${name}": ${odd.reason}` : `${engine} does not know a container "${name}"`,
  );
}
