import {editLine, textEdits, type Edit} from './mutate.js';
import type {Random} from './random.js';

const values: readonly string[] = [
  '&a',
  '*a',
  '&a [*a]',
  '<<: *a',
  '!!binary x',
  '!!js/function x',
  '{}',
  '[]',
  '{a: [b, {c: d}]}',
  '|',
  '>-',
  '? x',
  '--- ',
  '...',
  '%YAML 1.1',
  '%TAG ! tag:x,2000:',
  '${HOST}',
  '${PORT}',
  '${NONE}',
  '$$',
  '${',
  '${${HOST}}',
  '2001-01-01',
  '12:30:45',
  '1.5GiB',
  '9999999999999h',
  '-5s',
  '0s',
  '100%',
  '0o7',
  '.inf',
  '.nan',
  '~',
  'yes',
  '"\\x00"',
  '"\\uD800"',
  '{address}',
  'pre-copy',
  'stateful',
  'root@[::1]:22',
  '-oProxyCommand=x',
  'x'.repeat(300),
];

const indent = (line: string, random: Random): string =>
  random.chance(0.5) ? ' '.repeat(1 + random.below(6)) + line : line.replace(/^ {1,2}/, '');

/** A list in a list in a list. */
const nest = (random: Random): string => {
  const depth = 1 + random.below(random.chance(0.05) ? 3000 : 60);
  const [open, close] = random.pick([
    ['[', ']'],
    ['{a: ', '}'],
  ] as const);
  return open.repeat(depth) + (random.chance(0.7) ? close.repeat(depth) : '');
};

/** Anchors that each hold many of the one before: small text, large meaning. */
const bomb = (random: Random): string => {
  const lines = ['x-0: &x0 [y, y, y, y]'];
  for (let at = 1; at <= 2 + random.below(12); at += 1)
    lines.push(`x-${String(at)}: &x${String(at)} [${`*x${String(at - 1)}, `.repeat(8)}y]`);
  return `${lines.join('\n')}\n`;
};

const value = (line: string, text: string): string =>
  line.includes(': ') ? line.replace(/: .*$/, () => `: ${text}`) : `${line} ${text}`;

const yamlOnly: readonly Edit[] = [
  (text, random) => editLine(text, random, (line) => value(line, random.pick(values))),
  (text, random) => editLine(text, random, (line) => value(line, random.pick(values))),
  (text, random) => editLine(text, random, (line) => indent(line, random)),
  (text, random) => editLine(text, random, (line) => value(line, nest(random))),
  (text, random) => editLine(text, random, (line) => `${random.pick(values)}\n${line}`),
  (text, random) => editLine(text, random, (line) => `${line.replace(/:.*/, '')}: ${line}`),
  (text, random) => editLine(text, random, (line) => line.replace(/: /, ': &a ')),
  (text, random) => editLine(text, random, (line) => line.replace(/[\w-]+:/, '"$&')),
  (text, random) => editLine(text, random, (line) => line.replace(/^( *)/, '$1- ')),
  (text, random) => (random.chance(0.2) ? bomb(random) + text : text),
  (text, random) => {
    const lines = text.split('\n');
    const from = random.below(lines.length);
    const moved = lines.splice(from, 1 + random.below(5));
    lines.splice(random.below(lines.length + 1), 0, ...moved);
    return lines.join('\n');
  },
];

export const yamlEdits: readonly Edit[] = [...yamlOnly, ...yamlOnly, ...textEdits];
