import type {Clock} from '../base/clock.js';
import type {Problem} from '../base/problem.js';
import {err, ok, type Result} from '../base/result.js';
import {planWord, shellWord} from '../base/shell-word.js';
import type {Transport} from '../hosts/transport.js';
import type {HostName} from '../plan/plan.js';
import {failure, type TransportOf} from '../state/host/ask.js';
import {
  acquire,
  drain,
  guardProblem,
  heartbeat,
  readAcquired,
  readHeartbeat,
  release,
  type Acquired,
} from '../state/host/lease.js';
import {judgeOwner, type LeaseText} from '../state/host/lease-record.js';
import type {LeaseRecord} from '../state/host/observed.js';
import type {ProcessTable} from '../state/host/runner-process.js';

/** A quarter of the expiry, so that three of them may get lost. */
export const HEARTBEAT_MS = 15_000;

/** How long an answer is waited for that only makes a message better. */
const QUESTION_MS = 5000;

/** Back-off while somebody else holds a lease, ms. */
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 10_000;

export interface LeaseKeeping {
  readonly transportOf: TransportOf;
  readonly clock: Clock;
  /** All but the name and the time of taking it. */
  readonly who: Omit<LeaseText, 'name' | 'since'>;
  /** The plan file of the run, as a person names it. */
  readonly file?: string;
  /** How long to wait for a lease that somebody else holds, ms; 0: not at all. */
  readonly lockWaitMs: number;
  readonly warn: (problem: Problem) => void;
  /** Tells that the runner of a lease has ended; without it a lease has to expire. */
  readonly hasEnded?: ProcessTable['hasEnded'];
}

const unlockCommand = (name: string, file = 'FILE'): string =>
  `cm unlock ${planWord(file)} --only ${shellWord(name)}`;

const locked = (host: HostName, name: string, by: LeaseRecord, file?: string): Problem => ({
  kind: 'locked',
  code: 'leased',
  host,
  container: name,
  message: `"${name}" on "${host}" is leased by ${by.owner} for plan "${by.plan}" (run ${by.run}) since ${by.since}; last heartbeat ${by.ageSeconds} s ago`,
  remedy: `wait for that run with --lock-wait, or, when it is dead for certain, remove its lease: ${unlockCommand(name, file)}`,
});

const lost = (host: HostName, name: string): Problem => ({
  kind: 'locked',
  code: 'lease-lost',
  host,
  container: name,
  message: `the lease of "${name}" on "${host}" was taken away from this run`,
  remedy: 'see with "cm status" who has it now',
});

/** Takes leases, keeps them alive while they are held, and gives them back. One for each run. */
export class LeaseKeeper {
  readonly #with: LeaseKeeping;
  #sent = 0;
  /** Taken and not given back; one that was taken away stays here, so that its commands stay guarded. */
  readonly #held = new Map<HostName, Set<string>>();
  /** Those that heartbeats keep alive. */
  readonly #alive = new Map<HostName, Set<string>>();
  readonly #beating = new Map<HostName, AbortController>();

  constructor(keeping: LeaseKeeping) {
    this.#with = keeping;
  }

  get run(): string {
    return this.#with.who.run;
  }

  /** Each command's number is higher than that of those before it. */
  next(): number {
    this.#sent += 1;
    return this.#sent;
  }

  holds(host: HostName, name: string): boolean {
    return this.#held.get(host)?.has(name) ?? false;
  }

  /** Waits as long as the run may wait; then waits for what a dead runner left running there. */
  async acquire(
    host: HostName,
    name: string,
    signal?: AbortSignal,
  ): Promise<Result<string, Problem>> {
    const transport = await this.#with.transportOf(host);
    if (!transport.ok) return transport;
    const taken = await this.#wait(transport.value, name, signal);
    if (!taken.ok) return taken;
    this.#hold(host, name);
    if (taken.value.kind === 'taken' && !taken.value.busy) return ok('leased');
    const drained = await transport.value.run(drain(name));
    if (!drained.ok) return drained;
    const busy = guardProblem(host, name, drained.value);
    if (busy) return err(busy);
    return taken.value.kind === 'over'
      ? ok(`leased; run ${taken.value.from.run} had left it behind`)
      : ok('leased, when what an earlier run had begun there was over');
  }

