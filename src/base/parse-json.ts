import {shownValue} from './host-words.js';
import {err, ok, type Result} from './result.js';

/** No engine nests its answers deeper, and none has more lists and maps in one of them. */
const deepest = 100;
const mostNested = 2_000_000;

/** The characters of JSON that end a run of a text or nest something. */
const quote = 34;
const backslash = 92;

/** Where the text that begins at `from` ends. */
function endOfText(json: string, from: number): number {
  for (let at = from + 1; at < json.length; at += 1) {
    const code = json.charCodeAt(at);
    if (code === backslash) at += 1;
    else if (code === quote) return at;
  }
  return json.length;
}

const opens = (code: number): boolean => code === 0x5b || code === 0x7b;
const closes = (code: number): boolean => code === 0x5d || code === 0x7d;

/** The parser blocks for minutes on a deep text, and every lease of this run would expire meanwhile. */
function nestsTooMuch(json: string): boolean {
  let depth = 0;
  let nested = 0;
  for (let at = 0; at < json.length; at += 1) {
    const code = json.charCodeAt(at);
    if (code === quote) at = endOfText(json, at);
    else if (closes(code)) depth -= 1;
    else if (opens(code)) {
      depth += 1;
      nested += 1;
      if (depth > deepest || nested > mostNested) return true;
    }
  }
  return false;
}

/** A NUL character that is written as an escape: no argument, path or variable can hold one. */
const nul = /(?<!\\)(?:\\\\)*\\u0000/;

const withNul = 'it holds a NUL character';

/** JSON that a host printed. It may be cut off or be something else: then a message says how it begins. */
export const parseJson = (text: string): Result<unknown, string> =>
  nul.test(text) ? err(withNul) : parseParts(text);

/** The same where each part is held against `partProblem`, so that one that is no good is no fault of the others. */
export function parseParts(text: string): Result<unknown, string> {
  if (nestsTooMuch(text)) return err(`nested too deeply: ${shownValue(text)}`);
  try {
    return ok(JSON.parse(text) as unknown);
  } catch {
    return err(`not JSON: ${shownValue(text.replace(/\s+/g, ' '))}`);
  }
}

function holdsNul(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\0');
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, each]) => key.includes('\0') || holdsNul(each));
}

/** Why a part of an answer is no good, if it is not. */
export const partProblem = (part: unknown): string | undefined =>
  holdsNul(part) ? withNul : undefined;
