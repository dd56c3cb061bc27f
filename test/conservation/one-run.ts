import {linkSync, mkdirSync, readdirSync, renameSync, writeFileSync} from 'node:fs';
import {Random} from '../fuzz/random.js';
import type {Applied, ConservationLab} from './conservation-lab.js';
import {
  castOf,
  type Cast,
  type Container,
  folderOf,
  type HostName,
  isCopied,
  type Mount,
  shared,
} from './containers.js';
import {bytesOf} from './files.js';
import {violations, type Went, type World} from './model.js';
import {change, plant} from './plant.js';

export interface Outcome {
  readonly steps: readonly string[];
  readonly violations: readonly string[];
}

const program = 'trap "exit 0" TERM; while :; do sleep 1000 & wait; done';

const stranger = 'stranger';

/** Codes of refusals that protect what others have changed. */
const protective = ['left-changed', 'linked-outside', 'left-by-another', 'would-overwrite'];

/** Somebody has changed, or linked to, what a container left on a host. */
interface Guard {
  readonly container: Container;
  readonly host: HostName;
  readonly mount: Mount;
  readonly how: 'changed' | 'linked';
}

/** One move, and what came of it. */
interface Move {
  readonly before: World;
  readonly wanted: ReadonlyMap<string, HostName>;
  readonly ended: Applied;
  /** Containers with hosts, as `app0 beta`. */
  readonly tried: ReadonlySet<string>;
}

/** From nothing to some containers that have been moved, changed and moved again. */
export class OneRun {
  private readonly random: Random;
  private readonly cast: Cast;
  private readonly steps: string[] = [];
  private guards: readonly Guard[] = [];
  /** Hosts where a container has been. */
  private readonly visited = new Map<string, Set<HostName>>();
  private readonly lab: ConservationLab;
  private made = 0;
  /** The last run was killed, and the next one may have had no business on a host where it left something. */
  private hasStrays = false;

  constructor(lab: ConservationLab, seed: number) {
    this.lab = lab;
    this.random = new Random(seed);
    this.cast = castOf(lab.hosts, this.random);
  }

  async run(moves: number): Promise<Outcome> {
    const found = await this.set();
    const before = await this.lab.identity([stranger]);
    for (let move = 0; move < moves && found.length === 0; move += 1) {
      if (this.random.chance(0.6)) this.change();
      found.push(...(await this.move()));
    }
    const after = await this.lab.identity([stranger]);
    found.push(...after.filter((line) => !before.includes(line)).map((line) => `new: ${line}`));
    found.push(...before.filter((line) => !after.includes(line)).map((line) => `gone: ${line}`));
    if (!this.hasStrays)
      found.push(...(await this.lab.leftovers()).map((line) => `left behind: ${line}`));
    return {steps: this.steps, violations: found};
  }

  private get there(): readonly HostName[] {
    return this.lab.hosts.filter((host) => this.cast.engines[host] !== undefined);
  }

  /** Where the files of a mount are on this machine. */
  private at(mount: Mount, host: HostName): string {
    return this.lab.disk(host) + folderOf(mount, this.cast.engines[host] ?? 'podman');
  }

  private async set(): Promise<string[]> {
    const {engines, containers} = this.cast;
    await this.lab.prepare(engines);
    for (const host of this.lab.hosts) await this.setStrangers(host);
    for (const container of containers) await this.create(container);
    const told = containers.map(
      ({name, host, strategy, mounts}) =>
        `${name} on ${host} (${strategy}: ${mounts.map((mount) => mount.name).join(' ')})`,
    );
    this.steps.push(`${JSON.stringify(engines)} ${told.join(', ')}`);
    return [];
  }

  /** Everybody who is not cm stays as he is, on every host and in every engine of it. */
  private async setStrangers(host: HostName): Promise<void> {
    const disk = this.lab.disk(host);
    for (const folder of [`${disk}/srv/stranger`, `${disk}/srv/media-of-others`, disk + shared])
      plant(folder, this.random);
    for (const engine of this.lab.enginesOn(host)) {
      const words = ['--volume', '/srv/stranger:/data', '--volume', 'theirs:/theirs'];
      await this.lab.create(host, engine, ['--name', stranger, ...words, this.lab.image, 'true']);
      plant(
        disk + folderOf({kind: 'volume', name: 'theirs', at: '', policy: 'sync'}, engine),
        this.random,
      );
    }
  }

