import {asList, asTextRecord, at, flagAt, textAt, textsAt} from '../../base/json.js';
import {askedDevices, createWords, optionValues} from './asked.js';

/** `z` or `Z` where it was asked for: podman does not tell it, and SELinux refuses without. */
function relabel(raw: unknown, destination: string): string {
  const words = optionValues(createWords(raw), '-v', '--volume').map((word) => word.split(':'));
  const options = words.find((parts) => parts[1] === destination)?.[2]?.split(',') ?? [];
  return options.find((option) => option === 'z' || option === 'Z') ?? '';
}

/** `src:dst:options`, which podman splits at every colon. */
function volumeWord(raw: unknown, mount: unknown): string {
  const options = [
    flagAt(mount, 'RW') ? 'rw' : 'ro',
    relabel(raw, textAt(mount, 'Destination')),
    textAt(mount, 'Propagation'),
    ...textsAt(mount, 'Options'),
  ].filter((option) => option !== '');
  const source =
    textAt(mount, 'Type') === 'volume' ? textAt(mount, 'Name') : textAt(mount, 'Source');
  return [source, textAt(mount, 'Destination'), [...new Set(options)].join(',')].join(':');
}

const bound = (raw: unknown): readonly unknown[] =>
  asList(at(raw, 'Mounts')).filter((mount) => ['volume', 'bind'].includes(textAt(mount, 'Type')));

/** Kinds of mount that `podman inspect` does not list; a word that names two kinds may be read as either. */
const unlisted = (word: string): boolean =>
  /(?:^|,)type=(?:image|devpts|ramfs)(?:,|$)/.test(word) && word.split('type=').length === 2;

/** Options that would lay a folder of the host over or under the one that is mounted. */
const overlays = (options: readonly string[]): boolean =>
  options.some((option) => /^(?:O|upperdir=.*|workdir=.*|lowerdir=.*)$/s.test(option));

/** The first mount that no option brings back: an overlay over a folder, or a colon in a path. */
export function unmountable(raw: unknown): string | undefined {
  const colon = bound(raw).find((mount) => volumeWord(raw, mount).split(':').length !== 3);
  if (colon !== undefined) return textAt(colon, 'Destination');
  const told = bound(raw).find((mount) =>
    overlays(textsAt(mount, 'Options').flatMap((option) => option.split(','))),
  );
  if (told !== undefined) return textAt(told, 'Destination');
  return optionValues(createWords(raw), '-v', '--volume').find((word) =>
    overlays((word.split(':')[2] ?? '').split(',')),
  );
}

/** Volumes, folders, memory file systems and devices. */
export function mountFlags(raw: unknown): readonly string[] {
  const tmpfs = Object.entries(asTextRecord(at(raw, 'HostConfig', 'Tmpfs')));
  const others = optionValues(createWords(raw), '--mount').filter(unlisted);
  const told = asList(at(raw, 'HostConfig', 'Devices')).map((device) =>
    [
      textAt(device, 'PathOnHost'),
      textAt(device, 'PathInContainer'),
      textAt(device, 'CgroupPermissions'),
    ]
      .filter((part) => part !== '')
      .join(':'),
  );
  const asked = askedDevices(raw);
  return [
    ...bound(raw).map((mount) => `--volume=${volumeWord(raw, mount)}`),
    ...tmpfs.map(([path, options]) => `--tmpfs=${options === '' ? path : `${path}:${options}`}`),
    ...others.map((word) => `--mount=${word}`),
    // what was asked for is exact; podman's list misses what it cannot find under /dev
    ...(asked.length > 0 ? asked : told).map((device) => `--device=${device}`),
  ];
}
