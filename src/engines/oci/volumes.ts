import {line, readWord, shortName, word} from '../../base/host-words.js';
import {err, ok, type Result} from '../../base/result.js';
import {shellWord} from '../../base/shell-word.js';
import type {HostSurvey, HostUsage, Mount, UnreadableVolume, VolumeFacts} from '../facts.js';
import {asRecord, asTextRecord, at, parseJson, textAt} from '../../base/json.js';
import {sectionLines, type Section} from '../host/sections.js';

const format =
  '{\\"Name\\":{{json .Name}},\\"Driver\\":{{json .Driver}},\\"Options\\":{{json .Options}},\\"Labels\\":{{json .Labels}}}';

/**
 * What podman and docker say of a volume. `volume_place ENGINE NAME` prints the folder of its files, which is another one than
 * the engine's own where the volume mounts a folder of the host. podman answers for `data1` when it is asked for `data` and has
 * no such volume, so the name of the answer is compared.
 */
export const volumeText = `
volume_field() { within 30 "$1" volume inspect --format "{{.Name}}	$3" -- "$2" 2>/dev/null | V=$2 awk -F '\\t' '$1 == ENVIRON["V"] {print substr($0, length($1) + 2)}'; }
volume_device() {
  case ,$(volume_field "$1" "$2" '{{index .Options "o"}}'), in
    *,bind,* | *,rbind,*) volume_field "$1" "$2" '{{index .Options "device"}}' | grep '^/' || : ;;
  esac
}
volume_place() {
  device=$(volume_device "$1" "$2")
  if [ -n "$device" ]; then printf '%s\\n' "$device"; else volume_field "$1" "$2" '{{.Mountpoint}}'; fi
}
volume_facts() {
  section volume "$3"
  volume_field "$1" "$2" "${format}" | unmarked
  device=$(volume_device "$1" "$2")
  [ -n "$device" ] || return 0
  section device "$3"
  if within 5 test -d "$device"; then echo folder; [ -n "$(within 5 ls -A -- "$device" 2>/dev/null | head -n 1)" ] || echo empty; fi
}`;

function readVolume(text: string, name: string): Result<VolumeFacts, string> {
  const parsed = parseJson(text);
  if (!parsed.ok) return parsed;
  const {value} = parsed;
  const driver = textAt(value, 'Driver');
  const options = asTextRecord(at(value, 'Options'));
  const labels = asTextRecord(at(value, 'Labels'));
  const fields = [
    readWord(shortName, textAt(value, 'Name')),
    readWord(word, driver),
    ...Object.entries(options).flatMap(([key, text]) => [
      readWord(word, key),
      readWord(line, text),
    ]),
  ];
  const odd = fields.flatMap((field) => (field.ok ? [] : [field]))[0];
  if (odd) return odd;
  if (textAt(value, 'Name') !== name) return err('it is another volume');
  if (Object.keys(asRecord(at(value, 'Options'))).length !== Object.keys(options).length)
    return err('an option is not a text');
  return ok({name, driver, options, labels});
}

/** Of the volumes among these mounts; the answers stand in the order of the mounts. One that cannot be read is not passed over. */
export function readVolumes(
  all: readonly Section[],
  mounts: readonly Pick<Mount, 'kind' | 'name'>[],
): Pick<HostUsage, 'volumes' | 'unreadableVolumes'> {
  const volumes: VolumeFacts[] = [];
  const unreadableVolumes: UnreadableVolume[] = [];
  for (const [index, {kind, name}] of mounts.entries()) {
    const answers = all.filter(({words}) => words[0] === `${index}`);
    const text = answers.find((section) => section.name === 'volume')?.text ?? '';
    if (kind !== 'volume' || text === '') continue;
    const read = readVolume(text, name);
    if (!read.ok) {
      unreadableVolumes.push({name, reason: read.error});
      continue;
    }
    const device = answers.find((section) => section.name === 'device');
    const [is, emptiness] = device ? sectionLines([device], 'device') : [];
    volumes.push({
      ...read.value,
      ...(device && {device: {exists: is === 'folder', empty: emptiness === 'empty'}}),
    });
  }
  return {volumes, ...(unreadableVolumes.length > 0 && {unreadableVolumes})};
}

/** Undefined also where it was not asked for. */
export const volumeOf = (
  survey: Pick<HostSurvey, 'usage'> | undefined,
  {kind, name}: Pick<Mount, 'kind' | 'name'>,
): VolumeFacts | undefined =>
  kind === 'volume' ? survey?.usage?.volumes.find((each) => each.name === name) : undefined;

/** podman writes these beside the option `o` that they stand in. */
const derived = new Set(['GID', 'INODES', 'NOQUOTA', 'SIZE', 'UID']);

/** As it was asked for, whichever engine tells it. */
const asked = ({options}: VolumeFacts): readonly (readonly [string, string])[] =>
  Object.entries(options)
    .filter(([key]) => !derived.has(key))
    .sort(([one], [other]) => (one < other ? -1 : 1));

/** Made by name alone, as `cm` makes one: a folder among those of the engine. */
export const isPlain = (volume: VolumeFacts): boolean =>
  volume.driver === 'local' && Object.keys(volume.options).length === 0;

const ofFolders = /^(?:uid|gid|size|inodes|noquota)(?:=|$)/;

/** Its files are mounted while a container has it, and are not in the folder of the volume otherwise. */
export const isMounted = (volume: VolumeFacts): boolean =>
  volume.driver !== 'local' ||
  asked(volume).some(
    ([key, value]) =>
      key !== 'size' && (key !== 'o' || !value.split(',').every((each) => ofFolders.test(each))),
  );

/** Its files are memory, which ends when the container is stopped or frozen. */
export const isInMemory = ({driver, options}: VolumeFacts): boolean =>
  driver === 'local' && /^(?:tmpfs|ramfs)$/.test(options['type'] ?? '');

/** The same driver with the same options. */
export const isSameVolume = (one: VolumeFacts, other: VolumeFacts): boolean =>
  one.driver === other.driver && JSON.stringify(asked(one)) === JSON.stringify(asked(other));

const secret = /pass|cred|secret|token|key/i;

/** An option as it can be shown: a share's password may stand among its options. */
const shown = (value: string): string =>
  value
    .split(',')
    .map((each) => (secret.test(each) ? each.replace(/=.*/, '=…') : each))
    .join(',')
    .replace(/:[^:/@]*@/, ':…@');

const shownOptions = (volume: VolumeFacts): readonly string[] =>
  asked(volume).map(([key, value]) => `${key}=${secret.test(key) ? '…' : shown(value)}`);

/** `driver local, device=:/data, o=addr=nas, type=nfs` */
export const describeVolume = (volume: VolumeFacts): string =>
  isPlain(volume) ? 'no options' : [`driver ${volume.driver}`, ...shownOptions(volume)].join(', ');

/** How a person makes the same volume; options that hold a secret are not shown. */
export function makeVolume(engine: string, volume: VolumeFacts): string {
  const options = shownOptions(volume);
  if (options.some((each) => each.includes('…'))) return 'the same driver and options';
  const words = [
    ...[engine, 'volume', 'create', '--driver', volume.driver],
    ...options.flatMap((each) => ['--opt', each]),
    volume.name,
  ];
  return `"${words.map(shellWord).join(' ')}"`;
}
