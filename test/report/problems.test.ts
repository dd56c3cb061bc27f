import {stripVTControlCharacters} from 'node:util';
import {describe, expect, test} from 'vitest';
import type {Place, Problem} from '../../src/base/problem.js';
import {renderProblem} from '../../src/report/text/problems.js';
import {columnsOf, safeLogLine, safeText} from '../../src/report/safe-text.js';
import {formatBytes, formatDuration, formatRate} from '../../src/report/text/units.js';

const place: Place = {file: 'a.yaml', line: 123, column: 9, length: 5, text: '    on: betta'};

const problem: Problem = {
  kind: 'unreachable',
  code: 'host-key-changed',
  message: 'the key of host "beta" is not the one that is known',
  remedy: 'compare it with the host itself',
  host: 'beta',
  container: 'redis',
  command: 'podman ps --all',
  log: ['\u001b[31mWARNING\u001b[0m: \u001b]0;title\u0007changed', '', 'line\rover it'],
};

describe('a problem that stands in no file', () => {
  test('says host, container, command, advice and output', () => {
    expect(renderProblem(problem, {color: false})).toBe(
      [
        'error: the key of host "beta" is not the one that is known (host-key-changed)',
        '   = host: beta',
        '   = container: redis',
        '   = command: podman ps --all',
        '   = help: compare it with the host itself',
        '   = output:',
        '       WARNING: changed',
        '',
        '       line\u240Dover it',
      ].join('\n'),
    );
  });

  test('a suggestion has no mark to stand at', () => {
    const text = renderProblem(
      {
        kind: 'plan',
        code: 'unknown-host',
        message: 'unknown host "betta"',
        remedy: 'did you mean "beta"',
      },
      {color: false, severity: 'warning'},
    );
    expect(text).toBe(
      'warning: unknown host "betta" (unknown-host)\n   = help: did you mean "beta"',
    );
  });
});

describe('a problem that stands in a file', () => {
  test('has a gutter as wide as the number of the line', () => {
    expect(renderProblem({kind: 'plan', code: 'x', message: 'y', place}, {color: false})).toBe(
      [
        'error: y (x)',
        '   --> a.yaml:123:9',
        '    |',
        '123 |     on: betta',
        '    |         ~~~~~',
      ].join('\n'),
    );
  });

  test('says the same with and without colour', () => {
    const one: Problem = {...problem, place, other: {place, note: 'the first one'}};
    const colored = renderProblem(one, {color: true});
    expect(colored).toContain('\u001b[31merror:\u001b[39m');
    expect(stripVTControlCharacters(colored)).toBe(renderProblem(one, {color: false}));
  });

  test('nothing from outside reaches the terminal as it is', () => {
    const evil = '\u001b[2J\u009b31m\u202e\u200b\r\n\0';
    const one: Problem = {
      kind: 'plan',
      code: 'x',
      message: evil,
      remedy: evil,
      host: evil,
      command: evil,
      log: [evil],
      place: {...place, file: evil, text: `        ${evil}`},
      other: {place, note: evil},
    };
    const text = renderProblem(one, {color: false});
    expect(text).not.toMatch(/[\0-\x09\x0B-\x1F\x7F-\x9F\u202E\u200B]/u);
    expect(text.split('\n')).toHaveLength(13);
  });

  test.each([
    ['at the beginning', 1, 5],
    ['in the middle', 5000, 5],
    ['at the end', 9996, 5],
    ['over all of it', 1, 10_000],
  ])('a very long line is cut, marked %s', (_, column, length) => {
    const text = 'x'.repeat(10_000);
    const one: Problem = {
      kind: 'plan',
      code: 'x',
      message: 'y',
      place: {...place, text, column, length},
    };
    const [, , , source = '', mark = ''] = renderProblem(one, {color: false}).split('\n');
    expect(source.length).toBeLessThan(115);
    expect(mark.length).toBeLessThanOrEqual(source.length);
    expect(source.slice(mark.indexOf('~'), mark.lastIndexOf('~') + 1)).toMatch(/^x{5,}$/u);
  });
});

test('harmless text is left alone', () => {
  expect(safeText('plain “ünïcödé” 通知 🚀')).toBe('plain “ünïcödé” 通知 🚀');
  expect(safeLogLine('a\tb')).toBe('a b');
});

test.each([
  ['abc', 3],
  ['通知', 4],
  ['🚀', 2],
  ['e\u0301', 1],
])('%s takes columns', (text, columns) => {
  expect(columnsOf(text)).toBe(columns);
});

test('units for people', () => {
  expect([340, 2500, 90_000, 7_500_000].map(formatDuration)).toEqual([
    '340ms',
    '2.5s',
    '1m 30s',
    '2h 5m',
  ]);
  expect([512, 536_870_912, 1.5 * 1024 ** 3].map(formatBytes)).toEqual([
    '512 B',
    '512 MiB',
    '1.5 GiB',
  ]);
  expect(formatRate(8e8)).toBe('800 Mbit/s');
});
