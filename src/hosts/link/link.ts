import type {Command} from '../../base/command.js';
import type {Problem} from '../../base/problem.js';
import type {Result} from '../../base/result.js';

/** What may arrive over a link, by name. A name is made of `a-z`, `0-9` and `-`. */
export type Receiver =
  /**
   * A program on the target that takes the stream on its standard input. It also ends in good order when the
   * stream was cut short, so what it made counts only when `send` says that all went well.
   */
  | {
      readonly kind: 'program';
      readonly command: Command;
      /** Bytes that it takes at most; more is a failure. */
      readonly most?: number;
      /** It writes into memory: it takes no more than is free there. */
      readonly inMemory?: true;
    }
  /** A folder on the target that `sync` brings in line; nothing outside of it can be written. */
  | {readonly kind: 'folder'; readonly path: string};

export type Receivers = Readonly<Record<string, Receiver>>;

export interface SendProgress {
  /** Bytes that have been taken from the producer so far; of a `sync`, bytes dealt with. */
  readonly bytes: number;
}

export interface Sent {
  /** Bytes that crossed the link. Of a direct `send` it is measured at the connection: right to a few KiB. */
  readonly bytes: number;
  readonly durationMs: number;
  /** What the producer printed on its standard error; standard output is the stream itself. */
  readonly notes: string;
  /** What the receiver printed last on its standard output, a line at most 4 KiB. */
  readonly answer: string;
}

export interface SendOptions {
  readonly onProgress?: (progress: SendProgress) => void;
  readonly signal?: AbortSignal;
}

export interface SyncOptions extends SendOptions {
  /**
   * A first pass, while the container runs: files that vanish meanwhile are no failure. What is in the folder is written
   * down before, and the pass that follows compares by content whatever may have changed since.
   */
  readonly live?: boolean;
  /** No name in the path of the folder is a symbolic link: it fails when one has become one. */
  readonly real?: boolean;
}

export interface CompareOptions {
  /** Files are read on both hosts. */
  readonly content?: boolean;
  /** Whether times of folders count, in which nothing else differs; absent: they do. */
  readonly folderTimes?: boolean;
  readonly real?: boolean;
  readonly signal?: AbortSignal;
}

export interface Difference {
  /** Within the folder. */
  readonly path: string;
  /** `size, time` */
  readonly how: string;
}

/** What a comparison of two folders has found. */
export interface Compared {
  /** Files of every kind, folders among them. */
  readonly files: number;
  /** Of regular files. */
  readonly bytes: number;
  readonly differing: number;
  /** The first of them. */
  readonly differences: readonly Difference[];
  /** Times are the same in whole seconds: a file system of one host keeps no finer ones. */
  readonly wholeSeconds?: true;
}

/**
 * An open way for bytes from one host to another, made before the freeze so that nothing in the
 * downtime has to connect. Its one-time key lets the source do nothing on the target but feed the
 * receivers named here, and is gone before the first byte is sent, or after its expiry when the runner dies.
 */
export interface Link {
  /** `relay`: every byte passes through the runner. */
  readonly way: 'direct' | 'relay';
  /**
   * Runs `producer` on the source with its standard output fed to the receiver on the target.
   * An error when either of them fails, with the message of the one that failed first: kind `step`, code
   * `producer-failed`, `receiver-failed` or `link-lost`, besides those of the transport.
   */
  send(producer: Command, receiver: string, options?: SendOptions): Promise<Result<Sent, Problem>>;
  /**
   * Brings `receiver`, which is of kind `folder`, in line with a folder on the source.
   * Only what differs crosses the link. Ownership, modes, links, devices, xattrs and ACLs are kept; SELinux labels
   * are the target's own. Files are compared by content, except those that cannot have changed since a `live` pass.
   * Code `sync-failed` when it did not work out, `sync-deletes` when it would delete most of what the live pass brought.
   */
  sync(from: string, receiver: string, options?: SyncOptions): Promise<Result<Sent, Problem>>;
  /**
   * Compares `receiver`, which is of kind `folder`, with a folder on the source, and changes nothing. All is compared that `sync`
   * keeps, and which names are names of one file. Differences are no error.
   */
  compare(
    from: string,
    receiver: string,
    options?: CompareOptions,
  ): Promise<Result<Compared, Problem>>;
  /**
   * Ends everything that still receives on the target, and fails when it does not end. To be called before the copy
   * starts: from then on the source can write nothing there any more. Nothing can be sent afterwards.
   */
  seal(): Promise<Result<undefined, Problem>>;
  /** Leaves nothing behind on either host; what could not be removed comes back as warnings. May be called twice. */
  close(): Promise<readonly Problem[]>;
}
