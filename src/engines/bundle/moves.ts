import {insideOf} from '../oci/inside.js';
import {bundleImages} from './planned.js';
import {namespaceOf} from '../oci/config.js';
import {script, type Command} from '../../base/command.js';
import {err, ok} from '../../base/result.js';
import type {HostOps, Memory, Moves, Pair, Question, SourceOps} from '../engine.js';
import {runcBeside} from './beside.js';
import {bundleExec} from './exec.js';
import type {BundleRuntime} from './runtime.js';
import {bundleOf} from './bundle.js';
import {
  checkpointSend,
  hooksText,
  keptScript,
  linkText,
  readyScript,
  restoreScript,
  resumeScript,
  stateText,
} from './checkpoint.js';
import {gateTable, gateText, netnsOf} from './gate.js';
import {hooksOf} from '../oci/hooks.js';
import {bundlesFolder} from './look.js';
import {runcRounds} from './rounds.js';
import {restoredQuestion, runsQuestion} from './runs.js';
import {stopWith, untilEnded, type StopWords} from '../stop.js';
import {frozenScript} from '../criu/until-frozen.js';
import {boundFolder, removeFolders} from '../oci/volume-commands.js';

/** Ten minutes is right for a question and wrong for a terabyte: streams and copies have a day. */
const patient = (each: Command): Command => ({...each, timeoutMs: 86_400_000});

/** The bundle has come with the folders. The runtime is told of it when it is started. */
const createText = (
  of: BundleRuntime,
): string => `name=$1 bundle=$2 rootfs=$3 at=$4 scratch=$5; shift 5
${stateText(of)}
${linkText}
${hooksText}
[ -z "$(status_of "$name")" ] || { echo "another container is called $name by now" >&2; exit 73; }
hooks_there "$@"
: > "$scratch/mine"
bundle_id "$name" "$bundle" > "$scratch/made"
link_bundle "$name" "$bundle"
real=$(timeout 20 readlink -m -- "$bundle")\${rootfs#"$bundle"}
[ "$(timeout 20 readlink -m -- "$rootfs")" = "$real" ] || { echo "$rootfs is a link that leads out of the bundle" >&2; exit 65; }
mkdir -p -- "$real"
[ -L "$at" ] || [ ! -d "$at" ] || rmdir -- "$at"
ln -sfn -- "$real" "$at"
sha256sum < "$bundle/config.json"`;

function createQuestion(
  of: BundleRuntime,
  {container: {name, ...rest}}: Pair,
  at: string,
  scratch: string,
): Question {
  const bundle = bundleOf({name, ...rest});
  const {path, rootfs, config} = bundle;
  const words = [name, path, rootfs, at, scratch, ...hooksOf(config)];
  return {
    command: script(`make the bundle of ${name}`, createText(of), ...words),
    read: sameDigest(bundle),
  };
}

const sameDigest =
  ({path, digest}: ReturnType<typeof bundleOf>): Question['read'] =>
  (stdout) =>
    stdout.trim().split(' ')[0] === digest
      ? ok('same configuration')
      : err(`"${path}/config.json" is not the one of the source`);

/** The last pass over the bundle comes after it was made. */
function sealedQuestion({container}: Pair): Question {
  const bundle = bundleOf(container);
  const text = 'sha256sum < "$1/config.json"';
  return {
    command: script(`read the bundle of ${container.name}`, text, bundle.path),
    read: sameDigest(bundle),
  };
}

const stopWords = (of: BundleRuntime): StopWords => ({
  head: `bundle=$5
${stateText(of)}
${linkText}
link_bundle "$name" "$bundle"`,
  pid: `case $(status_of "$name") in
    paused) ${of.name} resume "$name" ;;
    running) ;;
    *) return 0 ;;
  esac
  pid_of "$name"`,
  send: `${of.name} kill "$name" "$1"`,
  settled: `tries=0
while [ "$(status_of "$name")" = running ]; do
  tries=$((tries + 1))
  [ "$tries" -lt 100 ] || { echo "$name does not end" >&2; exit 70; }
  sleep 0.1
done`,
});

const startText = (of: BundleRuntime): string => `name=$1 bundle=$2 systemd=$3 table=$4 netns=$5
${stateText(of)}
${gateText}
${untilEnded()}
[ -z "$netns" ] || open_inside "$netns"
case $(status_of "$name") in
  running) exit 0 ;;
  paused) ${of.name} resume "$name"; exit 0 ;;
  created) ${of.name} start "$name"; exit 0 ;;
  stopped) ${of.name} delete "$name" ;;
esac
${of.tidy}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
code=0
${of.name} --log "$log" $systemd run --detach --bundle "$bundle" "$name" </dev/null >/dev/null 2>&1 || code=$?
[ "$code" = 0 ] || cat "$log" >&2
exit "$code"`;

/**
 * Whatever its sockets have to say when it ends stays inside: the container lives on elsewhere. The
 * bundle can be started no more, by no supervisor; what else lies in its folder stays.
 */
