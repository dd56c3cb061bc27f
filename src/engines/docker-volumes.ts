import {script, type Command} from '../base/command.js';
import {apiText} from './docker-created.js';
import type {Pair} from './engine.js';
import type {Mount} from './facts.js';
import {asList, asTextRecord, at, textAt} from './json.js';

/** docker compose asks for its labels, and would not take a volume for its own without them. */
function labelsOf({source}: Pair, name: string): Readonly<Record<string, string>> {
  const volume = asList(at(source.raw, 'volumes')).find((each) => textAt(each, 'Name') === name);
  return asTextRecord(at(volume, 'Labels'));
}

/** `at` becomes a link to the content. What was made for this move is written down, so that only that is removed. */
export function volumeCommand(pair: Pair, mount: Mount, at: string, scratch: string): Command {
  if (mount.kind === 'volume')
    return {
      ...script(
        `docker volume create ${mount.name}`,
        `name=$1 at=$2 scratch=$3
${apiText}
if ! docker volume inspect -- "$name" >/dev/null 2>&1; then
  echo "$name" >> "$scratch/volumes"
  trap 'rm -f "$scratch/volume" "$scratch/answer"' EXIT
  (umask 077; cat > "$scratch/volume")
  api POST /volumes/create "$scratch/volume"
fi
place=$(docker volume inspect --format '{{.Mountpoint}}' -- "$name")
ln -sfn -- "$place" "$at"`,
        mount.name,
        at,
        scratch,
      ),
      stdin: JSON.stringify({Name: mount.name, Labels: labelsOf(pair, mount.name)}),
    };
  return script(
    `mkdir -p ${mount.source}`,
    `if [ ! -e "$1" ]; then mkdir -p -- "$1"; printf %s "$1" > "$2.made"; fi
ln -sfn -- "$1" "$2"`,
    mount.source,
    at,
  );
}

export const removeVolumes = (scratch: string): Command =>
  script(
    'remove the volumes made for this move',
    `if [ -e "$1/volumes" ]; then
  sort -u "$1/volumes" | while read -r name; do
    ! docker volume inspect -- "$name" >/dev/null 2>&1 || docker volume rm -- "$name" >/dev/null
  done
  rm -f "$1/volumes"
fi
for made in "$1"/to/*.made; do
  [ -e "$made" ] || continue
  rm -rf --one-file-system -- "$(cat -- "$made")"
  rm -f -- "$made"
done`,
    scratch,
  );
