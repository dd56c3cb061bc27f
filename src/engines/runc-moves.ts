import {command, script, type Command} from '../base/command.js';
import {err, ok} from '../base/result.js';
import type {Moves, Pair, Question} from './engine.js';
import type {Mount} from './facts.js';
import {runcBeside} from './runc-beside.js';
import {bundleOf, namespaceOf} from './runc-bundle.js';
import {
  checkpointSend,
  hooksText,
  keptScript,
  linkText,
  readyScript,
  restoreScript,
  resumeScript,
  stateText,
} from './runc-checkpoint.js';
import {gateTable, gateText, netnsOf} from './runc-gate.js';
import {hooksOf} from './runc-hooks.js';
import {bundlesFolder, look, readLook} from './runc-look.js';
import {runcRounds} from './runc-rounds.js';
import {frozenScript} from './until-frozen.js';

/** Ten minutes is right for a question and wrong for a terabyte: streams and copies have a day. */
const patient = (each: Command): Command => ({...each, timeoutMs: 86_400_000});

/** What was made for this move is written down beside the link, so that only that is removed. */
const volumeCommand = (mount: Mount, at: string): Command =>
  script(
    `mkdir -p ${mount.source}`,
    `if [ ! -e "$1" ]; then mkdir -p -- "$1"; printf %s "$1" > "$2.made"; fi
ln -sfn -- "$1" "$2"`,
    mount.source,
    at,
  );

const removeVolumes = (scratch: string): Command =>
  script(
    'remove the folders made for this move',
    `for made in "$1"/to/*.made; do
  [ -e "$made" ] || continue
  rm -rf --one-file-system -- "$(cat -- "$made")"
  rm -f -- "$made"
done`,
    scratch,
  );

/** The bundle has come with the folders. runc is told of it when it is started. */
const createText = `name=$1 bundle=$2 rootfs=$3 at=$4 scratch=$5; shift 5
${stateText}
${linkText}
${hooksText}
[ -z "$(status_of "$name")" ] || { echo "another container is called $name by now" >&2; exit 73; }
hooks_there "$@"
: > "$scratch/mine"
link_bundle "$name" "$bundle"
mkdir -p -- "$rootfs"
[ -L "$at" ] || [ ! -d "$at" ] || rmdir -- "$at"
ln -sfn -- "$rootfs" "$at"
sha256sum < "$bundle/config.json"`;

function createQuestion({container: {name, ...rest}}: Pair, at: string, scratch: string): Question {
  const {path, rootfs, digest, config} = bundleOf({name, ...rest});
  const words = [name, path, rootfs, at, scratch, ...hooksOf(config)];
  return {
    command: script(`make the bundle of ${name}`, createText, ...words),
    read: (stdout) =>
      stdout.trim().split(' ')[0] === digest
        ? ok('same configuration')
        : err(`"${path}/config.json" is not the one of the source`),
  };
}

/** Ten seconds, as other engines have it, from the signal that asks to the one that does not. */
const stopText = `name=$1 bundle=$2
${stateText}
${linkText}
link_bundle "$name" "$bundle"
case $(status_of "$name") in
  paused) runc resume "$name" ;;
  running) ;;
  *) exit 0 ;;
esac
runc kill "$name" TERM
tries=0
while [ "$(status_of "$name")" = running ]; do
  tries=$((tries + 1))
  [ "$tries" -lt 100 ] || { runc kill "$name" KILL || :; }
  [ "$tries" -lt 150 ] || { echo "$name does not end" >&2; exit 70; }
  sleep 0.1
done`;

const startText = `name=$1 bundle=$2 systemd=$3 table=$4 netns=$5
${stateText}
${gateText}
[ -z "$netns" ] || open_inside "$netns"
case $(status_of "$name") in
  running) exit 0 ;;
  paused) runc resume "$name"; exit 0 ;;
  created) runc start "$name"; exit 0 ;;
  stopped) runc delete "$name" ;;
esac
log=$(mktemp)
trap 'rm -f "$log"' EXIT
code=0
runc --log "$log" $systemd run --detach --bundle "$bundle" "$name" </dev/null >/dev/null 2>&1 || code=$?
[ "$code" = 0 ] || cat "$log" >&2
exit "$code"`;

/**
 * Whatever its sockets have to say when it ends stays inside: the container lives on elsewhere. The
 * bundle can be started no more, by no supervisor; what else lies in its folder stays.
 */
