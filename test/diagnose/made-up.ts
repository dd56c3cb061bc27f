import {readFileSync} from 'node:fs';
import {createHash} from 'node:crypto';

/** A text with secrets in it, and what must not be left of it. */
export interface Leak {
  readonly name: string;
  readonly text: string;
  readonly secrets: readonly string[];
}

const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const digits = '0123456789';
const alphabets: Readonly<Record<string, string>> = {
  a: upper + upper.toLowerCase() + digits,
  b: `${upper}${upper.toLowerCase()}${digits}+/`,
  d: digits,
  h: `${digits}abcdef`,
  l: upper.toLowerCase() + digits,
  u: upper + digits,
};

/** The same for the same place, and nothing that anybody ever had. */
function madeUp(kind: string, length: number, seed: string): string {
  const alphabet = alphabets[kind] ?? digits;
  let text = '';
  for (let round = 0; text.length < length; round += 1)
    for (const byte of createHash('sha256').update(`${seed} ${round}`).digest())
      text += alphabet[byte % alphabet.length] ?? '';
  return text.slice(0, length);
}

function leakOf(line: string): Leak {
  const [name = '', template = ''] = line.split(' :: ');
  const secrets: string[] = [];
  const text = template
    .replaceAll('¦', '')
    .replaceAll('\\n', '\n')
    .replaceAll(
      /<(?:(?<kind>[abdhlu])(?<length>\d+)|=(?<words>[^>\n]+))>/gu,
      (_, kind: string | undefined, length: string | undefined, words: string | undefined) => {
        const secret = words ?? madeUp(kind ?? 'a', Number(length), `${name} ${secrets.length}`);
        secrets.push(secret);
        return secret;
      },
    );
  return {name, text, secrets};
}

const linesOf = (file: string): readonly string[] =>
  readFileSync(`test/diagnose/${file}`, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('# '));

/** The shapes of `secrets.txt`, filled with made-up characters. */
export const readLeaks = (): readonly Leak[] => linesOf('secrets.txt').map(leakOf);

/** Lines that somebody who is to help must be able to read. */
export const readHarmless = (): readonly string[] =>
  linesOf('harmless.txt').map((line) => line.replaceAll('\\n', '\n'));
