import {mkdir, mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {basename, join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {execa} from 'execa';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {Problem} from '../../src/base/problem.js';
import type {Result} from '../../src/base/result.js';
import {fillRedis} from '../../src/lab/demo/demo-redis.js';
import {down, imageName, loadImage, reboot, type SampleImage} from '../../src/lab/lab.js';
import {type Lab, sshConfigOf, type VmSize} from '../../src/lab/lab-state.js';
import {type LabPlace, labPlace} from '../../src/lab/place.js';
import type {Counted} from '../../src/lab/demo/redis-client.js';
import {RedisConnection} from '../../src/lab/demo/redis.js';
import {runInHost} from '../../src/lab/host/ssh.js';
import {hostsBlock} from '../../src/lab/host/ssh-files.js';
import {up} from '../../src/lab/up.js';
import type {RunReport} from '../../src/state/runner/run-report.js';
import {limit} from '../rig/limits.js';
import {begins, CmRun, type Ended, type StartOptions} from './cm-run.js';
import {clearScript, eventsScript, leftoversScript} from './host-scripts.js';

/** Why nothing here can be tried on this machine. */
export const why =
  process.platform !== 'linux'
    ? 'it needs Linux'
    : process.getuid?.() !== 0
      ? 'it needs root'
      : undefined;

export function must<T>(result: Result<T, Problem>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.error, undefined, 2));
  return result.value;
}

/** It ended like this; or else everything it said is told. */
export function expectExit(ended: Ended, exit: number): void {
  const said = ended.stdout.split('\n').filter((line) => !line.startsWith('{"type":"step"'));
  expect(ended.exit, [...said.slice(-60), ended.stderr].join('\n')).toBe(exit);
}

/** Of a client of one connection: it is open, and every request has had its own reply. */
export function expectWhole(counted: Counted): void {
  const {asked, replies, last, wrong, failure} = counted;
  const whole = {asked, replies: asked, last: asked, wrong: 0, failure: undefined};
  expect({asked, replies, last, wrong, failure}).toEqual(whole);
}

const silent = (): void => undefined;

/** What podman tells of a container, as far as tests look at it. */
export interface Seen {
  readonly id: string;
  readonly running: boolean;
  readonly restored: boolean;
  readonly startedAt: string;
  readonly policy: string;
  /** All that `podman container inspect` prints. */
  readonly raw: Readonly<Record<string, unknown>>;
}

interface Told {
  readonly Id: string;
  readonly State: {
    readonly Running: boolean;
    readonly Restored?: boolean;
    readonly StartedAt: string;
  };
  readonly HostConfig: {readonly RestartPolicy: {readonly Name: string}};
}

export interface RigOptions {
  /** Hosts that are virtual machines under emulation: real pre-dumps, and all of it slow. */
  readonly vm?: Partial<VmSize>;
}

/** A lab of a test file's own, and the real `cm` to move what runs in it. */
export class Rig {
  /** Of each host, the socket of the one connection that its scripts share: a new one takes most of what a script takes. */
  private readonly connections = new Map<string, Promise<string>>();
  lab!: Lab;
  place!: LabPlace;
  /** For plans and for what hooks write; a folder of the machine. */
  folder = '';
  /** Where `cm` keeps its runs, below that folder. What it has learned in one is not known in another. */
  stateFolder = 'state';
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  async start(
    hosts: readonly string[],
    images: readonly SampleImage[],
    {vm}: RigOptions = {},
  ): Promise<void> {
    this.folder = await mkdtemp(join(tmpdir(), 'cm-proof-'));
    const env = {...process.env, XDG_STATE_HOME: join(this.folder, 'labs')};
    this.place = must(labPlace({platform: process.platform, uid: process.getuid?.(), env}));
    const wanted = {lab: this.name, hosts, ...(vm !== undefined && {vm})};
    this.lab = must(await up(this.place, {...wanted, say: silent}));
    for (const image of images) must(await loadImage(this.lab, hosts[0] ?? '', image));
  }

