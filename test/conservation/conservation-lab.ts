import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {startDocker} from '../../src/lab/image/docker.js';
import {down, imageName, loadImage} from '../../src/lab/lab.js';
import {addressOf, hostFolder, type Lab, sshConfigOf} from '../../src/lab/lab-state.js';
import {type LabPlace, labPlace} from '../../src/lab/place.js';
import {runInHost} from '../../src/lab/host/ssh.js';
import {up} from '../../src/lab/up.js';
import {must} from '../bench/bench-lab.js';
import {CmRun, type Line} from '../lab/cm-run.js';
import {leftoversScript} from '../lab/host-scripts.js';
import {type EngineName, type HostName, volumesOf} from './containers.js';
import {type Files, readFiles} from './files.js';
import {clearScript, identityScript, listScript} from './host-scripts.js';
import type {Engines, World} from './model.js';

/** Folders of a host that lie in its own layer; nothing there is any move's. */
const ownFolders = ['/etc', '/root', '/usr', '/opt', '/home'];

export interface Applied {
  /** 137: the runner was killed. */
  readonly exit: number;
  readonly codes: readonly string[];
  readonly lines: readonly Line[];
}

/** Hosts with podman and docker, whose files this machine can see. */
export class ConservationLab {
  readonly hosts: readonly HostName[];
  private readonly lab: Lab;
  private readonly place: LabPlace;
  private readonly folder: string;
  private readonly dockers = new Set<HostName>();

  private constructor(lab: Lab, hosts: readonly HostName[], place: LabPlace, folder: string) {
    this.lab = lab;
    this.hosts = hosts;
    this.place = place;
    this.folder = folder;
  }

  static async open(
    name: string,
    hosts: readonly HostName[],
    say: (line: string) => void,
  ): Promise<ConservationLab> {
    const folder = await mkdtemp(join(tmpdir(), 'conservation-'));
    const {platform} = process;
    const env = {...process.env, XDG_STATE_HOME: join(folder, 'labs')};
    const place = must(labPlace({platform, uid: process.getuid?.(), env}));
    const lab = must(await up(place, {lab: name, hosts, say}));
    for (const host of hosts) must(await loadImage(lab, host, 'busybox'));
    return new ConservationLab(lab, hosts, place, folder);
  }

  /** Where the plain files of a host are on this machine: its engines' stores, and `/srv`. */
  disk(host: HostName): string {
    return join(hostFolder(this.lab, host), 'disk');
  }

  async shell(host: string, text: string, ...values: readonly string[]): Promise<string> {
    const argv = ['sh', '-euc', text, 'conservation', ...values] as const;
    const ran = must(await runInHost(this.lab, host, argv));
    if (ran.exitCode !== 0) throw new Error(`on ${host}: ${ran.stderr}\n${ran.stdout}`);
    return ran.stdout;
  }

  /** Nothing but images, and docker where it is wanted. */
  async prepare(engines: Engines): Promise<void> {
    await Promise.all(
      this.hosts.map(async (host) => {
        if (engines[host] === 'docker' && !this.dockers.has(host)) await this.startDocker(host);
        await this.shell(host, clearScript, this.dockers.has(host) ? 'docker' : '');
      }),
    );
  }

  private async startDocker(host: HostName): Promise<void> {
    const found = this.lab.hosts.find(({name}) => name === host);
    if (!found) throw new Error(`no host ${host}`);
    must(await startDocker(this.lab, found));
    const load = 'docker load --quiet --input /opt/cm-lab/images/busybox.tar >/dev/null';
    await this.shell(host, load);
    this.dockers.add(host);
  }

  /** The engines that run on a host, whichever of them the plan uses. */
  enginesOn(host: HostName): readonly EngineName[] {
    return this.dockers.has(host) ? ['podman', 'docker'] : ['podman'];
  }

  /** All files of all hosts. */
  look(): World {
    const stores = ['/srv', volumesOf.podman, volumesOf.docker];
    return new Map(
      this.hosts.map((host): [HostName, Files] => {
        const own = readFiles(join(hostFolder(this.lab, host), 'up'), ownFolders, false);
        const files = new Map([...own, ...readFiles(this.disk(host), stores, true)]);
        // docker's own list of its volumes
        files.delete(`${volumesOf.docker}/metadata.db`);
        return [host, files];
      }),
    );
  }

  /** Images, networks and whatever else engines know that belongs to no move, as text. */
  async identity(strangers: readonly string[]): Promise<readonly string[]> {
    const all = await Promise.all(
      this.hosts.map(async (host) => {
        const engines = this.enginesOn(host).join(' ');
        const told = await this.shell(host, identityScript, engines, ...strangers);
        return told.split('\n').map((line) => `${host}: ${line}`);
      }),
    );
    return all.flat();
  }

  /** Where each container is, in every engine: `alpha running`. */
  async where(): Promise<ReadonlyMap<string, readonly string[]>> {
    const found = new Map<string, string[]>();
    await Promise.all(
      this.hosts.map(async (host) => {
        const told = await this.shell(host, listScript, this.enginesOn(host).join(' '));
        for (const line of told.split('\n').filter((each) => each.startsWith('app'))) {
          const [name = '', state = ''] = line.split(' ');
          found.set(name, [...(found.get(name) ?? []), `${host} ${state}`]);
        }
      }),
    );
    return found;
  }

  async leftovers(): Promise<readonly string[]> {
    const told = await Promise.all(
      this.hosts.map(async (host) =>
        (await this.shell(host, leftoversScript))
          .split('\n')
          .filter(Boolean)
          .map((line) => `${host}: ${line}`),
      ),
    );
    return told.flat();
  }

  private hostsText(engines: Engines): string {
    const lines = this.lab.hosts.flatMap((host) => {
      const engine = engines[host.name as HostName];
      if (engine === undefined) return [];
      const ssh = `ssh: {config: ${JSON.stringify(sshConfigOf(this.lab))}}`;
      return [
        `  ${host.name}: {address: root@${addressOf(this.lab, host)}, engine: ${engine}, ${ssh}}\n`,
      ];
    });
    return `hosts:\n${lines.join('')}`;
  }

  /** `killAt`: the runner is killed as soon as it has begun so many steps. */
  async apply(engines: Engines, text: string, killAt?: number): Promise<Applied> {
    const file = join(this.folder, 'plan.yaml');
    await writeFile(
      file,
      `apiVersion: cm/v1\nname: conservation\n${this.hostsText(engines)}${text}`,
    );
    const run = new CmRun(['apply', file, '--yes', '--json'], {
      env: {XDG_STATE_HOME: join(this.folder, 'state'), CI: '', GITHUB_ACTIONS: ''},
      longestSeconds: 300,
    });
    if (killAt !== undefined) {
      const steps = (): number => run.lines.filter(({type}) => type === 'step-started').length;
      await run.until(() => steps() >= killAt).catch(() => undefined);
      run.signal('SIGKILL');
    }
    const {exit, lines} = await run.ended;
    const codes = lines.flatMap(({type, code}) =>
      type === 'problem' && typeof code === 'string' ? [code] : [],
    );
    return {exit, codes: [...new Set(codes)], lines};
  }

  async create(host: HostName, engine: EngineName, words: readonly string[]): Promise<void> {
    const quiet = words.filter((word) => word !== '');
    await this.shell(host, 'engine=$1; shift; "$engine" create "$@" >/dev/null', engine, ...quiet);
  }

  readonly image = imageName('busybox');

  async close(): Promise<void> {
    must(await down(this.place, this.lab.name));
    await rm(this.folder, {recursive: true, force: true});
  }
}
