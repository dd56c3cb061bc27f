import {script, type Command} from '../../base/command.js';
import {lastRound} from '../criu/chained-rounds.js';
import {liftThrottle} from '../criu/cpu-share.js';
import {criuLogText} from '../criu/log.js';
import type {Pair, Passage} from '../engine.js';
import {idCheck} from '../host/id-check.js';
import {sameSizes, sameSums, sumsWanted} from '../criu/image-checks.js';
import {noLinksText, rebuildText} from './archive-rebuild.js';
import {closeGate, gateTable, gateText, gateWords, openGate} from '../criu/gate.js';
import {endDump, freeStore, patience} from './reap.js';
import {keepsAddresses} from './refuse-network.js';
import {letGoText, warmText} from '../criu/warm-memory.js';
import {temporaryFolder} from './temporary.js';
import {weightIn} from '../host/weight-in.js';
import {holdText, liftHold, noNote} from '../criu/quarantine.js';
import {unpackAnd} from '../criu/unpack.js';

/** Options that rounds, freeze and restore must agree on. */
export const agreed = ({connections}: Pair): readonly string[] => [
  ...(connections === 'keep' ? ['--tcp-established'] : []),
  '--file-locks',
];

/** Both hosts, before the freeze: everything that the scripts of the downtime would have to ask for. */
const readyText = `scratch=$1 table=$2 name=$3 id=$4 memory=$5; shift 5
umask 077
${warmText}
${freeStore}
${liftHold}
bundle=$(podman container inspect --format '{{.StaticDir}}' -- "$name" 2>/dev/null || :)
printf %s "$bundle" > "$scratch/bundle"
rm -f "$scratch/gate" "$scratch/frozen" "$scratch/ended"
${sumsWanted}
warm images "$memory"
podman container exists "$id" || warm restored "$memory"
if [ $# -gt 0 ]; then
${gateText}
fi`;

/** Bytes. */
const memoryOf = ({source, container: {name}}: Pair): string =>
  String(weightIn(source, name)?.memory ?? 0);

/** Where no address has to stay there is no connection to keep. */
const gated = (pair: Pair): readonly string[] =>
  keepsAddresses(pair) ? gateWords(pair.container) : [];

export const readyScript = (pair: Pair, scratch: string): Command =>
  script(
    `make ready for ${pair.container.name}`,
    readyText,
    scratch,
    gateTable(pair.container),
    pair.container.name,
    pair.container.id,
    memoryOf(pair),
    ...gated(pair),
  );

/**
 * CRIU writes its images into memory: podman's checkpoint folder is a link into `scratch`. So podman's
 * own archive, which follows no link, holds everything but the memory and is small. The pages are
 * streamed from where they lie as soon as CRIU has begun its inventory, which it writes after the last
 * page; the other images when it has written its statistics, the last thing it does; podman's archive
 * when podman has tidied up. The images stay (`--keep`) until the move is committed: they are the way
 * back.
 *
 * After rounds it writes only what has changed since the last one, which podman knows as
 * `pre-checkpoint`: runc looks for it beside podman's link, crun and CRIU beside the images.
 *
 * The sizes of all images go along, since CRIU does not notice a short one and loops for ever on it, and
 * so do their checksums, which are made while the pages are on their way.
 *
 * As soon as the runtime has forgotten the container it is put into quarantine, while podman still has it locked: a
 * `podman start` that waits for that lock finds it there. A freeze whose stream breaks, or that is given up, goes on to its end in a
 * session of its own, and this with it: CRIU killed in the middle leaves the container's network locked, or worse.
 */
