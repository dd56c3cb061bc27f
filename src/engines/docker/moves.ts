import {insideOf} from '../oci/inside.js';
import {command, script, type Command} from '../../base/command.js';
import {err, ok, type Result} from '../../base/result.js';
import {namedIn} from '../oci/container-words.js';
import {dockerBeside} from './beside.js';
import {checkpointPassage, keepsAddresses, readyScript} from './checkpoint.js';
import {createQuestion} from './created.js';
import {gateTable} from '../criu/gate.js';
import {imagePassage, patient} from './image.js';
import {look, readLook} from './look.js';
import {dockerRounds} from './rounds.js';
import {dockerImages} from './planned.js';
import {dockerQuarantine, startScript} from './quarantine.js';
import {withNetworkSettings} from '../criu/network-settings.js';
import {keptScript, restoreScript, resumeScript} from './restore.js';
import type {Moves, Pair, Question} from '../engine.js';
import {openGate} from '../criu/gate.js';
import {liftHold} from '../criu/quarantine.js';
import {execInside} from '../oci/exec.js';
import {dockerVolume} from './volume.js';
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

function judge(name: string, how: 'restored' | 'started', stdout: string): Result<string, string> {
  const seen = readLook(stdout);
  if (!seen.ok) return seen;
  const container = namedIn(seen.value, name, 'docker');
  if (!container.ok) return container;
  const {state, restored, startedAt} = container.value;
  if (state !== 'running') return err(`container "${name}" is ${state}`);
  if (how === 'restored' && !restored)
    return err(`container "${name}" was started fresh: its memory is lost`);
  return ok(`running since ${startedAt ?? 'now'}${how === 'restored' ? ', restored' : ''}`);
}

const runsQuestion = (name: string, how: 'restored' | 'started'): Question => ({
  command: look([name]),
  read: (stdout) => judge(name, how, stdout),
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

/** The commands of one docker container's move. */
function plainMoves(pair: Pair, scratch: string): Moves {
  const {container} = pair;
  const {name} = container;
  const image = imagePassage(pair);
  const table = gateTable(container);
  return {
    ...(image && {image}),
    volume: (mount, at) => dockerVolume(pair, mount, at, scratch),
    create: (at) => createQuestion(pair, at, scratch, false),
    vessel: (at) => createQuestion(pair, at, scratch, keepsAddresses(pair)),
    autostart: (on) => update(name, on ? container.restartPolicy : 'no'),
    ...stopWith(stopWords('docker'), `docker stop ${name}`, pair),
    start: patient(startScript(name)),
    quarantine: dockerQuarantine(container),
    ready: readyScript(pair, scratch),
    ...(pair.source.criu?.memoryTracking === true && {rounds: dockerRounds(pair, scratch)}),
    checkpoint: checkpointPassage(pair, scratch),
    frozen: patient(frozenScript(scratch)),
    sealed: (how) => (how === 'restored' ? dockerImages(container, scratch) : undefined),
    restore: restoreScript(pair, scratch),
    kept: keptScript(name),
    resume: resumeScript(pair, scratch),
    runs: (how) => runsQuestion(name, how),
    beside: (first, twins) => dockerBeside(pair, scratch, first, twins),
    remove: script(`docker rm ${name}`, removeText, name, table, container.id),
    discard: script(`docker rm ${name}`, discardText, name, table, scratch),
    removeVolumes: removeVolumes('docker', scratch),
    exec: (argv, environment = {}, secrets = {}) =>
      execInside('docker', name, argv, environment, secrets),
    reach: (port) => reach(name, port),
    inside: insideOf(`docker container inspect --format '{{.State.Pid}}' -- "$1"`, name),
  };
}

export const dockerMoves = (pair: Pair, scratch: string): Moves =>
  withNetworkSettings('docker', pair, plainMoves(pair, scratch));
