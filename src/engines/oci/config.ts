import {err, type Result} from '../../base/result.js';
import {asList, at, isRecord, parseJson, textAt, textsAt} from '../../base/json.js';

/**
 * A `config.json` that every runtime reads as it is read here. Go takes a key in any case, joins two maps of one key, and has
 * two more letters that it takes for `k` and `s`; another reader takes the first of two keys. So each key stands in the
 * spelling of the specification, and once.
 */
export function readOciConfig(text: string): Result<unknown, string> {
  const parsed = parseJson(text);
  if (!parsed.ok) return parsed;
  if (!isRecord(parsed.value)) return err('it is not one map');
  const keys = [...keysOf(parsed.value)];
  if (writtenKeys(text) !== keys.length || keys.some(({again}) => again))
    return err('it has a key twice');
  const odd = keys.find(({key, free}) => !free && isMisspelt(key));
  return odd
    ? err(`it has the key ${JSON.stringify(odd.key)}, which runtimes read as another`)
    : parsed;
}

interface Key {
  readonly key: string;
  /** The key of a map whose keys are anybody's. */
  readonly free: boolean;
  /** Another key of the same map is the same to Go. */
  readonly again: boolean;
}

const freeMaps = new Set([
  ...['annotations', 'sysctl', 'unified', 'netDevices', 'labels', 'newNetworks', 'networkOptions'],
]);

function* keysOf(value: unknown, free = false): Iterable<Key> {
  if (Array.isArray(value)) {
    for (const each of value) yield* keysOf(each);
  } else if (isRecord(value)) {
    const seen = new Set<string>();
    for (const [key, each] of Object.entries(value)) {
      yield {key, free, again: !free && seen.has(folded(key))};
      seen.add(folded(key));
      yield* keysOf(each, !free && freeMaps.has(key));
    }
  }
}

/** Texts that a colon follows. */
const writtenKeys = (text: string): number =>
  [...text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/gs)].filter(([, colon]) => colon !== undefined)
    .length;

/** Keys of the specification, and of podman's own description, that say what a container may do. */
const spelt = [
  ...[
    'root',
    'path',
    'readonly',
    'process',
    'args',
    'env',
    'cwd',
    'user',
    'uid',
    'gid',
    'terminal',
  ],
  ...[
    'additionalGids',
    'umask',
    'capabilities',
    'bounding',
    'effective',
    'inheritable',
    'permitted',
  ],
  ...['ambient', 'noNewPrivileges', 'apparmorProfile', 'selinuxLabel', 'mounts', 'destination'],
  ...['type', 'source', 'options', 'hooks', 'prestart', 'createRuntime', 'createContainer'],
  ...['startContainer', 'poststart', 'poststop', 'annotations', 'linux', 'namespaces', 'devices'],
  ...['netDevices', 'resources', 'unified', 'sysctl', 'seccomp', 'listenerPath', 'maskedPaths'],
  ...['readonlyPaths', 'cgroupsPath', 'mountLabel', 'rootfsPropagation', 'uidMappings'],
  ...['gidMappings', 'intelRdt', 'personality', 'allow', 'access', 'major', 'minor', 'hostname'],
];

const known: ReadonlyMap<string, string> = new Map(spelt.map((key) => [key.toLowerCase(), key]));

const isMisspelt = (key: string): boolean => (known.get(folded(key)) ?? key) !== key;

/** What Go takes for the same key. */
export const folded = (key: string): string =>
  key.toLowerCase().replaceAll('\u212a', 'k').replaceAll('\u017f', 's');

export const isBind = (mount: unknown): boolean =>
  textAt(mount, 'type') === 'bind' ||
  textsAt(mount, 'options').some((option) => option === 'bind' || option === 'rbind');

/** The namespace of a kind: undefined when it is the host's, empty when it is its own, else a path. */
export function namespaceOf(config: unknown, type: string): string | undefined {
  const found = asList(at(config, 'linux', 'namespaces')).find(
    (each) => textAt(each, 'type') === type,
  );
  return found === undefined ? undefined : textAt(found, 'path');
}
