import {script, type Command} from '../../base/command.js';
import type {Pair} from '../engine.js';
import type {Mount} from '../facts.js';
import {boundFolder, labelsOf, makeVolume} from '../oci/volume-commands.js';

/** `podman volume create` takes labels on its command line alone; a claim for a volume is read from standard input. */
export function podmanVolume(pair: Pair, mount: Mount, at: string, scratch: string): Command {
  if (mount.kind !== 'volume') return boundFolder(pair, mount, at);
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
  return makeVolume('podman', make, isLabelled ? JSON.stringify(claim) : '', [
    mount.name,
    at,
    scratch,
  ]);
}

const firstMountText = `image=$1 holder=$2
shift 2
count=$#
while [ "$count" -gt 0 ]; do
  case $(podman volume inspect --format '{{.NeedsCopyUp}} {{.NeedsChown}}' -- "$1" 2>/dev/null) in
    *true*) set -- "$@" "--volume=$1:$2" ;;
  esac
  shift 2
  count=$((count - 2))
done
[ "$#" -gt 0 ] || exit 0
end() { podman rm --force --time 0 -- "$holder" >/dev/null 2>&1 || :; }
trap end EXIT
end
podman create --name "$holder" --pull never --network none --image-volume ignore --entrypoint /cm-starts-nothing "$@" -- "$image" >/dev/null
podman init -- "$holder" >/dev/null 2>&1 || :`;

/**
 * podman fills a new volume with what the image has at that place when a container first has it, and gives it owner and mode of
 * that folder, unless the volume holds files by then. So a volume that the program has emptied would be filled again. Here podman
 * does it before anything is copied: for a container whose program is not there, and which therefore never runs.
 */
export function podmanFirstMount({container}: Pair, mounts: readonly Mount[]): Command | undefined {
  const volumes = mounts.filter(({kind}) => kind === 'volume');
  if (volumes.length === 0) return undefined;
  return script(
    `podman init for the first mount of ${volumes.map(({name}) => name).join(', ')}`,
    firstMountText,
    container.image.id,
    `cm-first-mount-${container.id.slice(0, 12)}`,
    ...volumes.flatMap(({name, destination}) => [name, destination]),
  );
}
