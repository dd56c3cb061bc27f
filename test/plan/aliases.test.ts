import {describe, expect, test} from 'vitest';
import {parseWithPlaces} from '../../src/plan/parse/parse.js';
import {readPlans} from '../../src/plan/read.js';
import {createSource} from '../../src/plan/parse/source.js';
import {world} from './world.js';

const levels = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'];

/** Each level stands for ten of the one before it. */
const bomb = (line: (name: string, values: string) => string, first: string): string =>
  levels
    .map((name, index) => {
      const before = levels[index - 1];
      const value = before === undefined ? first : `*${before}`;
      return line(name, Array.from({length: 10}, () => value).join(', '));
    })
    .join('\n');

const plan = 'apiVersion: cm/v1\nname: x\nhosts: {a: {address: a}}\ncontainers: {c: {on: a}}\n';

const flow = bomb((name, values) => `x-${name}: &${name} [${values}]`, 'x');

describe('what aliases stand for is counted, whatever the layout:', () => {
  test.each([
    ['lists on lines of their own', `${plan}${flow}\n`],
    ['behind a text with a comment sign in it', `${plan}x-text: "a\n  # b"\n${flow}\n`],
    ['a comment sign at the start of a line of the text', `x-text: "a\n # "\n${flow}\n${plan}`],
    ['within a text that ends on another line', `x-text: 'a\n\n # '\n${flow}\n${plan}`],
    [
      'block lists',
      `${plan}${bomb((name, values) => `x-${name}: &${name}\n  - ${values.replaceAll(', ', '\n  - ')}`, 'x')}\n`,
    ],
    [
      'maps',
      `${plan}${bomb(
        (name, values) =>
          `x-${name}: &${name} {${values
            .split(', ')
            .map((value, key) => `k${key}: ${value}`)
            .join(', ')}}`,
        'x',
      )}\n`,
    ],
    [
      'in one line',
      `${plan}x-all: [${bomb((name, values) => `&${name} [${values}]`, 'x').replaceAll('\n', ', ')}]\n`,
    ],
  ])('%s', async (_, text) => {
    const read = await readPlans('plan.yaml', text, world);
    expect(read.ok ? [] : read.error.map(({code}) => code)).toContain('alias-bomb');
  });
});

test.each(['1', '0x10', '1.50', 'true', 'no', '"2"'])(
  'the place of the key %s is its own',
  (key) => {
    const text = `apiVersion: cm/v1\ncontainers:\n  web: {on: a}\n  ${key}: {on: a}\n`;
    const [document] = parseWithPlaces(createSource('plan.yaml', text)).documents;
    const name = key.replaceAll('"', '');
    expect(document?.containerAt(name)).toBe('plan.yaml:4:3');
    expect(document?.place(['containers', name], 'key')).toMatchObject({line: 4, column: 3});
  },
);
