import {execa} from 'execa';
import {limit} from '../rig/limits.js';
import {builtProgram} from '../rig/program.js';

/** Nothing that a lab is asked to do takes longer, whatever goes wrong in it, s. */
const longestSeconds = 80;

/** One line of `--json`. */
export type Line = Readonly<Record<string, unknown>> & {readonly type: string};

export interface Ended {
  /** 128 and the signal's number when one ended it, as a shell has it. */
  readonly exit: number;
  readonly lines: readonly Line[];
  readonly stdout: string;
  readonly stderr: string;
}

export interface StartOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Another build. */
  readonly program?: string;
  /** When it counts as one that does not end, s on a machine of the usual speed. */
  readonly longestSeconds?: number;
}

/** The line that tells that a step has begun, or is about to be undone. */
export const begins =
  (step: string, undo = false) =>
  (line: Line): boolean =>
    line.type === 'step-started' && line['step'] === step && line['undo'] === undo;

const asLine = (text: string): readonly Line[] => {
  try {
    return [JSON.parse(text) as Line];
  } catch {
    return [];
  }
};

/** A `cm` that runs: it can be watched, interrupted and killed. */
export class CmRun {
  readonly ended: Promise<Ended>;
  private readonly child;
  private readonly longestMs: number;
  private readonly seen: Line[] = [];
  private readonly watchers = new Set<() => void>();

  constructor(words: readonly string[], options: StartOptions) {
    const {cwd, env} = options;
    this.longestMs = limit(options.longestSeconds ?? longestSeconds);
    this.child = execa('node', [options.program ?? builtProgram(), ...words], {
      ...(cwd !== undefined && {cwd}),
      env: {...env},
      reject: false,
      stdin: 'ignore',
      timeout: this.longestMs,
      killSignal: 'SIGKILL',
    });
    this.ended = this.end();
  }

  private async end(): Promise<Ended> {
    for await (const line of this.child) {
      this.seen.push(...asLine(line));
      for (const watch of this.watchers) watch();
    }
    const {exitCode, signal, stdout, stderr, timedOut} = await this.child;
    if (timedOut)
      throw new Error(`cm did not end within ${this.longestMs} ms:\n${stdout}\n${stderr}`);
    const exit = exitCode ?? (signal === 'SIGKILL' ? 137 : 255);
    return {exit, lines: this.seen, stdout, stderr};
  }

  /** As soon as such a line is there; a failure when the run ends without one. */
  async until(is: (line: Line) => boolean): Promise<void> {
    let watch: () => void = () => undefined;
    const came = new Promise<true>((resolve) => {
      watch = () => {
        if (this.seen.some(is)) resolve(true);
      };
      this.watchers.add(watch);
      watch();
    });
    const never = this.ended.then(({stdout, stderr}) => {
      if (this.seen.some(is)) return;
      throw new Error(`cm ended before that:\n${stdout}\n${stderr}`);
    });
    await Promise.race([came, never]);
    this.watchers.delete(watch);
  }

  /** What it has said so far. */
  get lines(): readonly Line[] {
    return this.seen;
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }
}
