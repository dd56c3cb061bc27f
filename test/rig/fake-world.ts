import type {Command} from '../../src/base/command.js';
import type {Problem} from '../../src/base/problem.js';
import {err, ok, type Result} from '../../src/base/result.js';
import {cleanText} from '../../src/planner/steps/commit.js';
import {scratchText} from '../../src/planner/steps/parts.js';
import type {Link, Sent} from '../../src/hosts/link/link.js';
import type {Output, Transport} from '../../src/hosts/transport.js';
import {LEASE_EXPIRY_SECONDS} from '../../src/state/host/lease-record.js';
import {
  acquireScript,
  drainScript,
  guardScript,
  heartbeatScript,
  releaseScript,
} from '../../src/state/host/lease-scripts.js';
import {sweepText} from '../../src/state/host/leftovers.js';
import {lookScript} from '../../src/state/host/look-script.js';
import {removeRecordScript, writeRecordScript} from '../../src/state/host/records.js';
import {usageScript} from '../../src/state/host/usage-script.js';
import {FakeFolder, fakeMemory, FakeMemory, toldRound} from './fake-memory.js';

/** A container of the fake engine. What it remembers is lost by a fresh start, and by nothing else. */
export interface FakeContainer {
  readonly id: string;
  state: 'running' | 'checkpointed' | 'stopped' | 'created';
  restored: boolean;
  /** What it remembers; 0 after a fresh start. */
  memory: number;
  policy: string;
  /** Nobody but a run can start it. */
  held?: boolean;
  /** What it holds, page by page; from when it is looked at first. */
  pages?: FakeMemory;
  /** Percent of a CPU that it is held to. */
  percent?: number;
}

/** What a container remembers that was put together from the wrong pages. */
export const torn = -1;

const pagesOf = (container: FakeContainer): FakeMemory => (container.pages ??= new FakeMemory());

export interface FakeHost {
  readonly name: string;
  readonly containers: Map<string, FakeContainer>;
  readonly records: Map<string, string>;
  readonly leases: Map<string, {line: string; at: number}>;
  /** By container: the last numbered command that was carried out. */
  readonly orders: Map<string, {run: string; order: number}>;
  /** What runs made in memory, by its path. */
  readonly folders: Map<string, FakeFolder>;
  /** Checkpoints that arrived and were not restored yet. */
  readonly arrived: Map<string, FakeContainer>;
}

/** What happens at one command of a run, counted over both hosts. */
export type Fault =
  /** The runner dies before, or just after the command was carried out. */
  | {readonly kind: 'crash'; readonly at: number; readonly after: boolean}
  /** It fails, with or without having had its effect. */
  | {readonly kind: 'fail'; readonly at: number; readonly after: boolean}
  /** Its host cannot be reached from then on. */
  | {readonly kind: 'vanish'; readonly at: number}
  /**
   * No answer comes, and the runner gives it up when its time is over. The command then was `lost`; or
   * still `runs`, and others wait for its end; or runs so `long` that they are refused, and only a new
   * holder of the lease waits for it; or it is delivered `late`, before the command `after` this one.
   */
  | {readonly kind: 'hang'; readonly at: number; readonly then: 'lost' | 'runs' | 'long'}
  | {readonly kind: 'hang'; readonly at: number; readonly then: 'late'; readonly after: number};

/** A command that has not had its effect yet, though nobody waits for it. */
interface Pending {
  readonly host: FakeHost;
  readonly command: Command;
  readonly how: 'runs' | 'long' | 'late';
  /** How many commands are sent before it has its effect. */
  readonly until: number;
}

/** It has as much of a CPU again as before, if this folder knows that. */
function lift(here: FakeContainer | undefined, folder: FakeFolder | undefined): void {
  if (folder?.throttled !== true) return;
  folder.throttled = false;
  if (here) delete here.percent;
}

/** Asked before each command of one runner: it may be kept from going on. */
export type Gate = () => Promise<void>;

const output = (stdout = '', code = 0, stderr = ''): Output => ({
  code,
  stdout,
  stderr,
  durationMs: 1,
});

const isOf = (line: string | undefined, run: string): boolean =>
  line?.startsWith(`{"run":"${run}",`) === true;

/** The words of a command within its guard: `sh -euc text cm name run seconds order …`. */
function unguarded(command: Command): Command {
  const [, , text, , , , , , program, ...words] = command.argv;
  return text === guardScript && program !== undefined
    ? {...command, argv: [program, ...words]}
    : command;
}