const endText = `${stateText}
${gateText}
end() {
  if [ -n "$(status_of "$name")" ]; then
    pid=$(pid_of "$name")
    if [ "$pid" -gt 0 ] && [ "$(readlink "/proc/$pid/ns/net")" != "$(readlink /proc/self/ns/net)" ]; then
      silence_inside "/proc/$pid/ns/net" 'reject with tcp reset'
    fi
    runc delete --force "$name"
  fi
  [ -z "$netns" ] || silence_inside "$netns" 'reject with tcp reset'
  link=${bundlesFolder}/$name
  if [ "$(readlink -- "$link" || :)" = "$bundle" ]; then rm -f -- "$link"; fi
  nft delete table netdev "$table" 2>/dev/null || :
}`;

const removeText = `name=$1 bundle=$2 rootfs=$3 table=$4 netns=$5
${endText}
end
rm -rf --one-file-system -- "$rootfs"
rm -f -- "$bundle/config.json"
rmdir -- "$bundle" 2>/dev/null || :`;

/** A copy bears the mark of its run in its bundle, where that is after a reboot. */
const discardText = `name=$1 bundle=$2 scratch=$3 table=$4 netns=$5
${endText}
[ -e "$scratch/mine" ] || grep -qF "\\"cm.as\\": \\"$scratch\\"" "$bundle/config.json" 2>/dev/null || exit 0
end`;

/** Found by its link, as after a reboot. */
const unloadText = `name=$1 bundle=$2 table=$3 netns=$4
${endText}
${linkText}
end
link_bundle "$name" "$bundle"`;

const reachText = `${stateText}
pid=$(pid_of "$1")
[ "$pid" -gt 0 ]
for address in "$2" 127.0.0.1; do
  if nsenter --net="/proc/$pid/ns/net" -- timeout 2 bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$address" "$3" 2>/dev/null; then exit 0; fi
done
echo "nothing accepts connections at $2 port $3" >&2
exit 1`;

function runsQuestion(name: string, how: 'restored' | 'started'): Question {
  return {
    command: look([name]),
    read: (stdout) => {
      const seen = readLook(stdout);
      if (!seen.ok) return seen;
      const container = seen.value.containers.find((each) => each.name === name);
      if (!container) return err(`runc does not know a container "${name}"`);
      const {state, restored, startedAt} = container;
      if (state !== 'running') return err(`container "${name}" is ${state}`);
      if (how === 'restored' && !restored)
        return err(`container "${name}" was started fresh: its memory is lost`);
      return ok(`running since ${startedAt ?? 'now'}${how === 'restored' ? ', restored' : ''}`);
    },
  };
}

function endsOf(pair: Pair, scratch: string) {
  const {name} = pair.container;
  const {path, rootfs} = bundleOf(pair.container);
  const title = `runc delete ${name}`;
  const gate = [gateTable(name), netnsOf(pair)];
  return {
    unload: script(title, unloadText, name, path, ...gate),
    remove: script(title, removeText, name, path, rootfs, ...gate),
    discard: script(title, discardText, name, path, scratch, ...gate),
  };
}

/** The commands of one bundle's move. */
export function runcMoves(pair: Pair, scratch: string): Moves {
  const {container} = pair;
  const {name} = container;
  const {path, systemd, config} = bundleOf(container);
  const table = gateTable(name);
  const netns = netnsOf(pair);
  const address =
    namespaceOf(config, 'network') === undefined ? undefined : container.addresses[0]?.ip;
  const ends = endsOf(pair, scratch);
  return {
    ...ends,
    volume: volumeCommand,
    create: (at) => createQuestion(pair, at, scratch),
    // runc starts nothing by itself; supervisors are the user's, and so are the hooks that stop them
    autostart: () => script(`no restart policy for ${name}`, ':'),
    stop: patient(script(`runc kill ${name}`, stopText, name, path)),
    start: script(
      `runc run ${name}`,
      startText,
      ...[name, path, systemd ? '--systemd-cgroup' : '', table, netns],
    ),
    ready: readyScript(pair, scratch),
    ...(pair.source.criu?.memoryTracking === true && {rounds: runcRounds(pair, scratch)}),
    checkpoint: checkpointSend(pair, scratch),
    frozen: patient(frozenScript(scratch)),
    restore: patient(restoreScript(pair, scratch)),
    kept: keptScript(pair),
    resume: resumeScript(pair),
    thaws: true,
    runs: (how) => runsQuestion(name, how),
    beside: (first) => runcBeside(pair, scratch, first, ends.discard),
    removeVolumes: removeVolumes(scratch),
    exec: (argv, environment = {}) =>
      command(
        ...(['runc', 'exec'] as const),
        ...Object.entries(environment).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
        name,
        ...argv,
      ),
    reach: (port) =>
      script(
        `connect to port ${port} of ${name}`,
        reachText,
        ...[name, address ?? '127.0.0.1', `${port}`],
      ),
  };
}
