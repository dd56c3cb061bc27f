import {stripVTControlCharacters} from 'node:util';
import {execa} from 'execa';
import type {Argv} from '../../base/command.js';
import type {Problem} from '../../base/problem.js';
import {err, ok, type Result} from '../../base/result.js';

export interface ToolOptions {
  readonly input?: string;
  /** Default: 120 s, which only what hangs ever takes. */
  readonly timeoutMs?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Told each line of standard output as it comes. */
  readonly say?: (line: string) => void;
  /** In place of the argv, where that holds a script. */
  readonly title?: string;
}

export interface ToolOutput {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The last lines of a program's output, as a problem shows them. */
export const tail = (text: string, lines = 12): readonly string[] =>
  stripVTControlCharacters(text)
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .slice(-lines);

/** Runs a program of this machine to its end, whatever that is; an error only when it could not be run or took too long. */
export async function runTool(
  argv: Argv,
  options: ToolOptions = {},
): Promise<Result<ToolOutput, Problem>> {
  const [file, ...args] = argv;
  const timeoutMs = options.timeoutMs ?? 120_000;
  const running = execa(file, args, {
    reject: false,
    timeout: timeoutMs,
    env: {...options.env, LC_ALL: 'C'},
    ...(options.input === undefined ? {stdin: 'ignore'} : {input: options.input}),
  });
  if (options.say !== undefined) for await (const line of running) options.say(line);
  const result = await running;
  if (result.exitCode !== undefined) {
    return ok({exitCode: result.exitCode, stdout: result.stdout, stderr: result.stderr});
  }
  const ended = {command: options.title ?? argv.join(' '), log: tail(result.stderr)};
  if (result.timedOut) return err({...tooSlow(file, timeoutMs), ...ended});
  return err({...notRun(file, result.code ?? result.signal), ...ended});
}

const tooSlow = (file: string, timeoutMs: number): Problem => ({
  kind: 'step',
  code: 'tool-too-slow',
  message: `"${file}" was given up after ${timeoutMs / 1000} s`,
});

const notRun = (file: string, cause = 'unknown cause'): Problem => ({
  kind: 'step',
  code: 'tool-failed',
  message: `"${file}" could not be run or was killed: ${cause}`,
});

/** The same for a program that has to succeed; its standard output. */
export async function mustRun(
  argv: Argv,
  options: ToolOptions = {},
): Promise<Result<string, Problem>> {
  const ran = await runTool(argv, options);
  if (!ran.ok) return ran;
  if (ran.value.exitCode === 0) return ok(ran.value.stdout);
  return err({
    kind: 'step',
    code: 'tool-failed',
    message: `"${argv[0]}" failed with exit code ${ran.value.exitCode}`,
    command: options.title ?? argv.join(' '),
    log: tail(`${ran.value.stdout}\n${ran.value.stderr}`),
  });
}

/** One after the other until one fails. */
export async function mustRunAll(argvs: readonly Argv[]): Promise<Result<void, Problem>> {
  for (const argv of argvs) {
    const ran = await mustRun(argv);
    if (!ran.ok) return ran;
  }
  return ok(undefined);
}

/** Kills the processes whose numbers stand in the text, one a line; those already gone are no failure. */
export async function killPids(pids: string): Promise<void> {
  const numbers = pids.split('\n').filter((line) => /^[1-9]\d*$/.test(line));
  if (numbers.length > 0) await runTool(['kill', '-KILL', ...numbers]);
}
