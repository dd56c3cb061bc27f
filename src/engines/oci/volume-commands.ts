import {script, type Command} from '../../base/command.js';
import type {Pair} from '../engine.js';
import type {Mount} from '../facts.js';
import {volumeOf} from './volumes.js';

const existsOf = {
  docker: 'docker volume inspect -- "$name" >/dev/null 2>&1',
  // It has the name in full, which an inspection need not have.
  podman: 'podman volume exists -- "$name"',
} as const;

type VolumeEngine = keyof typeof existsOf;

/** What is made for this move is written down in `scratch`, so that only that is removed. */
const makeText = (engine: VolumeEngine, make: string): string => `name=$1 at=$2 scratch=$3
if ${existsOf[engine]}; then
  cat >/dev/null
else
  echo "$name" >> "$scratch/volumes"
  ${make}
fi
ln -sfn -- "$(${engine} volume inspect --format '{{.Mountpoint}}' -- "$name")" "$at"`;

/** docker compose looks for its labels, and would not take a volume for its own without them. */
export const labelsOf = ({source}: Pair, mount: Mount): Readonly<Record<string, string>> =>
  volumeOf(source, mount)?.labels ?? {};

/** A folder of the host. */
export const boundFolder = ({source}: Mount, at: string): Command =>
  script(
    `mkdir -p ${source}`,
    `if [ ! -e "$1" ]; then mkdir -p -- "$1"; printf %s "$1" > "$2.made"; fi
ln -sfn -- "$1" "$2"`,
    source,
    at,
  );

export const makeVolume = (
  engine: VolumeEngine,
  make: string,
  stdin: string,
  words: readonly [name: string, at: string, scratch: string],
): Command => ({
  ...script(`${engine} volume create ${words[0]}`, makeText(engine, make), ...words),
  stdin,
});

const removeFoldersText = `for made in "$1"/to/*.made; do
  [ -e "$made" ] || continue
  rm -rf --one-file-system -- "$(cat -- "$made")"
  rm -f -- "$made"
done`;

export const removeFolders = (scratch: string): Command =>
  script('remove the folders made for this move', removeFoldersText, scratch);

export const removeVolumes = (engine: VolumeEngine, scratch: string): Command =>
  script(
    'remove the volumes made for this move',
    `if [ -e "$1/volumes" ]; then
  sort -u "$1/volumes" | while read -r name; do
    ! ${existsOf[engine]} || ${engine} volume rm -- "$name" >/dev/null
  done
  rm -f "$1/volumes"
fi
${removeFoldersText}`,
    scratch,
  );