  private async create(container: Container): Promise<void> {
    const {name, host, mounts, runs} = container;
    const engine = this.cast.engines[host] ?? 'podman';
    for (const mount of mounts.filter(({kind}) => kind === 'bind'))
      mkdirSync(this.at(mount, host), {recursive: true});
    await this.lab.create(host, engine, [
      ...['--name', name, '--network', 'none'],
      ...mounts.flatMap((mount) => ['--volume', `${mount.name}:${mount.at}`]),
      ...[this.lab.image, 'sh', '-c', program],
    ]);
    for (const mount of mounts.filter(isCopied)) plant(this.at(mount, host), this.random);
    const [outer, inner] = mounts.filter(isCopied).map((mount) => this.at(mount, host));
    if (outer !== undefined && inner?.startsWith(`${outer}/`) === true) linkAcross(outer, inner);
    if (runs) await this.lab.shell(host, '"$1" start "$2" >/dev/null', engine, name);
    this.visited.set(name, new Set([host]));
  }

  /** Somebody changes files of a container where it is, or where it has left them. */
  private change(): void {
    const container = this.random.pick(this.cast.containers);
    const been = [...(this.visited.get(container.name) ?? [])];
    const host = this.random.chance(0.5) ? this.random.pick(been) : container.host;
    const mount = this.random.pick(container.mounts.filter(isCopied));
    const folder = this.at(mount, host);
    const left = host !== container.host;
    const how = left && this.random.chance(0.3) ? 'linked' : 'changed';
    const what = how === 'linked' ? this.backUp(folder, host) : change(folder, this.random);
    if (what === undefined) return;
    this.steps.push(`${container.name} on ${host}${left ? ' (left there)' : ''}: ${what}`);
    if (left) this.guards = [...this.guards, {container, host, mount, how}];
  }

  /** A second name of a file, outside of the folder. */
  private backUp(folder: string, host: HostName): string | undefined {
    const file = readdirSync(folder, {withFileTypes: true}).find((each) => each.isFile());
    if (file === undefined) return undefined;
    const backup = `${this.lab.disk(host)}/srv/backup`;
    mkdirSync(backup, {recursive: true});
    this.made += 1;
    linkSync(`${folder}/${file.name}`, `${backup}/${this.made}`);
    return 'a backup by a hard link';
  }

  private planOf(wanted: ReadonlyMap<string, HostName>, overwrite: readonly Guard[]): string {
    const lines = this.cast.containers.map((container) => {
      const {name, mounts, strategy, host} = container;
      const policies = mounts.flatMap((mount): readonly (readonly [string, string])[] => {
        // A plan names a volume by its name, and a folder by its place in the container.
        const key = mount.kind === 'volume' ? mount.name : mount.at;
        if (!isCopied(mount)) return [[key, mount.policy]];
        const replaced = overwrite.some((each) => each.container === container);
        return replaced ? [[key, 'overwrite']] : [];
      });
      const volumes = JSON.stringify(Object.fromEntries(policies));
      return `  ${name}: {on: ${wanted.get(name) ?? host}, strategy: ${strategy}, volumes: ${volumes}}\n`;
    });
    return `containers:\n${lines.join('')}`;
  }

  private draw(): Map<string, HostName> {
    return new Map(
      this.cast.containers.map(({name, host}) => {
        const others = this.there.filter((each) => each !== host);
        return [name, this.random.chance(0.75) ? this.random.pick(others) : host];
      }),
    );
  }

  /** What stands in the way of these moves. */
  private readonly inTheWay = (wanted: ReadonlyMap<string, HostName>): readonly Guard[] =>
    this.guards.filter(
      ({container: {name, host: from}, host}) => host !== from && wanted.get(name) === host,
    );

