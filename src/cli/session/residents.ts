import {shortName} from '../../base/host-words.js';
import type {ObservedContainer, Weight} from '../../engines/facts.js';
import {isUpState} from '../../planner/situation/wanted.js';
import {isName} from '../../plan/generated/validate-document.js';
import type {EngineName, Host} from '../../plan/plan.js';
import type {WrittenHost} from '../../plan/write.js';
import type {HostView} from '../../state/host/observed.js';
import type {HostRoster} from './roster.js';

/** A container that was found, and what it belongs to. */
export interface Resident {
  /** As a plan calls the host. */
  readonly on: string;
  readonly engine: string;
  readonly container: ObservedContainer;
  readonly weight?: Weight;
  /** The compose project. */
  readonly project?: string;
  /** Its name within the project. */
  readonly service?: string;
  /** Services of the project that it depends on. */
  readonly dependsOn: readonly string[];
}

/** Something that no plan can name, and why. */
export interface LeftOut {
  readonly name: string;
  readonly on: string;
  /** Absent: its engine does not say. */
  readonly runs?: boolean;
  readonly because: string;
}

export interface Residents {
  readonly hosts: readonly WrittenHost[];
  readonly all: readonly Resident[];
  readonly leftOut: readonly LeftOut[];
}

/** `root@alpha.example:22` is `alpha`. */
function nameOfAddress(address: string): string {
  const host = address.replace(/^.*@/u, '').replace(/:\d+$/u, '');
  const short = /^[\d.]+$/u.test(host) ? host : (host.split('.')[0] ?? host);
  const name = short.replaceAll(/[^a-zA-Z0-9_.-]/gu, '-').replace(/^[^a-zA-Z0-9]+/u, '');
  return isName(name) ? name : 'host';
}

/** A host of a plan keeps its name; one that was given by its address gets one that no other has. */
function baseNames(rosters: readonly HostRoster[]): ReadonlyMap<Host, string> {
  const names = new Map<Host, string>();
  const taken = new Set<string>();
  for (const {host} of rosters) {
    const base = isName(host.name) ? host.name : nameOfAddress(host.address);
    let name = base;
    for (let count = 2; taken.has(name); count += 1) name = `${base}-${count}`;
    taken.add(name);
    names.set(host, name);
  }
  return names;
}

/** A host with several engines is several hosts of a plan, one for each engine. */
const hostName = (base: string, {views}: HostRoster, engine: string): string =>
  views.length > 1 && views[0]?.engine !== engine ? `${base}-${engine}` : base;

const written = (base: string, roster: HostRoster, view: HostView): WrittenHost => ({
  name: hostName(base, roster, view.engine),
  address: roster.host.address,
  ...((roster.views.length > 1 || roster.host.engine !== undefined) && {
    engine: view.engine as EngineName,
  }),
  ...(roster.host.peerAddress !== undefined && {peerAddress: roster.host.peerAddress}),
  labels: roster.host.labels,
  ssh: roster.host.ssh,
});

const projectLabels = ['com.docker.compose.project', 'io.podman.compose.project'];

/** `db:service_started:false,cache:service_healthy:true` */
const servicesIn = (text: string): readonly string[] =>
  text.split(',').flatMap((each) => {
    const name = each.split(':')[0] ?? '';
    return shortName.fits(name) ? [name] : [];
  });

function residentOf(
  on: string,
  {engine, survey}: HostView,
  container: ObservedContainer,
): Resident {
  const {labels} = container;
  const project = projectLabels.map((label) => labels[label]).find((each) => each !== undefined);
  const service = labels['com.docker.compose.service'];
  const weight = survey?.weights.find((each) => each.container === container.name);
  return {
    on,
    engine,
    container,
    ...(weight && {weight}),
    ...(project !== undefined && shortName.fits(project) && {project}),
    ...(service !== undefined && shortName.fits(service) && {service}),
    dependsOn: servicesIn(labels['com.docker.compose.depends_on'] ?? ''),
  };
}

interface Seen {
  readonly host: WrittenHost;
  readonly view: HostView;
}

/** Hosts of a plan, one for each engine of each roster, in the order of the rosters. */
function seenOn(rosters: readonly HostRoster[]): readonly Seen[] {
  const names = baseNames(rosters);
  return rosters.flatMap((roster) =>
    roster.views.map((view) => ({host: written(names.get(roster.host) ?? '', roster, view), view})),
  );
}

/** By container: the run that began to move it and did not end. */
const interruptedIn = (seen: readonly Seen[]): ReadonlyMap<string, string> =>
  new Map(
    seen.flatMap(({view}) =>
      view.records
        .filter(({phase}) => phase === 'leaving' || phase === 'arriving')
        .map(({container, run}) => [container, run] as const),
    ),
  );

