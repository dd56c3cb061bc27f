import {namespaceOf} from '../oci/config.js';
import {script} from '../../base/command.js';
import {asRecord, asTextRecord, type JsonRecord} from '../../base/json.js';
import type {Beside, Pair, Refusal} from '../engine.js';
import {networkShared, ofTheHost} from '../oci/network-shared.js';
import type {BundleRuntime} from './runtime.js';
import {bundleOf} from './bundle.js';
import {checkpointSend, restoreText} from './checkpoint.js';
import {gateTable, netnsOf} from './gate.js';
import {bundleImages} from './planned.js';
import {groupIn} from './twin.js';

/** A named namespace would also fall silent for both. */
function refusals(pair: Pair, first: string): readonly Refusal[] {
  const network = namespaceOf(bundleOf(pair.container).config, 'network');
  if (network === '') return [];
  return networkShared(pair, first, network === undefined ? ofTheHost : `"${network}"`);
}

/**
 * The bundle has come with the folders, and says in its `config.json` where those of the first one are. So it is given its own,
 * which names the run that made it, and comes as input: variables in it may be secret. `$1` where it
 * arrives, `$2` its length, `$3` the bundle, `$4` its cgroup; the rest is the restore's.
 */
const configText = `umask 077
timeout 20 cat > "$1/config.json" || :
[ "$(wc -c < "$1/config.json")" -eq "$2" ] || { echo 'config.json was cut off' >&2; exit 1; }
cat "$1/config.json" > "$3/config.json"
group=$4
shift 4`;

/** Another bundle, of the name in the pair, whose description is `runcTwin`'s. */
export function runcBeside(
  of: BundleRuntime,
  pair: Pair,
  scratch: string,
  first: string,
  discard: Beside['discard'],
): Beside {
  const {name} = pair.container;
  const {path, config} = bundleOf(pair.container);
  const known = asRecord(config);
  const marked: JsonRecord = {
    ...known,
    annotations: {...asTextRecord(known['annotations']), 'cm.as': scratch},
  };
  const text = `${JSON.stringify(marked, undefined, 2)}\n`;
  const length = new TextEncoder().encode(text).length;
  const words = [name, path, '', scratch, gateTable(name), 'close', netnsOf(pair)];
  return {
    receive: checkpointSend(of, pair, scratch).receive,
    sealed: bundleImages(pair, scratch, true),
    restore: {
      ...script(
        `${of.name} restore ${name}`,
        `${configText}\n${restoreText(of)}`,
        ...[scratch, `${length}`, path, groupIn(config), ...words],
      ),
      stdin: text,
      timeoutMs: 86_400_000,
    },
    discard,
    closes: true,
    refusals: refusals(pair, first),
  };
}
