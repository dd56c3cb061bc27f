import {spawn} from 'node:child_process';
import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {text as readAll} from 'node:stream/consumers';
import {limit} from '../rig/limits.js';
import {builtProgram} from '../rig/program.js';

/**
 * A script: commands of one line each, then files, each below a line `-- name --`.
 *
 *     env NAME=value        for all that follow; without a value it is unset
 *     cm validate a.yaml    runs the built bin in a folder of its own; `<file` is its standard input
 *     sh echo "$HOME"       runs a shell there
 *     exit 10               the exit code of the latest run; 0 is expected where nothing is said
 *     stdout some words     the output has these words; `! stdout …` has not; `stdout` alone: it is empty
 *     stderr …              the same
 *     like stdout expected  the output is the content of the file
 */
export interface Script {
  readonly lines: readonly Line[];
  readonly files: ReadonlyMap<string, string>;
}

interface Line {
  readonly number: number;
  readonly text: string;
}

interface Ran {
  readonly at: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
  expected?: true;
}

const bin = builtProgram();

export function readScript(text: string): Script {
  const [head = '', ...parts] = text.split(/^-- (\S+) --\n/mu);
  const files = new Map<string, string>();
  for (let index = 0; index < parts.length; index += 2)
    files.set(parts[index] ?? '', parts[index + 1] ?? '');
  const lines = head
    .split('\n')
    .map((line, index) => ({number: index + 1, text: line.trim()}))
    .filter((line) => line.text !== '' && !line.text.startsWith('#'));
  return {lines, files};
}

/** Words as a shell splits them: single and double quotes, nothing else. */
const wordsOf = (text: string): readonly string[] =>
  [...text.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/gu)].map(
    ([, single, double, plain]) => single ?? double ?? plain ?? '',
  );

/** Runs one script in a temporary folder and throws at the first thing that is not as it says. */
export class ScriptRun {
  readonly folder = mkdtempSync(join(tmpdir(), 'cm-script-'));
  readonly #files: ReadonlyMap<string, string>;
  #env: Readonly<Record<string, string>>;
  #ran: Ran | undefined;

  constructor({files}: Script) {
    this.#files = files;
    this.#env = {
      ...{PATH: process.env['PATH'] ?? '', HOME: this.folder, LANG: 'C.UTF-8', TERM: 'xterm'},
      CM: bin,
    };
    for (const [name, text] of files) {
      mkdirSync(dirname(join(this.folder, name)), {recursive: true});
      writeFileSync(join(this.folder, name), text);
    }
  }

  async run({lines}: Script): Promise<void> {
    for (const {number, text} of lines) {
      try {
        await this.#line(number, text);
      } catch (error) {
        throw new Error(`line ${number}: ${text}\n${(error as Error).message}${this.#shown()}`);
      }
    }
    this.#settle();
  }

  close(): void {
    rmSync(this.folder, {recursive: true, force: true});
  }

  async #line(number: number, text: string): Promise<void> {
    const [word = '', ...rest] = text.split(' ');
    const value = rest.join(' ');
    if (word === 'cm' || word === 'sh') await this.#start(number, word, value);
    else if (word === 'env') this.#setEnv(value);
    else if (word === 'exit') this.#exit(Number(value));
    else if (word === 'like') this.#like(rest);
    else if (word === '!') this.#has(rest[0] ?? '', rest.slice(1).join(' '), false);
    else this.#has(word, value, true);
  }

  #setEnv(value: string): void {
    const [name = '', ...words] = value.split('=');
    const others = Object.entries(this.#env).filter(([key]) => key !== name);
    const own = words.length > 0 ? [[name, words.join('=')]] : [];
    this.#env = Object.fromEntries([...others, ...own]) as Readonly<Record<string, string>>;
  }

  async #start(number: number, word: string, value: string): Promise<void> {
    this.#settle();
    const words = wordsOf(value);
    const input = words.find((each) => each.startsWith('<'))?.slice(1);
    const args = words.filter((each) => !each.startsWith('<'));
    const [executable, argv] =
      word === 'cm' ? [process.execPath, [bin, ...args]] : ['sh', ['-c', value]];
    const child = spawn(executable, argv, {cwd: this.folder, env: this.#env, timeout: limit(25)});
    child.stdin.on('error', () => undefined);
    child.stdin.end(input === undefined ? '' : readFileSync(join(this.folder, input)));
    const ended = new Promise<number | null>((resolved) => child.on('close', resolved));
    const [stdout, stderr] = await Promise.all([readAll(child.stdout), readAll(child.stderr)]);
    this.#ran = {at: number, stdout, stderr, code: await ended};
  }

  #exit(code: number): void {
    const ran = this.#latest();
    ran.expected = true;
    if (ran.code !== code) throw new Error(`the exit code is ${String(ran.code)}`);
  }

  #output(stream: string): string {
    const ran = this.#latest();
    if (stream === 'stdout') return ran.stdout;
    if (stream === 'stderr') return ran.stderr;
    throw new Error(`"${stream}" is no word of a script`);
  }

  #has(stream: string, words: string, wanted: boolean): void {
    const output = this.#output(stream);
    const found = words === '' ? output === '' : output.includes(words);
    if (found !== wanted) throw new Error(`${stream} is not so`);
  }

  #like([stream = '', file = '']: readonly string[]): void {
    const expected = this.#files.get(file);
    if (expected === undefined) throw new Error(`there is no file "${file}"`);
    if (this.#output(stream) !== expected) throw new Error(`${stream} is not like ${file}`);
  }

  #latest(): Ran {
    if (!this.#ran) throw new Error('nothing has been run');
    return this.#ran;
  }

  /** Where no exit code is expected, it has to be 0. */
  #settle(): void {
    const ran = this.#ran;
    if (ran && !ran.expected && ran.code !== 0)
      throw new Error(`line ${ran.at} ended with ${String(ran.code)}${this.#shown()}`);
  }

  #shown(): string {
    return this.#ran ? `\n--- stdout\n${this.#ran.stdout}\n--- stderr\n${this.#ran.stderr}` : '';
  }
}