/** Everything on some of these hosts by its name, and why no plan can have it. */
function residentsIn(
  seen: readonly Seen[],
  whyNot: (resident: Resident) => string | undefined,
): Omit<Residents, 'hosts'> {
  const found = seen.flatMap(({host, view}) =>
    view.look.containers.map((container) => residentOf(host.name, view, container)),
  );
  const places = new Map<string, readonly string[]>();
  for (const {container, on} of found)
    places.set(container.name, [...(places.get(container.name) ?? []), on]);
  const judged = found.map((resident) => {
    const {name} = resident.container;
    const there = places.get(name) ?? [];
    const twice =
      there.length > 1
        ? `that name is on ${there.join(' and ')}, and a plan takes a name once`
        : undefined;
    const nameless = isName(name) ? undefined : 'a plan has no such names';
    return {resident, because: nameless ?? whyNot(resident) ?? twice};
  });
  const unreadable = seen.flatMap(({host, view}) =>
    (view.look.unreadable ?? []).map(({name, state, reason}) => ({
      name,
      on: host.name,
      runs: isUpState(state),
      because: reason,
    })),
  );
  const leftOut = judged.flatMap(({resident: {container, on}, because}) =>
    because === undefined
      ? []
      : [{name: container.name, on, runs: isUpState(container.state), because}],
  );
  return {
    all: judged
      .flatMap(({resident, because}) => (because === undefined ? [resident] : []))
      .sort(
        (one, other) =>
          (one.project ?? '').localeCompare(other.project ?? '') ||
          one.container.name.localeCompare(other.container.name),
      ),
    leftOut: [...leftOut, ...unreadable],
  };
}

/** What a plan can say of all that is on these hosts. */
export function residentsOf(rosters: readonly HostRoster[]): Residents {
  const seen = seenOn(rosters);
  const interrupted = interruptedIn(seen);
  const {all, leftOut} = residentsIn(seen, ({container: {name}}) => {
    const run = interrupted.get(name);
    return run === undefined
      ? undefined
      : `run ${run} began to move it and did not end: apply its plan again, or repeat the move`;
  });
  return {hosts: seen.map(({host}) => host), all, leftOut};
}

/** What can be moved from one host to another. */
export interface Movable extends Omit<Residents, 'hosts'> {
  readonly hosts: {
    readonly source: readonly WrittenHost[];
    readonly target: readonly WrittenHost[];
  };
  /** By container: the run that began to move it and did not end. */
  readonly interrupted: ReadonlyMap<string, string>;
}

/** Everything on the source, whatever has its name on the target, and what an interrupted move has on the target alone. */
export function movableFrom(from: HostRoster, to: HostRoster): Movable {
  const seen = seenOn([from, to]);
  const [source, target] = [seen.slice(0, from.views.length), seen.slice(from.views.length)];
  const interrupted = interruptedIn(seen);
  const here = residentsIn(source, () => undefined);
  const known = new Set([
    ...here.all.map(({container}) => container.name),
    ...here.leftOut.map(({name}) => name),
  ]);
  const arrived = residentsIn(target, () => undefined).all.filter(
    ({container: {name}}) => interrupted.has(name) && !known.has(name),
  );
  return {
    hosts: {source: source.map(({host}) => host), target: target.map(({host}) => host)},
    all: [...here.all, ...arrived],
    leftOut: here.leftOut,
    interrupted,
  };
}

/** Of the same project, by the names that a plan has for them. */
const wantedBy = (resident: Resident, all: readonly Resident[]): readonly string[] =>
  resident.project === undefined
    ? []
    : all.flatMap(({project, service, container}) =>
        project === resident.project &&
        service !== undefined &&
        container.name !== resident.container.name &&
        resident.dependsOn.includes(service)
          ? [container.name]
          : [],
      );

/** What each depends on, by its name. Labels may name each other in a circle, which no plan can: such a one depends on nothing. */
export function dependenciesOf(all: readonly Resident[]): ReadonlyMap<string, readonly string[]> {
  const wanted = new Map(all.map((each) => [each.container.name, wantedBy(each, all)]));
  const ordered = new Set<string>();
  for (let size = -1; size < ordered.size;) {
    size = ordered.size;
    for (const [name, needs] of wanted)
      if (needs.every((each) => ordered.has(each))) ordered.add(name);
  }
  return new Map([...wanted].map(([name, needs]) => [name, ordered.has(name) ? needs : []]));
}
