import {setTimeout as sleep} from 'node:timers/promises';
import {limit} from '../rig/limits.js';
import {imageName} from '../../src/lab/lab.js';
import {begins, type Ended, type Line} from '../lab/cm-run.js';
import {type ChaosLab, container, hosts} from './chaos-lab.js';
import {checkVolume, redisId} from './checks.js';
import {type Claim, claimOf, type Fact, factsOf, liesOf, shown} from './claim.js';
import {Client} from './client.js';
import {faults, type Scene} from './faults.js';
import {workload} from './host-scripts.js';
import {frozenAt, hasBegun, inDowntime, isDone, stepNow, tookBack} from './phase.js';
import type {Scenario} from './scenario.js';
import {CopyWatch} from './watch-copies.js';

/** What became of one run. */
export interface Outcome {
  readonly scenario: Scenario;
  readonly from: string;
  readonly to: string;
  /** What ran when the fault struck; undefined: it never came to that. */
  readonly struck: string | undefined;
  readonly first: Claim;
  /** Of a runner beside the first. */
  readonly beside: readonly Claim[];
  /** Of those after it, until one ended well. */
  readonly then: readonly Claim[];
  /** What a person had to do, because the memory was lost for good. */
  readonly person: readonly string[];
  /** From the failure until somebody was served again, ms: the longest silence that began before the next \`apply\` did. */
  readonly awayMs: number;
  /** Acknowledged by a copy that was taken back again. */
  readonly forgotten: number;
  readonly connection: 'kept' | 'lost' | 'lost, as it may be';
  readonly violations: readonly string[];
  readonly tookMs: number;
}

const mostApplies = 3;

/** One container that goes from host to host, run after run. */
export class Chaos {
  private lines = 0;
  private there: string | undefined;
  private dirty = false;
  private readonly lab: ChaosLab;
  private readonly aged: boolean;

  constructor(lab: ChaosLab, aged: boolean) {
    this.lab = lab;
    this.aged = aged;
  }

  async run(scenario: Scenario): Promise<Outcome> {
    const from = hosts[scenario.number % hosts.length] ?? hosts[0];
    const to = this.lab.other(from);
    await this.arrange(from, to, scenario);
    const scene: Scene = {lab: this.lab, scenario, from, to, aged: this.aged};
    const run = new OneRun(scene, this.lines);
    const outcome = await run.go();
    this.lines = run.lines;
    this.there = outcome.violations.length === 0 ? to : undefined;
    return outcome;
  }

  /** The container is where the run begins, having come from where it goes to. */
  private async arrange(from: string, to: string, {bare}: Scenario): Promise<void> {
    if (this.there !== from) {
      await this.lab.clear(this.dirty);
      this.dirty = true;
      await this.lab.create(to, workload);
      this.lines = 0;
      await sleep(300);
      const plan = await this.lab.plan(
        'arrange',
        `containers:\n  ${container}: {on: ${from}, strategy: stateful}\n`,
      );
      const ended = await this.lab.apply(plan).ended;
      if (ended.exit !== 0)
        throw new Error(`a plain move failed:\n${ended.stdout}\n${ended.stderr}`);
    }
    if (bare) await this.lab.shell(to, 'podman rmi --force -- "$1" >/dev/null', imageName('redis'));
  }
}

const stepsOf = ({lines}: Ended): number =>
  lines.filter(({type}) => type === 'step-started').length;

/** On a busy machine the device of a host's former life may hold its address for some seconds more. */
const insisting = (command: string): string =>
  `tries=0; until ${command}; do tries=$((tries + 1)); [ "$tries" -lt 20 ] || exit 1; sleep 0.5; done`;

class OneRun {
  lines: number;
  private readonly scene: Scene;
  private readonly violations: string[] = [];
  private readonly beside: Claim[] = [];
  private readonly then: Claim[] = [];
  private readonly person: string[] = [];
  private readonly said: Line[] = [];
  private plan = '';
  private struck: string | undefined;
  private struckAt = Date.now();
  private before: readonly Fact[] = [];
  /** Whether the only memory may have been on a host that lost its power. */
  private lossy = false;
  /** The last run has found that it had nothing to do. */
  private nothingToDo = false;

  constructor(scene: Scene, lines: number) {
    this.scene = scene;
    this.lines = lines;
  }

