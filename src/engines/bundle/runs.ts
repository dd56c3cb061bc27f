import {script} from '../../base/command.js';
import {asList, at, textAt} from '../../base/json.js';
import {err, ok, type Result} from '../../base/result.js';
import type {Question} from '../engine.js';
import type {ObservedContainer} from '../facts.js';
import {sections} from '../host/sections.js';
import {isBind} from '../oci/config.js';
import {namedIn} from '../oci/container-words.js';
import {hooksOf} from '../oci/hooks.js';
import {plannedOci} from '../oci/planned.js';
import {processDifferences, tellProcessText} from '../oci/running-process.js';
import {bundleOf} from './bundle.js';
import {look, lookText, readLook} from './look.js';
import type {BundleRuntime} from './runtime.js';

function judge(
  of: BundleRuntime,
  name: string,
  how: 'restored' | 'started',
  stdout: string,
): Result<string, string> {
  const seen = readLook(of, stdout);
  if (!seen.ok) return seen;
  const container = namedIn(seen.value, name, of.name);
  if (!container.ok) return container;
  const {state, restored, startedAt} = container.value;
  if (state !== 'running') return err(`container "${name}" is ${state}`);
  if (how === 'restored' && !restored)
    return err(`container "${name}" was started fresh: its memory is lost`);
  return ok(`running since ${startedAt ?? 'now'}${how === 'restored' ? ', restored' : ''}`);
}

export const runsQuestion = (
  of: BundleRuntime,
  name: string,
  how: 'restored' | 'started',
): Question => ({
  command: look(of, [name]),
  read: (stdout) => judge(of, name, how, stdout),
});

/** A path of `config.json` that is no absolute one begins in the bundle. */
function sourcesOf(container: ObservedContainer): readonly string[] {
  const {path, rootfs, config} = bundleOf(container);
  const sources = asList(at(config, 'mounts'))
    .filter(isBind)
    .map((mount) => textAt(mount, 'source'));
  return [rootfs, ...sources.map((each) => (each.startsWith('/') ? each : `${path}/${each}`))];
}

/** The first word is a name, and stays; the others are paths. */
const plannedText = `name=$1
shift
sources=$([ $# = 0 ] || printf '%s\\n' "$@")
set -- "$name"`;

/** On the target, in the same look: what runs there is what was planned, by the kernel's own word. Hooks may have mounted more. */
export function restoredQuestion(of: BundleRuntime, container: ObservedContainer): Question {
  const {config, rootfs} = bundleOf(container);
  if (hooksOf(config).length > 0) return runsQuestion(of, container.name, 'restored');
  const sources = sourcesOf(container);
  const text = `${tellProcessText}\n${plannedText}\n${lookText(of, 'tell_process "${pid-}"')}`;
  return {
    command: script(
      `${of.name}: look at containers`,
      text,
      container.name,
      ...sources.filter((each) => !/\s/.test(each)),
    ),
    read: (stdout) => {
      const runs = judge(of, container.name, 'restored', stdout);
      if (!runs.ok) return runs;
      const cut = sections(stdout);
      if (!cut.ok) return cut;
      const differ = processDifferences(cut.value, {
        ...plannedOci(config, []),
        sources,
        root: rootfs,
      });
      return differ.length === 0
        ? runs
        : err(`what was restored is not what was planned: ${differ.join('; ')}`);
    },
  };
}
