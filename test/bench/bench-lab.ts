import {existsSync} from 'node:fs';
import {mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {execa} from 'execa';
import type {Problem} from '../../src/base/problem.js';
import type {Result} from '../../src/base/result.js';
import {shellIn} from '../../src/lab/demo/shell.js';
import {down, loadImage, type SampleImage} from '../../src/lab/lab.js';
import {addressOf, keyOf, knownHostsOf, type Lab, type VmSize} from '../../src/lab/lab-state.js';
import {labPlace, type LabPlace} from '../../src/lab/place.js';
import {RedisConnection} from '../../src/lab/demo/redis.js';
import {hostsBlock} from '../../src/lab/host/ssh-files.js';
import {up} from '../../src/lab/up.js';
import type {ContainerReport, RunReport} from '../../src/state/runner/run-report.js';
import {CmEnded} from './cm-ended.js';

export type HostOf = 'alpha' | 'beta' | 'gamma' | 'delta';

/** What a lab has unless somebody wants more. */
export const hosts: readonly HostOf[] = ['alpha', 'beta'];

/** A bench stops at the first thing that goes wrong: half of it measured is nothing measured. */
export function must<T>(result: Result<T, Problem>): T {
  if (result.ok) return result.value;
  throw new Error(JSON.stringify(result.error, undefined, 2));
}

export function benchPlace(): LabPlace {
  const {platform, env} = process;
  return must(labPlace({platform, uid: process.getuid?.(), env}));
}

export interface LabWanted {
  readonly name: string;
  /** The build of `cm` to be measured. */
  readonly program: string;
  readonly images?: readonly SampleImage[];
  readonly vm?: Partial<VmSize>;
  readonly hosts?: readonly HostOf[];
}

/** Lab hosts that let an agent in, and each other by name; and the `cm` that is measured on them. */
export class BenchLab {
  readonly lab: Lab;
  readonly program: string;
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  private readonly hosts: readonly HostOf[];
  private readonly place: LabPlace;
  private readonly agent: string;

  private constructor(
    lab: Lab,
    hosts: readonly HostOf[],
    place: LabPlace,
    folder: string,
    agent: readonly [string, string],
    program: string,
  ) {
    this.lab = lab;
    this.hosts = hosts;
    this.place = place;
    this.folder = folder;
    this.agent = agent[1];
    this.program = program;
    this.env = {SSH_AUTH_SOCK: agent[0], XDG_STATE_HOME: folder, CI: '', GITHUB_ACTIONS: ''};
  }

  /** What `cm` wrote down of its runs here, the oldest first: what became of their containers. */
  async moves(): Promise<readonly ContainerReport[]> {
    const folder = join(this.folder, 'cm', 'runs');
    const names = (existsSync(folder) ? await readdir(folder) : []).filter((name) =>
      name.endsWith('.json'),
    );
    const texts = await Promise.all(
      names.toSorted().map((name) => readFile(join(folder, name), 'utf8')),
    );
    return texts.flatMap((text) => (JSON.parse(text) as RunReport).containers);
  }

  /** What an earlier bench left of a lab of this name, when it was killed, is removed first. */
  static async open(wanted: LabWanted): Promise<BenchLab> {
    const {name, program, images = [], vm, hosts: wantedHosts = hosts} = wanted;
    const place = benchPlace();
    must(await down(place, name));
    const raised = {lab: name, hosts: wantedHosts, ...(vm !== undefined && {vm})};
    const lab = must(await up(place, {...raised, say: console.error}));
    for (const image of images)
      for (const host of wantedHosts) must(await loadImage(lab, host, image));
    const {stdout} = await execa('ssh-agent', ['-s'], {timeout: 10_000});
    const socket = /SSH_AUTH_SOCK=([^;]+)/.exec(stdout)?.[1] ?? '';
    const pid = /SSH_AGENT_PID=(\d+)/.exec(stdout)?.[1] ?? '';
    const agent = {SSH_AUTH_SOCK: socket};
    await execa('ssh-add', ['-q', keyOf(lab)], {env: agent, timeout: 10_000});
    const folder = await mkdtemp(join(tmpdir(), 'cm-bench-'));
    const bench = new BenchLab(lab, wantedHosts, place, folder, [socket, pid], resolve(program));
    await bench.introduce();
    return bench;
  }

  /** The scripts go from host to host by themselves, and so the hosts know each other's keys; `cm` needs none of it. */
  private async introduce(): Promise<void> {
    const known = await execa('cat', [knownHostsOf(this.lab)]);
    await this.onAll('printf "%s\\n" "$1" > /root/.ssh/known_hosts', known.stdout);
  }

  /** What runs on these hosts, for the reader of the figures. */
  async versions(): Promise<string> {
    return this.shell(
      'alpha',
      `printf '%s, ' "podman $(podman --version | cut -d ' ' -f 3)" "$(runc --version | sed -n 1p | sed 's/ version//')" \\
  "CRIU $(criu --version | sed -n 's/Version: //p')" "docker $(docker --version | sed 's/.*version \\([^,]*\\),.*/\\1/')"
printf '%s on Linux %s' "$(ssh -V 2>&1 | cut -d , -f 1 | tr _ ' ')" "$(uname -r)"`,
    );
  }

  readonly addressOf = (host: HostOf): string => {
    const found = this.lab.hosts.find((each) => each.name === host);
    return found === undefined ? '' : addressOf(this.lab, found);
  };

  /** An address on the lab's wire, which moves with its container. */
  readonly ip = (last: number): string => `${this.lab.subnet}.${last}`;

  /** Runs a script on a host, which has to succeed. */
  async shell(host: HostOf, text: string, ...values: readonly string[]): Promise<string> {
    return must(await shellIn(this.lab, host, text.slice(0, 60), text, ...values));
  }

  async onAll(text: string, ...values: readonly string[]): Promise<readonly string[]> {
    return Promise.all(this.hosts.map((host) => this.shell(host, text, ...values)));
  }

  async connect(last: number): Promise<RedisConnection> {
    for (let tries = 0; ; tries++) {
      const opened = await RedisConnection.open(this.ip(last), 6379, 1000);
      if (opened.ok || tries >= 50) return must(opened);
      await sleep(100);
    }
  }

  /** A plan about these hosts; the text is all that follows them. */
  async plan(name: string, text: string, engine?: string): Promise<string> {
    const file = join(this.folder, `${name}.yaml`);
    const block = hostsBlock(this.lab);
    const named =
      engine === undefined ? block : block.replaceAll('{address', `{engine: ${engine}, address`);
    // Bundles of the benchmarks have their network made by a hook.
    const allow = engine === undefined ? '' : 'defaults: {allow: ["hook:/opt/hooks/cm-bench"]}\n';
    await writeFile(file, `apiVersion: cm/v1\nname: ${name}\n${named}${allow}${text}`);
    return file;
  }

  /** The measured `cm` to its end, which has to be a good one. */
  async cm(words: readonly string[], timeoutMs = 300_000): Promise<CmEnded> {
    const ran = await execa('node', [this.program, ...words], {
      ...{env: this.env, reject: false, all: true, stdin: 'ignore'},
      ...{timeout: timeoutMs, killSignal: 'SIGKILL'},
    });
    if (ran.exitCode !== 0)
      throw new Error(`cm ${words[0] ?? ''} failed: ${words.join(' ')}: ${ran.all}`);
    return new CmEnded(ran.stdout, ran.durationMs);
  }

  /** What was written by the one before must not be written to the disk at the expense of the next. */
  async settle(): Promise<void> {
    await execa('sync', {timeout: 120_000});
    await sleep(500);
  }

  async close(): Promise<void> {
    await execa('kill', [this.agent], {reject: false});
    await rm(this.folder, {recursive: true, force: true});
    must(await down(this.place, this.lab.name));
  }
}

/** Whatever happens in it, nothing of the lab is left. */
export async function inLab(
  wanted: LabWanted,
  body: (lab: BenchLab) => Promise<void>,
): Promise<void> {
  const lab = await BenchLab.open(wanted);
  try {
    await body(lab);
  } finally {
    await lab.close();
  }
}
