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
ln -sfn -- "$(readlink -f -- "$(${engine} volume inspect --format '{{.Mountpoint}}' -- "$name")")" "$at"`;

/** docker compose looks for its labels, and would not take a volume for its own without them. */
export const labelsOf = ({source}: Pair, mount: Mount): Readonly<Record<string, string>> =>
  volumeOf(source, mount)?.labels ?? {};

/** `$3` where the folder led when the plan was made, or empty. What is made is made there, and linked to from there. */
const boundText = `real=\${3:-$(timeout 20 readlink -m -- "$1")}
if [ ! -e "$1" ]; then mkdir -p -- "$real"; printf %s "$real" > "$2.made"; fi
now=$(timeout 20 readlink -m -- "$1")
[ "$now" = "$real" ] || { printf '"%s" leads to "%s" now, and led to "%s" when the plan was made\\n' "$1" "$now" "$real" >&2; exit 65; }
ln -sfn -- "$real" "$2"`;

/** A folder of the host. */
export function boundFolder({target}: Pair, {source}: Mount, at: string): Command {
  const known = target.usage?.landings.find(
    (each) => each.mount === 'bind' && each.value === source,
  );
  return script(`mkdir -p ${source}`, boundText, source, at, known?.path ?? '');
}

export const makeVolume = (
  engine: VolumeEngine,
  make: string,
  stdin: string,
  words: readonly [name: string, at: string, scratch: string],
): Command => ({
  ...script(`${engine} volume create ${words[0]}`, makeText(engine, make), ...words),
  stdin,
});

/** A link that has come into the path since leads to what is not this move's. */
const removeFoldersText = `for made in "$1"/to/*.made; do
  [ -e "$made" ] || continue
  path=$(cat -- "$made")
  above=\${path%/*}
  above=\${above:-/}
  (
    cd -P -- "$above" 2>/dev/null && [ "$(pwd -P)" = "$above" ] || exit 0
    exec rm -rf --one-file-system -- "./\${path##*/}"
  )
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
