import type {Problem} from '../../src/base/problem.js';
import {ok, type Result} from '../../src/base/result.js';
import {RedisConnection} from '../../src/lab/demo/redis.js';

/**
 * Waits for redis to speak. It asks for something that never comes and is told so after 5 ms by redis itself, so
 * nearly always nothing of this side's is on its way when redis goes away, and what it hears again first is heard as
 * soon as redis is back. A client that asks waits longer: its TCP doubles its patience with each packet that is lost.
 */
export class Listener {
  private longestMs = 0;
  private going = true;
  private readonly connection: RedisConnection;
  private readonly ended: Promise<void>;

  private constructor(connection: RedisConnection) {
    this.connection = connection;
    this.ended = this.listen();
  }

  static async start(host: string): Promise<Result<Listener, Problem>> {
    const opened = await RedisConnection.open(host);
    return opened.ok ? ok(new Listener(opened.value)) : opened;
  }

  /** The longest silence in ms; undefined when the connection was lost. */
  async stop(): Promise<number | undefined> {
    this.going = false;
    await this.ended;
    this.connection.close();
    return this.longestMs === Infinity ? undefined : this.longestMs;
  }

  private async listen(): Promise<void> {
    let heardAt = performance.now();
    while (this.going) {
      const told = await this.connection.ask('BLPOP', 'nothing', '0.005');
      const now = performance.now();
      this.longestMs = told.ok ? Math.max(this.longestMs, now - heardAt) : Infinity;
      if (!told.ok) return;
      heardAt = now;
    }
  }
}
