import {script, type Command} from '../../base/command.js';
import {lastRound} from '../criu/chained-rounds.js';
import {liftThrottle} from '../criu/cpu-share.js';
import {onTheWire} from './endpoints.js';
import {dockerGateTable, gateText} from './gate.js';
import {patient} from './image.js';
import {agreed, runtimeText} from './rounds.js';
import type {Pair, Passage} from '../engine.js';
import {idCheck} from '../host/id-check.js';
import {sameSizes, sameSums, sumsWanted} from '../criu/image-checks.js';
import {closeGate, gateWords, openGate} from '../criu/gate.js';
import {holdText, liftHold} from '../criu/quarantine.js';
import {unpackText} from '../criu/unpack.js';
import {letGoText, warmText} from '../criu/warm-memory.js';
import {weightIn} from '../host/weight-in.js';

/** Whether an address goes along that open connections hold on to. */
export const keepsAddresses = ({container, connections, source}: Pair): boolean =>
  connections === 'keep' &&
  container.addresses.some(({network}) =>
    source.networks.some(({name, driver}) => name === network && onTheWire(driver)),
  );

/** The name of the checkpoint, and so of its folder among the container's own. */
export const checkpointName = 'cm';

/** `store_of ID`: the folder where docker looks for a checkpoint of this container. */
export const storeText = `store_of() { printf '%s/containers/%s/checkpoints/${checkpointName}' "$(docker info --format '{{.DockerRootDir}}')" "$1"; }`;

/**
 * On both hosts: everything that the scripts of the downtime would have to ask for. On the source that is
 * the runtime beneath docker and where it keeps its states. The shim of containerd, the parent of the
 * container's first process, stands in its bundle, whose `options.json` tells both; the bundle's folder is
 * called after containerd's namespace.
 */
const readyText = `name=$1 scratch=$2 table=$3 source=$4 memory=$5; shift 5
umask 077
${warmText}
${storeText}
rm -f "$scratch/gate" "$scratch/frozen" "$scratch/ended" "$scratch/code"
${sumsWanted}
id=$(docker container inspect --format '{{.Id}}' -- "$name")
${liftHold}
store_of "$id" > "$scratch/store"
printf %s "$id" > "$scratch/id"
pid=$(docker container inspect --format '{{.State.Pid}}' -- "$id")
if [ "$id" = "$source" ] && [ "$pid" -gt 0 ]; then
  shim=$(sed -n 's/^PPid:[^0-9]*//p' "/proc/$pid/status")
  bundle=$(readlink "/proc/$shim/cwd")
  options=$(cat "/proc/$shim/cwd/options.json" 2>/dev/null || :)
  told() { printf '%s\\n' "$options" | sed -n "s/.*\\"$1\\":\\"\\([^\\"]*\\)\\".*/\\1/p"; }
  runtime=$(told binary_name)
  runtime=\${runtime:-runc}
  space=$(basename "$(dirname "$bundle")")
  root=
  for each in "$(told root)/$space" "/run/docker/runtime-runc/$space" "/run/containerd/runc/$space"; do
    if [ -d "$each/$id" ]; then root=$each; break; fi
  done
  [ -n "$root" ] || { echo "it cannot be found out where $runtime keeps the state of $name" >&2; exit 70; }
  "$runtime" --root "$root" state "$id" >/dev/null
  printf %s "$runtime" > "$scratch/runtime"
  printf %s "$root" > "$scratch/root"
else
  warm restored "$memory"
fi
warm images "$memory"
if [ $# -gt 0 ]; then
${gateText}
fi`;

export const readyScript = (pair: Pair, scratch: string): Command =>
  script(
    `make ready for ${pair.container.name}`,
    readyText,
    pair.container.name,
    scratch,
    dockerGateTable(pair.container),
    pair.container.id,
    String(weightIn(pair.source, pair.container.name)?.memory ?? 0),
    // Where no address goes along there is no connection to keep.
    ...(keepsAddresses(pair) ? gateWords(pair.container) : []),
  );

/**
 * The runtime beneath docker dumps, and not `docker checkpoint create`: that one packs the images into an
 * archive, stores it in containerd and unpacks it again, all while the container stands still (225 MB:
 * 3.9–4.8 s, against 0.6 s), and throws CRIU's log away. docker sees a container that was killed.
 *
 * CRIU writes into memory. The pages are streamed from where they lie as soon as CRIU has begun its
 * inventory, which it writes after the last page, and the other images when it has written its
 * statistics, the last thing it does. The images stay until the move is committed: they are the way
 * back, and `from` in the container's own folder says where they are, to this run or to another.
 *
 * Whoever holds `busy` dumps, so that nobody takes a container for running that is about to be gone; and
 * a dump goes on to its end, in a session of its own, when the stream breaks or it is given up: CRIU killed in the middle leaves the
 * container's network locked, or worse.
 *
 * Whom docker would start next it is kept from by the quarantine, before docker has noticed that the container is gone.
 *
 * After rounds it writes only what has changed since the last one. The sizes of all images go along,
 * since CRIU does not notice a short one and loops for ever on it, and so do their checksums, which are
 * made while the pages are on their way.
 */