  async stop(): Promise<void> {
    if (this.folder === '') return;
    for (const host of this.hosts) await this.disconnect(host);
    must(await down(this.place, this.name));
    await rm(this.folder, {recursive: true, force: true});
  }

  get hosts(): readonly string[] {
    return this.lab.hosts.map(({name}) => name);
  }

  /** A static address on the lab's wire, which moves with its container. */
  readonly ip = (last: number): string => `${this.lab.subnet}.${last}`;

  private connect(host: string): Promise<string> {
    const known = this.connections.get(host);
    if (known !== undefined) return known;
    const socket = join(this.folder, `ssh-${host}`);
    const words = ['-F', sshConfigOf(this.lab), '-o', 'BatchMode=yes', '-MNfS', socket, host];
    const opened = execa('ssh', words, {stdio: 'ignore'}).then(() => socket);
    this.connections.set(host, opened);
    return opened;
  }

  private async disconnect(host: string): Promise<void> {
    const socket = await this.connections.get(host)?.catch(() => undefined);
    this.connections.delete(host);
    if (socket === undefined) return;
    const words = ['-F', sshConfigOf(this.lab), '-S', socket, '-O', 'exit', host];
    await execa('ssh', words, {stdio: 'ignore', reject: false});
  }

  /** As if the power of the host had failed and come back. */
  async reboot(host: string): Promise<void> {
    await this.disconnect(host);
    must(await reboot(this.place, this.lab, host));
  }

  /** Runs a script on a host, which has to succeed. */
  async shell(host: string, text: string, ...values: readonly string[]): Promise<string> {
    const argv = ['sh', '-euc', text, 'test', ...values] as const;
    const options = {controlPath: await this.connect(host), timeoutMs: limit(120)};
    const ran = must(await runInHost(this.lab, host, argv, options));
    if (ran.exitCode !== 0) throw new Error(`on ${host}: ${ran.stderr}\n${ran.stdout}`);
    return ran.stdout.trim();
  }

  async onAll(text: string, ...values: readonly string[]): Promise<readonly string[]> {
    return Promise.all(this.hosts.map((host) => this.shell(host, text, ...values)));
  }

  /** No container, no volume, no record anywhere: as new, but for the images. */
  async clear(): Promise<void> {
    await this.onAll(clearScript);
  }

  /** A minute passes: the leases of a runner that was killed are over. */
  async pass(): Promise<void> {
    await this.onAll(
      'find /run/cm/leases -type f -exec touch -d "-2 minutes" {} + 2>/dev/null || :',
    );
  }

  /** What `cm` must have taken away again, one a line; see the script. */
  async leftovers(): Promise<readonly string[]> {
    const found = await Promise.all(
      this.hosts.map(async (host) => {
        const lines = (await this.shell(host, leftoversScript)).split('\n');
        return lines.filter((line) => line !== '').map((line) => `${host}: ${line}`);
      }),
    );
    return found.flat();
  }

  /** All that podman on every host has ever done, so that two of them tell whether it has done anything. */
  async events(): Promise<string> {
    return (await this.onAll(eventsScript)).join('\n--\n');
  }

  async see(host: string, container: string): Promise<Seen | undefined> {
    const text = await this.shell(
      host,
      'if podman container exists "$1"; then podman container inspect "$1"; else echo "[]"; fi',
      container,
    );
    const [raw] = JSON.parse(text) as readonly (Told & Record<string, unknown>)[];
    return (
      raw && {
        id: raw.Id,
        running: raw.State.Running,
        restored: raw.State.Restored === true,
        startedAt: raw.State.StartedAt,
        policy: raw.HostConfig.RestartPolicy.Name,
        raw,
      }
    );
  }

  /** Where it is and whether it runs there, such as `alpha stopped, beta running`. */
  async where(container: string): Promise<string> {
    const seen = await Promise.all(
      this.hosts.map(async (host) => {
        const found = await this.see(host, container);
        return found ? [`${host} ${found.running ? 'running' : 'stopped'}`] : [];
      }),
    );
    return seen.flat().join(', ');
  }

