import type {Problem} from '../../base/problem.js';
import {type Result, ok} from '../../base/result.js';
import type {Connection} from './handshake.js';

/** OpenSSH allows ten sessions on a connection (MaxSessions); two stay free for others. */
const USUAL_SESSIONS = 8;

const MOST_CONNECTIONS = 32;

/** Refusals of the only session of a connection after which its server counts as one that opens none. */
const MOST_REFUSALS = 3;

/** How long a command waits for another one to end before it has a connection made. */
const PATIENCE_MS = 5000;

/** How long it waits when no more connections may be made. */
const LONGEST_WAIT_MS = 120_000;

/** How long a connection is left alone that opens no session though none is known to be open. */
const REST_MS = 2000;

/** How long no further connection is tried after one could not be made beside others. */
const CONNECT_REST_MS = 30_000;

interface Shared {
  readonly connecting: Promise<Result<Connection, Problem>>;
  used: number;
  /** Sessions that it opens at once. */
  size: number;
  /** The size has been learned from a refusal. */
  limited: boolean;
  /** A session has been open on it. */
  proven: boolean;
  /** How often it refused its only session before any was open. */
  refusals: number;
}

/** The right to open one session on a connection. */
export interface Session {
  readonly connection: Connection;
  /** It has been opened. */
  opened(): void;
  /** The server has refused it. False when the server opens none at all. */
  refused(): boolean;
  /** It has ended. */
  release(): void;
}

/**
 * The connections to one host, and the sessions on them. A command never waits for one that may wait for it: when a
 * server opens fewer sessions than are needed (`MaxSessions`), or all are in use for long, another connection is made.
 */
export class Sessions {
  readonly #connect: () => Promise<Result<Connection, Problem>>;
  readonly #shared = new Set<Shared>();
  readonly #waiting: (() => void)[] = [];
  /** Connections that the server takes at once, as far as is known. */
  #most = MOST_CONNECTIONS;
  /** Connections are made one after the other: sshd drops some of many (MaxStartups). */
  #latest: Promise<unknown> = Promise.resolve();

  constructor(connect: () => Promise<Result<Connection, Problem>>) {
    this.#connect = connect;
  }

  /** Any connection; made when there is none. */
  async connection(): Promise<Result<Connection, Problem>> {
    const [first = this.#make()] = this.#shared;
    return first.connecting;
  }

  get connections(): readonly Promise<Result<Connection, Problem>>[] {
    return [...this.#shared].map(({connecting}) => connecting);
  }

  /** Undefined when nothing became free in time. */
  async take(): Promise<Result<Session, Problem> | undefined> {
    const until = performance.now() + LONGEST_WAIT_MS;
    for (let waited = false; ;) {
      const shared = this.#free() ?? this.#another(waited);
      const entered = shared && (await this.#enter(shared));
      if (entered) return entered;
      if (performance.now() >= until) return undefined;
      waited = !(await this.#nextLeaves());
    }
  }

  #free(): Shared | undefined {
    return [...this.#shared].find(({used, size}) => used < size);
  }

  #another(waited: boolean): Shared | undefined {
    if (this.#shared.size >= this.#most) return undefined;
    const patient = [...this.#shared].some(({limited}) => !limited);
    return waited || !patient ? this.#make() : undefined;
  }

  #make(): Shared {
    const connecting = this.#latest.then(async () => this.#connect());
    this.#latest = connecting;
    const size = USUAL_SESSIONS;
    const shared: Shared = {connecting, used: 0, size, limited: false, proven: false, refusals: 0};
    this.#shared.add(shared);
    const forget = (): void => {
      this.#shared.delete(shared);
      this.#wake();
    };
    void connecting.then((result) => {
      if (result.ok) result.value.lost.add(forget);
      else forget();
    });
    return shared;
  }

  /** Undefined when the server takes no more connections and there are others, which will be free again. */
  async #enter(shared: Shared): Promise<Result<Session, Problem> | undefined> {
    shared.used += 1;
    const connected = await shared.connecting;
    if (!connected.ok) {
      const others = [...this.#shared].filter(({proven}) => proven).length;
      if (others === 0) return connected;
      this.#most = others;
      setTimeout(() => {
        this.#most = MOST_CONNECTIONS;
      }, CONNECT_REST_MS).unref();
      return undefined;
    }
    const release = (): void => {
      shared.used -= 1;
      this.#wake();
    };
    return ok({
      connection: connected.value,
      opened: () => {
        shared.proven = true;
      },
      refused: () => {
        if (shared.used === 1) shared.refusals += 1;
        // A busy server frees a session a moment after its program has ended.
        const some = shared.proven || shared.used > 1 || shared.refusals < MOST_REFUSALS;
        shared.size = Math.min(shared.size, shared.used - 1);
        shared.limited = true;
        if (shared.size === 0) this.#rest(shared);
        release();
        return some;
      },
      release,
    });
  }

  /** A program that was given up may still have the only session of its connection. */
  #rest(shared: Shared): void {
    setTimeout(() => {
      shared.size = 1;
      this.#wake();
    }, REST_MS).unref();
  }

  #wake(): void {
    this.#waiting.shift()?.();
  }

  /** Whether one has left before patience was at its end. */
  #nextLeaves(): Promise<boolean> {
    return new Promise((resolve) => {
      const woken = (): void => {
        clearTimeout(timer);
        resolve(true);
      };
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(woken), 1);
        resolve(false);
      }, PATIENCE_MS);
      this.#waiting.push(woken);
    });
  }
}
