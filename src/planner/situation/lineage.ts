import type {ObservedContainer} from '../../engines/facts.js';
import type {ContainerName} from '../../plan/plan.js';
import type {HostView, MoveRecord, Observed} from '../../state/host/observed.js';

/** What is written down of a container on a host, whichever container of that name it is about. */
export const recordIn = (view: HostView, name: ContainerName): MoveRecord | undefined =>
  view.records.find(({container}) => container === name);

/**
 * The record is about this very container. Another one of its name may have been made since, and nothing that a record says
 * is true of that one.
 */
export const isAbout = (
  {id, made}: MoveRecord,
  container: Pick<ObservedContainer, 'id'>,
): boolean => (made ?? id) === container.id;

/**
 * Copies that engines make anew have IDs of their own. This is the ID that a container had before its first move: the same
 * for all copies of one container, and another one for a container that only has its name.
 */
export function lineageOf(
  views: readonly HostView[],
  container: Pick<ObservedContainer, 'id' | 'name'>,
): string {
  const record = views
    .map((view) => recordIn(view, container.name))
    .find((each) => each && isAbout(each, container));
  return record?.lineage ?? record?.id ?? container.id;
}

/** What stands on a host once an unfinished change is taken back: the record that the change had replaced. */
function standing(record: MoveRecord | undefined): MoveRecord | undefined {
  const isUnfinished = record?.phase === 'leaving' || record?.phase === 'arriving';
  return isUnfinished ? record.found : record;
}

const isView = (
  view: Observed['hosts'] extends ReadonlyMap<string, infer V> ? V : never,
): view is HostView => 'look' in view;

export const viewsOf = ({hosts}: Observed): readonly HostView[] =>
  [...hosts.values()].filter(isView);

/** The record of a container on a host that a change replaces, and that is put back when the change is taken back. */
export function replacedOn(
  {hosts}: Observed,
  host: string,
  name: ContainerName,
): MoveRecord | undefined {
  const view = hosts.get(host);
  return view && isView(view) ? standing(recordIn(view, name)) : undefined;
}
