import {script, type Command} from '../../base/command.js';
import type {BundleRuntime} from './runtime.js';
import {liftThrottle} from '../criu/cpu-share.js';
import type {Pair, Passage} from '../engine.js';
import {unlockText} from '../criu/network-lock.js';
import {bundleOf} from './bundle.js';
import {hooksOf} from '../oci/hooks.js';
import {gateTable, gateText, gateWords, netnsOf, outerGateText} from './gate.js';
import {bundlesFolder} from './look.js';
import {lastRound} from './rounds.js';
import {dumpText, takeText} from './stream.js';
import {letGoText, warmText} from '../criu/warm-memory.js';
import {weightIn} from '../host/weight-in.js';

/** What the runtime says of a container, and its first process; nothing of one that it does not know. */
export const stateText = ({
  name,
}: BundleRuntime): string => `status_of() { ${name} state "$1" 2>/dev/null | sed -n 's/^ *"status": "\\(.*\\)",*$/\\1/p'; }
pid_of() { ${name} state "$1" 2>/dev/null | sed -n 's/^ *"pid": \\([0-9]*\\),*$/\\1/p'; }`;

/** So that it is found where the runtime has forgotten it, as after a reboot. */
export const linkText = `link_bundle() { mkdir -p ${bundlesFolder}; ln -sfn -- "$2" "${bundlesFolder}/$1"; }
bundle_id() { printf '%s-%s\\n' "$1" "$(stat -c '%i-%W' -- "$2")"; }`;

/** `HOOK…`: programs of `config.json` that the runtime starts; one that is missing would be noticed in the downtime. */
export const hooksText = `hooks_there() {
  for hook; do
    [ -x "$hook" ] || { echo "\\"$hook\\" is not here, and config.json has it as a hook" >&2; exit 69; }
  done
}`;

const readyText = (
  of: BundleRuntime,
): string => `name=$1 bundle=$2 scratch=$3 table=$4 netns=$5 memory=$6; shift 6
${stateText(of)}
${linkText}
${hooksText}
${gateText}
${warmText}
hooks_there "$@"
[ -z "$netns" ] || [ -e "$netns" ] || { echo "the network namespace \\"$netns\\" is not here" >&2; exit 69; }
case $(status_of "$name") in
  running | paused) link_bundle "$name" "$bundle" ;;
  *)
    [ -z "$netns" ] || silence_inside "$netns" drop
    warm images "$memory"
    warm restored "$memory"
    ;;
esac
rm -f "$scratch/frozen" "$scratch/ended"`;

export const readyScript = (of: BundleRuntime, pair: Pair, scratch: string): Command => {
  const {path, config} = bundleOf(pair.container);
  const {name} = pair.container;
  return script(
    `make ready for ${name}`,
    readyText(of),
    ...[name, path, scratch, gateTable(name), netnsOf(pair)],
    String(weightIn(pair.source, name)?.memory ?? 0),
    ...hooksOf(config),
  );
};

/**
 * It is paused, with a mark that it was not by a person, and stays so until it is removed or goes on: CRIU leaves a container frozen that was
 * frozen before (`--leave-running` says that it is not to be killed). So the way back needs neither
 * images nor memory, and takes milliseconds. It needs no quarantine either: of a name that is there the runtime starts no other.
 */
const sendText = (of: BundleRuntime): string => `name=$1 scratch=$2 table=$3 gate=$4
umask 077
${stateText(of)}
${gateText}
${dumpText(of)}
${liftThrottle}
${lastRound}
trap ': > "$scratch/ended"' EXIT
if [ "$(status_of "$name")" != paused ]; then
  : > "${of.stateFolder}/$name/cm-frozen"
  ${of.name} pause "$name"
fi
: > "$scratch/frozen"
[ "$gate" = '' ] || close_inside "/proc/$(pid_of "$name")/ns/net"
set -- --leave-running
apart=${of.stateFolder}/$name/cm-dump
[ "$last" = 0 ] || set -- "$@" --parent-path "../rounds/$last"
dump images "$@"
stats ${of.name}-stats-dump`;

const receiveText = `scratch=$1
umask 077
${letGoText}
${takeText}
let_go restored
for needed in inventory.img pstree.img descriptors.json; do
  [ -s "$scratch/images/$needed" ] || broken "$needed is missing"
done`;

export function checkpointSend(of: BundleRuntime, pair: Pair, scratch: string): Passage {
  const {name} = pair.container;
  const weight = weightIn(pair.source, name);
  const gate = gateWords(pair).length > 0 ? 'gate' : '';
  const words = [name, scratch, gateTable(name), gate];
  return {
    send: {
      ...script(`${of.name} checkpoint ${name}`, sendText(of), ...words),
      timeoutMs: 86_400_000,
    },
    receive: script('take the checkpoint', receiveText, scratch),
    bytes: weight?.memory ?? 0,
  };
}

