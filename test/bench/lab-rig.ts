import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {execa} from 'execa';
import type {Problem} from '../../src/base/problem.js';
import type {Result} from '../../src/base/result.js';
import {clearScript, fillRedis, redisAddress, startRedis} from '../../src/lab/demo-redis.js';
import {shellIn, shellInAll} from '../../src/lab/demo-shell.js';
import {down, loadImage} from '../../src/lab/lab.js';
import {addressOf, keyOf, knownHostsOf, type Lab, sshConfigOf} from '../../src/lab/lab-state.js';
import {labPlace, type LabPlace} from '../../src/lab/place.js';
import type {RedisConnection} from '../../src/lab/redis.js';
import {hostsBlock} from '../../src/lab/ssh-files.js';
import {up} from '../../src/lab/up.js';

const name = 'bench';
const hosts = ['alpha', 'beta'] as const;
const container = 'redis';

export type HostOf = (typeof hosts)[number];

/** A bench stops at the first thing that goes wrong: half of it measured is nothing measured. */
export function must<T>(result: Result<T, Problem>): T {
  if (result.ok) return result.value;
  throw new Error(JSON.stringify(result.error, undefined, 2));
}

/** Brings the container to the other host, in whatever way. */
export interface Mover {
  readonly name: string;
  readonly argv: (from: HostOf, to: HostOf) => readonly [string, ...string[]];
}

/** Two lab hosts, a redis that can be moved, and everything that the ways of moving it need beforehand. */
export class LabRig {
  readonly lab: Lab;
  readonly env: Readonly<Record<string, string>>;
  at: HostOf = 'alpha';
  private readonly place: LabPlace;
  private readonly folder: string;
  private readonly agent: string;
  private readonly program: string;

  private constructor(
    lab: Lab,
    place: LabPlace,
    folder: string,
    agent: readonly [string, string],
    program: string,
  ) {
    this.lab = lab;
    this.place = place;
    this.folder = folder;
    this.agent = agent[1];
    this.program = program;
    this.env = {SSH_AUTH_SOCK: agent[0], XDG_STATE_HOME: folder};
  }

  /** `program` is the build of `cm` to be measured. */
  static async open(program: string): Promise<LabRig> {
    const {platform, env} = process;
    const place = must(labPlace({platform, uid: process.getuid?.(), env}));
    const lab = must(await up(place, {lab: name, hosts, say: console.error}));
    for (const host of hosts) must(await loadImage(lab, host, 'redis'));
    const {stdout} = await execa('ssh-agent', ['-s']);
    const socket = /SSH_AUTH_SOCK=([^;]+)/.exec(stdout)?.[1] ?? '';
    const pid = /SSH_AGENT_PID=(\d+)/.exec(stdout)?.[1] ?? '';
    await execa('ssh-add', ['-q', keyOf(lab)], {env: {SSH_AUTH_SOCK: socket}});
    const folder = await mkdtemp(join(tmpdir(), 'cm-bench-'));
    const rig = new LabRig(lab, place, folder, [socket, pid], program);
    await rig.introduce();
    return rig;
  }

  /** The scripts go from host to host by themselves, and so the hosts know each other's keys; `cm` needs none of it. */
  private async introduce(): Promise<void> {
    const known = await execa('cat', [knownHostsOf(this.lab)]);
    must(
      await shellInAll(
        ...([this.lab, hosts, 'write known_hosts'] as const),
        'printf "%s\\n" "$1" > /root/.ssh/known_hosts',
        known.stdout,
      ),
    );
    for (const host of hosts) {
      const text = `apiVersion: cm/v1\nname: bench\n${hostsBlock(this.lab)}containers:\n  ${container}: {on: ${host}, strategy: stateful, connections: keep, verify: {tcp: 6379}}\n`;
      await writeFile(this.planTo(host), text);
    }
  }

  planTo = (host: HostOf): string => join(this.folder, `to-${host}.yaml`);
  addressOf = (host: HostOf): string => {
    const found = this.lab.hosts.find((each) => each.name === host);
    return found === undefined ? '' : addressOf(this.lab, found);
  };

  /** The mover that is this project. */
  readonly cm: Mover = {
    name: 'cm',
    argv: (_, to) => ['node', this.program, 'apply', this.planTo(to), '--yes'],
  };

  readonly byScript = (script: 'naive' | 'expert'): Mover => ({
    name: script,
    argv: (from, to) => [
      ...(['sh', `test/bench/${script}.sh`, sshConfigOf(this.lab)] as const),
      ...[this.addressOf(from), this.addressOf(to), container],
    ],
  });

  get other(): HostOf {
    return this.at === 'alpha' ? 'beta' : 'alpha';
  }

  get redisAt(): string {
    return redisAddress(this.lab);
  }

  /** A new redis on alpha with so much in it, 100 kB each, and none anywhere else. */
  async fill(values: number): Promise<{readonly redis: RedisConnection; readonly digest: string}> {
    must(await shellInAll(this.lab, hosts, 'clear', clearScript, container, ''));
    this.at = 'alpha';
    const redis = must(await startRedis(this.lab, 'alpha', container));
    return {redis, digest: must(await fillRedis(redis, values))};
  }

  /**
   * Sees that it runs there and is nowhere else. What `cm` wrote down of its own move is not true any more when a
   * script moves the container back, with the same ID, behind its back.
   */
  async arrived(): Promise<void> {
    const to = this.other;
    const forget = `rm -f /var/lib/cm/moves/${container}.json`;
    must(await shellInAll(this.lab, hosts, 'forget moves', forget));
    const here = must(await shellIn(this.lab, this.at, 'look', 'podman ps -aq --no-trunc'));
    const there = must(await shellIn(this.lab, to, 'look', 'podman ps -q --no-trunc'));
    if (here !== '' || there === '') throw new Error(`${container} did not move to ${to}`);
    this.at = to;
  }

  /** What was written by the one before must not be written to the disk at the expense of the next. */
  async settle(): Promise<void> {
    await execa('sync', {timeout: 120_000});
    await sleep(500);
  }

  async close(): Promise<void> {
    await execa('kill', [this.agent], {reject: false});
    await rm(this.folder, {recursive: true, force: true});
    must(await down(this.place, name));
  }
}
