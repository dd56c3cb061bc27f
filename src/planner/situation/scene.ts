import type {Problem} from '../../base/problem.js';
import type {ObservedContainer} from '../../engines/facts.js';
import type {Container, ContainerName, HostName, Plan} from '../../plan/plan.js';
import type {HostView, MoveRecord, Observed} from '../../state/host/observed.js';
import type {StateChange} from '../change.js';
import type {ParkedRecord} from './wanted.js';

/** A container as it was found on one host. */
export interface Found {
  readonly view: HostView;
  readonly container: ObservedContainer;
}

/** Where a container stands, before any strategy is chosen. */
export type Draft =
  | {readonly kind: 'settled'; readonly found: Found}
  | {readonly kind: 'move'; readonly found: Found; readonly to: HostView}
  /** Parked, and to run: its memory is brought from where it is kept, also from another host. */
  | {
      readonly kind: 'bring';
      readonly record: ParkedRecord;
      readonly keeper: HostView;
      readonly to: HostView;
      /** What is still there of it. */
      readonly found?: Found;
    }
  /** Where it belongs, and not doing there what the plan wants. */
  | {
      readonly kind: 'turn';
      readonly what: StateChange;
      readonly found: Found;
      readonly record?: MoveRecord;
    }
  /** Where it belongs, but a run that brought it or tried to has died before it had tidied up. */
  | {
      readonly kind: 'tidy';
      readonly found: Found;
      readonly source: HostView;
      readonly target: HostView;
      readonly because: string;
    }
  | {
      readonly kind: 'finish' | 'undo';
      readonly record: MoveRecord;
      readonly source: HostView;
      readonly target: HostView;
      /** What the move left on either host, if anything. */
      readonly onSource?: ObservedContainer;
      readonly onTarget?: ObservedContainer;
      readonly because: string;
    }
  /** Frozen on its own host for a checkpoint, or being put back into one, by a run that has died. */
  | {
      readonly kind: 'wake';
      readonly record: MoveRecord;
      readonly source: HostView;
      /** As it is there; or as it was, where it has to be brought back from what was kept. */
      readonly known: ObservedContainer;
      readonly kept?: NonNullable<MoveRecord['kept']>;
      readonly because: string;
    }
  | {readonly kind: 'problem'; readonly problem: Problem};

/** The world as one container sees it. */
export interface Scene {
  readonly plan: Plan;
  readonly container: Container;
  readonly views: ReadonlyMap<HostName, HostView>;
  readonly dark: readonly Problem[];
  readonly found: readonly Found[];
  /** Why it cannot be told what it is on a host. */
  readonly unreadable: readonly Unreadable[];
}

interface Unreadable {
  readonly host: HostName;
  /** `record`: what earlier runs wrote down of it there. */
  readonly what: 'container' | 'record';
  readonly reason: string;
}

/** What is there under a name and cannot be read. */
export function unreadableIn(
  {host, look, unreadableRecords = []}: HostView,
  name: ContainerName,
): readonly Unreadable[] {
  const containers = (look.unreadable ?? []).filter((each) => each.name === name);
  const records = unreadableRecords.filter((each) => each.container === name);
  return [
    ...containers.map(({reason}): Unreadable => ({host, what: 'container', reason})),
    ...records.map(({reason}): Unreadable => ({host, what: 'record', reason})),
  ];
}

const isView = (view: HostView | Problem | undefined): view is HostView =>
  view !== undefined && 'look' in view;

export function scene(plan: Plan, observed: Observed, container: Container): Scene {
  const views = new Map<HostName, HostView>();
  const dark: Problem[] = [];
  const found: Found[] = [];
  for (const [name, view] of observed.hosts) {
    if (!isView(view)) {
      dark.push(view);
      continue;
    }
    views.set(name, view);
    const here = view.look.containers.find((each) => each.name === container.name);
    if (here) found.push({view, container: here});
  }
  const unreadable = [...views.values()].flatMap((view) => unreadableIn(view, container.name));
  return {plan, container, views, dark, found, unreadable};
}

export const problem = (value: Problem): Draft => ({kind: 'problem', problem: value});
