import type {Problem} from '../../base/problem.js';
import type {Source} from './source.js';

/**
 * UTF-16 code units. A plan of a thousand containers has about a quarter of this, and on a hostile text the
 * parser that keeps places spends seconds for it, and minutes for four times as much.
 */
const longest = 1024 * 1024;

const deepest = 100;

const problem = (source: Source, start: number, code: string, message: string, remedy: string) =>
  ({
    kind: 'plan',
    code,
    message,
    remedy,
    place: source.place(start, start + 1),
  }) satisfies Problem;

interface Excess {
  readonly at: number;
  readonly message: string;
  readonly remedy: string;
}

/**
 * Where brackets, or dashes on one line, open more levels than any plan has, or where more brackets close
 * than were opened, on which the parser spends a time that grows with their square.
 */
function findExcess(text: string): Excess | undefined {
  const message = `lists and maps are nested more than ${deepest} deep`;
  const remedy = 'a plan never needs more than ten levels';
  const chain = /(?:[-?:][ \t]+){100}/u.exec(text);
  if (chain) return {at: chain.index, message, remedy};
  let depth = 0;
  let unopened = 0;
  for (const {0: bracket, index} of text.matchAll(/[[\]{}]/gu)) {
    const opens = bracket === '[' || bracket === '{';
    if (!opens && depth === 0) unopened += 1;
    depth = opens ? depth + 1 : Math.max(0, depth - 1);
    if (depth > deepest) return {at: index, message, remedy};
    if (unopened > deepest) {
      const problem = `more than ${deepest} brackets are closed that were never opened`;
      return {at: index, message: problem, remedy: 'remove them, or open them'};
    }
  }
  return undefined;
}

/** What no parser should be given: too much, too deep, or not text. Found before parsing. */
export function findUnreadable(source: Source): Problem | undefined {
  const {text} = source;
  if (text.length > longest) {
    const code = 'file-too-long';
    const message = `the file has ${text.length} characters, and a plan may have ${longest}`;
    return {kind: 'plan', code, message, remedy: `split ${source.file} into several files`};
  }
  const invalid = text.search(/[\0\uFFFD]/u);
  if (invalid !== -1) {
    const message = 'this is not a text file in UTF-8';
    return problem(source, invalid, 'not-text', message, 'save the plan as UTF-8');
  }
  // The characters that YAML itself does not allow.
  const control = text.search(/[\x01-\x08\x0B\x0C\x0E-\x1F\x7F-\x84\x86-\x9F\uFFFE\uFFFF]/u);
  if (control !== -1) {
    const name = text.charCodeAt(control).toString(16).toUpperCase().padStart(4, '0');
    const message = `the control character U+${name} cannot stand in a plan`;
    const remedy = 'remove it, or write it as an escape in double quotes';
    return problem(source, control, 'control-character', message, remedy);
  }
  const excess = findExcess(text);
  return excess && problem(source, excess.at, 'too-deep', excess.message, excess.remedy);
}