  async go(): Promise<Outcome> {
    const {lab, scenario, from, to} = this.scene;
    const began = Date.now();
    const {hooks} = faults[scenario.fault];
    const planOf = (more: string): string =>
      `containers:\n  ${container}: {on: ${to}, strategy: ${scenario.strategy}, verify: {tcp: 6379, within: ${Math.ceil(limit(2) / 1000)}s}${more}}\n`;
    this.plan = await lab.plan('chaos', planOf(hooks === undefined ? '' : `, ${hooks}`));
    const client = await Client.start(lab.address);
    const copies = new CopyWatch(lab);
    const id = await redisId(client);
    const first = await this.fail();
    // Not with the hook that hangs.
    this.plan = await lab.plan('chaos', planOf(''));
    const retriedAt = Date.now();
    await this.recover();
    await this.settled();
    const connection = await this.check(client, id);
    await client.stop();
    const twiceMs = await copies.stop();
    if (twiceMs > 0) this.violations.push(`two copies were there for ${Math.round(twiceMs)} ms`);
    const forgotten = this.forgotten(client);
    const left = await lab.leftovers().catch((error: unknown) => [String(error)]);
    this.violations.push(...left.map((line) => `left behind: ${line}`));
    return {
      ...{scenario, from, to, struck: this.struck, first, beside: this.beside, then: this.then},
      ...{person: this.person, forgotten, connection, violations: this.violations},
      awayMs: this.away(client, retriedAt),
      tookMs: Date.now() - began,
    };
  }

  /** The run that the fault strikes, judged at the moment of its end. */
  private async fail(): Promise<Claim> {
    const {lab, scenario} = this.scene;
    const fault = faults[scenario.fault];
    await fault.arm?.(this.scene);
    this.before = await factsOf(lab);
    const run = lab.apply(this.plan, fault.jumpMs?.(scenario.chance));
    const step = `${container}/${this.named(scenario.step)}`;
    const struck = run
      .until(begins(step))
      .then(async () => {
        await sleep(scenario.ms);
        const hit = (): void => {
          this.hit(run.lines);
        };
        hit();
        await fault.strike?.({...this.scene, run, another: () => this.another(), hit});
      })
      .catch((error: unknown) => {
        this.violations.push(`the fault did not strike: ${String(error).slice(0, 300)}`);
      });
    const ended = await run.ended.catch((error: unknown) => String(error));
    if (typeof ended === 'string') this.violations.push(ended.slice(0, 200));
    const claim =
      typeof ended === 'string'
        ? {exit: -1, outcome: 'endless', where: [], because: [ended.slice(-2000)]}
        : await this.judge(ended, this.before);
    await struck;
    await lab.mend();
    return claim;
  }

  /** The fault takes effect now, or has begun to. */
  private hit(lines: readonly Line[]): void {
    const now = stepNow(lines);
    this.struck =
      this.struck === undefined || this.struck === now ? now : `${this.struck} … ${now}`;
    this.lossy ||= this.mayLose(lines);
    if (this.scene.scenario.fault !== 'none') this.struckAt = Date.now();
  }

  private readonly named = (step: string): string =>
    step.replace('SOURCE', this.scene.from).replace('TARGET', this.scene.to);

  /** A memory that is on one host only goes with its power. */
  private mayLose(lines: readonly Line[]): boolean {
    const {fault} = this.scene.scenario;
    if (fault === 'reboot-source') return !isDone(lines, 'restore');
    return fault === 'reboot-target' && hasBegun(lines, 'commit');
  }

  private async another(): Promise<Ended> {
    const before = await factsOf(this.scene.lab);
    const ended = await this.scene.lab.apply(this.plan).ended;
    this.said.push(...ended.lines);
    const claim = claimOf(ended);
    this.beside.push(claim);
    // While both are at it nothing stays as it was.
    if (this.scene.scenario.fault === 'second-runner' && claim.exit !== 0) return ended;
    this.accuse(claim, before, await factsOf(this.scene.lab));
    return ended;
  }

  private async judge(ended: Ended, before: readonly Fact[]): Promise<Claim> {
    const claim = claimOf(ended);
    this.said.push(...ended.lines);
    const shared = this.beside.length > 0 || this.scene.scenario.fault === 'second-runner';
    const changed = shared && ['untouched', 'refused'].includes(claim.outcome);
    if (!changed) this.accuse(claim, before, await factsOf(this.scene.lab));
    return claim;
  }

  private accuse(claim: Claim, before: readonly Fact[], after: readonly Fact[]): void {
    const {fault} = this.scene.scenario;
    const dark = fault.startsWith('reboot') && this.then.length === 0;
    const host = fault === 'reboot-source' ? this.scene.from : this.scene.to;
    const lies = liesOf(claim, {before, after, ...(dark && {dark: host})});
    this.violations.push(...lies.map((lie) => `not true: ${lie}`));
  }

