import {script, type Command} from '../../base/command.js';
import type {Pair} from '../engine.js';
import {imageCheckText} from './image-check.js';

/**
 * An archive may be larger than what the engine tells of its image: metadata, padding of small files,
 * and layers that are counted once and sent twice.
 */
const slack = 64 * 2 ** 20;

/** What the archive of an image may take, bytes. The source's word is bounded by what the target has. */
export function mostOfImage({target}: Pair, size: number): number {
  const most = 2 * size + slack;
  return target.storeFree > 0 ? Math.min(most, target.storeFree) : most;
}

const tagsOf = (engine: 'podman' | 'docker'): string =>
  `${engine} images --no-trunc --format '{{.Repository}}:{{.Tag}} {{.ID}}' | sed -e '/^<none>:/d' -e '/:<none> /d' -e 's/ sha256:/ /'`;

/** `folder`: where the engine itself puts an archive that it is about to load. */
const spoolOf = {
  podman: 'folder=${TMPDIR:-/var/tmp}',
  docker:
    'folder=$(docker info --format \'{{.DockerRootDir}}\')/tmp\n[ -d "$folder" ] || folder=${TMPDIR:-/var/tmp}',
};

/**
 * `$1` the name that the image may bring along, or nothing; `$2` its ID.
 * `tags` prints every tag with its ID.
 *
 * The archive comes from another host and may hold any image under any name. So all tags are held
 * against what they were: one that moved is put back, one that is new is taken away, and the load has
 * failed. A lock keeps two loads of this host apart, since neither could tell the other's tags.
 *
 * The engine gets the archive when all of it was looked at. Under the lock, what is left of an earlier one was left by a run that was killed.
 */
const loadText = (engine: 'podman' | 'docker'): string => `wanted=$1 id=$2
umask 077
${imageCheckText}
mkdir -p /run/cm
exec 9</run/cm
flock -w 3600 9 || { echo 'another image has been loaded here for an hour' >&2; exit 75; }
tags() { ${tagsOf(engine)} | LC_ALL=C sort -u; }
work=$(mktemp -d /run/cm/image-load.XXXXXX)
scratch=$work spool=
trap 'rm -rf -- "$work" \${spool:+"$spool"}' EXIT
${spoolOf[engine]}
find "$folder" -maxdepth 1 -name 'cm-image.??????' -user "$(id -u)" -exec rm -rf -- {} +
spool=$(mktemp -d "$folder/cm-image.XXXXXX")
cat > "$spool/image.tar"
check_image "$spool" || {
  code=$?
  echo 'an image that is there already is not sent; to send it all the same: ${engine} save, ${engine} load' >&2
  exit "$code"
}
tags > "$work/before"
code=0
${engine} load --quiet --input "$spool/image.tar" 9>&- || code=$?
tags > "$work/after"
LC_ALL=C comm -13 "$work/before" "$work/after" > "$work/new"
LC_ALL=C comm -23 "$work/before" "$work/after" > "$work/gone"
odd=
while IFS=' ' read -r name now; do
  if [ "$name" = "$wanted" ] && [ "$now" = "$id" ]; then continue; fi
  odd="$odd $name"
  ${engine} ${engine === 'podman' ? 'untag "$name" "$name"' : 'rmi --no-prune -- "$name"'} >/dev/null || :
done < "$work/new"
while IFS=' ' read -r name was; do
  odd="$odd $name"
  ${engine} tag "$was" "$name" || echo "the tag $name cannot be put back to $was" >&2
done < "$work/gone"
if [ -n "$odd" ]; then
  echo "the image that arrived is not what was asked for: it changes the tags$odd, which are as before again" >&2
  exit 65
fi
[ "$code" = 0 ] || { echo 'the image was not loaded' >&2; exit "$code"; }
${engine} image inspect -- "$id" >/dev/null 2>&1 || { echo "the image that arrived is not the one that was asked for: $id is not here" >&2; exit 65; }`;

/** On the target: takes the image, and nothing else. `name`: the tag that comes along, if any does. */
export function loadImage(
  engine: 'podman' | 'docker',
  pair: Pair,
  name: string | undefined,
): Command {
  const {id} = pair.container.image;
  return script(`${engine} load`, loadText(engine), name ?? '', id);
}
