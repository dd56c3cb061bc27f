import type {Readable, Writable} from 'node:stream';

interface MaybeTerminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  /** Single keys instead of lines; of a terminal that is read. */
  readonly setRawMode?: (raw: boolean) => unknown;
}

/** What main.ts knows of the process, handed on as a value. */
export interface Machine {
  /** Version of cm. */
  readonly cm: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdin: Readable & MaybeTerminal;
  readonly stdout: Writable & MaybeTerminal;
  readonly stderr: Writable & MaybeTerminal;
  readonly platform: string;
  readonly uid: number | undefined;
  readonly pid: number;
  /** Whether the kernel knows a process of this number in our pid namespace, whoever's it is. */
  readonly hasProcess: (pid: number) => boolean;
  readonly node: string;
  /** What this process is, so that it can be started again: the interpreter and the file it runs. */
  readonly program: {readonly node: string; readonly script: string};
  /** Aborted by the first signal: nothing new begins. Its reason is the exit code that says which one it was. */
  readonly stop: AbortSignal;
  /** Aborted by the second signal: leave now. */
  readonly leave: AbortSignal;
}
