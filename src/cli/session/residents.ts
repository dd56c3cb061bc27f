import {shortName} from '../../base/host-words.js';
import type {ObservedContainer, Weight} from '../../engines/facts.js';
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

/** What a plan can say of all that was found: hosts by their engines, containers by their names. */
export function residentsOf(rosters: readonly HostRoster[]): Residents {
  const names = baseNames(rosters);
  const seen = rosters.flatMap((roster) =>
    roster.views.map((view) => ({
      host: written(names.get(roster.host) ?? '', roster, view),
      view,
    })),
  );
  const found = seen.flatMap(({host, view}) =>
    view.look.containers.map((container) => residentOf(host.name, view, container)),
  );
  const unreadable = seen.flatMap(({host, view}) =>
    (view.look.unreadable ?? []).map(({name, reason}) => ({name, on: host.name, because: reason})),
  );
  const count = new Map<string, string[]>();
  for (const {container, on} of found)
    count.set(container.name, [...(count.get(container.name) ?? []), on]);
  const why = ({container: {name}}: Resident): string | undefined => {
    const places = count.get(name) ?? [];
    if (!isName(name)) return 'a plan has no such names';
    return places.length > 1
      ? `that name is on ${places.join(' and ')}, and a plan takes a name once`
      : undefined;
  };
  const all = found.filter((each) => why(each) === undefined);
  const leftOut = found.flatMap((each) => {
    const because = why(each);
    return because === undefined ? [] : [{name: each.container.name, on: each.on, because}];
  });
  return {
    hosts: seen.map(({host}) => host),
    all: [...all].sort(
      (one, other) =>
        (one.project ?? '').localeCompare(other.project ?? '') ||
        one.container.name.localeCompare(other.container.name),
    ),
    leftOut: [...leftOut, ...unreadable],
  };
}

/** Of the same project, by the names that a plan has for them. */
export const dependenciesOf = (resident: Resident, all: readonly Resident[]): readonly string[] =>
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
