import {constants} from 'node:os';
import {PassThrough} from 'node:stream';
import {execa} from 'execa';
import type {Argv, Command} from '../base/command.js';
import type {Problem} from '../base/problem.js';
import {type Result, err, ok} from '../base/result.js';
import type {HostName} from '../plan/plan.js';
import {type Program, attend, attendStream} from './attend.js';
import {connectionLost, interrupted} from './host-problems.js';
import type {Output, Running, RunOptions, Transport} from './transport.js';

export type Variables = Readonly<Record<string, string | undefined>>;

/** How long a program has between TERM and KILL. */
const GRACE_MS = 2000;

/** What a remote shell would have answered, so that callers see one behaviour. */
const startFailures: Readonly<Record<string, number>> = {ENOENT: 127, EACCES: 126};

const signalNumber = (name: string | undefined): number =>
  constants.signals[name as keyof typeof constants.signals];

function startHere([file, ...words]: Argv, env: Variables): Program {
  const child = execa(file, words, {
    // A group of its own, so that a timeout reaches the children too.
    detached: true,
    buffer: false,
    reject: false,
    encoding: 'buffer',
    stripFinalNewline: false,
    env,
    extendEnv: false,
    stdin: 'pipe',
  });
  let over = false;
  const kill = (signal: 'TERM' | 'KILL'): void => {
    if (over || child.pid === undefined) return;
    // The shell's own `kill` reaches the whole group, on any machine, without the `process` global.
    void execa('sh', ['-c', 'kill -s "$1" -- "-$2"', 'cm', signal, String(child.pid)], {
      reject: false,
      stdio: 'ignore',
    });
  };
  const ended = child.then((result): Result<number, Problem> => {
    over = true;
    if (result.exitCode !== undefined) return ok(result.exitCode);
    if (result.signal !== undefined) return ok(128 + signalNumber(result.signal));
    return ok(startFailures[result.code ?? ''] ?? 126);
  });
  return {
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    ended,
    stop: () => {
      kill('TERM');
      setTimeout(kill, GRACE_MS, 'KILL').unref();
    },
  };
}

/** The machine that the runner is on. Programs get exactly the environment that is given here. */
class LocalTransport implements Transport {
  readonly host: HostName;
  readonly #env: Variables;
  readonly #wrapped: (argv: Argv) => Argv;
  readonly #closing = new AbortController();

  constructor(host: HostName, env: Variables, wrapped: (argv: Argv) => Argv) {
    this.host = host;
    this.#env = env;
    this.#wrapped = wrapped;
  }

  async run(command: Command, options: RunOptions = {}): Promise<Result<Output, Problem>> {
    const refusal = this.#refusal(command, options.signal);
    if (refusal !== undefined) return err(refusal);
    const signal = this.#signal(options.signal);
    return this.#named(
      await attend(this.host, command, this.#start(command), {...options, signal}),
    );
  }

  start(
    command: Command,
    options: {readonly signal?: AbortSignal} = {},
  ): Promise<Result<Running, Problem>> {
    const refusal = this.#refusal(command, options.signal);
    if (refusal !== undefined) return Promise.resolve(err(refusal));
    const program = this.#start(command);
    // Node lets what is unread flow away when a program ends, so it is kept in a stream of our own.
    const stdout = program.stdout.pipe(new PassThrough());
    const signal = this.#signal(options.signal);
    const ended = attendStream(this.host, command, program, signal).then((r) => this.#named(r));
    return Promise.resolve(ok({stdin: program.stdin, stdout, ended}));
  }

  endpoint(): Promise<Result<undefined, Problem>> {
    return Promise.resolve(ok(undefined));
  }

  close(): Promise<void> {
    this.#closing.abort();
    return Promise.resolve();
  }

  #start({argv}: Command): Program {
    return startHere(this.#wrapped(argv), this.#env);
  }

  #refusal(command: Command, signal?: AbortSignal): Problem | undefined {
    if (this.#closing.signal.aborted) return connectionLost(this.host, 'it was closed');
    return signal?.aborted === true ? interrupted(this.host, command) : undefined;
  }

  #signal(signal?: AbortSignal): AbortSignal {
    return signal === undefined
      ? this.#closing.signal
      : AbortSignal.any([signal, this.#closing.signal]);
  }

  #named(result: Result<Output, Problem>): Result<Output, Problem> {
    const closed =
      !result.ok && result.error.code === 'interrupted' && this.#closing.signal.aborted;
    return closed ? err(connectionLost(this.host, 'it was closed')) : result;
  }
}

/** `wrapped` gives a host of a plan its environment; the runner's own programs have that of `cm`. */
export const localTransport = (
  host: HostName,
  env: Variables,
  wrapped = (argv: Argv): Argv => argv,
): Transport => new LocalTransport(host, env, wrapped);