const sendText = `name=$1 scratch=$2 table=$3 limit=$4 id=$5; shift 5
${idCheck}
umask 077
${criuLogText}
${letGoText}
let_go images
${holdText}
state=
for root in /run/runc /run/crun; do [ ! -d "$root/$id" ] || state=$root/$id; done
bundle=$(cat "$scratch/bundle")
${liftThrottle}
${lastRound}
rm -rf -- "$bundle/checkpoint" "$bundle/pre-checkpoint" "$bundle/stats-dump" "$scratch/images" "$scratch/import.tar" "$scratch/sums"
previous= sums= summing=
if [ "$last" -gt 0 ]; then
  previous=pre-checkpoint
  ln -s "$scratch/pre-checkpoint" "$bundle/pre-checkpoint"
  set -- "$@" --with-previous
fi
mkdir -p "$scratch/images"
ln -s "$scratch/images" "$bundle/checkpoint"
if [ -e "$scratch/gate" ]; then ${closeGate}; fi
setsid timeout --foreground -k 10 "$limit" podman container checkpoint "$@" --keep --print-stats --compress none --ignore-volumes --export "$scratch/import.tar" -- "$name" >"$scratch/stats" 2>"$scratch/errors" &
podman=$!
(
  trap '' HUP INT TERM PIPE
  [ -n "$state" ] || exit 0
  while [ -e "$state" ] && kill -0 "$podman" 2>/dev/null; do sleep 0.02; done
  [ ! -e "$state" ] || exit 1
  hold "$state"
) >/dev/null 2>"$scratch/unheld" </dev/null &
hold=$!
trap ': > "$scratch/ended"' EXIT
until_there() { while [ ! "$1" "$2" ] && kill -0 "$podman" 2>/dev/null; do sleep 0.01; done; [ "$1" "$2" ]; }
if until_there -e "$scratch/images/files.img"; then : > "$scratch/frozen"; fi
if until_there -s "$scratch/images/inventory.img"; then
  if [ -e "$scratch/sums-wanted" ]; then
    sums=sums
    (cd "$scratch" && exec cksum images/pages-*.img > sums) &
    summing=$!
  fi
  (cd "$scratch" && tar -cf - images/pages-*.img)
fi
if until_there -s "$bundle/stats-dump"; then
  (cd "$scratch" && stat -c '%s %n' -- images/*.img) > "$scratch/sizes"
  [ -z "$previous" ] || cat "$scratch"/rounds/*.sizes >> "$scratch/sizes"
  if [ -n "$sums" ]; then
    wait "$summing"
    (cd "$scratch" && find images -name '*.img' ! -name 'pages-*' -exec cksum {} + >> sums)
  fi
  tar -C "$scratch" --exclude 'pages-*.img' -cf - images sizes $sums $previous
fi
code=0
wait "$podman" || code=$?
if [ "$code" = 124 ]; then
  echo "it was not dumped within $limit s, and was given up" >&2
  ${endDump}
fi
cat "$scratch/stats" >&2
${noNote} "$scratch/errors" >&2 || :
if [ "$code" != 0 ]; then
  ${openGate}
  criu_log "$bundle/dump.log" >&2
  exit "$code"
fi
if ! wait "$hold"; then
  cat "$scratch/unheld" >&2
  if [ "$(podman container inspect --format '{{.State.Running}}' -- "$id")" = true ]; then
    echo 'it runs again: somebody has started it' >&2
    exit 73
  fi
fi
tar -C "$scratch" -cf - import.tar`;

/**
 * Archives one after the other: the memory, which stays where it lands, and what podman imports, in
 * which the memory is a link to just there. So no page is archived by podman, or copied twice. What podman imports is packed
 * anew at once, and nothing in it is obeyed before it was compared with the plan.
 */
export const receiveText = `scratch=$1
umask 077
cd "$scratch"
${letGoText}
let_go images
${sameSizes}
${sameSums}
${unpackAnd(rebuildText)}
rm -rf -- "$scratch/archive" "$scratch/images" "$scratch/pre-checkpoint" "$scratch/import.tar" "$scratch/sizes" "$scratch/sums"
unpack images sizes sums import.tar pre-checkpoint archive
let_go restored
mv -- "$scratch/in"/* "$scratch/"
for needed in import.tar sizes images/inventory.img images/pstree.img images/core-*.img; do
  [ -s "$needed" ] || { echo "the checkpoint that arrived is not whole: $needed is missing" >&2; exit 65; }
done
same_sizes "$scratch/sizes" || { echo 'the checkpoint that arrived is not whole: the sizes of its images differ' >&2; exit 65; }
same_sums "$scratch/sums" || { echo 'the checkpoint that arrived is not what was sent: the checksums of its images differ' >&2; exit 65; }`;

/** From where the freeze has left all of it; after a resume, too, which changes none of it. */
const againText = `sums=
[ ! -e "$1/sums" ] || sums=sums
exec tar -C "$1" -cf - images sizes $sums import.tar`;

export function checkpointSend(pair: Pair, scratch: string): Passage {
  const {container} = pair;
  const weight = weightIn(pair.source, container.name);
  const send = script(
    `podman container checkpoint ${container.name}`,
    sendText,
    container.name,
    scratch,
    gateTable(container),
    String(patience(pair)),
    container.id,
    ...agreed(pair),
  );
  return {
    send: {...send, timeoutMs: 86_400_000},
    receive: script('take the checkpoint', receiveText, scratch),
    again: {...script('stream the checkpoint', againText, scratch), timeoutMs: 86_400_000},
    bytes: (weight?.memory ?? 0) + (weight?.rootfs ?? 0),
  };
}

/** Needs `name`, `scratch`, `table`, seconds and the image, then options of podman. */
export const restoreText = `name=$1 scratch=$2 table=$3 limit=$4 image=$5; shift 5
${temporaryFolder}
${criuLogText}
${noLinksText}
(no_links "$image")
if [ -e "$scratch/gate" ]; then
  trap '${openGate}' EXIT
  ${closeGate}
fi
code=0
timeout --foreground -k 10 "$limit" podman container restore "$@" --print-stats --ignore-volumes --import "$scratch/import.tar" || code=$?
[ "$code" = 0 ] && exit 0
[ "$code" != 124 ] || echo "it was not restored within $limit s, and was given up" >&2
bundle=$(podman container inspect --format '{{.StaticDir}}' -- "$name" 2>/dev/null || :)
[ -z "$bundle" ] || criu_log "$bundle/restore.log" >&2
exit "$code"`;

export const restoreScript = (pair: Pair, scratch: string): Command =>
  script(
    `podman container restore ${pair.container.name}`,
    restoreText,
    pair.container.name,
    scratch,
    gateTable(pair.container),
    String(patience(pair)),
    pair.container.image.id,
    ...agreed(pair),
    // An address that podman chose and nobody is connected to may be another one on the target.
    ...(keepsAddresses(pair) ? [] : ['--ignore-static-ip']),
  );