  /** One run of cm, or several where the first is killed, and what became of all files. */
  private async move(): Promise<readonly string[]> {
    this.hasStrays = false;
    let wanted = this.draw();
    const followed = this.random.chance(0.5) ? this.follow(wanted) : [];
    const before = this.lab.look();
    const tried = new Set<string>();
    const killAt = this.random.chance(0.4) ? 1 + this.random.below(45) : undefined;
    const attempt = async (at?: number): Promise<Applied> => {
      const ended = await this.lab.apply(this.cast.engines, this.planOf(wanted, followed), at);
      if (ended.exit !== 14) for (const [name, host] of wanted) tried.add(`${name} ${host}`);
      const told = [...wanted].map(([name, host]) => `${name}→${host}`).join(' ');
      this.steps.push(
        `${told}${at === undefined ? '' : ` killed at ${at}`}: exit ${ended.exit} ${ended.codes.join(' ')}`,
      );
      return ended;
    };
    let ended = await attempt(killAt);
    if (ended.exit === 137) {
      this.hasStrays = this.random.chance(0.4);
      if (this.hasStrays) wanted = this.draw();
      ended = await attempt();
    }
    const problems = await this.judge({before, wanted, ended, tried});
    // What was to be replaced and was not is still there.
    const missed = followed.filter(({container, host}) => container.host !== host);
    this.guards = [...this.guards, ...missed];
    return problems;
  }

  private follow(wanted: ReadonlyMap<string, HostName>): readonly Guard[] {
    const met = this.inTheWay(wanted);
    for (const {mount, host, how} of met) {
      if (how !== 'linked') continue;
      const folder = this.at(mount, host);
      this.made += 1;
      renameSync(bytesOf(folder), bytesOf(`${folder}.kept${this.made}`));
    }
    this.guards = this.guards.filter((each) => !met.includes(each));
    return met.filter(({how}) => how === 'changed');
  }

  /** What is wrong after a run, one line each; containers are then known to be where they are. */
  private async judge({before, wanted, ended, tried}: Move): Promise<readonly string[]> {
    const met = this.inTheWay(wanted);
    const places = await this.lab.where();
    const problems = exitProblems(ended, met.length > 0);
    const went: Went[] = [];
    for (const container of this.cast.containers) {
      const [to, ...more] = this.placesOf(places.get(container.name) ?? []);
      if (to === undefined || more.length > 0) {
        problems.push(`${container.name} is on ${places.get(container.name)?.join() ?? 'no host'}`);
        continue;
      }
      const one: Went = {
        container,
        from: container.host,
        to: to.host,
        tried: this.open(container, tried),
      };
      problems.push(...this.wentWrong(one, to.state, ended.exit === 0 ? wanted : undefined));
      went.push(one);
    }
    problems.push(...violations(before, this.lab.look(), this.cast.engines, went));
    for (const {container, to} of went) {
      this.visited.get(container.name)?.add(to);
      container.host = to;
    }
    return problems;
  }

  /** `alpha running` and the like. */
  private placesOf(told: readonly string[]): readonly {host: HostName; state: string}[] {
    return told.flatMap((line) => {
      const [name, state = ''] = line.split(' ');
      const host = this.there.find((each) => each === name);
      return host === undefined ? [] : [{host, state}];
    });
  }

  /** Hosts whose folders of this container a run may have written to. */
  private open(container: Container, tried: ReadonlySet<string>): ReadonlySet<HostName> {
    const guarded = this.guards.filter((each) => each.container === container);
    return new Set(
      this.there.filter(
        (host) =>
          tried.has(`${container.name} ${host}`) && !guarded.some((each) => each.host === host),
      ),
    );
  }

  private wentWrong(
    {container, from, to}: Went,
    state: string,
    wanted: ReadonlyMap<string, HostName> | undefined,
  ): readonly string[] {
    const {name, runs} = container;
    const isGuarded = this.guards.some((each) => each.container === container && each.host === to);
    return [
      ...((state === 'running') === runs ? [] : [`${name} is ${state} on ${to}`]),
      ...(isGuarded && to !== from
        ? [`${name} has replaced files on ${to} that had changed since it left`]
        : []),
      ...(wanted && wanted.get(name) !== to ? [`exit 0, and ${name} is on ${to}`] : []),
    ];
  }
}

/** A run ends well, or is refused because of what others have changed. */
function exitProblems({exit, codes, lines}: Applied, isMet: boolean): string[] {
  if (exit === 0) return isMet ? ['exit 0 in spite of what others have changed'] : [];
  const isExcused = exit === 14 && isMet && codes.every((code) => protective.includes(code));
  return isExcused ? [] : [`exit ${exit}: ${JSON.stringify(lines.slice(-30))}`];
}

/** One file with a name in both. */
function linkAcross(outer: string, inner: string): void {
  writeFileSync(`${outer}/across`, 'one file with two names');
  linkSync(`${outer}/across`, `${inner}/across`);
}