/** As the host adds the ID of what a move has made there. */
const withMade = (text: string, scratch: string | undefined, id: string | undefined): string =>
  scratch === undefined || scratch === '' || id === undefined
    ? text
    : text.replace('{', () => `{"made":${JSON.stringify(id)},`);

/** Two machines in memory that understand the fake engine and the scripts of leases and records. */
export class FakeWorld {
  readonly hosts = new Map<string, FakeHost>();
  /** ms; also the hosts' clocks. */
  now = Date.UTC(2026, 0, 1);
  sent = 0;
  changing = 0;
  /** Bytes a second that a container changes which has a whole CPU; a round carries 1 GB/s. */
  dirtyRate = 4e8;
  fault: Fault | undefined;
  /** Resolves when the runner has died. */
  died = new Promise<void>(() => undefined);
  #die: () => void = () => undefined;
  readonly #dead = new Set<string>();
  /** Folders, as `host:path`, whose run was told that it could not remove them: it warns, and the next move does it. */
  readonly uncleaned = new Set<string>();
  #pending: Pending | undefined;
  #runnerDead = false;
  #life = 0;
  /** Called after each command that was carried out. */
  watch: () => void = () => undefined;

  constructor(names: readonly string[]) {
    for (const name of names)
      this.hosts.set(name, {
        name,
        containers: new Map(),
        records: new Map(),
        leases: new Map(),
        orders: new Map(),
        folders: new Map(),
        arrived: new Map(),
      });
    this.revive();
  }

  host(name: string): FakeHost {
    const host = this.hosts.get(name);
    if (!host) throw new Error(`no host ${name}`);
    return host;
  }

  transport(name: string, gate?: Gate): Transport {
    const guarded = this.#ofThisLife(gate);
    return {
      host: name,
      run: (command) => this.#run(name, command, guarded),
      start: () => Promise.resolve(err(this.#gone(name))),
      endpoint: () => Promise.resolve(ok(undefined)),
      close: () => Promise.resolve(),
    };
  }

  /** What a dead runner still has under way never comes to an end, not even when another one has begun. */
  #ofThisLife(gate?: Gate): Gate {
    const life = this.#life;
    return async () => {
      await gate?.();
      if (life !== this.#life) await new Promise(() => undefined);
    };
  }

  /** A link is its two ends' commands, one after the other. */
  link(from: string, to: string, receivers: Readonly<Record<string, unknown>>, more?: Gate): Link {
    const gate = this.#ofThisLife(more);
    let sealed = false;
    const both = async (
      first: Command | undefined,
      name: string,
    ): Promise<Result<Sent, Problem>> => {
      if (sealed) throw new Error(`sent to ${name} of a link that is sealed`);
      let notes = '';
      if (first) {
        const sent = await this.#run(from, first, gate);
        if (!sent.ok) return sent;
        if (sent.value.code !== 0) return err(this.#failed(from));
        notes = sent.value.stderr;
      }
      const receiver = receivers[name] as {kind: string; command?: Command} | undefined;
      const taken = await this.#run(to, receiver?.command ?? {argv: ['fake', 'nothing']}, gate);
      if (!taken.ok) return taken;
      if (taken.value.code !== 0) return err(this.#failed(to));
      return ok({bytes: 1, durationMs: 1, notes, answer: ''});
    };
    return {
      way: 'direct',
      send: (producer, name) => both(producer, name),
      sync: (_, name) => both(undefined, name),
      compare: async () => {
        await gate();
        return ok({files: 1, bytes: 1, differing: 0, differences: []});
      },
      seal: async () => {
        await gate();
        sealed = true;
        return ok(undefined);
      },
      close: () => Promise.resolve([]),
    };
  }

  readonly #gone = (host: string): Problem => ({
    kind: 'unreachable',
    code: 'connection-lost',
    message: `no way to ${host}`,
    host,
  });

  readonly #failed = (host: string): Problem => ({
    kind: 'step',
    code: 'failed',
    message: 'failed',
    host,
  });

