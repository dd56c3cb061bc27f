import {describe, expect, test} from 'vitest';
import {Redaction} from '../../src/diagnose/redact.js';
import {readHarmless, readLeaks} from './made-up.js';

const clean = (text: string) => new Redaction([]).clean(text);

const leaks = readLeaks();
const harmless = readHarmless();

/** A rest of four characters and more tells something; shorter ones stand in many words. */
const leftOf = (text: string, secrets: readonly string[]): readonly string[] =>
  secrets
    .flatMap((secret) => [secret, ...secret.split(/[^A-Za-z0-9]+/u)])
    .filter((part) => part.length >= 4 && text.includes(part));

/** Ways in which the same text reaches an archive. */
const wrapped: readonly (readonly [string, (text: string) => string])[] = [
  ['as it is', (text) => text],
  ['between other lines', (text) => `one line\n${text}\nanother line\n`],
  ['as a string of JSON', (text) => JSON.stringify({log: [text]}, undefined, 2)],
  [
    'between other lines of a string of JSON',
    (text) => JSON.stringify({log: `one line\n${text}\nanother line`}),
  ],
  ['as JSON in JSON', (text) => JSON.stringify(JSON.stringify([text]))],
];

describe('no secret of a known shape is left', () => {
  test('the list is long enough to mean something', () => {
    expect(leaks.length).toBeGreaterThanOrEqual(120);
    expect(harmless.length).toBeGreaterThanOrEqual(100);
  });

  test.each(wrapped)('%s', (_, wrap) => {
    const missed = leaks.flatMap(({name, text, secrets}) => {
      const {text: left} = clean(wrap(text));
      const rest = leftOf(left, secrets);
      return rest.length > 0 ? [`${name}: ${left}`] : [];
    });
    expect(missed).toEqual([]);
  });

  test('cleaning twice changes nothing', () => {
    const again = leaks.flatMap(({name, text}) => {
      const once = clean(text).text;
      const twice = clean(once);
      return twice.count > 0 ? [`${name}: ${once} -> ${twice.text}`] : [];
    });
    expect(again).toEqual([]);
  });
});

test('harmless lines stay readable', () => {
  const lost = harmless.flatMap((text) => {
    const {text: left} = clean(text);
    return left === text ? [] : [`${text} -> ${left}`];
  });
  expect(lost).toEqual([]);
});
