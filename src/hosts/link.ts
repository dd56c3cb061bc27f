import type {Command} from '../base/command.js';
import type {Problem} from '../base/problem.js';
import type {Result} from '../base/result.js';

/** What may arrive over a link, by name. */
export type Receiver =
  /** A program on the target that takes the stream on its standard input. */
  | {readonly kind: 'program'; readonly command: Command}
  /** A folder on the target that `sync` brings in line; nothing outside of it can be written. */
  | {readonly kind: 'folder'; readonly path: string};

export type Receivers = Readonly<Record<string, Receiver>>;

export interface SendProgress {
  /** Bytes that the receiver has taken so far. */
  readonly bytes: number;
}

export interface Sent {
  readonly bytes: number;
  readonly durationMs: number;
  /** What the producer printed on its standard error; standard output is the stream itself. */
  readonly notes: string;
  /** What the receiver printed last on its standard output, a line at most 4 KiB. */
  readonly answer: string;
}

/**
 * An open way for bytes from one host to another, made before the freeze so that nothing in the
 * downtime has to connect. Its one-time key lets the source do nothing on the target but feed the
 * receivers named here, and is gone after `close`, or after its expiry when the runner dies.
 */
export interface Link {
  /**
   * Runs `producer` on the source with its standard output fed to the receiver on the target.
   * An error when either of them fails, with the message of the one that failed first.
   */
  send(
    producer: Command,
    receiver: string,
    options?: {
      readonly onProgress?: (progress: SendProgress) => void;
      readonly signal?: AbortSignal;
    },
  ): Promise<Result<Sent, Problem>>;
  /**
   * Brings `receiver`, which is of kind `folder`, in line with a folder on the source.
   * Only what differs crosses the link. Ownership, modes, links, devices, xattrs and ACLs are kept.
   */
  sync(
    from: string,
    receiver: string,
    options?: {
      readonly onProgress?: (progress: SendProgress) => void;
      readonly signal?: AbortSignal;
      readonly exclude?: readonly string[];
    },
  ): Promise<Result<Sent, Problem>>;
  close(): Promise<readonly Problem[]>;
}
