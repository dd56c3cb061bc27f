import {err, ok, type Result} from '../../base/result.js';
import {bytesOf, readMessage, type Message} from './protobuf.js';
import {sectionLines, sectionText, type Section} from '../host/sections.js';

/** The images that are looked into, each kind with the number that its files begin with (CRIU's `magic.h`). */
const magics = {
  inventory: 0x58313116,
  core: 0x55053847,
  ids: 0x54432030,
  mountpoints: 0x55563928,
  cgroup: 0x59383330,
  files: 0x56303138,
} as const;

export type ImageKind = keyof typeof magics;

/** Begins every image but the inventory. */
const common = 0x54564319;

/** What a folder of CRIU's images holds. */
export interface CriuImages {
  /** Of all files. */
  readonly names: readonly string[];
  /** Paths that engines protect in every container, as far as the kernel of the host has them. */
  readonly protectable: readonly string[];
  /** Messages of the files that are looked into, by their kind. */
  readonly messages: ReadonlyMap<ImageKind, readonly Message[]>;
}

/** More than a container with thousands of threads has. */
const mostBytes = 16 * 2 ** 20;

/** Needs `$images`. Names with other characters could look like sections. */
export const imagesText = `(
  cd "$images"
  [ -z "$(find . -mindepth 1 '(' -name '*[!A-Za-z0-9._-]*' -o -type d ')' | head -n 1)" ] || { echo 'a file among the images has a name that CRIU gives to none' >&2; exit 65; }
  section protectable
  for path in /proc/sys /proc/sysrq-trigger; do [ ! -e "$path" ] || echo "$path"; done
  section names
  ls -A
  set -- inventory.img cgroup.img files.img mountpoints-*.img ids-*.img core-*.img
  section sizes
  stat -c '%s %n' -- "$@"
  section content
  cat -- "$@" | head -c ${mostBytes} | base64 -w 0
)`;

/** Two files of one kind in base64 take so much. */
export const imagesLimit = 2 * mostBytes;

const kindOf = (name: string): ImageKind | undefined => {
  const [, kind = ''] = /^([a-z]+)(?:-\d+)?\.img$/.exec(name) ?? [];
  return Object.hasOwn(magics, kind) ? (kind as ImageKind) : undefined;
};

const wordAt = (bytes: Uint8Array, at: number): number =>
  new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0, true);

/** The messages of one file, each of which has its length before it. */
function readImage(kind: ImageKind, bytes: Uint8Array): readonly Message[] | undefined {
  const head = kind === 'inventory' ? [magics[kind]] : [common, magics[kind]];
  let at = 4 * head.length;
  if (bytes.length < at || head.some((magic, index) => wordAt(bytes, 4 * index) !== magic))
    return undefined;
  const found: Message[] = [];
  while (at < bytes.length) {
    const end = at + 4 > bytes.length ? Infinity : at + 4 + wordAt(bytes, at);
    const message = end > bytes.length ? undefined : readMessage(bytes.subarray(at + 4, end));
    if (!message) return undefined;
    found.push(message);
    at = end;
  }
  return found;
}

/** What `imagesText` prints. */
export function readImages(all: readonly Section[]): Result<CriuImages, string> {
  const bytes = bytesOf(sectionText(all, 'content'));
  if (!bytes) return err('the images of CRIU cannot be read');
  const messages = new Map<ImageKind, Message[]>();
  let at = 0;
  for (const line of sectionLines(all, 'sizes')) {
    const [, size, name = ''] = /^(\d+) (\S+)$/.exec(line) ?? [];
    const end = at + Number(size);
    const kind = kindOf(name);
    const found = kind && end <= bytes.length && readImage(kind, bytes.subarray(at, end));
    if (!kind || !found)
      return err(`"${name}" of the checkpoint is no image of CRIU, or too large`);
    messages.set(kind, [...(messages.get(kind) ?? []), ...found]);
    at = end;
  }
  return ok({
    names: sectionLines(all, 'names'),
    protectable: sectionLines(all, 'protectable'),
    messages,
  });
}