  async #run(name: string, command: Command, gate?: Gate): Promise<Result<Output, Problem>> {
    await Promise.resolve();
    await gate?.();
    if (this.#runnerDead) return new Promise(() => undefined);
    if (this.#dead.has(name)) return this.#lost(name, command);
    this.sent += 1;
    if (this.#pending?.how === 'late' && this.sent >= this.#pending.until) this.flush();
    const fault = this.fault?.at === this.sent ? this.fault : undefined;
    if (fault?.kind === 'vanish') {
      this.#dead.add(name);
      return this.#lost(name, command);
    }
    if (fault) this.#notice(name, command);
    if (fault?.kind === 'hang') return this.#hangs(this.host(name), command, fault);
    if (fault && !fault.after) return this.#broken(fault, output('', 1, 'fault before'));
    const done = this.#carryOut(this.host(name), command);
    this.watch();
    if (done.code !== 0) this.#notice(name, command);
    return fault ? this.#broken(fault, output('', 1, 'fault after')) : ok(done);
  }

  #lost(name: string, command: Command): Result<Output, Problem> {
    this.#notice(name, command);
    return err(this.#gone(name));
  }

  #notice(name: string, command: Command): void {
    const [, , text, , scratch = ''] = unguarded(command).argv;
    if (text === cleanText) this.uncleaned.add(`${name}:${scratch}`);
  }

  #hangs(host: FakeHost, command: Command, fault: Fault & {kind: 'hang'}): Result<Output, Problem> {
    this.now += command.timeoutMs ?? 600_000;
    const timedOut = err({...this.#gone(host.name), code: 'timed-out', message: 'no answer'});
    if (fault.then === 'lost') return timedOut;
    const until = this.sent + (fault.then === 'late' ? fault.after : 0);
    // What has begun has found its lease to be there.
    const begun = fault.then === 'late' || this.#isMine(host, command);
    if (begun) this.#pending = {host, command, how: fault.then, until};
    return timedOut;
  }

  #isMine({leases}: FakeHost, {argv}: Command): boolean {
    const [, , text, , name = '', run = ''] = argv;
    return text !== guardScript || isOf(leases.get(name)?.line, run);
  }

  /** What is still to come from a command that nobody waits for comes now. */
  flush(): void {
    const pending = this.#pending;
    this.#pending = undefined;
    if (!pending) return;
    const {host, command, how} = pending;
    // It had been found to be allowed when it began.
    this.#carryOut(host, how === 'late' ? command : unguarded(command));
    this.watch();
  }

  /** Whether a command for this container runs that nobody waits for. */
  #isBusy(host: FakeHost): boolean {
    return (
      this.#pending !== undefined && this.#pending.how !== 'late' && this.#pending.host === host
    );
  }

