import {execFileSync} from 'node:child_process';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {quote} from '../../src/hosts/quote.js';

const word = fc.oneof(
  fc.string({unit: 'binary'}).map((text) => text.replaceAll('\0', '')),
  fc.constantFrom(
    '',
    "'",
    "''",
    '"',
    '\\',
    '$HOME',
    '`id`',
    '$(id)',
    '\n',
    '\r\n',
    '-n',
    '--',
    '*',
    '~',
    '!!',
    '#',
    'a=b',
    '\t',
    'é',
    '😀',
    '{a,b}',
    '%s',
    ';',
    '&',
    '|',
    '<',
    '>',
    'if',
  ),
  fc
    .array(fc.constantFrom("'", '\\', '"', '$', '`', ' ', '\n', 'x'))
    .map((parts) => parts.join('')),
);

describe('quote', () => {
  test('gives words back as they were, whatever they hold', () => {
    // One sh for many words: each list of words is printed by a real shell, NUL between.
    fc.assert(
      fc.property(fc.array(word, {minLength: 1, maxLength: 40}), (words) => {
        const told = words.map((w) => Buffer.from(w, 'utf8').toString('utf8'));
        const text = quote(['printf', '%s\\0', ...told]);
        const out = execFileSync('sh', ['-c', text], {encoding: 'utf8'});
        expect(out.split('\0').slice(0, -1)).toEqual(told);
      }),
      {numRuns: Number(process.env['FUZZ_RUNS'] ?? 100)},
    );
  });

  test('refuses a NUL byte', () => {
    expect(() => quote(['echo', 'a\0b'])).toThrow(RangeError);
  });

  test('leaves plain words readable', () => {
    expect(quote(['podman', 'ps', '--format=json', '/a/b_c.d'])).toBe(
      "'podman' ps --format=json /a/b_c.d",
    );
  });
});
