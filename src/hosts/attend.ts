import type {Readable, Writable} from 'node:stream';
import type {Command} from '../base/command.js';
import type {Problem} from '../base/problem.js';
import {type Result, err, ok} from '../base/result.js';
import {commandTimedOut, interrupted, outputTooLarge} from './host-problems.js';
import {Lines} from './lines.js';
import type {Output, RunOptions} from './transport.js';

/** A program that has just been started, here or far away. */
export interface Program {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Its exit status (128 + n for signal n), once both outputs have ended. */
  readonly ended: Promise<Result<number, Problem>>;
  /** Tells it and its children to end, and lets go of it. */
  stop(): void;
}

/** What is kept of an output before `output-too-large`, in bytes; a command may have a limit of its own. */
const OUTPUT_LIMIT = 64 * 1024 * 1024;

/** What is kept of the standard error of a program whose streams are in the caller's hands. */
const NOTES_LIMIT = 256 * 1024;

export const DEFAULT_TIMEOUT_MS = 10 * 60 * 1000;

class Kept {
  readonly #chunks: Buffer[] = [];
  #size = 0;

  add(chunk: Buffer): number {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    return this.#size;
  }

  /** Forgets the oldest chunks, so that what says why a long stream failed is still there. */
  forgetBefore(limit: number): void {
    while (this.#chunks.length > 1 && this.#size > limit)
      this.#size -= this.#chunks.shift()?.length ?? 0;
  }

  text(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }
}

/** Settles with the first that happens: the program's end, its time, the caller's signal, or too much output. */
class Attendance {
  readonly #host: string;
  readonly #command: Command;
  readonly #program: Program;
  readonly #stdout = new Kept();
  readonly #stderr = new Kept();
  readonly #startedAt = performance.now();

  constructor(host: string, command: Command, program: Program) {
    this.#host = host;
    this.#command = command;
    this.#program = program;
  }

  settle(timeoutMs: number, signal?: AbortSignal, tooMuch?: Promise<Problem>) {
    return new Promise<Result<Output, Problem>>((resolve) => {
      const giveUp = (problem: Problem): void => {
        this.#program.stop();
        finish(err(problem));
      };
      const timer =
        timeoutMs > 0
          ? setTimeout(() => {
              giveUp(commandTimedOut(this.#host, this.#command, timeoutMs));
            }, timeoutMs)
          : undefined;
      const onAbort = (): void => {
        giveUp(interrupted(this.#host, this.#command));
      };
      const finish = (result: Result<Output, Problem>): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        resolve(result);
      };
      signal?.addEventListener('abort', onAbort, {once: true});
      if (signal?.aborted === true) onAbort();
      void tooMuch?.then(giveUp);
      void this.#program.ended.then((ended) => {
        finish(ended.ok ? ok(this.#output(ended.value)) : ended);
      });
    });
  }

  /** Reads both outputs to their end; resolves only when one of them is too large. */
  collect(onLine?: (line: string) => void): Promise<Problem> {
    const lines = onLine === undefined ? undefined : new Lines(onLine);
    const limit = this.#command.outputLimit ?? OUTPUT_LIMIT;
    return new Promise((resolve) => {
      const keep = (kept: Kept, chunk: Buffer): void => {
        if (kept.add(chunk) <= limit) return;
        kept.forgetBefore(0);
        resolve(outputTooLarge(this.#host, this.#command, limit));
      };
      this.#program.stdout.on('data', (chunk: Buffer) => {
        keep(this.#stdout, chunk);
        lines?.push(chunk);
      });
      this.#program.stdout.on('end', () => lines?.end());
      this.#program.stderr.on('data', (chunk: Buffer) => {
        keep(this.#stderr, chunk);
      });
    });
  }

  /** Leaves standard output alone and keeps the end of standard error. */
  collectNotes(): void {
    this.#program.stderr.on('data', (chunk: Buffer) => {
      this.#stderr.add(chunk);
      this.#stderr.forgetBefore(NOTES_LIMIT);
    });
  }

  #output(code: number): Output {
    return {
      code,
      stdout: this.#stdout.text(),
      stderr: this.#stderr.text(),
      durationMs: performance.now() - this.#startedAt,
    };
  }
}

function quiet(program: Program): void {
  // A program may end without reading its input, and a lost connection breaks all three; `ended` says which.
  for (const stream of [program.stdin, program.stdout, program.stderr])
    stream.on('error', () => undefined);
}

/** Feeds a program its input, gathers its output, and settles with what came first. */
export function attend(
  host: string,
  command: Command,
  program: Program,
  options: RunOptions = {},
): Promise<Result<Output, Problem>> {
  quiet(program);
  const attendance = new Attendance(host, command, program);
  const tooMuch = attendance.collect(options.onLine);
  if (command.stdin === undefined) program.stdin.end();
  else program.stdin.end(command.stdin);
  return attendance.settle(command.timeoutMs ?? DEFAULT_TIMEOUT_MS, options.signal, tooMuch);
}

/** The same for a program whose input and output the caller moves; without `timeoutMs` it may take any time. */
export function attendStream(
  host: string,
  command: Command,
  program: Program,
  signal?: AbortSignal,
): Promise<Result<Output, Problem>> {
  quiet(program);
  const attendance = new Attendance(host, command, program);
  attendance.collectNotes();
  if (command.stdin !== undefined) program.stdin.end(command.stdin);
  return attendance.settle(command.timeoutMs ?? 0, signal);
}
