import {insideOf} from '../oci/inside.js';
import {execInside} from '../oci/exec.js';
import {podmanFirstMount, podmanVolume} from './volume.js';
import {command, script, type Command} from '../../base/command.js';
import type {HostOps, Memory, Moves, Pair, Passage, SourceOps, TargetOps} from '../engine.js';
import {loadImage, mostOfImage} from '../oci/image-load.js';
import {podmanBeside} from './beside.js';
import {archiveQuestion} from './archive.js';
import {createQuestion, sameQuestion} from './created.js';
import {withNetworkSettings} from '../criu/network-settings.js';
import {agreed, checkpointSend, readyScript, restoreScript} from './checkpoint.js';
import {gateTable, openGate} from '../criu/gate.js';
import {keptScript} from './kept.js';
import {podmanQuarantine, startScript} from './quarantine.js';
import {freeStore, reap} from './reap.js';
import {resumeScript} from './resume.js';
import {podmanRounds} from './rounds.js';
import {liftHold} from '../criu/quarantine.js';
import {restoredQuestion, runsQuestion} from './runs.js';
import {removeVolumes} from '../oci/volume-commands.js';
import {stopWith, stopWords} from '../stop.js';
import type {ObservedContainer} from '../facts.js';
import {frozenScript} from '../criu/until-frozen.js';

/** Ten minutes is right for a question and wrong for a terabyte: streams and copies have a day. */
const dayMs = 86_400_000;

const patient = (each: Command): Command => ({...each, timeoutMs: dayMs});

/**
 * Sent by name where the name means this image on the source and nothing else on the target, so that
 * the name arrives too; by ID otherwise, so that no tag of the target is taken away.
 */
function imagePassage(pair: Pair): Passage | undefined {
  const {container, source, target} = pair;
  const {id, name} = container.image;
  if (target.images.some((image) => image.id === id)) return undefined;
  const here = source.images.find((image) => image.id === id);
  const taken = target.images.some(({names}) => names.includes(name));
  const named = !taken && here?.names.includes(name) === true;
  const reference = named ? name : id;
  return {
    send: patient(command('podman', 'save', '--quiet', '--', reference)),
    receive: patient(loadImage('podman', pair, named ? name : undefined)),
    bytes: here?.size ?? 0,
    most: mostOfImage(pair, here?.size ?? 0),
  };
}

/** Inside the container's own network, since a host cannot reach its own macvlan containers. */
const reach = (name: string, address: string, port: number): Command =>
  script(
    `connect to port ${port} of ${name}`,
    `pid=$(podman inspect --format '{{.State.Pid}}' -- "$1")
[ "$pid" -gt 0 ]
for address in "$2" 127.0.0.1; do
  if nsenter -t "$pid" -n -- timeout 2 bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$address" "$3" 2>/dev/null; then exit 0; fi
done
echo "nothing accepts connections at $2 port $3" >&2
exit 1`,
    name,
    address,
    String(port),
  );

const update = (name: string, policy: string): Command => ({
  ...command('podman', 'update', '--restart', policy, '--', name),
  title: `podman update --restart ${policy} ${name}`,
});

/**
 * Not one process of it is left, also where podman cannot write down what it does, as on a full disk: seen there were a restored
 * container that ran and that podman had forgotten, and a removal that succeeds the second time.
 */
const away = `${liftHold}
again=
if podman container exists "$id"; then podman rm --force --time 0 -- "$id" >/dev/null || again=yes; fi
${reap}
[ -z "$again" ] || podman rm --force --time 0 -- "$id" >/dev/null
${freeStore}`;

const removeText = `name=$1 table=$2 id=$3
${openGate}
if podman container exists "$name"; then
  id=$(podman container inspect --format '{{.Id}}' -- "$name")
elif podman container exists "$id"; then
  exit 0
fi
${away}`;

const discardText = `name=$1 table=$2 scratch=$3 restored=$4 id=$4
${openGate}
if podman container exists "$name"; then
  id=$(podman container inspect --format '{{.Id}}' -- "$name")
  [ "$id" = "$restored" ] || [ "$id" = "$(cat "$scratch/made" 2>/dev/null)" ] || exit 0
elif podman container exists "$id"; then
  exit 0
fi
${away}`;

/** The commands of one podman container on a host. */
function hostOps(pair: Pair): HostOps & Pick<SourceOps, 'stop'> {
  const {container} = pair;
  const {name} = container;
  const address = container.addresses.find(({ip}) => ip !== undefined)?.ip ?? '127.0.0.1';
  return {
    autostart: (on) => update(name, on ? container.restartPolicy : 'no'),
    ...stopWith(stopWords('podman'), `podman stop ${name}`, pair),
    start: patient(startScript(name)),
    runs: (how) => runsQuestion(name, how),
    remove: script(`podman rm ${name}`, removeText, name, gateTable(container), container.id),
    exec: (argv, environment = {}, secrets = {}) =>
      execInside('podman', name, argv, environment, secrets),
    inside: insideOf(`podman container inspect --format '{{.State.Pid}}' -- "$1"`, name),
    reach: (port) => reach(name, address, port),
  };
}

type OwnOps = Omit<TargetOps, Exclude<keyof HostOps, 'runs'>>;

const targetOps = (pair: Pair, scratch: string): OwnOps => ({
  ...ofTarget(pair.container, scratch),
  runs: (how) =>
    how === 'restored' ? restoredQuestion(pair) : runsQuestion(pair.container.name, how),
});

const ofTarget = (container: ObservedContainer, scratch: string): Omit<OwnOps, 'runs'> => ({
  create: (at) => createQuestion(container, at, scratch),
  sealed: (how) => (how === 'restored' ? archiveQuestion(container, scratch) : undefined),
  discard: script(
    `podman rm ${container.name}`,
    discardText,
    ...[container.name, gateTable(container), scratch, container.id],
  ),
});

const memory = (pair: Pair, scratch: string): Memory => ({
  ready: readyScript(pair, scratch),
  checkpoint: checkpointSend(pair, scratch),
  frozen: patient(frozenScript(scratch)),
  restore: patient(restoreScript(pair, scratch)),
  same: sameQuestion(pair.container),
  kept: keptScript(pair.container.name),
  resume: patient(resumeScript(pair, scratch)),
});

/** The commands of one podman container's move. */
export function podmanMoves(pair: Pair, scratch: string): Moves {
  const image = imagePassage(pair);
  const host = hostOps(pair);
  return {
    source: host,
    target: {...host, ...targetOps(pair, scratch)},
    ...(image && {image}),
    files: {
      volume: (mount, at) => podmanVolume(pair, mount, at, scratch),
      firstMount: (mounts) => podmanFirstMount(pair, mounts),
      removeVolumes: removeVolumes('podman', scratch),
    },
    memory: withNetworkSettings('podman', pair, memory(pair, scratch)),
    ...(pair.source.criu?.memoryTracking === true && {
      rounds: podmanRounds(pair, scratch, agreed(pair)),
    }),
    hold: podmanQuarantine(pair.container),
    copy: (first, twins) => podmanBeside(pair, scratch, first, twins),
  };
}
