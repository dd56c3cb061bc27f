import {readdirSync, readFileSync} from 'node:fs';
import fc from 'fast-check';

const tokens = [
  ...Array.from('\'"#:,-[]{}&*!|>?%@`~\\\t\r\n $=+._'),
  ' #',
  ': ',
  '- ',
  '? ',
  '&a ',
  '*a',
  '!x ',
  '!!str ',
  '| \n',
  '>-\n',
  '<<: *a',
  '---\n',
  '--- ',
  '...\n',
  '%YAML 1.1\n',
  '${HOST}',
  '"${PORT}"',
  '$$',
  '""',
  "''",
  '{}',
  '[]',
  'null',
  'true',
  'yes',
  'on',
  '0',
  '010',
  '0o7',
  '0x1F',
  '1_000',
  '1.0',
  '1e3',
  '-0',
  '.5',
  '.inf',
  '2001-01-01',
  '12:30:45',
  '80',
  'a b',
  'a:b',
  'a#b',
  '\\n',
  '\\x00',
  '\\u0000',
  '\\/',
  'é',
  '通',
  '🚀',
  '\u00a0',
  '\u0085',
  '\u2028',
  '\ufeff',
  '\u001b',
  '\0',
  'beta',
  'alpha',
  'containers:\n',
  'on: beta\n',
  'redis',
  'http://{address}:80/',
  '[a]: b',
  '{}:b',
  '"a":b',
  '# c',
  '"a":&b',
  "'a':*b",
  '__proto__',
  'constructor',
  'x-a: 1\n',
];

const texts = (folder: string, end: string): readonly string[] => {
  const url = new URL(folder, import.meta.url);
  const names = readdirSync(url).filter((name) => name.endsWith(end));
  return names.map(
    (name) => readFileSync(new URL(name, url), 'utf8').split('----------\n')[0] ?? '',
  );
};

/** Plans that are right, and plans that are wrong in one way. */
export const corpus: readonly string[] = [
  ...texts('../../examples/', '.yaml'),
  ...texts('../golden/', '.problemtest'),
];

type Edit = (text: string) => string;

const at = (text: string, where: number): number => Math.floor(where * (text.length + 1));

const editLines =
  (where: number, edit: (line: string) => readonly string[]): Edit =>
  (text) => {
    const lines = text.split('\n');
    const index = Math.floor(where * lines.length);
    return lines.toSpliced(index, 1, ...edit(lines[index] ?? '')).join('\n');
  };

const place = fc.double({min: 0, max: 1, noNaN: true, maxExcluded: true});

const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.tuple(place, fc.constantFrom(...tokens)).map(
    ([where, token]): Edit =>
      (text) =>
        text.slice(0, at(text, where)) + token + text.slice(at(text, where)),
  ),
  fc.tuple(place, fc.nat(12)).map(
    ([where, length]): Edit =>
      (text) =>
        text.slice(0, at(text, where)) + text.slice(at(text, where) + length),
  ),
  fc
    .tuple(place, fc.constantFrom(...tokens))
    .map(([where, token]) =>
      editLines(where, (line) => [line.replace(/(?<=[:\-,[{] ?)[^\s,:[\]{}]+(?!.*[:,])/u, token)]),
    ),
  place.map((where) => editLines(where, (line) => [line, line])),
  place.map((where) => editLines(where, () => [])),
  place.map((where) => editLines(where, (line) => [` ${line}`])),
  place.map((where) => editLines(where, (line) => [line.replace(/^ /u, '')])),
  place.map((where) => editLines(where, (line) => [line.replace(/([,[{]) ?/u, '$1\n      ')])),
);

/** A plan, changed in a few places as a mistaken hand or a broken tool might. */
export const mutatedPlan: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom(...corpus), fc.array(edit, {minLength: 1, maxLength: 5}))
  .map(([text, edits]) => edits.reduce((edited, change) => change(edited), text));

const soupTokens = [
  ...tokens,
  ...Array.from({length: 8}, () => ['a: ', 'b', '\n', '\n  ', '\n- ', ', ']).flat(),
];

/** Words and signs of YAML in any order. */
export const tokenSoup: fc.Arbitrary<string> = fc
  .array(fc.constantFrom(...soupTokens), {minLength: 2, maxLength: 14})
  .map((parts) => `k: ${parts.join('')}`);
