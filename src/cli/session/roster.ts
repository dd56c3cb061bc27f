import type {Problem} from '../../base/problem.js';
import {enginesOf} from '../../engines/registry.js';
import type {Engine} from '../../engines/engine.js';
import type {Host} from '../../plan/plan.js';
import {observe, survey, type Looking} from '../../state/host/observe.js';
import type {HostView} from '../../state/host/observed.js';

/** What one host has: a view for each of its engines, with every container and its sizes, or why it is not known. */
export interface HostRoster {
  readonly host: Host;
  readonly views: readonly HostView[];
  /** Engines that are installed and do not answer. */
  readonly silent: readonly Problem[];
}

/** Everything that one engine of a host has; undefined when the host has no such engine. */
async function viewOf(
  looking: Looking,
  host: Host,
  engine: Engine,
): Promise<HostView | Problem | undefined> {
  const one: Looking = {...looking, engines: enginesOf([engine])};
  const look = async (names: readonly string[]): Promise<HostView | Problem | undefined> =>
    (await observe(one, [host], names)).hosts.get(host.name);
  const closer = async (view: HostView, leaving: HostView['look']['containers']) => {
    const asked = new Map([[host.name, {leaving, arriving: []}]]);
    return (await survey(one, {hosts: new Map([[host.name, view]])}, asked)).hosts.get(host.name);
  };
  const found = await look([]);
  if (!isView(found)) return found?.code === 'no-engine' ? undefined : found;
  const surveyed = await closer(found, []);
  const names = isView(surveyed) ? (surveyed.survey?.neighbours ?? []).map(({name}) => name) : [];
  if (names.length === 0) return surveyed;
  const full = await look(names);
  return isView(full) ? closer(full, full.look.containers) : full;
}

const isView = (seen: HostView | Problem | undefined): seen is HostView =>
  seen !== undefined && 'look' in seen;

/** Looks at every container of a host, whichever of its engines has it; changes nothing. */
export async function rosterOf(looking: Looking, host: Host): Promise<HostRoster> {
  const engines = looking.engines.all.filter(({name, onlyNamed}) =>
    host.engine === undefined ? onlyNamed !== true : name === host.engine,
  );
  const seen = await Promise.all(engines.map(async (engine) => viewOf(looking, host, engine)));
  const views = seen.filter(isView);
  const silent = new Map(
    seen.flatMap((each) =>
      each === undefined || isView(each) ? [] : [[each.message, each] as const],
    ),
  );
  return {host, views, silent: [...silent.values()]};
}
