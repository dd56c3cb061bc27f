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
import {err, ok, type Result} from '../../base/result.js';
import type {ObservedContainer} from '../facts.js';

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

/** What a field is called, its form, and its value. */
type Field = readonly [string, Form, unknown];

const given = (name: string, form: Form, value: unknown): readonly Field[] =>
  value === undefined ? [] : [[name, form, value]];

function* fieldsOf(container: ObservedContainer, {id, image, path}: Forms): Iterable<Field> {
  yield ['ID', id, container.id];
  yield ['name', shortName, container.name];
  yield ['image ID', orNone(imageId), container.image.id];
  yield ['image', orNone(image), container.image.name];
  yield ['restart policy', restartPolicyForm, container.restartPolicy];
  yield* given('start', line, container.startedAt);
  yield* given('pod', word, container.pod);
  yield* given('other container', word, container.joins);
  yield* given('writable layer', path, container.upperDir);
  for (const device of container.devices) yield ['device', word, device];
  for (const label of Object.keys(container.labels)) yield ['label', line, label];
  for (const {network, ip, mac} of container.addresses) {
    yield ['network', word, network];
    yield* given('address', ipAddress, ip);
    yield* given('MAC address', macAddress, mac);
  }
  for (const {hostIp, protocol} of container.ports) {
    yield ['address of a port', ipAddress, hostIp];
    yield ['protocol of a port', protocolForm, protocol];
  }
  for (const mount of container.mounts) {
    const {kind, name, source, destination} = mount;
    yield ['name of a mount', kind === 'volume' ? shortName : line, name];
    yield [
      'source of a mount',
      kind === 'tmpfs' ? line : kind === 'bind' ? path : orNone(path),
      source,
    ];
    yield ['destination of a mount', absolutePath, destination];
  }
}

/** The largest process ID of Linux (PID_MAX_LIMIT). */
const mostProcesses = 2 ** 22;

function* numbersOf({pid, ports, stop}: ObservedContainer): Iterable<Result<number, string>> {
  yield readNumber('a process ID', mostProcesses, pid);
  if (stop) {
    yield readNumber('a signal', 64, stop.signal);
    yield readNumber('a time', 2 ** 32 * 1000, stop.timeoutMs);
  }
  for (const {hostPort, containerPort} of ports) {
    yield readNumber('a port', 65_535, hostPort);
    yield readNumber('a port', 65_535, containerPort);
  }
}

/**
 * The one way from an engine's answer to a container that is believed: every value that may become a
 * path, an argument or an identity has its form.
 */
export function checkContainer(
  container: ObservedContainer,
  forms: Forms,
): Result<ObservedContainer, string> {
  const named = readWord(shortName, container.name);
  const whose = named.ok ? `container "${named.value}"` : 'a container';
  for (const [name, form, value] of fieldsOf(container, forms)) {
    const read = readWord(form, value);
    if (!read.ok) return err(`the ${name} of ${whose}: ${read.error}`);
  }
  for (const read of numbersOf(container)) {
    if (!read.ok) return err(`${whose}: ${read.error}`);
  }
  return ok(container);
}
