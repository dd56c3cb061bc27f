import {expect, test} from 'vitest';
import {diagnose} from '../../src/diagnose/explain.js';
import {rules} from '../../src/diagnose/rules.js';
import {excerpts, logText} from './excerpts.js';

const ids = (lines: readonly string[]): readonly string[] =>
  diagnose(lines).causes.map(({rule}) => rule);

const ofLog = (name: string): readonly string[] => ids(logText(name).split('\n'));

test('every rule has an id of its own, and something that it was seen in', () => {
  const known = rules.map(({id}) => id);
  expect(new Set(known).size).toBe(known.length);
  const shown = new Set(excerpts.map(({rule}) => rule));
  expect(known.filter((id) => !shown.has(id))).toEqual([]);
  expect([...shown].filter((id) => !known.includes(id))).toEqual([]);
});

test.each(excerpts)('$rule: $source', ({rule, lines}) => {
  expect(lines).not.toEqual([]);
  expect(ids(lines)[0]).toBe(rule);
});

test.each(excerpts)(
  '$rule is recognised behind what a journal puts before a line',
  ({rule, lines}) => {
    const journal = lines.map((line) => `Nov 21 07:17:01 alpha podman[412]: ${line}`);
    expect(ids(journal)[0]).toBe(rule);
  },
);

test.each(rules)('$id speaks as the house does', ({id, means, remedy, patterns, see, where}) => {
  expect(id).toMatch(/^[a-z][a-z0-9-]+$/u);
  for (const text of [means, remedy]) {
    expect(text).not.toMatch(/^[A-Z][a-z]|[.]$/u);
    expect(text.length).toBeLessThan(330);
  }
  expect(patterns.length).toBeGreaterThan(0);
  expect(where.length).toBeGreaterThan(0);
  for (const address of see) expect(address).toMatch(/^https:\/\/[^ ]+$/u);
});

test.each(rules)('$id: no line can keep its patterns busy', ({patterns}) => {
  for (const {source, flags} of patterns) {
    const bare = source.replaceAll(/\\./gu, 'x').replaceAll(/\[[^\]]*\]/gu, 'c');
    // Each repetition has an end, and none is repeated.
    expect(bare).not.toMatch(/[*+]|\{\d+,\}/u);
    expect(bare).not.toMatch(/\}[^(]*\)[{?][0-9,]*\d{2}/u);
    expect(flags).not.toMatch(/[gy]/u);
  }
});

test.each(['healthy-dump', 'healthy-restore'])('a log of a success says nothing: %s', (name) => {
  expect(logText(name).split('\n').length).toBeGreaterThan(1000);
  expect(ofLog(name)).toEqual([]);
});

// Logs of failures that were made with podman 5.4.2, runc 1.1.15, crun 1.21 and CRIU 4.2.1 on Linux 6.18.
test.each([
  ['uring-dump', 'io-uring'],
  ['est-dump', 'tcp-connected'],
  ['ghost-dump', 'deleted-file'],
  ['usk-dump', 'unix-socket-outside'],
  ['uskd-dump', 'unix-socket-outside'],
  ['lock-dump', 'file-locks'],
  ['fuse-dump', 'device-open'],
  ['enospc-dump', 'no-space'],
  ['badsize-restore', 'file-size'],
  ['tamper-restore', 'image-corrupt'],
  ['missing-restore', 'restore-crash'],
  ['pages-restore', 'pages-missing'],
  ['short-restore', 'pages-short'],
  ['pidtaken-restore', 'pid-taken'],
  ['noinv-restore', 'image-missing'],
  ['emptycore-restore', 'image-empty'],
  ['gone-restore', 'file-missing'],
  ['noaddr-restore', 'address-missing'],
  ['tcpr-restore', 'tcp-connected-image'],
  ['crun-restore', 'cgroup-cpuset'],
  ['predump', 'dirty-tracking'],
])('a real log: %s', (name, rule) => {
  expect(ofLog(name)).toEqual([rule]);
});

test('what was caught stands in the text', () => {
  const [cause] = diagnose(logText('badsize-restore').split('\n')).causes;
  expect(cause?.means).toContain('"f" is not the file that it was');
  expect(cause?.means).toContain('it has 19 bytes here, and had 6');
  expect(cause?.lines[0]?.text).toContain('File f has bad size 19 (expect 6)');
});

test('no text shows the name of a group that caught nothing', () => {
  for (const {rule, lines} of excerpts) {
    const [cause] = diagnose(lines).causes;
    expect(`${cause?.means ?? ''} ${cause?.remedy ?? ''}`, rule).not.toMatch(/\{[a-z]+\}/u);
  }
});
