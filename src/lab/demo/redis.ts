import {connect, type Socket} from 'node:net';
import type {Problem} from '../../base/problem.js';
import {err, ok, type Result} from '../../base/result.js';

/** An integer, a text, or nothing; lists are not asked for here. */
type Reply = number | string | undefined;

export type Answer = Result<Reply, Problem>;

const problem = (message: string): Problem => ({kind: 'step', code: 'redis-failed', message});

/** Cuts what comes from a redis into replies, however the network has cut it. */
class ReplyReader {
  private rest = '';

  /** The replies that are complete by now; what redis calls an error is a problem. */
  read(data: string): readonly Answer[] {
    this.rest += data;
    const answers: Answer[] = [];
    for (;;) {
      const answer = this.next();
      if (answer === undefined) return answers;
      answers.push(answer);
    }
  }

  private next(): Answer | undefined {
    const end = this.rest.indexOf('\r\n');
    if (end < 0) return undefined;
    const line = this.rest.slice(1, end);
    const bulk = this.rest.startsWith('$') && line !== '-1' ? Number(line) : undefined;
    const from = end + 2;
    const to = bulk === undefined ? from : from + bulk + 2;
    if (this.rest.length < to) return undefined;
    const kind = this.rest.charAt(0);
    const text = bulk === undefined ? line : this.rest.slice(from, to - 2);
    this.rest = this.rest.slice(to);
    return meaning(kind, text, bulk !== undefined);
  }
}

function meaning(kind: string, text: string, bulk: boolean): Answer {
  if (kind === '-') return err(problem(`redis says: ${text}`));
  if (kind === ':') return ok(Number(text));
  if (kind === '+' || bulk) return ok(text);
  if (text === '-1') return ok(undefined);
  return err(problem(`redis answers something else: "${kind}${text.slice(0, 40)}"`));
}

const wire = (words: readonly string[]): string =>
  `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;

/**
 * One TCP connection to a redis. It is never opened again: when it is lost, everything asked on it from then on
 * has that as its answer, because whether a connection outlives a move is what it is there to see.
 */
export class RedisConnection {
  private readonly reader = new ReplyReader();
  private readonly waiting: ((answer: Answer) => void)[] = [];
  private lost: Problem | undefined;
  private readonly socket: Socket;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.setEncoding('latin1');
    socket.on('data', (data: string) => {
      for (const answer of this.reader.read(data)) this.waiting.shift()?.(answer);
    });
    socket.on('error', ({message}) => {
      this.lose(`the connection to redis broke: ${message}`);
    });
    socket.on('close', () => {
      this.lose('redis closed the connection');
    });
  }

  static open(
    host: string,
    port = 6379,
    timeoutMs = 5000,
  ): Promise<Result<RedisConnection, Problem>> {
    return new Promise((resolve) => {
      const socket = connect({host, port});
      const fail = (why: string): void => {
        socket.destroy();
        resolve(err(problem(`no redis answers at ${host}:${port}: ${why}`)));
      };
      const timer = setTimeout(fail, timeoutMs, `not within ${timeoutMs / 1000} s`);
      socket.once('error', ({message}) => {
        clearTimeout(timer);
        fail(message);
      });
      socket.once('connect', () => {
        clearTimeout(timer);
        resolve(ok(new RedisConnection(socket)));
      });
    });
  }

  /** Sends at once, whether or not earlier commands have been answered. ASCII only. */
  ask(...words: readonly string[]): Promise<Answer> {
    if (this.lost !== undefined) return Promise.resolve(err(this.lost));
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      this.socket.write(wire(words), 'latin1');
    });
  }

  /** The machine's own end of the connection, by which it can be told from another. */
  get localPort(): number | undefined {
    return this.socket.localPort;
  }

  close(): void {
    this.socket.destroy();
  }

  /** What has been asked and not yet sent is never sent; after `close` the kernel still delivers it, minutes later. */
  abandon(): void {
    this.socket.resetAndDestroy();
  }

  private lose(why: string): void {
    this.lost ??= problem(why);
    for (const answer of this.waiting.splice(0)) answer(err(this.lost));
  }
}
