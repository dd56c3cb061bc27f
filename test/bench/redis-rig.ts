import {clearScript, fillRedis, redisAddress, startRedis} from '../../src/lab/demo/demo-redis.js';
import {sshConfigOf} from '../../src/lab/lab-state.js';
import type {RedisConnection} from '../../src/lab/demo/redis.js';
import {type BenchLab, type HostOf, hosts, must} from './bench-lab.js';

export const container = 'redis';

/** Brings the container to the other host, in whatever way. */
export interface Mover {
  readonly name: string;
  readonly argv: (from: HostOf, to: HostOf) => readonly [string, ...string[]];
}

/** A redis in one engine. */
export interface RedisKind {
  readonly engine: 'podman' | 'runc' | 'docker';
  /** Scripts of test/bench that move it, the one that people write first. */
  readonly scripts: readonly string[];
  /** Once, before anything else. */
  readonly prepare: (lab: BenchLab) => Promise<void>;
  /** Takes away what there is of it on a host. */
  readonly clear: string;
  readonly start: (lab: BenchLab) => Promise<RedisConnection>;
  /** Prints `running`, or something else when it is there and does not run, or nothing. */
  readonly where: string;
}

export const inPodman: RedisKind = {
  engine: 'podman',
  scripts: ['naive', 'expert'],
  prepare: () => Promise.resolve(),
  clear: clearScript,
  start: async ({lab}) => must(await startRedis(lab, 'alpha', container)),
  where: 'podman ps --all --format "{{.State}}"',
};

/** A redis that can be moved to and fro, and everything that the ways of moving it need beforehand. */
export class RedisRig {
  readonly lab: BenchLab;
  readonly kind: RedisKind;
  at: HostOf = 'alpha';
  private plans: Readonly<Partial<Record<HostOf, string>>> = {};

  private constructor(lab: BenchLab, kind: RedisKind) {
    this.lab = lab;
    this.kind = kind;
  }

  static async make(lab: BenchLab, kind: RedisKind): Promise<RedisRig> {
    const rig = new RedisRig(lab, kind);
    await kind.prepare(lab);
    const to = (host: HostOf): Promise<string> =>
      lab.plan(
        `to-${host}`,
        `containers:\n  ${container}: {on: ${host}, strategy: stateful, connections: keep, verify: {tcp: 6379}}\n`,
        kind.engine,
      );
    rig.plans = {alpha: await to('alpha'), beta: await to('beta')};
    return rig;
  }

  planTo = (host: HostOf): string => this.plans[host] ?? '';

  /** The mover that is this project. */
  readonly cm: Mover = {
    name: 'cm',
    argv: (_, to) => ['node', this.lab.program, 'apply', this.planTo(to), '--yes'],
  };

  readonly byScript = (script: string): Mover => ({
    name: script,
    argv: (from, to) => [
      ...(['sh', `test/bench/${script}.sh`, sshConfigOf(this.lab.lab)] as const),
      ...[this.lab.addressOf(from), this.lab.addressOf(to), container],
    ],
  });

  get other(): HostOf {
    return this.at === 'alpha' ? 'beta' : 'alpha';
  }

  get redisAt(): string {
    return redisAddress(this.lab.lab);
  }

  /** A new redis on alpha with so much in it, 100 kB each, and none anywhere else. */
  async fill(values: number): Promise<{readonly redis: RedisConnection; readonly digest: string}> {
    await this.lab.onAll(this.kind.clear, container, '');
    await this.forget();
    this.at = 'alpha';
    const redis = await this.kind.start(this.lab);
    return {redis, digest: must(await fillRedis(redis, values))};
  }

  /**
   * What `cm` wrote down of its own move is not true any more when a script moves the container back, with the same
   * ID, behind its back.
   */
  private async forget(): Promise<void> {
    await this.lab.onAll(`rm -f "/var/lib/cm/moves/$1.json" "/var/lib/cm/bundles/$1"`, container);
  }

  /** Where it is, such as `alpha running`. */
  private async where(): Promise<string> {
    const seen = await this.lab.onAll(this.kind.where, container);
    return hosts.flatMap((host, i) => (seen[i] === '' ? [] : [`${host} ${seen[i]}`])).join(', ');
  }

  /** Sees that it runs there and is nowhere else. */
  async arrived(): Promise<void> {
    const to = this.other;
    const found = await this.where();
    if (found !== `${to} running`) throw new Error(`not on ${to} alone: "${found}"`);
    await this.forget();
    this.at = to;
  }

  /** After a move that may have failed: whether it is to be found where it was, and runs. */
  async stayed(): Promise<boolean> {
    return (await this.where()) === `${this.at} running`;
  }
}
