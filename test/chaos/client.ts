import {setTimeout as sleep} from 'node:timers/promises';
import {limit} from '../rig/limits.js';
import {RedisConnection} from '../../src/lab/demo/redis.js';

const askMs = 10;
const probeMs = 100;
const probeTimeoutMs = 300;

/** Shorter silences are the machine's own. */
const gapMs = 150;

/** Nobody was answered, in ms since the epoch. */
export interface Gap {
  readonly from: number;
  readonly to: number;
}

/** The count said less than it had said before. */
export interface Regress {
  readonly at: number;
  readonly acked: number;
  readonly said: number;
}

/**
 * A client that counts (INCR) on one connection and opens another only when that one is lost; and, while nothing is heard
 * on it, new connections that only read. So it is seen what becomes of an old connection, and since when anybody is
 * served again.
 */
export class Client {
  readonly gaps: Gap[] = [];
  readonly lost: {readonly at: number; readonly why: string}[] = [];
  readonly regresses: Regress[] = [];
  /** Replies on a connection that were not the one before plus one, as `1 → 3`. */
  readonly wrong: string[] = [];
  private readonly address: string;
  private connection: RedisConnection | undefined;
  private lastHere: number | undefined;
  private heardHereAt = 0;
  private heardAt = Date.now();
  private readonly acks: {readonly at: number; readonly value: number}[] = [];
  private asking = true;
  private going = true;
  private readonly loops: Promise<unknown>;

  private constructor(address: string) {
    this.address = address;
    this.loops = Promise.all([this.count(), this.probe()]);
  }

  /** Begins as soon as somebody answers. */
  static async start(address: string): Promise<Client> {
    const client = new Client(address);
    for (let tries = 0; client.acked === 0; tries++) {
      if (tries > 300) throw new Error(`no redis answers at ${address}`);
      await sleep(100);
    }
    client.gaps.length = 0;
    client.lost.length = 0;
    return client;
  }

  /** The last number that was said. */
  get acked(): number {
    return this.acks.at(-1)?.value ?? 0;
  }

  /** The last number that was said before that moment. */
  ackedBefore(at: number): number {
    return this.acks.findLast((each) => each.at < at)?.value ?? 0;
  }

  /** Waits until the connection is answered, or lost; false when it is neither for so long while others are served. */
  async answered(patienceMs: number): Promise<boolean> {
    const since = Date.now();
    while (this.heardHereAt < since) {
      if (Date.now() - since > patienceMs) return false;
      await sleep(20);
    }
    return true;
  }

  /** One more question, on a connection of its own. */
  async ask(...words: readonly string[]): Promise<string> {
    const opened = await RedisConnection.open(this.address, 6379, limit(3));
    if (!opened.ok) throw new Error(opened.error.message);
    const answer = await Promise.race([opened.value.ask(...words), sleep(limit(3))]);
    opened.value.close();
    if (!answer?.ok) throw new Error(answer?.error.message ?? 'no answer within 3 s');
    return String(answer.value);
  }

  /** Gives up a connection on which nothing comes any more. */
  drop(why: string): void {
    if (this.connection) this.lose(this.connection, why);
  }

  pause(): void {
    this.asking = false;
  }

  async stop(): Promise<void> {
    this.going = false;
    this.connection?.abandon();
    await this.loops;
  }

  private async count(): Promise<void> {
    while (this.going) {
      this.connection ??= await this.open();
      if (this.connection && this.asking) void this.increase(this.connection);
      await sleep(this.connection ? askMs : probeMs);
    }
  }

  private async open(): Promise<RedisConnection | undefined> {
    const opened = await RedisConnection.open(this.address, 6379, limit(1));
    this.lastHere = undefined;
    if (opened.ok && !this.going) opened.value.close();
    return opened.ok && this.going ? opened.value : undefined;
  }

  private async increase(on: RedisConnection): Promise<void> {
    const answer = await on.ask('INCR', 'count');
    if (on !== this.connection) return;
    if (!answer.ok) {
      // Such as a full disk: it is not done, and said so.
      if (!answer.error.message.startsWith('redis says')) this.lose(on, answer.error.message);
      return;
    }
    this.hear(Number(answer.value));
  }

  private hear(value: number): void {
    const at = Date.now();
    if (this.lastHere === undefined) {
      if (value <= this.acked) this.regresses.push({at, acked: this.acked, said: value});
    } else if (value !== this.lastHere + 1) this.wrong.push(`${this.lastHere} → ${value}`);
    this.lastHere = value;
    this.heardHereAt = at;
    this.acks.push({at, value});
    this.served(at);
  }

  private served(at: number): void {
    if (at - this.heardAt > gapMs) this.gaps.push({from: this.heardAt, to: at});
    this.heardAt = at;
  }

  private lose(connection: RedisConnection, why: string): void {
    if (connection !== this.connection || !this.going) return;
    this.lost.push({at: Date.now(), why});
    this.connection = undefined;
    // Or what it still had to say is counted in the next run.
    connection.abandon();
  }

  private async probe(): Promise<void> {
    while (this.going) {
      await sleep(probeMs);
      if (Date.now() - this.heardAt < gapMs || !this.asking) continue;
      const opened = await RedisConnection.open(this.address, 6379, probeTimeoutMs);
      if (!opened.ok) continue;
      const answer = await Promise.race([opened.value.ask('GET', 'count'), sleep(probeTimeoutMs)]);
      if (answer?.ok) this.served(Date.now());
      opened.value.close();
    }
  }
}
