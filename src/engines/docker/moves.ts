import {insideOf} from '../oci/inside.js';
import {dockerImages} from './planned.js';
import {execInside} from '../oci/exec.js';
import {dockerVolume} from './volume.js';
import {command, script, type Command} from '../../base/command.js';
import {dockerBeside} from './beside.js';
import {checkpointPassage, keepsAddresses, readyScript} from './checkpoint.js';
import {createQuestion} from './created.js';
import {dockerGateTable} from './gate.js';
import {openGate} from '../criu/gate.js';
import {imagePassage, patient} from './image.js';
import {restoredQuestion, runsQuestion} from './runs.js';
import {dockerRounds} from './rounds.js';
import {dockerQuarantine, startScript} from './quarantine.js';
import {withNetworkSettings} from '../criu/network-settings.js';
import {keptScript, restoreScript, resumeScript} from './restore.js';
import type {HostOps, Memory, Moves, Pair, SourceOps, TargetOps} from '../engine.js';
import {liftHold} from '../criu/quarantine.js';
import {removeVolumes} from '../oci/volume-commands.js';
import {stopWith, stopWords} from '../stop.js';
import {frozenScript} from '../criu/until-frozen.js';

/** Inside the container's own network, since a host cannot reach its own macvlan containers. */
const reach = (name: string, port: number): Command =>
  script(
    `connect to port ${port} of ${name}`,
    `pid=$(docker container inspect --format '{{.State.Pid}}' -- "$1")
[ "$pid" -gt 0 ]
addresses=$(docker container inspect --format '{{range .NetworkSettings.Networks}}{{println .IPAddress}}{{end}}' -- "$1")
for address in $addresses 127.0.0.1; do
  if nsenter -t "$pid" -n -- timeout 2 bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$address" "$2" 2>/dev/null; then exit 0; fi
done
echo "nothing accepts connections at port $2 of" $addresses >&2
exit 1`,
    name,
    String(port),
  );

const update = (name: string, policy: string): Command => ({
  ...command('docker', 'update', '--restart', policy, '--', name),
  title: `docker update --restart ${policy} ${name}`,
});

const removeText = `name=$1 table=$2 id=$3
${openGate}
here=$(docker container inspect --format '{{.Id}}' -- "$name" 2>/dev/null || :)
id=\${here:-$id}
${liftHold}
[ -n "$here" ] || exit 0
docker rm --force -- "$name" >/dev/null`;

const discardText = `name=$1 table=$2 scratch=$3
${openGate}
id=$(docker container inspect --format '{{.Id}}' -- "$name" 2>/dev/null) || exit 0
[ "$id" = "$(cat "$scratch/made" 2>/dev/null)" ] || exit 0
${liftHold}
docker rm --force -- "$id" >/dev/null`;

/** The commands of one docker container on a host. */
function hostOps(pair: Pair): HostOps & Pick<SourceOps, 'stop'> {
  const {container} = pair;
  const {name} = container;
  return {
    autostart: (on) => update(name, on ? container.restartPolicy : 'no'),
    ...stopWith(stopWords('docker'), `docker stop ${name}`, pair),
    start: patient(startScript(name)),
    runs: (how) => runsQuestion(name, how),
    remove: script(`docker rm ${name}`, removeText, name, dockerGateTable(container), container.id),
    exec: (argv, environment = {}, secrets = {}) =>
      execInside('docker', name, argv, environment, secrets),
    inside: insideOf(`docker container inspect --format '{{.State.Pid}}' -- "$1"`, name),
    reach: (port) => reach(name, port),
  };
}

const targetOps = (
  pair: Pair,
  scratch: string,
): Omit<TargetOps, Exclude<keyof HostOps, 'runs'>> => ({
  runs: (how) =>
    how === 'restored' ? restoredQuestion(pair.container) : runsQuestion(pair.container.name, how),
  create: (at) => createQuestion(pair, at, scratch, false),
  sealed: (how) => (how === 'restored' ? dockerImages(pair.container, scratch) : undefined),
  discard: script(
    `docker rm ${pair.container.name}`,
    discardText,
    ...[pair.container.name, dockerGateTable(pair.container), scratch],
  ),
});

const memory = (pair: Pair, scratch: string): Memory => ({
  ready: readyScript(pair, scratch),
  checkpoint: checkpointPassage(pair, scratch),
  frozen: patient(frozenScript(scratch)),
  vessel: (at) => createQuestion(pair, at, scratch, keepsAddresses(pair)),
  restore: restoreScript(pair, scratch),
  kept: keptScript(pair.container.name),
  resume: resumeScript(pair, scratch),
});

/** The commands of one docker container's move. */
export function dockerMoves(pair: Pair, scratch: string): Moves {
  const image = imagePassage(pair);
  const host = hostOps(pair);
  return {
    source: host,
    target: {...host, ...targetOps(pair, scratch)},
    ...(image && {image}),
    files: {
      volume: (mount, at) => dockerVolume(pair, mount, at, scratch),
      removeVolumes: removeVolumes('docker', scratch),
    },
    memory: withNetworkSettings('docker', pair, memory(pair, scratch)),
    ...(pair.source.criu?.memoryTracking === true && {rounds: dockerRounds(pair, scratch)}),
    hold: dockerQuarantine(pair.container),
    copy: (first, twins) => dockerBeside(pair, scratch, first, twins),
  };
}
