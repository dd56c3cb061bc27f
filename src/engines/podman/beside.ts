import {script, type Command} from '../../base/command.js';
import {inTurn} from '../../base/compose.js';
import {archiveQuestion} from './archive.js';
import {agreed, receiveText, restoreText} from './checkpoint.js';
import type {Beside, Pair, Twin} from '../engine.js';
import {textAt} from '../../base/json.js';
import {networkShared, ofTheHost} from '../oci/network-shared.js';
import {gateTable, openGate} from '../criu/gate.js';
import {freeStore, patience, reap} from './reap.js';

/**
 * What podman imports says in `config.dump` and `spec.dump` which volumes it mounts, and where the memory
 * is. Both are rewritten: every volume that the copy has for itself, each once at least, or nothing is
 * restored, since it would write to what is not its own; and the link to the images, so that a restore
 * of the original has another folder. The label says which run made it (of two `labels` podman
 * takes both, and of two values the last), and the annotation where the runtime has a file of CRIU's options for it.
 *
 * A space before the colon tells what is rewritten from what is not, so that no name is rewritten twice.
 * `$2` the folder where the images are linked to; then was, is, where it was, its key, of every volume.
 */
const renameText = `scratch=$1 mark=$2
shift 2
umask 077
[ ! -e "$scratch/renamed" ] || exit 0
rm -rf -- "$scratch/as"
mkdir -- "$scratch/as"
tar -C "$scratch/as" -xf "$scratch/import.tar" config.dump spec.dump
strange() { echo "podman's archive is not as it is known: $1" >&2; exit 65; }
swap() {
  was=$2 is=$3 awk 'BEGIN {was = ENVIRON["was"]; is = ENVIRON["is"]}
{
  out = ""
  while (at = index($0, was)) { out = out substr($0, 1, at - 1) is; $0 = substr($0, at + length(was)); found = 1 }
  print out $0
}
END {exit !found}' "$scratch/as/$1" > "$scratch/as/new" || strange "no $2 in $1"
  mv -- "$scratch/as/new" "$scratch/as/$1"
}
while [ $# -ge 4 ]; do
  swap config.dump "\\"volumeName\\": \\"$1\\"" "\\"volumeName\\" : \\"$2\\""
  swap spec.dump "\\"source\\": \\"$3\\"" "\\"source\\" : \\"$(readlink -- "$scratch/to/$4")\\""
  shift 4
done
add() {
  sed '$ s|}[[:space:]]*$|,'"$2"'}|' "$scratch/as/$1" > "$scratch/as/new"
  grep -qF "$2}" "$scratch/as/new" || strange "the end of $1"
  mv -- "$scratch/as/new" "$scratch/as/$1"
}
add config.dump '"labels": {"cm.as": "'"$mark"'"}'
add spec.dump '"annotations": {"org.criu.config": "'"$scratch/criu.conf"'"}'
ln -s "$scratch/images" "$scratch/as/checkpoint"
tar --delete -f "$scratch/import.tar" config.dump spec.dump checkpoint || strange 'it lacks something'
tar -C "$scratch/as" -rf "$scratch/import.tar" config.dump spec.dump checkpoint
rm -rf -- "$scratch/as"
: > "$scratch/renamed"`;

/**
 * CRIU puts what it restores into the cgroup that it was dumped in, which is that of the first one (podman 5.4.2, runc
 * 1.1.15, CRIU 4.2.1, cgroup v2): who stopped, froze or removed that would do the same to the copy. Brought elsewhere later it
 * cannot be dumped any more ("invalid cgroup configuration, /../libpod-… is not a suffix of …"). So CRIU is told another one,
 * which has the ID that podman gives the copy meanwhile: the file of its options is a pipe, and CRIU waits for
 * who writes into it. Nothing is there to be read afterwards, which is no error for CRIU; nor is an empty file, which
 * it gets where nothing is found. Under its name a copy has one monitor, whose words tell its ID.
 */
const tellGroupText = `tell_group() {
  group= tries=0
  while [ -z "$group" ] && [ "$tries" -lt 600 ] && kill -0 "$$" 2>/dev/null; do
    tries=$((tries + 1))
    for entry in /proc/[0-9]*/comm; do
      [ "$(cat "$entry" 2>/dev/null)" = conmon ] || continue
      id=$(tr '\\0' '\\n' < "\${entry%/comm}/cmdline" 2>/dev/null | awk -v name="$1" 'last == "-c" {id = $0} last == "-n" {found = $0 == name} {last = $0} END {if (found) print id}')
      [ -n "$id" ] || continue
      group=$(find /sys/fs/cgroup -type d '(' -name "libpod-$id" -o -name "libpod-$id.scope" ')' 2>/dev/null | head -n 1)
    done
    [ -n "$group" ] || sleep 0.1
  done
  [ -e /sys/fs/cgroup/cgroup.controllers ] || group=
  timeout 60 sh -c 'printf "$2" "$3" > "$1"' cm "$2" "\${group:+cgroup-root :%s\\n}" "\${group#/sys/fs/cgroup}"
}`;

