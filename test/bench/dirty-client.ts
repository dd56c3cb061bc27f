import {connect, type Socket} from 'node:net';
import {setTimeout as sleep} from 'node:timers/promises';

/** Asks a `dirty` for its count, 20 ms after each answer, over one connection. */
export class DirtyClient {
  private longestMs = 0;
  private heardAt = performance.now();
  private failure: string | undefined;
  private going = true;
  private readonly socket: Socket;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('data', () => {
      this.hear();
      setTimeout(() => {
        if (this.going) socket.write('count\n');
      }, 20);
    });
    socket.on('error', ({message}) => (this.failure ??= message));
    socket.on('close', () => {
      if (this.going) this.failure ??= 'the connection was closed';
    });
    socket.write('count\n');
  }

  static open(host: string): Promise<DirtyClient> {
    return new Promise((resolve, reject) => {
      const socket = connect({host, port: 7000}, () => {
        socket.off('error', reject);
        resolve(new DirtyClient(socket));
      });
      socket.once('error', reject);
    });
  }

  /** The longest it has waited for an answer, after it has waited for one more. */
  async stop(): Promise<number> {
    const asked = performance.now();
    while (this.failure === undefined && this.heardAt < asked && performance.now() - asked < 60_000)
      await sleep(20);
    this.going = false;
    this.hear();
    this.socket.destroy();
    if (this.failure !== undefined) throw new Error(`the client was lost: ${this.failure}`);
    return this.longestMs;
  }

  private hear(): void {
    const now = performance.now();
    this.longestMs = Math.max(this.longestMs, now - this.heardAt);
    this.heardAt = now;
  }
}
