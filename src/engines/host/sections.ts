import {err, ok, type Result} from '../../base/result.js';

/** One stretch of a script's output: its name, the words after it, and the lines up to the next. */
export interface Section {
  readonly name: string;
  readonly words: readonly string[];
  readonly text: string;
}

/**
 * The head of a script: `section NAME WORD…` begins a stretch; tabs separate the words.
 */
export const scriptHead = `section() { printf '\\n@@cm'; printf '\\t%s' "$@"; printf '\\n'; }`;

const mark = '@@cm\t';

/**
 * Cuts a script's output into its sections. A script closes with `section end`, so that output that
 * was cut off is not taken for the whole. Programs whose output could itself hold a line that begins
 * with the mark must not be printed raw; JSON cannot (it has no raw line break inside a text).
 */
export function sections(stdout: string): Result<readonly Section[], string> {
  const found: {name: string; words: string[]; lines: string[]}[] = [];
  for (const line of stdout.split('\n')) {
    if (line.startsWith(mark)) {
      const [name = '', ...words] = line.slice(mark.length).split('\t');
      found.push({name, words, lines: []});
    } else found.at(-1)?.lines.push(line);
  }
  if (found.at(-1)?.name !== 'end') {
    return err(`the answer is cut off: "${stdout.slice(-60).replace(/\s+/g, ' ')}"`);
  }
  return ok(found.map(({name, words, lines}) => ({name, words, text: lines.join('\n').trim()})));
}

/** The text of the first section of that name; empty when there is none. */
export const sectionText = (all: readonly Section[], name: string): string =>
  all.find((each) => each.name === name)?.text ?? '';

/** Its lines, without empty ones. */
export const sectionLines = (all: readonly Section[], name: string): readonly string[] =>
  sectionText(all, name)
    .split('\n')
    .filter((line) => line !== '');

/** A number of KiB at the beginning of a text, in bytes; 0 where there is none, or one that no machine has. */
export function kibibytes(text: string): number {
  const bytes = Number.parseInt(text, 10) * 1024;
  return Number.isSafeInteger(bytes) ? bytes : 0;
}

/** What a survey answered about one container, by the names of its sections. */
export interface Answers {
  readonly text: (name: string) => string;
  readonly lines: (name: string) => readonly string[];
}
