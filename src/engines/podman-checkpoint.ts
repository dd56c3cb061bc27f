import {script, type Command} from '../base/command.js';
import type {Pair, Passage} from './engine.js';

/** Options that freeze and restore must agree on. */
const agreed = ({connections}: Pair): readonly string[] => [
  ...(connections === 'keep' ? ['--tcp-established'] : []),
  '--file-locks',
];

/**
 * CRIU writes its images into memory: podman's checkpoint folder is a link into `scratch`. So podman's
 * own archive, which follows no link, holds everything but the memory and is small; the memory is
 * streamed from where it lies as soon as CRIU has written its statistics, the last thing it does,
 * while podman is still tidying up. The images stay (`--keep`) until the move is committed: they are
 * the way back.
 */
const sendText = `name=$1 scratch=$2; shift 2
umask 077
bundle=$(podman inspect --format '{{.StaticDir}}' -- "$name")
rm -rf -- "$bundle/checkpoint" "$bundle/stats-dump" "$scratch/images" "$scratch/import.tar"
mkdir -p "$scratch/images"
ln -s "$scratch/images" "$bundle/checkpoint"
podman container checkpoint "$@" --keep --print-stats --compress none --ignore-volumes --export "$scratch/import.tar" -- "$name" >"$scratch/stats" 2>"$scratch/errors" &
podman=$!
while [ ! -s "$bundle/stats-dump" ] && kill -0 "$podman" 2>/dev/null; do sleep 0.01; done
if [ -s "$bundle/stats-dump" ]; then tar -C "$scratch" -cf - images; fi
code=0
wait "$podman" || code=$?
cat "$scratch/stats" "$scratch/errors" >&2
if [ "$code" != 0 ]; then
  grep -E 'Error|Warn' "$bundle/dump.log" 2>/dev/null | tail -n 15 >&2 || :
  exit "$code"
fi
tar -C "$scratch" -cf - import.tar`;

/**
 * Two archives one after the other: the memory, which stays where it lands, and what podman imports,
 * in which the memory is a link to just there. So no page is archived by podman, or copied twice.
 */
const receiveText = `scratch=$1
umask 077
rm -rf -- "$scratch/images" "$scratch/import.tar"
tar -xf - --ignore-zeros -C "$scratch"
for needed in import.tar images/inventory.img images/pstree.img; do
  [ -s "$scratch/$needed" ] || { echo "the checkpoint that arrived is not whole: $needed is missing" >&2; exit 65; }
done`;

export function checkpointSend(pair: Pair, scratch: string): Passage {
  const {name} = pair.container;
  const weight = pair.source.weights.find(({container}) => container === name);
  const send = script(
    `podman container checkpoint ${name}`,
    sendText,
    name,
    scratch,
    ...agreed(pair),
  );
  return {
    send: {...send, timeoutMs: 86_400_000},
    receive: script('take the checkpoint', receiveText, scratch),
    bytes: (weight?.memory ?? 0) + (weight?.rootfs ?? 0),
  };
}

const restoreText = `name=$1 scratch=$2; shift 2
if [ "$(podman inspect --format '{{.State.Running}}' -- "$name" 2>/dev/null)" = true ]; then exit 0; fi
code=0
podman container restore "$@" --print-stats --ignore-volumes --import "$scratch/import.tar" || code=$?
[ "$code" = 0 ] && exit 0
bundle=$(podman inspect --format '{{.StaticDir}}' -- "$name" 2>/dev/null || :)
if [ -n "$bundle" ] && [ -e "$bundle/restore.log" ]; then grep -E 'Error|Warn' "$bundle/restore.log" | tail -n 15 >&2 || :; fi
exit "$code"`;

export const restoreScript = (pair: Pair, scratch: string): Command =>
  script(
    `podman container restore ${pair.container.name}`,
    restoreText,
    pair.container.name,
    scratch,
    ...agreed(pair),
  );

/** From the images that \`--keep\` kept. Never a fresh start: that would lose the memory without a word. */
const resumeText = `name=$1; shift
[ "$(podman inspect --format '{{.State.Running}}' -- "$name")" = true ] && exit 0
podman container restore "$@" --keep --print-stats -- "$name"`;

export const resumeScript = (pair: Pair): Command =>
  script(
    `podman container restore ${pair.container.name}`,
    resumeText,
    pair.container.name,
    ...agreed(pair),
  );
