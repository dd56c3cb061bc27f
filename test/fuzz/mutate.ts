import type {Random} from './random.js';

/** What is changed at most; what came out longer is cut. */
export const LONGEST = 128 * 1024;

export type Edit = (text: string, random: Random) => string;

/** What breaks programs that read text, whatever the text is. */
const nasty: readonly string[] = [
  '\0',
  '\u001b[31m',
  '\u007f',
  '\u0085',
  '\u00a0',
  '\u2028',
  '\u202e',
  '\ufeff',
  '\ufffd',
  '\ud800',
  '\udc00x',
  '🚀',
  'é',
  'e\u0301',
  '\r',
  '\r\n',
  '\t',
  '\n\n',
  ' ',
  '"',
  "'",
  '\\',
  '\\u0000',
  '%00',
  '../..',
  '$(id)',
  '`id`',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'null',
  'undefined',
  'NaN',
  'true',
  '-1',
  '0',
  '-0',
  '1e999',
  '-1e999',
  '9007199254740993',
  '18446744073709551616',
  '99999999999999999999999999999999999999',
  '0x10',
  '1_000',
  '0.1e-400',
];

const place = (text: string, random: Random): number => random.below(text.length + 1);

function stretch(text: string, random: Random, longest: number): readonly [number, number] {
  const from = place(text, random);
  return [from, Math.min(text.length, from + 1 + random.below(longest))];
}

const insert = (text: string, at: number, more: string): string =>
  text.slice(0, at) + more + text.slice(at);

/** A line, taken out and put back as something else. */
export function editLine(text: string, random: Random, edit: (line: string) => string): string {
  const lines = text.split('\n');
  const at = random.below(lines.length);
  return lines.toSpliced(at, 1, edit(lines[at] ?? '')).join('\n');
}

export const textEdits: readonly Edit[] = [
  (text, random) => insert(text, place(text, random), random.pick(nasty)),
  (text, random) => {
    const [from, to] = stretch(text, random, 40);
    return text.slice(0, from) + text.slice(to);
  },
  (text, random) => {
    const [from, to] = stretch(text, random, 200);
    return insert(text, place(text, random), text.slice(from, to));
  },
  (text, random) => text.slice(0, place(text, random)),
  (text, random) => text.slice(place(text, random)),
  (text, random) => {
    const at = place(text, random);
    const code = text.charCodeAt(at) ^ (1 << random.below(8));
    return text.slice(0, at) + String.fromCharCode(code || 0) + text.slice(at + 1);
  },
  (text, random) => insert(text, place(text, random), String.fromCharCode(random.below(65_536))),
  (text, random) => editLine(text, random, (line) => `${line}\n${line}`),
  (text, random) => editLine(text, random, () => ''),
  (text, random) => editLine(text, random, (line) => line.slice(0, random.below(line.length + 1))),
  (text, random) => editLine(text, random, (line) => random.pick(nasty) + line),
  (text, random) => {
    const more = random.pick(nasty).repeat(1 + random.below(random.chance(0.02) ? 4000 : 40));
    return insert(text, place(text, random), more);
  },
  (text, random) => text.replace(/\d+/, () => random.pick(nasty)),
  (text, random) => {
    const numbers = [...text.matchAll(/\d+/g)];
    const one = numbers.length > 0 ? random.pick(numbers) : undefined;
    if (!one) return text;
    return text.slice(0, one.index) + random.pick(nasty) + text.slice(one.index + one[0].length);
  },
];

/** One of the corpus, changed in a few places; the same for the same number. */
export function mutated(corpus: readonly string[], edits: readonly Edit[], random: Random): string {
  let text = random.pick(corpus);
  if (random.chance(0.1)) {
    const other = random.pick(corpus);
    text = text.slice(0, place(text, random)) + other.slice(place(other, random));
  }
  const times = 1 + random.below(random.chance(0.2) ? 12 : 4);
  for (let time = 0; time < times; time += 1)
    text = random.pick(edits)(text, random).slice(0, LONGEST);
  return text;
}