/**
 * `tcp-close` is an option that runtimes do not know: CRIU reads it from a file that the environment
 * names. It is for connections that cannot go on: on the host's own network they are bound to its address.
 *
 * The mark lies where the runtime keeps the container's state, and so is gone when that is: by it a restored
 * container is told from one that somebody started fresh.
 *
 * For a copy beside the one that was dumped there is no `digest`, since its `config.json` is its own, and a `group`: CRIU would put it into the
 * cgroup of that one, whose end would be its end. In the words of CRIU the one hierarchy of version 2 has no name, and those of version 1
 * that a host may have besides are none of the runtime's.
 */
export const restoreText = (
  of: BundleRuntime,
): string => `name=$1 bundle=$2 digest=$3 scratch=$4 table=$5 tcp=$6 netns=$7; shift 7
umask 077
${stateText(of)}
${linkText}
${gateText}
${outerGateText}
born() { sed -n 's/.*"${of.keys.born}": *\\([0-9]*\\).*/\\1/p' "${of.stateFolder}/$name/${of.record}"; }
finish() {
  born > "${of.stateFolder}/$name/cm-restored.new"
  mv "${of.stateFolder}/$name/cm-restored.new" "${of.stateFolder}/$name/cm-restored"
  [ -z "$netns" ] || open_inside "$netns"
}
if [ -e "$scratch/mine" ] && [ "$(status_of "$name")" = running ]; then finish; exit 0; fi
[ -z "$(status_of "$name")" ] || { echo "another container is called $name by now" >&2; exit 73; }
[ -z "$digest" ] || printf '%s  %s\\n' "$digest" "$bundle/config.json" | sha256sum --status -c - || { echo "$bundle/config.json is not the one of the source" >&2; exit 65; }
${of.tidy}
: > "$scratch/mine"
bundle_id "$name" "$bundle" > "$scratch/made"
link_bundle "$name" "$bundle"
if [ -n "$netns" ]; then
  silence_inside "$netns" drop
elif [ $# -gt 0 ]; then
  trap open_outer EXIT
  close_outer "$@"
fi
: > "$scratch/criu.conf"
[ "$tcp" = keep ] || echo tcp-close > "$scratch/criu.conf"
if [ -n "\${group-}" ]; then
  all=; [ ! -e /sys/fs/cgroup/cgroup.controllers ] || all=:
  echo "cgroup-root $all$group" >> "$scratch/criu.conf"
fi
rm -rf -- "$scratch/work"
mkdir "$scratch/work"
code=0 began=$(date +%s%N)
cd /
CRIU_CONFIG_FILE="$scratch/criu.conf" ${of.name} --log "$scratch/errors" restore --detach $([ "$tcp" != keep ] || echo --tcp-established) --file-locks --image-path "$scratch/images" --work-path "$scratch/work" --bundle "$bundle" "$name" </dev/null >/dev/null 2>&1 || code=$?
if [ "$code" != 0 ]; then
  cat "$scratch/errors" >&2 || :
  grep -E 'Error|Warn' "$scratch/work/restore.log" 2>/dev/null | tail -n 15 >&2 || :
  exit "$code"
fi
echo "${of.name}-restore-ms $((($(date +%s%N) - began) / 1000000))"
finish
nsenter --net="/proc/$(pid_of "$name")/ns/net" -- ip link set lo up 2>/dev/null || :`;

export const restoreScript = (of: BundleRuntime, pair: Pair, scratch: string): Command => {
  const {name} = pair.container;
  const {path, digest} = bundleOf(pair.container);
  const words = gateWords(pair);
  const tcp = words.length > 0 ? 'keep' : 'close';
  return script(
    `${of.name} restore ${name}`,
    restoreText(of),
    ...[name, path, digest, scratch, gateTable(name), tcp, netnsOf(pair), ...words],
  );
};

/** Thawed where it was frozen, with its connections: what was sent to it meanwhile was never acknowledged. */
const resumeText = (of: BundleRuntime): string => `name=$1 table=$2
${stateText(of)}
${gateText}
${unlockText}
case $(status_of "$name") in
  running | paused) ;;
  *) echo "its memory is gone, as it is when a host restarts; to begin anew without it: ${of.name} run --detach --bundle $3 $name, and apply again" >&2; exit 74 ;;
esac
dump=${of.stateFolder}/$name/cm-dump
[ ! -e "$dump" ] || flock -w 120 "$dump" true
unlock_network "$(pid_of "$name")"
open_inside "/proc/$(pid_of "$name")/ns/net"
[ "$(status_of "$name")" = running ] || ${of.name} resume "$name"
rm -f "${of.stateFolder}/$name/cm-frozen"`;

export const resumeScript = (of: BundleRuntime, pair: Pair): Command => {
  const {name} = pair.container;
  const words = [name, gateTable(name), bundleOf(pair.container).path];
  return script(`${of.name} resume ${name}`, resumeText(of), ...words);
};

const keptText = (of: BundleRuntime): string => `${stateText(of)}
case $(status_of "$1") in running | paused) ;; *) echo "the memory of $1 is not here any more" >&2; exit 74 ;; esac`;

export const keptScript = (of: BundleRuntime, {container: {name}}: Pair): Command =>
  script(`see that ${name} is still here`, keptText(of), name);
