import type {ContainerName, HostName} from '../../plan/plan.js';
import type {Observed} from '../../state/host/observed.js';
import {recordIn} from './lineage.js';

/**
 * What was seen of one container on these hosts, as text: its identity and state wherever it is, and
 * what interrupted moves wrote down. The same text means that the same steps would be made.
 */
export function fingerprintOf(
  observed: Observed,
  container: ContainerName,
  hosts: readonly HostName[],
): string {
  const seen = [...new Set(hosts)].sort().map((name) => {
    const view = observed.hosts.get(name);
    if (!view || !('look' in view)) return [name, 'dark'];
    const found = view.look.containers.find((each) => each.name === container);
    const record = recordIn(view, container);
    return [
      name,
      found ? [found.id, found.state, found.startedAt, found.image.id] : null,
      record ? [record.run, record.phase] : null,
    ];
  });
  return JSON.stringify(seen);
}
