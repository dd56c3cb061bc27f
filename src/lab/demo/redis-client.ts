import {setTimeout as sleep} from 'node:timers/promises';
import type {Problem} from '../../base/problem.js';
import {ok, type Result} from '../../base/result.js';
import {type Answer, RedisConnection} from './redis.js';

export interface Counted {
  readonly asked: number;
  readonly replies: number;
  /** Replies that were not the one before plus one. */
  readonly wrong: number;
  /** From one reply to the next, or to the end when no more came. */
  readonly longestGapMs: number;
  /** When the longest gap began, in ms since the epoch. */
  readonly gapAt: number;
  /** The last number that redis said. */
  readonly last: number;
  /** What ended the connection; there is no second one. */
  readonly failure?: string;
}

const spacingMs = 5;

/**
 * A client as a service has them: one connection, never opened again, and a request every 5 ms (INCR, whether
 * or not the one before is answered), whose reply must be the one before plus one. So a lost, repeated or
 * forgotten request is seen, and the longest time without a reply is how long the service was away for it.
 */
export class CountingClient {
  private readonly connection: RedisConnection;
  private readonly key: string;
  private timer: NodeJS.Timeout | undefined;
  private heardAt = performance.now();
  private asked = 0;
  private replies = 0;
  private wrong = 0;
  private last = 0;
  private longestGapMs = 0;
  private gapAt = 0;
  private failure: string | undefined;

  private constructor(connection: RedisConnection, key: string) {
    this.connection = connection;
    this.key = key;
  }

  /** Begins to count at 1. */
  static async start(
    host: string,
    key = 'count',
    port = 6379,
  ): Promise<Result<CountingClient, Problem>> {
    const opened = await RedisConnection.open(host, port);
    if (!opened.ok) return opened;
    const reset = await opened.value.ask('DEL', key);
    if (!reset.ok) return reset;
    const client = new CountingClient(opened.value, key);
    client.heardAt = performance.now();
    client.timer = setInterval(() => void client.tick(), spacingMs);
    return ok(client);
  }

  /** Counts since the start, while it goes on. */
  get counted(): Counted {
    const {asked, replies, wrong, longestGapMs, gapAt, last, failure} = this;
    return {
      asked,
      replies,
      wrong,
      longestGapMs,
      gapAt,
      last,
      ...(failure !== undefined && {failure}),
    };
  }

  /** Asks no more, waits a while for what is still to come, and closes the connection. */
  async stop(patienceMs = 10_000): Promise<Counted> {
    clearInterval(this.timer);
    const deadline = performance.now() + patienceMs;
    while (
      this.replies < this.asked &&
      this.failure === undefined &&
      performance.now() < deadline
    ) {
      await sleep(spacingMs);
    }
    if (this.replies < this.asked) this.gap();
    this.connection.close();
    return this.counted;
  }

  private async tick(): Promise<void> {
    this.asked += 1;
    this.hear(await this.connection.ask('INCR', this.key));
  }

  private hear(answer: Answer): void {
    if (!answer.ok) {
      this.failure ??= answer.error.message;
      clearInterval(this.timer);
      return;
    }
    this.gap();
    this.replies += 1;
    if (answer.value !== this.last + 1) this.wrong += 1;
    this.last = typeof answer.value === 'number' ? answer.value : Number.NaN;
    this.heardAt = performance.now();
  }

  private gap(): void {
    const gapMs = performance.now() - this.heardAt;
    if (gapMs <= this.longestGapMs) return;
    this.longestGapMs = gapMs;
    this.gapAt = Date.now() - gapMs;
  }
}
