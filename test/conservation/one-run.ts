import {Random} from '../fuzz/random.js';
import {type ConservationLab, type HostName, hosts, image} from './conservation-lab.js';
import {fillScript} from './host-scripts.js';
import {expected, type Files, isSame, type Moved, violations, within, type World} from './model.js';

interface Container {
  readonly name: string;
  /** As `--volume` has them. */
  readonly mounts: readonly string[];
  /** Where its files are on any host. */
  readonly folders: readonly string[];
  host: HostName;
  /** What it left on the other host, as it was then. */
  left?: Files;
}

export interface Outcome {
  readonly steps: readonly string[];
  readonly violations: readonly string[];
}

const volumes = '/var/lib/containers/storage/volumes';

const volume = (name: string) => ({mount: `${name}:/${name}`, folder: `${volumes}/${name}`});
const bind = (folder: string, at: string) => ({mount: `${folder}:${at}`, folder});

/** Containers whose files do not meet, with mounts at the same destinations and folders within folders. */
const sets = [
  [[volume('one'), bind('/srv/media', '/config')], [bind('/srv/media3', '/config')]],
  [[bind('/srv/a', '/config'), bind('/srv/a/b', '/inner')], [volume('two')]],
  [[volume('three')], [bind('/srv/deep/er/x', '/x'), volume('four')], [bind('/srv/y', '/x')]],
] as const;

async function makeContainers(lab: ConservationLab, random: Random): Promise<readonly Container[]> {
  const chosen = random.pick(sets);
  const made: Container[] = [];
  for (const [index, mounts] of chosen.entries()) {
    const container: Container = {
      name: `app${index}`,
      mounts: mounts.map(({mount}) => mount),
      folders: mounts.map(({folder}) => folder),
      host: random.pick(hosts),
    };
    await create(lab, container, random);
    made.push(container);
  }
  return made;
}

async function create(lab: ConservationLab, container: Container, random: Random): Promise<void> {
  const {name, host, mounts, folders} = container;
  for (const folder of folders.filter((each) => each.startsWith('/srv')))
    await lab.shell(host, 'mkdir -p "$1"', folder);
  await lab.shell(
    host,
    'name=$1 image=$2; shift 2; podman run --detach --name "$name" --network none "$@" "$image" sh -c \'trap "exit 0" TERM; while :; do sleep 1 & wait; done\' >/dev/null',
    ...[name, image, ...mounts.flatMap((each) => ['--volume', each])],
  );
  for (const folder of folders) await fill(lab, host, folder, random);
}

const contentOf = (folder: string): string =>
  folder.startsWith(volumes) ? `${folder}/_data` : folder;

const fill = (lab: ConservationLab, host: string, folder: string, random: Random) =>
  lab.shell(
    host,
    fillScript,
    ...[contentOf(folder), `w${random.below(1e6)}`, `${1 + random.below(12)}`],
  );

const other = (host: HostName): HostName => (host === 'alpha' ? 'beta' : 'alpha');

const planOf = (containers: readonly Container[], wanted: ReadonlyMap<string, HostName>): string =>
  `containers:\n${containers
    .map(({name, host}) => `  ${name}: {on: ${wanted.get(name) ?? host}, strategy: cold}\n`)
    .join('')}`;

/** Somebody changes files of a container where it runs, or where it has left them. */
async function change(
  lab: ConservationLab,
  containers: readonly Container[],
  random: Random,
): Promise<string> {
  const container = random.pick(containers);
  const there = random.chance(0.4) && container.left !== undefined;
  const host = there ? other(container.host) : container.host;
  await fill(lab, host, random.pick(container.folders), random);
  return `change ${container.name} on ${host}${there ? ' (left there)' : ''}`;
}

const filesOf = (world: World, {folders}: Container, host: HostName): Files =>
  within(world.get(host) ?? new Map<string, string>(), folders);

/** Where the containers are now; each has to be on one host. */
async function find(lab: ConservationLab, containers: readonly Container[]) {
  const found = new Map<string, HostName>();
  const problems: string[] = [];
  for (const {name} of containers) {
    const places = await lab.where(name);
    const [host] = hosts.filter((each) => places.includes(each));
    if (places.length !== 1 || !host) problems.push(`${name} is on ${places.join(' and ')}`);
    else found.set(name, host);
  }
  return {found, problems};
}

/** What others had changed since must still be there. */
const overwritten = (before: World, container: Container): readonly string[] => {
  const {name, host, left} = container;
  const there = filesOf(before, container, other(host));
  const files = new Map([...there].filter(([, text]) => !text.startsWith('folder ')));
  if (files.size === 0 || (left && isSame(left, there))) return [];
  return [`${name} has replaced files on ${other(host)} that had changed since it left`];
};

async function moveSome(
  lab: ConservationLab,
  containers: readonly Container[],
  random: Random,
): Promise<{step: string; problems: readonly string[]}> {
  const wanted = new Map(
    containers.map(({name, host}) => [name, random.chance(0.7) ? other(host) : host]),
  );
  const before = await lab.look();
  const kill = random.chance(0.35) ? 500 + random.below(9000) : undefined;
  const plan = planOf(containers, wanted);
  let ended = await lab.apply(plan, kill);
  if (ended.exit === 137) {
    await lab.age();
    ended = await lab.apply(plan);
  }
  const step = `${[...wanted].map(([name, host]) => `${name}→${host}`).join(' ')}${kill === undefined ? '' : ` killed after ${kill} ms`}: exit ${ended.exit} ${ended.codes.join(' ')}`;
  const {found, problems} = await find(lab, containers);
  const after = await lab.look();
  const moved = containers.filter(({name, host}) => (found.get(name) ?? host) !== host);
  const moves = moved.map(({name, host, folders}): Moved => ({
    name,
    folders,
    from: host,
    to: other(host),
  }));
  const lost = [
    ...problems,
    ...(ended.exit === 0 || ended.exit === 14 ? [] : [`exit ${ended.exit}`]),
    ...moved.flatMap((each) => overwritten(before, each)),
    ...violations(expected(before, moves), after, moves),
  ];
  for (const each of moved) {
    each.left = filesOf(after, each, each.host);
    each.host = other(each.host);
  }
  return {step, problems: lost};
}

/** From nothing to some containers that have been moved, changed and moved again. */
export async function runOnce(lab: ConservationLab, seed: number): Promise<Outcome> {
  const random = new Random(seed);
  await lab.clear();
  const containers = await makeContainers(lab, random);
  const steps: string[] = [];
  const found: string[] = [];
  for (let step = 0; step < 4 && found.length === 0; step += 1) {
    if (random.chance(0.6)) steps.push(await change(lab, containers, random));
    const moved = await moveSome(lab, containers, random);
    steps.push(moved.step);
    found.push(...moved.problems);
  }
  return {steps, violations: found};
}
