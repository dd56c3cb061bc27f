import {script, type Command} from '../../base/command.js';
import {liftThrottle} from '../criu/cpu-share.js';
import {checkpointName, storeText} from './checkpoint.js';
import {confText} from './criu-conf.js';
import {dockerGateTable} from './gate.js';
import {patient} from './image.js';
import {shimText} from './look.js';
import type {Pair} from '../engine.js';
import {unlockText} from '../criu/network-lock.js';
import {closeGate, openGate} from '../criu/gate.js';
import {liftHold} from '../criu/quarantine.js';

/** What CRIU is to do with open connections, in its own words. */
const wordsFor = ({connections}: Pair): readonly string[] => [
  connections === 'keep' ? 'tcp-established' : 'tcp-close',
  'file-locks',
];

/**
 * `start_from IMAGES STORE ID NAME WORD…`: docker starts the container from the links that it finds.
 *
 * Two starts with the same bytes disturb each other ("content … already exists"), and so does what a
 * checkpoint left a moment ago: a file of its own makes the bytes other ones. CRIU's log is removed with
 * the failed task, so it is held open meanwhile. containerd leaves its copy of the links behind.
 */
const startText = `${shimText}
${confText}
watch_log() {
  while :; do
    for log in "/run/containerd/io.containerd.runtime.v2.task"/*"/$1/work/restore.log" "/run/docker/containerd/daemon/io.containerd.runtime.v2.task"/*"/$1/work/restore.log"; do
      if [ -e "$log" ]; then
        exec 8<"$log"
        while [ ! -e "$scratch/tried" ]; do sleep 0.02; done
        grep -E 'Error|Warn' <&8 | tail -n 15 > "$scratch/restore-errors" || :
        return 0
      fi
    done
    [ ! -e "$scratch/tried" ] || return 0
    sleep 0.02
  done
}
remove_leaks() {
  for pid in self $(pidof containerd 2>/dev/null || :); do
    for base in /tmp $(tr '\\0' '\\n' < "/proc/$pid/environ" | sed -n -e 's/^TMPDIR=//p' -e 's/^XDG_RUNTIME_DIR=//p'); do
      for leak in "/proc/$pid/root$base"/ctrd-checkpoint*; do
        case $(readlink "$leak/inventory.img" 2>/dev/null) in *"$1/"*) rm -rf -- "$leak" ;; esac
      done
    done
  done
}
start_from() {
  images=$1 store=$2 id=$3 name=$4; shift 4
  rm -f "$scratch/tried" "$scratch/restore-errors"
  conf_on "$@"
  watch_log "$id" &
  watcher=$!
  code=1 tries=0
  while [ "$code" != 0 ] && [ "$tries" -lt 3 ]; do
    tries=$((tries + 1))
    rm -rf -- "$store"
    mkdir -p "$store"
    for image in "$images"/*; do ln -s "../../../../../../../../../..$image" "$store/\${image##*/}"; done
    echo "$scratch $tries $(date +%s%N)" > "$store/of"
    code=0
    docker start --checkpoint ${checkpointName} "$name" >/dev/null 2>"$scratch/said" || code=$?
    grep -q 'already exists' "$scratch/said" || break
  done
  : > "$scratch/tried"
  wait "$watcher" || :
  conf_off
  remove_leaks "$images"
  [ "$code" = 0 ] || cat "$scratch/said" "$scratch/restore-errors" >&2 2>/dev/null || :
  return "$code"
}`;

/** `was_restored` is the proof that it is not a fresh start under the same name. */
const restoreText = `name=$1 scratch=$2 table=$3; shift 3
umask 077
if [ -e "$scratch/gate" ]; then
  trap '${openGate}' EXIT
  ${closeGate}
fi
${startText}
pid=$(docker container inspect --format '{{.State.Pid}}' -- "$name")
if [ "$pid" -gt 0 ] && was_restored "$pid"; then exit 0; fi
store=$(cat "$scratch/store") id=$(cat "$scratch/id")
${liftHold}
code=0
start_from "$scratch/images" "$store" "$id" "$name" "$@" || code=$?
rm -rf -- "$store"
exit "$code"`;

export const restoreScript = (pair: Pair, scratch: string): Command =>
  patient(
    script(
      `docker start --checkpoint ${pair.container.name}`,
      restoreText,
      pair.container.name,
      scratch,
      dockerGateTable(pair.container),
      ...wordsFor(pair),
    ),
  );

/** `kept` succeeds where the images are that a dump on this host made, and puts their folder into `from`. */
const keptText = `${storeText}
id=$(docker container inspect --format '{{.Id}}' -- "$name")
store=$(store_of "$id")
from=$(cat "$store/from" 2>/dev/null || :)
if [ -n "$from" ] && [ -e "$from/busy" ]; then flock "$from/busy" true; fi
running() { [ "$(docker container inspect --format '{{.State.Running}}' -- "$name")" = true ]; }
dumped() { [ -n "$from" ] && [ "$(cat "$from/code" 2>/dev/null)" = 0 ]; }
kept() { dumped && [ -s "$from/images/inventory.img" ] && { [ ! -L "$from/images/parent" ] || [ -s "$from/images/parent/inventory.img" ]; }; }`;

/**
 * From the images that the dump left, in this run or in one that died. Never a plain `docker start`: that
 * starts it fresh and loses its memory without a word. The gate stays closed meanwhile, for the same
 * reason as on the target. docker needs a moment to notice that a container was dumped. Where it gets
 * another address than it had, its connections cannot be kept, and closing them is better than losing it.
 */
const resumeText = `name=$1 scratch=$2 table=$3
umask 077
${liftThrottle}
${unlockText}
trap '${openGate}' EXIT
${keptText}
${liftHold}
tries=0
while dumped && running && [ "$tries" -lt 100 ]; do
  tries=$((tries + 1))
  sleep 0.1
done
if running; then
  rm -rf -- "$store"
  unlock_network "$(docker container inspect --format '{{.State.Pid}}' -- "$name")"
  exit 0
fi
if ! kept; then
  echo "its memory is gone, as it is when a host restarts; to begin anew without it: docker start $name, and apply again" >&2
  exit 74
fi
mkdir -p "$scratch"
${startText}
code=1
for connections in tcp-established tcp-close; do
  if [ "$code" = 0 ]; then break; fi
  code=0
  start_from "$from/images" "$store" "$id" "$name" "$connections" file-locks || code=$?
  printf %s "$from" > "$store/from"
done
[ "$code" = 0 ] || exit "$code"
rm -rf -- "$store"
rm -f "$from/code"`;

export const resumeScript = (pair: Pair, scratch: string): Command =>
  patient(
    script(
      `docker start --checkpoint ${pair.container.name}`,
      resumeText,
      pair.container.name,
      scratch,
      dockerGateTable(pair.container),
    ),
  );

/** On the source: it runs there, or can be had back with its memory. */
export const keptScript = (name: string): Command =>
  script(
    `see that ${name} can be had back`,
    `name=$1
${keptText}
kept || { running && ! dumped; } || { echo 'its memory is not on the source any more' >&2; exit 74; }`,
    name,
  );