const sendText = `scratch=$1 table=$2; shift 2
umask 077
${letGoText}
let_go images
id=$(cat "$scratch/id") store=$(cat "$scratch/store")
${runtimeText}
${holdText}
${liftThrottle}
${lastRound}
previous= sums= summing=
if [ "$last" -gt 0 ]; then
  previous=pre-checkpoint
  set -- "$@" --parent-path "../$previous"
fi
rm -rf -- "$scratch/images" "$scratch/work" "$scratch/sizes" "$scratch/sums" "$scratch/code" "$scratch/hold" "$store"
mkdir -p "$scratch/images" "$scratch/work" "$store"
printf %s "$scratch" > "$store/from"
if [ -e "$scratch/gate" ]; then ${closeGate}; fi
exec 9>"$scratch/busy"
flock 9
(
  trap '' HUP INT TERM PIPE
  code=0
  setsid -w "$runtime" --root "$root" checkpoint --image-path "$scratch/images" --work-path "$scratch/work" "$@" "$id" >"$scratch/said" 2>&1 || code=$?
  if [ "$code" = 0 ]; then hold "$root/$id" 2>"$scratch/unheld" || echo "$?" > "$scratch/hold"; fi
  echo "$code" > "$scratch/code"
) >/dev/null 2>&1 &
dump=$!
exec 9>&-
trap ': > "$scratch/ended"' EXIT
until_there() { while [ ! "$1" "$2" ] && kill -0 "$dump" 2>/dev/null; do sleep 0.01; done; [ "$1" "$2" ]; }
if until_there -e "$scratch/images/files.img"; then : > "$scratch/frozen"; fi
if until_there -s "$scratch/images/inventory.img"; then
  if [ -e "$scratch/sums-wanted" ]; then
    sums=sums
    (cd "$scratch" && exec cksum images/pages-*.img > sums) &
    summing=$!
  fi
  (cd "$scratch" && tar -cf - images/pages-*.img)
fi
if until_there -s "$scratch/work/stats-dump"; then
  (cd "$scratch" && stat -c '%s %n' -- images/*) > "$scratch/sizes"
  [ -z "$previous" ] || cat "$scratch"/rounds/*.sizes >> "$scratch/sizes"
  if [ -n "$sums" ]; then
    wait "$summing"
    (cd "$scratch" && find images -type f ! -name 'pages-*' -exec cksum {} + >> sums)
  fi
  tar -C "$scratch" --exclude 'pages-*.img' -cf - images sizes $sums $previous
  echo "cm stats-dump $(base64 -w 0 "$scratch/work/stats-dump")" >&2
fi
wait "$dump" || :
code=$(cat "$scratch/code")
if [ "$code" = 0 ]; then
  cat "$scratch/unheld" >&2
  [ "$(cat "$scratch/hold" 2>/dev/null)" = 73 ] && beneath state "$id" >/dev/null 2>&1 || exit 0
  echo 'it runs again: somebody has started it' >&2
  exit 73
fi
${openGate}
cat "$scratch/said" >&2
grep -E 'Error|Warn' "$scratch/work/dump.log" 2>/dev/null | tail -n 15 >&2 || :
exit "$code"`;

/**
 * Archives one after the other. The images stay where they land: docker gets a folder of links to them,
 * which climb to the root of the file system first, since CRIU follows them from inside of the
 * container's root, where an absolute one leads nowhere. So docker's own archive of the folder, its
 * copy in containerd and the copy of that in `/tmp` hold no page; and of rounds no more than the link to the
 * newest.
 *
 * The images name the cgroup of the source's container. With the ID of the one here, which is as long,
 * the processes end up where docker looks for them; with the old one limits are lost, and it can be
 * neither paused nor moved again.
 */
const receiveText = `scratch=$1 old=$2
umask 077
${letGoText}
let_go images
${sameSizes}
${sameSums}
${unpackText}
store=$(cat "$scratch/store")
rm -rf -- "$scratch/images" "$scratch/pre-checkpoint" "$scratch/sizes" "$scratch/sums" "$store"
unpack images sizes sums pre-checkpoint
let_go restored
mv -- "$scratch/in"/* "$scratch/"
for needed in sizes images/inventory.img images/pstree.img images/descriptors.json; do
  [ -s "$scratch/$needed" ] || { echo "the checkpoint that arrived is not whole: $needed is missing" >&2; exit 65; }
done
same_sizes "$scratch/sizes" || { echo 'the checkpoint that arrived is not whole: the sizes of its images differ' >&2; exit 65; }
same_sums "$scratch/sums" || { echo 'the checkpoint that arrived is not what was sent: the checksums of its images differ' >&2; exit 65; }
for id in "$old" "$(cat "$scratch/id")"; do
  ${idCheck}
done
LC_ALL=C sed -i "s/$old/$id/g" "$scratch/images/cgroup.img"`;

/** From where the freeze has left all of it; after a resume, too, which changes none of it. */
const againText = `sums=
[ ! -e "$1/sums" ] || sums=sums
exec tar -C "$1" -cf - images sizes $sums`;

/** `id`: of the container that was dumped. */
export const receiveScript = (scratch: string, id: string): Command =>
  script('take the checkpoint', receiveText, scratch, id);

export function checkpointPassage(pair: Pair, scratch: string): Passage {
  const {container} = pair;
  const weight = weightIn(pair.source, container.name);
  return {
    send: patient(
      script(
        `checkpoint ${container.name}`,
        sendText,
        scratch,
        dockerGateTable(container),
        ...agreed,
      ),
    ),
    receive: receiveScript(scratch, container.id),
    again: patient(script('stream the checkpoint', againText, scratch)),
    bytes: weight?.memory ?? 0,
  };
}
