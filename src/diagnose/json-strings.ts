import type {Redacted} from './hide.js';

const endOfLine = (text: string, from: number): number => {
  const found = text.indexOf('\n', from);
  return found < 0 ? text.length : found;
};

/** What may stand before the quote that begins a string: `12"` and `\"` begin none. */
const mayPrecede = /[\s:,[{(=]/u;

interface StringAt {
  /** Behind its last quote. */
  readonly end: number;
  readonly isEscaped: boolean;
}

/** The string that begins with the quote at this place; undefined when its line ends before it does. */
function stringAt(text: string, at: number, lineEnd: number): StringAt | undefined {
  let isEscaped = false;
  for (let index = at + 1; index < lineEnd; index += 1) {
    if (text[index] === '"') return {end: index + 1, isEscaped};
    if (text[index] !== '\\') continue;
    isEscaped = true;
    index += 1;
  }
  return undefined;
}

function decoded(literal: string): string | undefined {
  try {
    const value: unknown = JSON.parse(literal);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

const begins = (text: string, at: number): boolean =>
  at === 0 || mayPrecede.test(text[at - 1] ?? '');

/** The strings of JSON in a text that have escapes in them, with what they stand for. */
function* escapedStrings(text: string) {
  let end = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', end)) {
    end = at + 1;
    if (!begins(text, at)) continue;
    const lineEnd = endOfLine(text, at);
    const found = stringAt(text, at, lineEnd);
    end = found?.end ?? lineEnd;
    const value = found?.isEscaped ? decoded(text.slice(at, end)) : undefined;
    if (value !== undefined) yield {from: at, to: end, value};
  }
}

/** Cleans the content of strings of JSON that have escapes in them, as the text that they stand for. */
export function inStrings(text: string, clean: (text: string) => Redacted): Redacted {
  let [left, done, count] = ['', 0, 0];
  for (const {from, to, value} of escapedStrings(text)) {
    const cleaned = clean(value);
    if (cleaned.count === 0) continue;
    left += text.slice(done, from) + JSON.stringify(cleaned.text);
    done = to;
    count += cleaned.count;
  }
  return {text: left + text.slice(done), count};
}
