import {cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {dirname, join, resolve} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {execa} from 'execa';
import {limit} from '../rig/limits.js';
import {cgroupRoot, cgroupsNamed} from '../../src/lab/host/cgroup.js';
import {down, imageName, link, loadImage, powerOff, reboot} from '../../src/lab/lab.js';
import {hostFolder, type Lab} from '../../src/lab/lab-state.js';
import {hostNames} from '../../src/lab/names.js';
import {type LabPlace, labPlace} from '../../src/lab/place.js';
import {runInHost} from '../../src/lab/host/ssh.js';
import {hostsBlock} from '../../src/lab/host/ssh-files.js';
import {up} from '../../src/lab/up.js';
import {must} from '../bench/bench-lab.js';
import {CmRun} from '../lab/cm-run.js';
import {clearScript, leftoversScript} from '../lab/host-scripts.js';
import {clockScript, dressScript, mendScript} from './host-scripts.js';

/** A runtime that has not started the program of its container yet, or never will. */
const isRuntime = (name: string): boolean => /^(?:runc|crun)\b/u.test(name);

/** Whether a program is in this group or in one below it. */
async function runsProgram(group: string): Promise<boolean> {
  const read = async (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '');
  const pids = (await read(join(group, 'cgroup.procs'))).split('\n').filter((pid) => pid !== '');
  const names = await Promise.all(pids.map(async (pid) => read(`/proc/${pid}/comm`)));
  if (names.some((name) => name !== '' && !isRuntime(name))) return true;
  const entries = await readdir(group, {withFileTypes: true}).catch(() => []);
  const below = entries.filter((entry) => entry.isDirectory()).map(({name}) => join(group, name));
  return (await Promise.all(below.map(runsProgram))).includes(true);
}

export const hosts = ['alpha', 'beta'] as const;
export const container = 'app';

/** What a host has for its store, and for `/run`: so little that it can be filled. */
const storeMiB = 600;

export interface ChaosOptions {
  readonly name: string;
  /** The build that is tried; a copy of it is, since a build may be made anew meanwhile. */
  readonly program: string;
  /** Where labs stand: as for `cm lab`. */
  readonly env?: Readonly<Record<string, string>>;
  readonly say: (line: string) => void;
}

/** Two hosts whose stores can be filled, and ways to them that need neither their sshd nor their network. */
export class ChaosLab {
  readonly lab: Lab;
  /** Plans, reports of `cm`, and its build. */
  readonly folder: string;
  private readonly place: LabPlace;
  private readonly cgroups: string;

  private constructor(lab: Lab, folder: string, place: LabPlace, cgroups: string) {
    this.lab = lab;
    this.folder = folder;
    this.place = place;
    this.cgroups = cgroups;
  }

  static async open({name, program, env, say}: ChaosOptions): Promise<ChaosLab> {
    const {platform} = process;
    const machine = {platform, uid: process.getuid?.(), env: {...process.env, ...env}};
    const place = must(labPlace(machine));
    const lab = must(await up(place, {lab: name, hosts, say}));
    const folder = await mkdtemp(join(tmpdir(), 'chaos-'));
    await cp(dirname(resolve(program)), join(folder, 'dist'), {recursive: true});
    await writeFile(join(folder, 'clock.mjs'), clockScript);
    const chaos = new ChaosLab(lab, folder, place, must(await cgroupRoot()));
    for (const host of hosts) await chaos.furnish(host);
    for (const host of hosts) must(await loadImage(lab, host, 'redis'));
    return chaos;
  }

  /** The store goes to a file system of its own, which outlives the host's reboots as a disk does. */
  private async furnish(host: string): Promise<void> {
    await this.powerOff(host);
    const store = this.storeOf(host);
    await mkdir(store, {recursive: true});
    const mounted = await execa('mountpoint', ['-q', store], {reject: false});
    if (mounted.exitCode !== 0)
      await execa('mount', ['-t', 'tmpfs', '-o', `size=${storeMiB}m`, 'chaos', store]);
    must(await reboot(this.place, this.lab, host));
    await this.inside(host, `nft flush ruleset\n${dressScript}`);
  }

  private readonly storeOf = (host: string): string =>
    join(hostFolder(this.lab, host), 'disk', 'var/lib/containers');

  /** A static address on the lab's wire, which moves with the container. */
  get address(): string {
    return `${this.lab.subnet}.20`;
  }

  readonly other = (host: string): string => (host === hosts[0] ? hosts[1] : hosts[0]);

  /** Runs a script in a host, past its sshd and its network; what it printed. */
  async inside(host: string, text: string, ...values: readonly string[]): Promise<string> {
    const pid = await this.firstProcess(host);
    const {stdout} = await execa(
      'nsenter',
      [
        ...['-t', pid, '-m', '-u', '-i', '-n', '-p', '--'],
        ...['env', '-i', 'HOME=/root', 'PATH=/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin'],
        ...['sh', '-euc', text, 'chaos', ...values],
      ],
      {timeout: limit(20), killSignal: 'SIGKILL', stdin: 'ignore'},
    );
    return stdout.trim();
  }

  /** As the machine counts: the first process of the host's own PID namespace. */
  private async firstProcess(host: string): Promise<string> {
    const {cgroup} = hostNames(this.lab.name, host);
    const pids = await readFile(join(this.cgroups, cgroup, 'init/cgroup.procs'), 'utf8');
    for (const pid of pids.trim().split('\n')) {
      const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
      if (/^NSpid:\t\d+\t1$/m.test(status)) return pid;
    }
    throw new Error(`host "${host}" does not run`);
  }

  /** Runs a script on a host as anybody does who comes over ssh, which has to succeed. */
  async shell(host: string, text: string, ...values: readonly string[]): Promise<string> {
    const ran = must(await runInHost(this.lab, host, ['sh', '-euc', text, 'chaos', ...values]));
    if (ran.exitCode !== 0) throw new Error(`on ${host}: ${ran.stderr}\n${ran.stdout}`);
    return ran.stdout.trim();
  }

  /** Whether processes of a container are there, frozen or not; asked of the kernel, and of nobody in the host. */
  async alive(host: string): Promise<boolean> {
    const parent = join(this.cgroups, hostNames(this.lab.name, host).cgroup, 'libpod_parent');
    const names = await cgroupsNamed(parent, 'libpod-');
    const containers = names.filter((name) => /^libpod-[0-9a-f]{64}$/.test(name));
    const each = await Promise.all(containers.map((name) => runsProgram(join(parent, name))));
    return each.includes(true);
  }

  cable(host: string, to: 'up' | 'down'): Promise<void> {
    return link(this.lab, host, to).then(must);
  }

  async powerOff(host: string): Promise<void> {
    must(await powerOff(this.place, this.lab, host));
  }

  /** Comes back as a server does that has systemd: podman-restart.service starts what is to run always. */
  async reboot(host: string): Promise<void> {
    must(await reboot(this.place, this.lab, host));
    // The lab keeps a host's network, and with it what no reboot would leave.
    await this.inside(host, `nft flush ruleset\n${dressScript}`);
    await this.shell(host, 'podman start --all --filter restart-policy=always >/dev/null');
  }

  /** Whatever has been done to the hosts and is no matter of `cm`: it is not any more. */
  async mend(): Promise<void> {
    for (const host of hosts) await this.cable(host, 'up');
    for (const host of hosts) await this.inside(host, mendScript);
    for (const host of hosts) await this.reachable(host);
  }

  private async reachable(host: string): Promise<void> {
    for (let tries = 0; ; tries++) {
      const ran = await runInHost(this.lab, host, ['true'], {timeoutMs: limit(5)});
      if (ran.ok) return;
      if (tries >= 20) must(ran);
      await sleep(100);
    }
  }

  /** More than a minute passes for leases: those that nobody keeps alive are over. */
  async age(): Promise<void> {
    const text = 'find /run/cm/leases -type f -exec touch -d "-2 minutes" {} + 2>/dev/null || :';
    for (const host of hosts) await this.inside(host, text);
  }

  async leftovers(): Promise<readonly string[]> {
    const found = await Promise.all(
      hosts.map(async (host) => {
        const lines = (await this.shell(host, leftoversScript)).split('\n');
        return lines.filter((line) => line !== '').map((line) => `${host}: ${line}`);
      }),
    );
    // Put there by `dressScript`.
    return found.flat().filter((line) => !line.endsWith(' mount: /var/lib/cm'));
  }

  /** No container, no volume, no record; where something went wrong, not one process. */
  async clear(restart: boolean): Promise<void> {
    if (restart) for (const host of hosts) await this.reboot(host);
    await this.mend();
    // Its folder of records is a mount.
    const text = clearScript.replace('/var/lib/cm ', '/var/lib/cm/* ');
    for (const host of hosts)
      await this.shell(host, `${text}\nsed -i '/ cm:/d' /root/.ssh/authorized_keys`);
  }

  /** A container of the redis image, on the lab's wire. */
  async create(host: string, program: string): Promise<void> {
    await this.shell(
      host,
      'podman run --detach --network lan "$@" >/dev/null',
      ...['--name', container, '--ip', this.address, '--mac-address', '02:00:00:00:00:20'],
      ...['--restart=always', '--volume', 'data:/data', '--', imageName('redis')],
      ...['sh', '-c', program],
    );
  }

  async plan(name: string, text: string): Promise<string> {
    const file = join(this.folder, `${name}.yaml`);
    await writeFile(file, `apiVersion: cm/v1\nname: ${name}\n${hostsBlock(this.lab)}${text}`);
    return file;
  }

  /** `cm apply` on its way. SIGUSR2 makes its clock jump by so many ms. */
  apply(plan: string, jumpMs = 0): CmRun {
    const env = {
      ...{XDG_STATE_HOME: join(this.folder, 'state'), CI: '', GITHUB_ACTIONS: ''},
      ...(jumpMs !== 0 && {
        NODE_OPTIONS: `--import=file://${join(this.folder, 'clock.mjs')}`,
        JUMP_MS: String(jumpMs),
      }),
    };
    return new CmRun(['apply', plan, '--yes', '--json'], {
      ...{env, program: join(this.folder, 'dist', 'main.js'), longestSeconds: 400},
    });
  }

  async close(): Promise<void> {
    for (const host of hosts) await powerOff(this.place, this.lab, host);
    for (const host of hosts) await execa('umount', ['-l', this.storeOf(host)], {reject: false});
    must(await down(this.place, this.lab.name));
    await rm(this.folder, {recursive: true, force: true});
  }
}
