import {script, type Command} from '../base/command.js';
import {apiText} from './docker-created.js';
import type {Pair} from './engine.js';
import type {Mount} from './facts.js';
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

/** docker compose asks for its labels, and would not take a volume for its own without them. */
const labelsOf = ({source}: Pair, mount: Mount): Readonly<Record<string, string>> =>
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

const making = (
  engine: VolumeEngine,
  make: string,
  stdin: string,
  words: readonly [name: string, at: string, scratch: string],
): Command => ({
  ...script(`${engine} volume create ${words[0]}`, makeText(engine, make), ...words),
  stdin,
});

/** Labels come on standard input, since words of a command can be read by every user of the host. */
export function dockerVolume(pair: Pair, mount: Mount, at: string, scratch: string): Command {
  if (mount.kind !== 'volume') return boundFolder(mount, at);
  const make = `${apiText}
  trap 'rm -f "$scratch/volume" "$scratch/answer"' EXIT
  (umask 077; cat > "$scratch/volume")
  api POST /volumes/create "$scratch/volume"`;
  const asked = {Name: mount.name, Labels: labelsOf(pair, mount)};
  return making('docker', make, JSON.stringify(asked), [mount.name, at, scratch]);
}

/** `podman volume create` takes labels on its command line alone; a claim for a volume is read from standard input. */
export function podmanVolume(pair: Pair, mount: Mount, at: string, scratch: string): Command {
  if (mount.kind !== 'volume') return boundFolder(mount, at);
  const labels = labelsOf(pair, mount);
  const isLabelled = Object.keys(labels).length > 0;
  const claim = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {name: mount.name, labels},
  };
  const make = isLabelled
    ? 'podman kube play - >/dev/null'
    : 'podman volume create -- "$name" >/dev/null';
  return making('podman', make, isLabelled ? JSON.stringify(claim) : '', [mount.name, at, scratch]);
}

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