const endText = (of: BundleRuntime): string => `${stateText(of)}
${gateText}
end() {
  if [ -n "$(status_of "$name")" ]; then
    pid=$(pid_of "$name")
    if [ "$pid" -gt 0 ] && [ "$(readlink "/proc/$pid/ns/net")" != "$(readlink /proc/self/ns/net)" ]; then
      silence_inside "/proc/$pid/ns/net" 'reject with tcp reset'
    fi
    ${of.name} delete --force "$name"
  fi
  ${of.tidy}
  [ -z "$netns" ] || silence_inside "$netns" 'reject with tcp reset'
  link=${bundlesFolder}/$name
  if [ "$(readlink -- "$link" || :)" = "$bundle" ]; then rm -f -- "$link"; fi
  nft delete table netdev "$table" 2>/dev/null || :
}`;

const removeText = (of: BundleRuntime): string => `name=$1 bundle=$2 rootfs=$3 table=$4 netns=$5
${endText(of)}
end
rm -rf --one-file-system -- "$rootfs"
rm -f -- "$bundle/config.json"
rmdir -- "$bundle" 2>/dev/null || :`;

/** A copy bears the mark of its run in its bundle, where that is after a reboot. */
const discardText = (of: BundleRuntime): string => `name=$1 bundle=$2 scratch=$3 table=$4 netns=$5
${endText(of)}
[ -e "$scratch/mine" ] || grep -qF "\\"cm.as\\": \\"$scratch\\"" "$bundle/config.json" 2>/dev/null || exit 0
end`;

/** Found by its link, as after a reboot. */
const unloadText = (of: BundleRuntime): string => `name=$1 bundle=$2 table=$3 netns=$4
${endText(of)}
${linkText}
end
link_bundle "$name" "$bundle"`;

const reachText = (of: BundleRuntime): string => `${stateText(of)}
pid=$(pid_of "$1")
[ "$pid" -gt 0 ]
for address in "$2" 127.0.0.1; do
  if nsenter --net="/proc/$pid/ns/net" -- timeout 2 bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$address" "$3" 2>/dev/null; then exit 0; fi
done
echo "nothing accepts connections at $2 port $3" >&2
exit 1`;

function endsOf(of: BundleRuntime, pair: Pair) {
  const {name} = pair.container;
  const {path, rootfs} = bundleOf(pair.container);
  const title = `${of.name} delete ${name}`;
  const gate = [gateTable(name), netnsOf(pair)];
  return {
    unload: script(title, unloadText(of), name, path, ...gate),
    remove: script(title, removeText(of), name, path, rootfs, ...gate),
    discard: (scratch: string): Command =>
      script(title, discardText(of), name, path, scratch, ...gate),
  };
}

/** The commands of one bundle on a host. */
function hostOps(of: BundleRuntime, pair: Pair): HostOps & Pick<SourceOps, 'stop'> {
  const {container} = pair;
  const {name} = container;
  const {path, systemd, config} = bundleOf(container);
  const address =
    namespaceOf(config, 'network') === undefined ? undefined : container.addresses[0]?.ip;
  return {
    // no runtime starts anything by itself; supervisors are the user's, and so are the hooks that stop them
    autostart: () => script(`no restart policy for ${name}`, ':'),
    ...stopWith(stopWords(of), `${of.name} kill ${name}`, pair, [path]),
    start: script(
      `${of.name} run ${name}`,
      startText(of),
      ...[name, path, systemd ? '--systemd-cgroup' : '', gateTable(name), netnsOf(pair)],
    ),
    runs: (how) => runsQuestion(of, name, how),
    remove: endsOf(of, pair).remove,
    exec: (argv, environment = {}, secrets = {}) =>
      bundleExec(of, container, argv, environment, secrets),
    inside: insideOf(`${stateText(of)}\npid_of "$1"`, name),
    reach: (port) =>
      script(
        `connect to port ${port} of ${name}`,
        reachText(of),
        ...[name, address ?? '127.0.0.1', `${port}`],
      ),
  };
}

const memory = (of: BundleRuntime, pair: Pair, scratch: string): Memory => ({
  ready: readyScript(of, pair, scratch),
  checkpoint: checkpointSend(of, pair, scratch),
  frozen: patient(frozenScript(scratch)),
  restore: patient(restoreScript(of, pair, scratch)),
  kept: keptScript(of, pair),
  resume: resumeScript(of, pair),
  thaws: true,
  unload: endsOf(of, pair).unload,
});

/** The commands of one bundle's move. */
export function runcMoves(of: BundleRuntime, pair: Pair, scratch: string): Moves {
  const discard = endsOf(of, pair).discard(scratch);
  const host = hostOps(of, pair);
  return {
    source: host,
    target: {
      ...host,
      create: (at) => createQuestion(of, pair, at, scratch),
      // a restore sees to the digest of config.json by itself
      sealed: (how) => (how === 'started' ? sealedQuestion(pair) : bundleImages(pair, scratch)),
      runs: (how) =>
        how === 'restored'
          ? restoredQuestion(of, pair.container)
          : runsQuestion(of, pair.container.name, how),
      discard,
    },
    files: {
      volume: (mount, at) => boundFolder(pair, mount, at),
      removeVolumes: removeFolders(scratch),
    },
    memory: memory(of, pair, scratch),
    ...(pair.source.criu?.memoryTracking === true && {rounds: runcRounds(of, pair, scratch)}),
    copy: (first) => runcBeside(of, pair, scratch, first, discard),
  };
}
