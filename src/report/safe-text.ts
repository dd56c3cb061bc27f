import {stripVTControlCharacters} from 'node:util';

/** Control characters, and those that turn the direction of a line or cannot be seen. */
const unsafe =
  /[\p{Cc}\u00AD\u061C\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB]|\p{Surrogate}/gu;

function picture(character: string): string {
  const code = character.charCodeAt(0);
  if (character === '\t') return ' ';
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? '\u2421' : '\uFFFD';
}

/**
 * Text from outside, made fit for a terminal: what would move the cursor, change colours or deceive the
 * reader becomes one visible character, so that columns stay where they are.
 */
export const safeText = (text: string): string => text.replace(unsafe, picture);

/** A line of a program's output: its colours and cursor movements are left out, not shown. */
export const safeLogLine = (line: string): string => safeText(stripVTControlCharacters(line));

/** Most of what a terminal draws in two columns; half of an emoji's two code units is one of them. */
const wide =
  /[\u1100-\u115F\u2E80-\u303E\u3041-\u33FF\u3400-\u4DBF\u4E00-\u9FFF\uA000-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|[\u{20000}-\u{3FFFD}]|\p{Emoji_Presentation}/u;

/** Columns that the text takes on a terminal. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) {
    if (/\p{Mark}/u.test(character)) continue;
    columns += wide.test(character) ? 2 : 1;
  }
  return columns;
}