/** Where CRIU was not told: it is brought there, until no process of its PID namespace is elsewhere. No checkpoint is made of such a one. */
const ownCgroupText = `id=$(podman container inspect --format '{{.Id}}' -- "$1")
pid=$(podman container inspect --format '{{.State.Pid}}' -- "$1")
space=$(readlink "/proc/$pid/ns/pid")
own=$(sed -n 's/.*"cgroup_paths":{"":"\\([^"]*\\)".*/\\1/p' "/run/runc/$id/state.json" 2>/dev/null || :)
was=/sys/fs/cgroup$(sed -n 's/^0:://p' "/proc/$pid/cgroup")
round=0
while [ -n "$own" ] && [ "$was" != "$own" ] && [ "$round" -lt 50 ]; do
  round=$((round + 1)) left=
  for each in $(find "$was" -name cgroup.procs -exec cat {} +); do
    [ "$(readlink "/proc/$each/ns/pid" || :)" = "$space" ] || continue
    left=yes
    echo "$each" 2>/dev/null > "$own/cgroup.procs" || :
  done
  [ -n "$left" ] || break
done
grep -qF -- "$id" "/proc/$pid/cgroup" || { echo 'it is not in a cgroup of its own' >&2; exit 70; }`;

/** Somebody's container of that name is left alone; one that podman has forgotten, or is making, too. */
const freshText = `if [ "$(podman container inspect --format '{{index .Config.Labels "cm.as"}} {{.State.Running}}' -- "$1" 2>/dev/null)" = "$2 true" ]; then exit 0; fi
if podman container exists --external -- "$1"; then
  echo "there is a container \\"$1\\" by now" >&2
  exit 73
fi
: > "$2/restoring"
${tellGroupText}
rm -f -- "$2/criu.conf"
mkfifo -- "$2/criu.conf"
tell_group "$1" "$2/criu.conf" </dev/null >/dev/null 2>&1 &
teller=$!
scratch=$2
trap 'kill "$teller" 2>/dev/null || :; [ ! -p "$scratch/criu.conf" ] || : <> "$scratch/criu.conf"; rm -f -- "$scratch/criu.conf"' EXIT
(
${restoreText}
)
${ownCgroupText}`;

/**
 * What this run made carries its mark. What podman has forgotten of it, or not yet written down, is known by its monitor,
 * which has its name; and it was not there before, as long as the mark of the attempt is.
 */
const discardText = `name=$1 table=$2 scratch=$3
${openGate}
ids=$(podman ps --all --quiet --no-trunc --filter "label=cm.as=$scratch")
if [ -z "$ids" ] && [ -e "$scratch/restoring" ] && ! podman container exists "$name"; then
  for entry in /proc/[0-9]*/comm; do
    [ "$(cat "$entry" 2>/dev/null)" = conmon ] || continue
    ids="$ids $(tr '\\0' '\\n' < "\${entry%/comm}/cmdline" 2>/dev/null | awk -v name="$name" 'last == "-c" {id = $0} last == "-n" {found = $0 == name} {last = $0} END {if (found) print id}')"
  done
  if podman container exists --external "$name"; then podman rm --force -- "$name" >/dev/null; fi
fi
for id in $ids; do
  again=
  if podman container exists "$id"; then podman rm --force --time 0 -- "$id" >/dev/null || again=yes; fi
  ${reap}
  [ -z "$again" ] || podman rm --force --time 0 -- "$id" >/dev/null
  ${freeStore}
done`;

const day = (each: Command): Command => ({...each, timeoutMs: 86_400_000});

/**
 * Another container from a checkpoint, beside the one that was kept: podman gives it an ID and an address of its own.
 * podman refuses `--tcp-established` with `--name`, so no connection of the checkpoint may be open.
 */
export function podmanBeside(
  pair: Pair,
  scratch: string,
  first: string,
  twins: readonly Twin[],
): Beside {
  const {container} = pair;
  const onHost = textAt(container.raw, 'HostConfig', 'NetworkMode') === 'host';
  const words = twins.flatMap(({was, is, source, key}) => [was, is, source, key]);
  const restore = script(
    `podman container restore --name ${container.name}`,
    freshText,
    container.name,
    scratch,
    gateTable(container),
    String(patience(pair)),
    container.image.id,
    ...agreed({...pair, connections: 'close'}),
    ...['--name', container.name, '--ignore-static-mac'],
    ...(container.addresses.some(({fixed}) => fixed) ? [] : ['--ignore-static-ip']),
  );
  const rename = script('give it volumes of its own', renameText, scratch, scratch, ...words);
  const take = `${receiveText}\nrm -f -- "$scratch/renamed"`;
  // As it was kept; it is held against that before it is given another name.
  const kept = {...container, name: first, id: textAt(container.raw, 'Id')};
  const discard = script(
    `podman rm ${container.name}`,
    discardText,
    container.name,
    gateTable(container),
    scratch,
  );
  return {
    receive: day(script('take the checkpoint', take, scratch)),
    sealed: archiveQuestion(kept, scratch),
    restore: day(inTurn(restore.title ?? '', rename, restore)),
    discard,
    refusals: onHost ? networkShared(pair, first, ofTheHost) : [],
  };
}
