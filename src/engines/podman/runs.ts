import {command, script} from '../../base/command.js';
import {asList, at, parseJson, textAt, textsAt} from '../../base/json.js';
import {err, ok, type Result} from '../../base/result.js';
import type {Pair, Question} from '../engine.js';
import type {ObservedContainer} from '../facts.js';
import {scriptHead, sections, sectionText} from '../host/sections.js';
import {processDifferences, sourcesText, tellProcessText} from '../oci/running-process.js';
import {readContainer} from './inspect.js';
import {podmanPowers} from './powers.js';
import {keepsAddresses} from './refuse-network.js';
import {wordOf} from '../powers.js';

const startedFresh = (name: string): string =>
  `container "${name}" was started fresh: its memory is lost`;

function readOne(
  name: string,
  stdout: string,
): Result<readonly [unknown, ObservedContainer], string> {
  const parsed = parseJson(stdout);
  const raw = asList(parsed.ok ? parsed.value : undefined)[0];
  if (raw === undefined) return err(`podman does not know a container "${name}"`);
  const container = readContainer(raw);
  return container.ok
    ? ok([raw, container.value])
    : err(`podman inspect: ${container.error.reason}`);
}

function judge(
  {name, state, restored, startedAt}: ObservedContainer,
  how: 'restored' | 'started',
): Result<string, string> {
  if (state !== 'running') return err(`container "${name}" is ${state}`);
  if (how === 'restored' && !restored) return err(startedFresh(name));
  return ok(`running since ${startedAt ?? 'now'}${how === 'restored' ? ', restored' : ''}`);
}

/** A restored container carries podman's own mark; without it, it is another process with an empty memory. */
export const runsQuestion = (name: string, how: 'restored' | 'started'): Question => ({
  command: command('podman', 'container', 'inspect', '--', name),
  read: (stdout) => {
    const found = readOne(name, stdout);
    return found.ok ? judge(found.value[1], how) : found;
  },
});

/** Addresses come from `network.status` of the archive, where podman is not told to leave them out. */
function addressDifferences(pair: Pair, found: ObservedContainer): readonly string[] {
  const planned = new Map(pair.container.addresses.map((each) => [each.network, each]));
  return found.addresses.flatMap(({network, ip, mac}) => {
    const known = planned.get(network);
    if (!known) return [`it is on the network "${network}"`];
    return [
      ...(known.mac === undefined || known.mac === mac ? [] : [`its MAC address is ${mac ?? '?'}`]),
      ...(known.ip === undefined || known.ip === ip || !keepsAddresses(pair)
        ? []
        : [`its address is ${ip ?? '?'}`]),
    ];
  });
}

const spaces = {pid: 'PidMode', net: 'NetworkMode', ipc: 'IpcMode', uts: 'UTSMode'} as const;

function copyDifferences(pair: Pair, all: Parameters<typeof processDifferences>[0], raw: unknown) {
  const {container} = pair;
  const words = podmanPowers(container).map(wordOf);
  const planned = {
    capabilities: container.privileged
      ? ('all' as const)
      : [...textsAt(container.raw, 'BoundingCaps'), ...textsAt(container.raw, 'EffectiveCaps')].map(
          (each) => each.replace(/^CAP_/, ''),
        ),
    shared: Object.entries(spaces)
      .filter(([, key]) => textAt(container.raw, 'HostConfig', key) === 'host')
      .map(([space]) => space),
    isFiltered: !words.includes('privileged') && !words.includes('seccomp-unconfined'),
    sources: [...bindsOf(container), ...volumesOf(container, raw)],
    root: textAt(raw, 'GraphDriver', 'Data', 'MergedDir'),
    id: container.id,
  };
  return processDifferences(all, planned);
}

const bindsOf = ({mounts}: ObservedContainer): readonly string[] =>
  mounts.filter(({kind}) => kind === 'bind').map(({source}) => source);

/** Volumes have paths of their own on each host. What podman mounts in which was compared when the archive had arrived. */
const volumesOf = ({mounts}: ObservedContainer, raw: unknown): readonly string[] =>
  asList(at(raw, 'Mounts'))
    .filter((each) =>
      mounts.some(
        ({kind, name, destination}) =>
          kind === 'volume' &&
          name === textAt(each, 'Name') &&
          destination === textAt(each, 'Destination'),
      ),
    )
    .map((each) => textAt(each, 'Source'));

const restoredText = `${scriptHead}
${tellProcessText}
${sourcesText}
section inspect
found=$(podman container inspect -- "$1")
printf '%s\\n' "$found"
sources_in "$found"
tell_process "$(printf '%s\\n' "$found" | sed -n 's/^ *"Pid": \\([0-9]*\\),$/\\1/p' | head -n 1)"
section end`;

/** On the target, in the same look: what runs there is what was planned, by the kernel's own word. */
export const restoredQuestion = (pair: Pair): Question => ({
  command: script(`look at ${pair.container.name}`, restoredText, pair.container.name),
  read: (stdout) => {
    const cut = sections(stdout);
    if (!cut.ok) return cut;
    const found = readOne(pair.container.name, sectionText(cut.value, 'inspect'));
    if (!found.ok) return found;
    const [raw, container] = found.value;
    const runs = judge(container, 'restored');
    if (!runs.ok) return runs;
    const differ = [
      ...copyDifferences(pair, cut.value, raw),
      ...addressDifferences(pair, container),
    ];
    return differ.length === 0
      ? runs
      : err(`what was restored is not what was planned: ${differ.join('; ')}`);
  },
});
