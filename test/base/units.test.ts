import {readFileSync} from 'node:fs';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {parseAge, parseDuration, parseRate, parseSize} from '../../src/base/units.js';

interface Definitions {
  readonly definitions: Readonly<Record<'duration' | 'rate' | 'age', {readonly pattern: string}>>;
}

const schemaFile = new URL('../../schemas/plan.source.json', import.meta.url);
const {definitions} = JSON.parse(readFileSync(schemaFile, 'utf8')) as Definitions;

describe('durations in milliseconds', () => {
  test.each([
    ['500ms', 500],
    ['90s', 90_000],
    ['1.5s', 1500],
    ['0.001s', 1],
    ['15m', 900_000],
    ['2h', 7_200_000],
    ['99.999h', 359_996_400],
  ])('%s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.each([
    '',
    '1',
    '0s',
    '0.000h',
    '-1s',
    '1 s',
    '1S',
    '1d',
    '1.5ms',
    '1h30m',
    '100h',
    's',
    '1e3s',
    '１s',
    '1s\n',
  ])('not %j', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});

test.each([
  ['1B', 1],
  ['1kB', 1000],
  ['1.5GB', 1.5e9],
  ['512MiB', 536_870_912],
  ['2TiB', 2 * 1024 ** 4],
  ['1K', undefined],
  ['1Mb', undefined],
  ['0B', undefined],
])('size %s in bytes', (text, bytes) => {
  expect(parseSize(text)).toBe(bytes);
});

test.each([
  ['90m', 5_400_000],
  ['30d', 2_592_000_000],
  ['0d', undefined],
  ['1w', undefined],
])('age %s in milliseconds', (text, ms) => {
  expect(parseAge(text)).toBe(ms);
});

test.each([
  ['800Mbit', 8e8],
  ['1Gbit', 1e9],
  ['2.5Gbit', 2.5e9],
  ['100MiB', 838_860_800],
  ['1kB', 8000],
  ['1B', undefined],
  ['1TB', undefined],
  ['100Mb', undefined],
  ['100Mbps', undefined],
  ['0Mbit', undefined],
])('rate %s in bits a second', (text, bits) => {
  expect(parseRate(text)).toBe(bits);
});

// Texts near the border: digits, dots and units in any order.
const near = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'ms',
        's',
        'm',
        'h',
        'k',
        'M',
        'G',
        'T',
        'Ki',
        'Mi',
        'Gi',
        'B',
        'bit',
        '.',
        '-',
        ' ',
        '\n',
      ),
      fc.nat(99_999).map(String),
      fc.constantFrom('0', '00', '000000', '.5', '.000'),
    ),
    {maxLength: 4},
  )
  .map((parts) => parts.join(''));

test.each([
  ['duration', parseDuration],
  ['rate', parseRate],
  ['age', parseAge],
] as const)('the schema and the parser agree on every %s', (kind, parse) => {
  const pattern = new RegExp(definitions[kind].pattern, 'u');
  const agree = (text: string): void => {
    const value = parse(text);
    expect(value !== undefined).toBe(pattern.test(text));
    // A timer counts milliseconds in 31 bits.
    if (value !== undefined) expect(Number.isSafeInteger(value) && value >= 1).toBe(true);
    if (value !== undefined && kind === 'duration') expect(value).toBeLessThan(2 ** 31);
  };
  fc.assert(fc.property(fc.oneof(near, fc.string()), agree), {numRuns: 5000});
  // The generator knows no lookahead, which only refuses zero.
  const shape = new RegExp(pattern.source.replace('(?=.*[1-9])', ''), 'u');
  fc.assert(fc.property(fc.stringMatching(shape), agree), {numRuns: 1000});
});