  /** Writes a plan about the lab's hosts. The text is all that follows them. */
  async plan(name: string, text: string, hosts = hostsBlock(this.lab)): Promise<string> {
    const file = join(this.folder, `${name}.yaml`);
    await writeFile(file, `apiVersion: cm/v1\nname: ${basename(name)}\n${hosts}${text}`);
    return file;
  }

  /** `cm` on its way, with a state folder of its own. */
  begin(words: readonly string[], options: StartOptions = {}): CmRun {
    const env = {XDG_STATE_HOME: join(this.folder, this.stateFolder), CI: '', GITHUB_ACTIONS: ''};
    return new CmRun(words, {...options, env: {...env, ...options.env}});
  }

  /** `cm` to its end, which has to be a good one. */
  async cm(...words: readonly string[]): Promise<Ended> {
    const ended = await this.begin([...words, '--json']).ended;
    expectExit(ended, 0);
    return ended;
  }

  /** `cm WORDS --yes`, killed as soon as this step begins. */
  async killAt(step: string, ...words: readonly string[]): Promise<void> {
    const run = this.begin([...words, '--yes', '--json']);
    await run.until(begins(step));
    run.signal('SIGKILL');
    expect((await run.ended).exit).toBe(137);
  }

  /** `cm apply PLAN --yes` to its end. */
  async apply(plan: string, ...words: readonly string[]): Promise<Ended> {
    return this.begin(['apply', plan, '--yes', '--json', ...words]).ended;
  }

  /** The reports that are kept of runs, oldest first. */
  async reports(): Promise<readonly RunReport[]> {
    const folder = join(this.folder, this.stateFolder, 'cm', 'runs');
    await mkdir(folder, {recursive: true});
    const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
    const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
    const reports = texts.map((text) => JSON.parse(text) as RunReport);
    return reports.sort((one, other) => one.startedAt.localeCompare(other.startedAt));
  }

  /** A redis on a host, which answers; the words are more of `podman run`'s. */
  async redis(
    host: string,
    name: string,
    last: number,
    words: readonly string[] = [],
    program: readonly string[] = [],
  ): Promise<RedisConnection> {
    await this.shell(
      host,
      'podman run --detach --network lan "$@" >/dev/null',
      ...['--name', name, '--ip', this.ip(last), '--mac-address', `02:00:00:00:00:${last}`],
      ...[...words, '--', imageName('redis'), ...program],
    );
    return this.redisAt(last);
  }

  async redisAt(last: number): Promise<RedisConnection> {
    for (const end = performance.now() + limit(10); ;) {
      const opened = await RedisConnection.open(this.ip(last), 6379, 1000);
      const late = performance.now() > end;
      if (!opened.ok && late) return must(opened);
      // One that has just started may still read its files.
      if (opened.ok && (late || (await opened.value.ask('PING')).ok)) return opened.value;
      if (opened.ok) opened.value.close();
      await sleep(100);
    }
  }

  /** So many megabytes that a dump cannot make small, and their fingerprint. */
  async fill(redis: RedisConnection, megabytes: number): Promise<string> {
    return must(await fillRedis(redis, megabytes * 10));
  }
}

/** Tests on real engines: a lab beneath them, or the reason why there is none. */
export function describeLab(
  title: string,
  setup: {
    readonly lab: string;
    readonly hosts?: readonly string[];
    readonly images: readonly SampleImage[];
  } & RigOptions,
  body: (rig: Rig) => void,
): void {
  if (why !== undefined) {
    console.log(`${title}: not tried, since ${why}`);
    // A machine that is there to try everything must not pass by trying nothing.
    if (process.env['CI'] !== undefined)
      test(`${title}: can be tried where CI is set`, () => expect.unreachable(why));
  }
  const timeout = limit(setup.vm === undefined ? 90 : 600);
  describe.runIf(why === undefined)(title, {timeout}, () => {
    const rig = new Rig(`${setup.lab}${process.pid}`);
    beforeAll(async () => {
      await rig.start(setup.hosts ?? ['alpha', 'beta'], setup.images, setup);
    }, limit(900));
    afterAll(async () => {
      await rig.stop();
    });
    body(rig);
  });
}
