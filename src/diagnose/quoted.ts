/** The beginning of a quoted text: a quote, with as many backslashes as there are layers of JSON around it. */
export interface Opening {
  readonly quote: string;
  readonly slashes: number;
}

/** No quoted value is looked at for longer, in characters. */
const LONGEST = 16_384;

/** Reads an opening quote at this place. */
export function openingAt(text: string, at: number): Opening | undefined {
  let slashes = 0;
  while (slashes < 7 && text[at + slashes] === '\\') slashes += 1;
  const quote = text[at + slashes];
  return quote === '"' || quote === "'" || quote === '`' ? {quote, slashes} : undefined;
}

export const widthOf = ({slashes}: Opening): number => slashes + 1;

/** So many backslashes before a quote end a text that began with `slashes` of them; fewer or more escape it. */
function isEnd(run: number, slashes: number): boolean {
  let [left, layer] = [run, slashes];
  while (layer > 0) {
    left = Math.floor((left - 1) / 2);
    layer = Math.floor((layer - 1) / 2);
  }
  return left >= 0 && left % 2 === 0;
}

function slashesBefore(text: string, at: number, from: number): number {
  let run = 0;
  while (at - run > from && text[at - run - 1] === '\\') run += 1;
  return run;
}

/** Where the quoted text ends whose content begins here; undefined when it does not end soon. */
export function closingOf(text: string, from: number, opening: Opening): number | undefined {
  const {quote, slashes} = opening;
  const last = Math.min(text.length, from + LONGEST);
  for (let at = text.indexOf(quote, from); at >= 0 && at < last; at = text.indexOf(quote, at + 1)) {
    // YAML doubles a single quote to escape it.
    if (quote === "'" && slashes === 0 && text[at + 1] === quote) {
      at += 1;
      continue;
    }
    const run = slashesBefore(text, at, from);
    if (isEnd(run, slashes)) return at - Math.min(run, slashes);
  }
  return undefined;
}

const lineEnd = (text: string, from: number): number => {
  const found = text.indexOf('\n', from);
  return found < 0 ? text.length : found;
};

/** Where a quoted text ends, whose content begins here; the end of its line when it is never closed. */
export const quotedEnd = (text: string, from: number, opening: Opening): number =>
  closingOf(text, from, opening) ?? lineEnd(text, from);

/** A quote that closes what is around: what follows it is no part of a word. */
const closes = /^\\{0,7}["'`](?:[\s,:;)}\]\\]|$)/u;

/** Where a text without quotes of its own ends: at one of these characters, or where the quotes around it close. */
export function plainEnd(text: string, from: number, stop: RegExp): number {
  let at = from;
  for (; at < text.length; at += 1) {
    const sign = text[at] ?? '';
    if (stop.test(sign)) break;
    if (/[\\"'`]/u.test(sign) && closes.test(text.slice(at, at + 9))) break;
  }
  return at;
}
