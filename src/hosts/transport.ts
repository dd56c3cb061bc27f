import type {Readable, Writable} from 'node:stream';
import type {Command} from '../base/command.js';
import type {Problem} from '../base/problem.js';
import type {Result} from '../base/result.js';
import type {HostName} from '../plan/plan.js';

/** What a finished program left behind. A non-zero code is an output, not a problem of the transport. */
export interface Output {
  /** Exit status; 128 + n when signal n ended it. */
  readonly code: number;
  /** Both are cut after 64 MiB, which is an error of its own: `output-too-large`. */
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
}

export interface RunOptions {
  /** Gives the command up: the remote program is told to end (TERM), and the promise settles at once. */
  readonly signal?: AbortSignal;
  /** Each whole line of standard output as it arrives, without its end; a lone `\r` ends a line too. */
  readonly onLine?: (line: string) => void;
}

/** A program under way whose streams are in the caller's hands; for bytes that pass through the runner. */
export interface Running {
  readonly stdin: Writable;
  /** May be paused: `pipe` or `resume` sets it flowing. */
  readonly stdout: Readable;
  /** Settles when the program has ended; `stdout` of it is empty here, of `stderr` the end is kept. */
  readonly ended: Promise<Result<Output, Problem>>;
}

/** How another host reaches this one over ssh, and how it knows that it is the right one. */
export interface Endpoint {
  readonly user: string;
  readonly address: string;
  readonly port: number;
  /** `ssh-ed25519 AAAA…`: the key this runner itself has checked, for a strict check by the other host. */
  readonly hostKeys: readonly string[];
}

/**
 * One host, reached. A problem is returned, never thrown: kind `unreachable` with code `name-unknown`,
 * `refused`, `timed-out`, `host-key-unknown`, `host-key-changed`, `host-key-revoked`, `not-authenticated`,
 * `connection-lost`, `no-shell`, `too-few-sessions`; kind `step` with code `command-timed-out`, `interrupted`, `output-too-large` or
 * `command-too-long`.
 *
 * May be used by any number of callers at once. Nothing is sent twice: a transport never repeats a command.
 */
export interface Transport {
  readonly host: HostName;
  run(command: Command, options?: RunOptions): Promise<Result<Output, Problem>>;
  /** Without `timeoutMs` in the command it may take any time. `signal` ends it as in `run`. */
  start(
    command: Command,
    options?: {readonly signal?: AbortSignal},
  ): Promise<Result<Running, Problem>>;
  /** Whether the host opens so many sessions at once, by opening them. Absent where nothing limits them. */
  probeSessions?(wanted: number, signal?: AbortSignal): Promise<Problem | undefined>;
  /** `undefined` for the machine that the runner itself is on. */
  endpoint(): Promise<Result<Endpoint | undefined, Problem>>;
  /** May be called twice; commands under way settle with `connection-lost`. */
  close(): Promise<void>;
}