  /** `apply` again, until it ends well; what only a person can do is done where the report says so. */
  private async recover(): Promise<void> {
    for (let left = mostApplies; left > 0; left--) {
      const {lab} = this.scene;
      await lab.age();
      const before = await factsOf(lab);
      const ended = await lab.apply(this.plan).ended;
      this.said.push(...ended.lines);
      const claim = claimOf(ended);
      this.then.push(claim);
      this.accuse(claim, before, await factsOf(lab));
      this.nothingToDo = ended.exit === 0 && stepsOf(ended) === 0;
      if (ended.exit === 0) return;
      if (await this.asked(ended, before)) left = mostApplies + 1;
    }
    this.violations.push(`it does not end well: ${this.then.at(-1)?.because.join('; ') ?? ''}`);
  }

  /** Once, and only after a power cut: a person goes on with the memory, or begins anew where that is lost. */
  private async asked({stdout}: Ended, before: readonly Fact[]): Promise<boolean> {
    if (this.person.length > 0) return false;
    const there = before.find(({state}) => state !== undefined)?.host ?? this.scene.from;
    const fresh = /to go on with its memory, remove it on "(\w+)"/.exec(stdout)?.[1];
    const rebooted = this.scene.scenario.fault === 'reboot-target';
    const [host, does] = fresh === undefined ? [there, 'start'] : [fresh, 'rm --force'];
    const remedy = `podman ${does} ${container}`;
    const wanted = fresh === undefined ? this.lossy && stdout.includes(remedy) : rebooted;
    if (!wanted) return false;
    await this.scene.lab.shell(host, insisting(`podman ${does} -- "$1" >/dev/null`), container);
    this.person.push(`${remedy} on ${host}`);
    return true;
  }

  /** There is nothing to do, it runs where it belongs, and nowhere else. */
  private async settled(): Promise<void> {
    const {lab, to} = this.scene;
    if (!this.nothingToDo) {
      const ended = await lab.apply(this.plan).ended;
      const steps = stepsOf(ended);
      if (ended.exit !== 0 || steps > 0)
        this.violations.push(`applied once more: exit ${ended.exit}, ${steps} steps`);
    }
    const facts = await factsOf(lab);
    const right = facts.every(({host, state, alive}) =>
      host === to ? state === 'running' && alive : state === undefined && !alive,
    );
    if (!right) this.violations.push(`it is not on ${to} alone: ${shown(facts)}`);
  }

  private async check(client: Client, id: string): Promise<Outcome['connection']> {
    try {
      const connection = await this.connection(client);
      client.pause();
      const {scenario, lab, to} = this.scene;
      const volume = await checkVolume(lab, to, client, this.lines);
      this.lines = volume.lines;
      this.violations.push(...volume.wrong);
      const same = (await redisId(client)) === id;
      if (!same && scenario.strategy !== 'cold' && !this.lossy)
        this.violations.push('its memory was lost');
      if (client.wrong.length > 0)
        this.violations.push(`replies were wrong: ${client.wrong.join(', ')}`);
      return connection;
    } catch (error) {
      this.violations.push(`it does not serve: ${String(error).slice(0, 300)}`);
      return 'lost';
    }
  }

  /** TCP doubles its patience with every packet that is lost, so a connection may come back as late again as it was away. */
  private async connection(client: Client): Promise<Outcome['connection']> {
    const may = this.mayBreak;
    const longest = Math.max(0, ...client.gaps.map(({from, to}) => to - from));
    const patience = may ? 3000 : Math.min(limit(70), 2 * longest + limit(5));
    const answered = await client.answered(patience);
    if (!answered) client.drop(`no answer within ${patience} ms`);
    if (client.lost.length === 0) return 'kept';
    if (!(await client.answered(limit(10)))) throw new Error('no new connection is answered');
    if (may) return 'lost, as it may be';
    this.violations.push(`the connection was lost: ${client.lost[0]?.why ?? ''}`);
    return 'lost';
  }

  private get mayBreak(): boolean {
    const cold = this.scene.scenario.strategy === 'cold';
    return cold || this.lossy || tookBack(this.said) || inDowntime(this.struck ?? '');
  }

  /** A copy that was taken back may have acknowledged what the frozen one knows nothing of; anything else is a loss. */
  private forgotten(client: Client): number {
    let forgotten = 0;
    for (const {at, acked, said} of client.regresses) {
      const frozen = client.ackedBefore(frozenAt(this.said, at));
      if (tookBack(this.said) && said >= frozen) forgotten += acked - said + 1;
      else this.violations.push(`the count went back from ${acked} to ${said}`);
    }
    return forgotten;
  }

  private away({gaps}: Client, retriedAt: number): number {
    const mine = gaps.filter(({from, to}) => to > this.struckAt && from < retriedAt);
    return Math.round(Math.max(0, ...mine.map(({from, to}) => to - Math.max(from, this.struckAt))));
  }
}
