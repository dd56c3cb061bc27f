import {gone, hideEach, type Hidden, type Redacted} from './hide.js';
import {openingAt, plainEnd, quotedEnd, widthOf} from './quoted.js';
import {isSecretValue, secrecyOf, type Secrecy} from './secret-names.js';

/**
 * `name = value`, `name: value`, `"name": "value"`, `name => value`: settings of every kind. The groups: the name,
 * the quote that closes it, and what separates it from its value.
 */
const setting =
  /(?<![\w.])([A-Za-z_][\w.-]{0,200})(\\{0,7}["'`])?[ \t]{0,3}(:=|=>|=(?!=)|:(?![:?]))[ \t]{0,8}/u;

interface Setting {
  readonly text: string;
  /** Where the name begins. */
  readonly start: number;
  /** Where the value begins. */
  readonly at: number;
  readonly name: string;
  /** Its name stands in quotes, as a key of JSON does. */
  readonly isKey: boolean;
  readonly separator: string;
  readonly isSpaced: boolean;
}

const endOfLine = (text: string, from: number): number => {
  const found = text.indexOf('\n', from);
  return found < 0 ? text.length : found;
};

const startOfLine = (text: string, at: number): number => text.lastIndexOf('\n', at - 1) + 1;

/** `"NAME=value"`: the quotes are around both. */
function aroundBoth({text, start, at, isKey}: Setting): Hidden | undefined {
  if (isKey) return undefined;
  let slashes = 0;
  while (slashes < 7 && text[start - 2 - slashes] === '\\') slashes += 1;
  const opening = openingAt(text, start - 1 - slashes);
  if (!opening || start === 0) return undefined;
  return {from: at, to: quotedEnd(text, at, opening)};
}

/** A quoted value; behind its end a shell goes on with the same word. */
function quoted({text, at, isKey}: Setting): Hidden | undefined {
  const opening = openingAt(text, at);
  if (!opening) return undefined;
  const from = at + widthOf(opening);
  const end = quotedEnd(text, from, opening);
  const next = text[end + widthOf(opening)] ?? '';
  if (isKey || opening.slashes > 0 || !/[\w$\\"'+/-]/u.test(next)) return {from, to: end};
  return {from, to: plainEnd(text, end + 1, /\s/u)};
}

/** A literal or folded block of YAML: all lines that are indented more than the key. */
function block({text, at, start}: Setting): Hidden | undefined {
  if (!/^[|>][+-]?\d?[ \t]*(?:#.*)?\n/u.test(text.slice(at, at + 80))) return undefined;
  const line = text.slice(startOfLine(text, start), start);
  const indent = /^[ \t]*/u.exec(line)?.[0].length ?? 0;
  const from = endOfLine(text, at) + 1;
  let to = from;
  while (to < text.length) {
    const end = endOfLine(text, to);
    const each = text.slice(to, end);
    if (each.trim() !== '' && (/^[ \t]*/u.exec(each)?.[0].length ?? 0) <= indent) break;
    to = Math.min(text.length, end + 1);
  }
  const ended = text[to - 1] === '\n' ? '\n' : '';
  return {from, to, instead: `${' '.repeat(indent + 2)}${gone}${ended}`};
}

/** `[one, two]` on one line: all of them. */
function list({text, at}: Setting): Hidden | undefined {
  const found = /^\[(?=[^\]\n]*[^\]\s])([^\]\n{]{1,4000})\]/u.exec(text.slice(at, at + 4100));
  if (!found) return undefined;
  return {from: at + 1, to: at + found[0].length - 1, instead: `"${gone}"`};
}

/** `Pwd=two words;Server=…`: a part of a connection string ends where the next one begins, or the text. */
const nextPart = /^[^;\n"'=]{1,200}(?=;[ \t]{0,3}[A-Za-z][\w ]{0,40}=)/u;
const afterPart = /[=;][^;\n"']{0,200};[ \t]{0,3}$/u;

/** `PASSWORD=…` at the beginning of a line: env prints it so, and all of the line is the value. */
const atLineStart = /(?:^|\n)[ \t]*(?:export |set |- |declare -x |Environment=|\d{1,4}: )?$/u;

function wholeLine({text, start, at}: Setting): Hidden | undefined {
  const before = text.slice(Math.max(0, start - 40), start);
  if (!atLineStart.test(start <= 40 ? before : `.${before}`)) return undefined;
  return {from: at, to: endOfLine(text, at)};
}

/** A value without quotes. */
function plain(of: Setting): Hidden | undefined {
  const {text, at, start, isKey, separator} = of;
  const opens = /^[[{](?!\w+\}\S)/u.test(text.slice(at, at + 40));
  if (isKey && !opens) return {from: at, to: plainEnd(text, at, /[\s,}\]]/u), instead: `"${gone}"`};
  if (separator === '=') {
    const part = nextPart.exec(text.slice(at, at + 250));
    if (part) return {from: at, to: at + part[0].length};
    const isLast = afterPart.test(text.slice(Math.max(0, start - 250), start));
    return wholeLine(of) ?? {from: at, to: plainEnd(text, at, isLast ? /[\r\n]/u : /\s/u)};
  }
  const toEnd = separator !== ':' || of.isSpaced;
  return opens ? undefined : {from: at, to: plainEnd(text, at, toEnd ? /[\r\n]/u : /\s/u)};
}

const isProse = (text: string, start: number): boolean =>
  /[a-z]{2} $/iu.test(text.slice(Math.max(0, start - 3), start));

/** In a sentence (`invalid token: …`) a word of everyday language says less than as the name of a setting. */
function secrecyHere({text, start, name, separator}: Setting): Secrecy {
  const found = secrecyOf(name);
  const everyday = /^(?:token|secret|password|credential)s?$/u.test(name);
  return everyday && separator === ':' && isProse(text, start) ? 'likely' : found;
}

/** Its beginning says so; a long line is not read to its end for each name in it. */
const mayBeSecret = (secrecy: Secrecy, text: string, at: number): boolean =>
  !/^[\\"'`[{]{0,9}\*\*\*/u.test(text.slice(at, at + 12)) &&
  (secrecy === 'certain' || /^[^\n]{0,40}\d/u.test(text.slice(at, at + 60)));

function secretOf(of: Setting): Hidden | undefined {
  const secrecy = secrecyHere(of);
  if (secrecy === 'none' || !mayBeSecret(secrecy, of.text, of.at)) return undefined;
  const value = aroundBoth(of) ?? quoted(of) ?? block(of) ?? list(of) ?? plain(of);
  return value && isSecretValue(secrecy, of.text.slice(value.from, value.to)) ? value : undefined;
}

function findSetting(match: RegExpExecArray, text: string): Hidden | undefined {
  const [all, name = '', closing, separator = ''] = match;
  const of: Setting = {
    text,
    start: match.index,
    at: match.index + all.length,
    name,
    isKey: closing !== undefined,
    separator,
    isSpaced: /[ \t]$/u.test(all),
  };
  return secretOf(of);
}

/** `<password>…</password>` */
const element = /<([\w:.-]{1,60})>(?=[^<>\n]{1,4000}<\/)/u;

function findElement(match: RegExpExecArray, text: string): Hidden | undefined {
  const from = match.index + match[0].length;
  const to = text.indexOf('<', from);
  return isSecretValue(secrecyOf(match[1] ?? ''), text.slice(from, to)) ? {from, to} : undefined;
}

/** Takes out the values of settings whose names say that they are secret. */
export function redactSettings(text: string): Redacted {
  const elements = hideEach(text, element, findElement);
  const settings = hideEach(elements.text, setting, findSetting);
  return {text: settings.text, count: elements.count + settings.count};
}
