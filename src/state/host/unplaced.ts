import type {Problem} from '../../base/problem.js';
import type {Engine, Engines} from '../../engines/engine.js';
import type {ObservedContainer} from '../../engines/facts.js';
import type {HostName} from '../../plan/plan.js';
import type {HostView, Observed} from './observed.js';

/** A folder, and the host that does not tell where it leads. */
interface Unplaced {
  readonly host: HostName;
  readonly path: string;
}

const isView = (view: HostView | Problem): view is HostView => 'look' in view;

/** Folders of the host that a container has, or would be given. */
const foldersOf = (
  engine: Engine | undefined,
  container: Pick<ObservedContainer, 'mounts'> & Partial<ObservedContainer>,
): readonly string[] => [
  ...container.mounts.flatMap(({kind, source}) => (kind === 'bind' ? [source] : [])),
  ...(engine?.binds?.(container as ObservedContainer) ?? []),
];

function withReasons(
  view: HostView,
  engine: Engine | undefined,
  lost: readonly Unplaced[],
): HostView {
  const reasonOf = (container: ObservedContainer | undefined): string | undefined => {
    const folders = container ? foldersOf(engine, container) : [];
    const [found] = lost.filter(({path}) => folders.includes(path));
    return found && `"${found.host}" does not tell where "${found.path}" leads`;
  };
  const odd = view.look.containers.flatMap((each) => {
    const reason = reasonOf(each);
    return reason === undefined ? [] : [{...each, reason}];
  });
  const records = view.records.flatMap(({container, kept}) => {
    const reason = reasonOf(kept?.described);
    return reason === undefined ? [] : [{container, reason}];
  });
  if (odd.length + records.length === 0) return view;
  const names = new Set(odd.map(({name}) => name));
  const containers = view.look.containers.filter(({name}) => !names.has(name));
  return {
    ...view,
    look: {...view.look, containers, unreadable: [...(view.look.unreadable ?? []), ...odd]},
    unreadableRecords: [...(view.unreadableRecords ?? []), ...records],
  };
}

/**
 * A folder whose place is not known could be any folder of the host. So a container that has one counts as one that
 * cannot be read, whatever is to be done with it. Others of its host are not concerned.
 */
export function withoutUnplaced(observed: Observed, engines: Engines): Observed {
  const lost = [...observed.hosts.values()].flatMap((view) =>
    isView(view)
      ? (view.survey?.usage?.unplaced ?? []).map((path) => ({host: view.host, path}))
      : [],
  );
  if (lost.length === 0) return observed;
  const views = [...observed.hosts].map(
    ([name, view]) =>
      [name, isView(view) ? withReasons(view, engines.get(view.engine), lost) : view] as const,
  );
  return {hosts: new Map(views)};
}
