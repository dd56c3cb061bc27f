import {script} from '../../base/command.js';
import {receiveScript} from './checkpoint.js';
import {createQuestion} from './created.js';
import {dockerImages} from './planned.js';
import {dockerGateTable} from './gate.js';
import {restoreScript} from './restore.js';
import type {Beside, Pair, Twin} from '../engine.js';
import {
  asList,
  asRecord,
  asTextRecord,
  at,
  textAt,
  textsAt,
  type JsonRecord,
} from '../../base/json.js';
import {networkShared, ofTheHost} from '../oci/network-shared.js';
import {openGate} from '../criu/gate.js';

/** `data:/data:ro` → `twin-data:/data:ro` */
function renamedBind(bind: string, names: ReadonlyMap<string, string>): string {
  const [source = '', ...rest] = bind.split(':');
  return [names.get(source) ?? source, ...rest].join(':');
}

function renamedMount(mount: unknown, key: string, names: ReadonlyMap<string, string>): JsonRecord {
  const known = asRecord(mount);
  const name = textAt(known, 'Type') === 'volume' ? names.get(textAt(known, key)) : undefined;
  return name === undefined ? known : {...known, [key]: name};
}

/** What names one container among others on a network is the first one's, and stays so. */
const unnamed = (settings: unknown): JsonRecord => ({
  ...asRecord(settings),
  ...{MacAddress: '', Aliases: null},
});

/** docker compose would count it among the first one's service, and remove the one that is too many. */
const unclaimed = (labels: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(asTextRecord(labels)).filter(([key]) => !key.startsWith('com.docker.compose.')),
  );

/** The settings of the first one with volumes of its own, and with the mark of the run that makes it. */
function twinSettings({container}: Pair, scratch: string, twins: readonly Twin[]): JsonRecord {
  const {name, raw} = container;
  const names = new Map(twins.map(({was, is}) => [was, is]));
  const config = asRecord(at(raw, 'Config'));
  const host = asRecord(at(raw, 'HostConfig'));
  const networks = Object.entries(asRecord(at(raw, 'NetworkSettings', 'Networks')));
  return {
    ...asRecord(raw),
    Name: `/${name}`,
    Config: {
      ...config,
      MacAddress: '',
      Labels: {...unclaimed(config['Labels']), 'cm.as': scratch},
    },
    HostConfig: {
      ...host,
      Binds: textsAt(host, 'Binds').map((bind) => renamedBind(bind, names)),
      Mounts: asList(host['Mounts']).map((mount) => renamedMount(mount, 'Source', names)),
    },
    Mounts: asList(at(raw, 'Mounts')).map((mount) => renamedMount(mount, 'Name', names)),
    NetworkSettings: {
      ...asRecord(at(raw, 'NetworkSettings')),
      Networks: Object.fromEntries(
        networks.map(([network, settings]) => [network, unnamed(settings)]),
      ),
    },
  };
}

/** The mark is the container's own, so that it is found by it when `scratch` is gone, as after a reboot. */
const discardText = `name=$1 table=$2 scratch=$3
${openGate}
for id in $(docker ps --all --quiet --no-trunc --filter "label=cm.as=$scratch"); do
  docker rm --force -- "$id" >/dev/null
done`;

/**
 * Another container from a checkpoint, beside the one that was kept: made of the same settings, and started from
 * images that name the cgroup of the first one, whose ID is put in place of by its own. CRIU mounts what the new
 * container has at a place, wherever that lay when it was dumped (external mounts are known by their
 * destination), so volumes are its own as soon as its settings say so.
 */
export function dockerBeside(
  pair: Pair,
  scratch: string,
  first: string,
  twins: readonly Twin[],
): Beside {
  const {container} = pair;
  const raw = twinSettings(pair, scratch, twins);
  const onHost = textAt(container.raw, 'HostConfig', 'NetworkMode') === 'host';
  const twin: Pair = {...pair, connections: 'close', container: {...container, raw}};
  return {
    vessel: (at) => createQuestion(twin, at, scratch, false),
    receive: receiveScript(scratch, textAt(container.raw, 'Id')),
    sealed: dockerImages(container, scratch),
    restore: restoreScript(twin, scratch),
    discard: script(
      `docker rm ${container.name}`,
      discardText,
      container.name,
      dockerGateTable(container),
      scratch,
    ),
    closes: true,
    refusals: onHost ? networkShared(pair, first, ofTheHost) : [],
  };
}