  #broken(fault: Fault, failed: Output): Promise<Result<Output, Problem>> {
    if (fault.kind !== 'crash') return Promise.resolve(ok(failed));
    this.#runnerDead = true;
    this.#die();
    return new Promise(() => undefined);
  }

  /**
   * Another runner: hosts are back. It comes later, when leases of the dead have expired, or at once, and has
   * to know that their runner has ended.
   */
  revive(when: 'later' | 'at once' = 'later'): void {
    this.died = new Promise((resolve) => {
      this.#die = resolve;
    });
    this.#runnerDead = false;
    this.#life += 1;
    this.#dead.clear();
    this.fault = undefined;
    this.sent = 0;
    this.changing = 0;
    if (when === 'later') this.now += (LEASE_EXPIRY_SECONDS + 5) * 1000;
  }

  #carryOut(host: FakeHost, {argv, stdin = ''}: Command): Output {
    const [program, ...words] = argv;
    if (program === 'fake') return this.#engine(host, words);
    const [text = '', , ...values] = words.slice(1);
    switch (text) {
      case guardScript:
        return this.#guarded(host, values, stdin);
      case lookScript:
        return this.#look(host, values);
      case usageScript:
        return output(
          `\n@@cm\tend\n${this.#engine(host, values.slice(values.indexOf('--') + 2)).stdout}`,
        );
      default:
        this.changing += 1;
        return this.#script(host, text, values, stdin);
    }
  }

  /** Somebody on the host who knows of no move, and asks the engine; one that runs already is left as it is. */
  startByHand(name: string, container: string): 'started' | 'refused' | 'nothing' {
    const here = this.host(name).containers.get(container);
    if (!here || here.state === 'running') return 'nothing';
    if (here.held === true) return 'refused';
    Object.assign(here, {state: 'running', restored: false, memory: 0});
    return 'started';
  }

  /** A host that cannot be reached while a run lasts. */
  away(name: string): void {
    this.#dead.add(name);
  }

  #guarded(
    host: FakeHost,
    [name = '', run = '', , order = '0', ...argv]: readonly string[],
    stdin: string,
  ): Output {
    if (this.#isBusy(host)) {
      if (this.#pending?.how === 'long') return output('', 98);
      this.flush();
    }
    if (!isOf(host.leases.get(name)?.line, run)) return output('', 97, '@@cm lease-lost');
    const last = host.orders.get(name);
    if (order !== '0') {
      if (last?.run === run && last.order > Number(order)) return output('', 97, '@@cm too-late');
      host.orders.set(name, {run, order: Number(order)});
    }
    const [program = '', ...rest] = argv;
    return this.#carryOut(host, {argv: [program, ...rest], stdin});
  }

  #look(host: FakeHost, argv: readonly string[]): Output {
    const lines = [`now ${Math.floor(this.now / 1000)}`];
    for (const [name, {line, at}] of host.leases) {
      lines.push(`time ${Math.floor(at / 1000)} /run/cm/leases/${name}`);
      lines.push(`lease /run/cm/leases/${name}:${line}`);
    }
    for (const [name, text] of host.records)
      lines.push(`record /var/lib/cm/moves/${name}.json\t${text.trim()}`);
    const seen = this.#engine(host, argv.slice(1));
    return output(`${lines.join('\n')}\nlook\n${seen.stdout}`);
  }

  #script(host: FakeHost, text: string, values: readonly string[], stdin: string): Output {
    const [name = '', run = '', line = '', , ended = ''] = values;
    const held = host.leases.get(name);
    const mine = held?.line.startsWith(`{"run":"${run}",`) === true;
    switch (text) {
      case acquireScript: {
        const age = held ? Math.floor((this.now - held.at) / 1000) : 0;
        const over = age > LEASE_EXPIRY_SECONDS || (ended !== '' && isOf(held?.line, ended));
        if (held && !mine && !over) return output(`held\t${age}\t${held.line}\n`);
        host.leases.set(name, {line, at: this.now});
        if (held && !mine) return output(`over\t${age}\t${held.line}\n`);
        return output(this.#isBusy(host) ? 'taken\tbusy' : 'taken\n');
      }
      case releaseScript:
        if (mine) host.leases.delete(name);
        return output('released\n');
      case writeRecordScript:
        host.records.set(name, withMade(stdin, values[2], host.containers.get(name)?.id));
        return output();
      case removeRecordScript:
        host.records.delete(name);
        return output();
      case heartbeatScript:
        return this.#beat(host, values);
      case drainScript:
        if (this.#isBusy(host)) this.flush();
        return output();
      case scratchText:
        if (!host.folders.has(name))
          host.folders.set(name, new FakeFolder(run, line.split(' ')[0]));
        return output();
      case cleanText:
        host.folders.delete(name);
        return output();
      case sweepText:
        return this.#sweep(host, values);
      default:
        return output();
    }
  }

  /** As `sweepText` of state/leftovers does it. */
  #sweep(host: FakeHost, [own = '', container = '', ...ended]: readonly string[]): Output {
    const told: string[] = [];
    for (const [path, folder] of host.folders) {
      const {container: name, run} = folder;
      const record = host.records.get(name) ?? '';
      if (run === own) continue;
      if (name !== container && /"phase":"(?:leaving|arriving)"/.test(record)) continue;
      const lease = host.leases.get(name);
      if (isOf(lease?.line, run)) {
        const age = Math.floor((this.now - (lease?.at ?? 0)) / 1000);
        if (age <= LEASE_EXPIRY_SECONDS && !ended.includes(run)) {
          told.push(`held\t${name}\t${age}\t${lease?.line ?? ''}\n`);
          continue;
        }
        if (name !== container && this.#isBusy(host)) continue;
        host.leases.delete(name);
      }
      lift(host.containers.get(name), folder);
      host.folders.delete(path);
      told.push(`over\t${run}\t${name}\n`);
    }
    return output(told.join(''));
  }

  #beat(host: FakeHost, [run = '', ...names]: readonly string[]): Output {
    const lost = names.filter((name) => {
      const held = host.leases.get(name);
      const mine = held?.line.startsWith(`{"run":"${run}",`) === true;
      if (held && mine) held.at = this.now;
      return !mine;
    });
    return output(lost.map((name) => `${name}\n`).join(''));
  }

  #engine(host: FakeHost, words: readonly string[]): Output {
    const [verb = '', name = '', more = '', last = ''] = words;
    const here = host.containers.get(name);
    switch (verb) {
      case 'look':
        return output(
          JSON.stringify([...host.containers].filter(([each]) => name.split(',').includes(each))),
        );
      case 'survey':
      case 'nothing':
        return output('{}');
      case 'inspect':
        return output(JSON.stringify(here ?? null));
      case 'kept':
        return output('', here?.state === 'running' || here?.state === 'checkpointed' ? 0 : 74);
      default:
        this.changing += 1;
        return this.#ahead(host, [verb, name, more, last], here);
    }
  }

  /** Rounds of pre-copy, as the drivers make them: see `Rounds`. */
  #ahead(host: FakeHost, words: readonly string[], here?: FakeContainer): Output {
    const [verb = '', name = '', scratch = '', last = ''] = words;
    const folder = host.folders.get(scratch);
    switch (verb) {
      case 'round':
        return this.#round(host, scratch, Number(last), here);
      case 'take-round': {
        const source = this.#otherOf(host, scratch);
        const newest = source?.rounds.get(source.begun);
        if (!folder || !source || !newest) return output('', 2, 'no round has come');
        folder.rounds.set(source.begun, newest);
        return output();
      }
      case 'forget':
        lift(here, folder);
        if (folder?.used === true && here?.state === 'checkpointed')
          return output('', 75, 'the rounds hold memory of a container that is frozen');
        folder?.forget();
        return output();
      case 'throttle':
        if (!here || !folder) return output('', 1, 'no such container');
        lift(here, folder);
        if (last === '') return output();
        folder.throttled = true;
        here.percent = Number(last);
        return output();
      default:
        return this.#change(host, verb, name, scratch, here);
    }
  }

  /** The same folder on the other host. */
  #otherOf(host: FakeHost, scratch: string): FakeFolder | undefined {
    const other = [...this.hosts.values()].find((each) => each !== host);
    return other?.folders.get(scratch);
  }

  #round(host: FakeHost, scratch: string, n: number, here?: FakeContainer): Output {
    if (here?.state !== 'running') return output('', 1, 'does not run');
    const folder = host.folders.get(scratch) ?? new FakeFolder('');
    host.folders.set(scratch, folder);
    const sinceMs = this.now - folder.began;
    pagesOf(here).write(this.sent);
    if (!folder.round(n, pagesOf(here))) return output('', 75, `round ${n} cannot be made`);
    const changed = (this.dirtyRate * sinceMs * (here.percent ?? 100)) / 1e5;
    const {told, tookMs} = toldRound(n === 1 ? fakeMemory : Math.min(fakeMemory, changed));
    folder.began = this.now;
    this.now += tookMs;
    return output('', 0, JSON.stringify(told));
  }

  #change(host: FakeHost, verb: string, name: string, more: string, here?: FakeContainer): Output {
    switch (verb) {
      case 'policy':
        if (here) here.policy = more;
        return output('', here ? 0 : 1);
      case 'checkpoint':
        if (here?.state !== 'running') return output('', 1, 'does not run');
        lift(here, host.folders.get(more));
        pagesOf(here).write(this.sent);
        host.folders.get(more)?.freeze(pagesOf(here));
        Object.assign(here, {state: 'checkpointed', held: true});
        return output();
      case 'arrive': {
        const source = [...this.hosts.values()].flatMap((each) =>
          each === host ? [] : (each.containers.get(name) ?? []),
        )[0];
        const images = this.#otherOf(host, more)?.images;
        if (source?.state !== 'checkpointed' || !images) return output('', 65, 'not whole');
        const pages = host.folders.get(more)?.restorable(images);
        if (!pages) return output('', 65, 'a round is missing');
        const memory = pagesOf(source).equals(pages) ? source.memory : torn;
        host.arrived.set(name, {...source, memory, held: false, pages: pagesOf(source).copy()});
        return output();
      }
      case 'restore': {
        const images = host.arrived.get(name);
        if (!images || here) return output('', 125, 'nothing to restore');
        host.containers.set(name, {...images, state: 'running', restored: true});
        return output();
      }
      case 'resume':
        if (!here) return output('', 1, 'no such container');
        here.held = false;
        lift(here, host.folders.get(more));
        if (here.state === 'checkpointed')
          Object.assign(here, {state: 'running', restored: true, pages: pagesOf(here).copy()});
        return output('', here.state === 'running' ? 0 : 1);
      case 'create':
        if (!here)
          host.containers.set(name, {
            id: `${host.name}-new`,
            state: 'created',
            restored: false,
            memory: 0,
            policy: more,
          });
        return output(JSON.stringify(host.containers.get(name)));
      case 'stop':
        if (here?.state === 'running') here.state = 'stopped';
        return output('', here ? 0 : 1);
      case 'hold':
        if (here?.state === 'running') return output('', 73, 'it runs again');
        if (here) here.held = true;
        return output();
      case 'free':
        if (here) here.held = false;
        return output();
      case 'start':
        if (!here) return output('', 1, 'no such container');
        here.held = false;
        if (here.state !== 'running')
          Object.assign(here, {state: 'running', restored: false, memory: 0});
        return output();
      case 'remove':
        host.containers.delete(name);
        return output();
      default:
        return output('', 1, `fake: no such verb: ${verb}`);
    }
  }
}