  async #wait(
    transport: Transport,
    name: string,
    signal?: AbortSignal,
  ): Promise<Result<Acquired, Problem>> {
    const {clock, lockWaitMs} = this.#with;
    const until = clock.now() + lockWaitMs;
    let ended = '';
    for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      const answer = await this.#try(transport, name, ended);
      if (!answer.ok || answer.value.kind !== 'held') return answer;
      const {by} = answer.value;
      if (by.orphaned && by.run !== ended) {
        ended = by.run;
        continue;
      }
      const left = until - clock.now();
      if (left <= 0 || signal?.aborted)
        return err(locked(transport.host, name, by, this.#with.file));
      await clock.sleep(Math.min(pause, left), signal);
    }
  }

  /** Asks once. Whatever else comes back, the host may have written the lease: then it is given back. */
  async #try(
    transport: Transport,
    name: string,
    ended: string,
  ): Promise<Result<Acquired, Problem>> {
    const {clock, who, hasEnded} = this.#with;
    const {host} = transport;
    const command = acquire({...who, name, since: new Date(clock.now()).toISOString()}, ended);
    const ran = await transport.run(command);
    const answer = ran.ok && ran.value.code === 0 && readAcquired(name, ran.value.stdout);
    if (answer && answer.ok) {
      const {value} = answer;
      return value.kind === 'held' ? ok({...value, by: judgeOwner(value.by, hasEnded)}) : answer;
    }
    await transport.run(release(name, this.run));
    if (!ran.ok) return ran;
    const message = `"${name}" cannot be leased on "${host}"`;
    const remedy = 'see the message of the host; flock of util-linux must be there';
    const words = {kind: 'preflight', code: 'lease-failed', message, remedy} as const;
    return err(failure(host, command, ran.value, words));
  }

  #hold(host: HostName, name: string): void {
    this.#held.set(host, (this.#held.get(host) ?? new Set()).add(name));
    const alive = this.#alive.get(host) ?? new Set();
    this.#alive.set(host, alive.add(name));
    if (this.#beating.has(host)) return;
    const beating = new AbortController();
    this.#beating.set(host, beating);
    void this.#beat(host, alive, beating.signal);
  }

  /** A heartbeat that does not get through is not told: the next one may, and the guard on the host decides. */
  async #beat(host: HostName, names: Set<string>, signal: AbortSignal): Promise<void> {
    const {clock, transportOf, who, warn} = this.#with;
    for (;;) {
      await clock.sleep(HEARTBEAT_MS, signal);
      if (signal.aborted) return;
      const transport = await transportOf(host);
      if (!transport.ok) continue;
      const asked = [...names];
      const ran = await transport.value.run(heartbeat(who.run, asked), {signal});
      if (!ran.ok || ran.value.code !== 0) continue;
      for (const name of readHeartbeat(asked, ran.value.stdout))
        if (names.delete(name)) warn(lost(host, name));
      if (names.size === 0 && this.#alive.get(host) === names) this.#rest(host);
    }
  }

  #rest(host: HostName): void {
    this.#beating.get(host)?.abort();
    this.#beating.delete(host);
    this.#alive.delete(host);
  }

  /**
   * Why something may have failed whose failure says nothing of it: another run has taken the lease away, and ended what
   * ran under it. A host that does not answer is not waited for long.
   */
  async lost(name: string): Promise<Problem | undefined> {
    const hosts = [...this.#held].filter(([, names]) => names.has(name)).map(([host]) => host);
    const answers = await Promise.all(
      hosts.map(async (host) => {
        const transport = await this.#with.transportOf(host);
        if (!transport.ok) return undefined;
        const asked = {...heartbeat(this.run, [name]), timeoutMs: QUESTION_MS};
        const ran = await transport.value.run(asked);
        if (!ran.ok || ran.value.code !== 0) return undefined;
        return readHeartbeat([name], ran.value.stdout).length > 0 ? lost(host, name) : undefined;
      }),
    );
    return answers.find((answer) => answer !== undefined);
  }

  /** Does nothing for a lease that is not held. */
  async release(host: HostName, name: string): Promise<Result<void, Problem>> {
    if (!this.#held.get(host)?.delete(name)) return ok(undefined);
    const alive = this.#alive.get(host);
    alive?.delete(name);
    if (alive?.size === 0) this.#rest(host);
    const transport = await this.#with.transportOf(host);
    if (!transport.ok) return transport;
    const ran = await transport.value.run(release(name, this.run));
    return ran.ok ? ok(undefined) : ran;
  }

  /** Ends the heartbeats; what is still held expires on its host. */
  close(): void {
    for (const host of [...this.#beating.keys()]) this.#rest(host);
  }
}
