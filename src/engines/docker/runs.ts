import {script} from '../../base/command.js';
import {asList, asRecord, at, parseParts, textAt} from '../../base/json.js';
import {err, ok, type Result} from '../../base/result.js';
import type {Question} from '../engine.js';
import type {ObservedContainer} from '../facts.js';
import {sections, sectionText} from '../host/sections.js';
import {namedIn} from '../oci/container-words.js';
import {processDifferences, sourcesText, tellProcessText} from '../oci/running-process.js';
import {look, lookText, readLook} from './look.js';
import {plannedDocker} from './planned.js';

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

export const runsQuestion = (name: string, how: 'restored' | 'started'): Question => ({
  command: look([name]),
  read: (stdout) => judge(name, how, stdout),
});

/** Volumes have paths of their own on each host; docker made the container there from the plan. */
const sourcesOf = (container: ObservedContainer, raw: unknown): readonly string[] => [
  ...container.mounts.filter(({kind}) => kind === 'bind').map(({source}) => source),
  ...asList(at(raw, 'Mounts'))
    .filter((each) => textAt(each, 'Type') === 'volume')
    .map((each) => textAt(each, 'Source')),
  // The program of `--init`, which docker mounts there by itself.
  ...(at(raw, 'HostConfig', 'Init') === true
    ? ['/usr/bin/docker-init', '/usr/sbin/docker-init', '/usr/libexec/docker/docker-init']
    : []),
];

function copyDifferences(
  container: ObservedContainer,
  stdout: string,
): Result<readonly string[], string> {
  const cut = sections(stdout);
  if (!cut.ok) return cut;
  const parsed = parseParts(sectionText(cut.value, 'inspect') || '[]');
  const raw = asRecord(asList(parsed.ok ? parsed.value : undefined)[0]);
  const id = textAt(raw, 'Id');
  return ok(
    processDifferences(cut.value, {
      ...plannedDocker(container, id),
      sources: sourcesOf(container, raw),
      root: textAt(raw, 'GraphDriver', 'Data', 'MergedDir'),
      id,
    }),
  );
}

/** On the target, in the same look: what runs there is what was planned, by the kernel's own word. */
export const restoredQuestion = (container: ObservedContainer): Question => ({
  command: script(
    'docker: look at containers',
    `${tellProcessText}\n${sourcesText}\n${lookText('sources_in "$found"; tell_process "$pid"')}`,
    container.name,
  ),
  read: (stdout) => {
    const runs = judge(container.name, 'restored', stdout);
    if (!runs.ok) return runs;
    const differ = copyDifferences(container, stdout);
    if (!differ.ok) return differ;
    return differ.value.length === 0
      ? runs
      : err(`what was restored is not what was planned: ${differ.value.join('; ')}`);
  },
});
