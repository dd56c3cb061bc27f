import fc from 'fast-check';
import {expect, test} from 'vitest';
import {diagnose, explain} from '../../src/diagnose/explain.js';
import {LogDiagnosis} from '../../src/diagnose/log-diagnosis.js';
import {LogLines, type Piece} from '../../src/diagnose/log-lines.js';
import {rules} from '../../src/diagnose/rules.js';
import {excerpts, logText} from './excerpts.js';
import {limit} from '../rig/limits.js';

const ids = (lines: readonly string[]): readonly string[] =>
  diagnose(lines).causes.map(({rule}) => rule);

test('the first cause comes first, and what wraps it is not told', () => {
  const podman =
    'level=error msg="criu failed: type NOTIFY errno 0\\nlog file: /var/lib/x/userdata/dump.log"';
  const lines = [
    podman,
    ...logText('lock-dump').split('\n'),
    ...logText('ghost-dump').split('\n'),
    podman,
  ];
  expect(ids(lines)).toEqual(['file-locks', 'deleted-file']);
  const [wrapped] = diagnose([podman]).causes;
  expect(wrapped).toMatchObject({rule: 'criu-failed', lines: [{line: 1}], count: 1});
});

test('what follows from a cause is told only where no cause is known', () => {
  const follows =
    '(00.000907) Error (compel/src/lib/infect.c:417): Unable to detach from 12: No such process';
  const cause = "(00.001522) Error (criu/cr-restore.c:1237): Can't fork for 4621: File exists";
  expect(ids([follows])).toEqual(['process-gone']);
  expect(ids([follows, cause])).toEqual(['pid-taken']);
});

test('three causes at most, each once, with the lines that show it and their number', () => {
  const shown = excerpts.filter(({rule}) =>
    ['io-uring', 'file-size', 'pid-taken', 'volume-exists', 'vdso'].includes(rule),
  );
  const lines = [
    'nothing',
    ...shown.flatMap((each) => each.lines),
    ...shown.flatMap((each) => each.lines),
  ];
  const {causes, lines: count} = diagnose(lines);
  expect(causes).toHaveLength(3);
  expect(count).toBe(lines.length);
  expect(causes[0]).toMatchObject({rule: 'io-uring', lines: [{line: 2}, {line: 4}, {}]});
  expect(causes[0]?.count).toBeGreaterThan(3);
});

test('a complaint that is none is not mistaken for one', () => {
  expect(ids(['(00.000700) No memfd.img image: No space left on device'])).toEqual([]);
  const {causes, errors} = diagnose(logText('healthy-dump').split('\n'));
  expect({causes, errors}).toEqual({causes: [], errors: []});
});

test('what is not known leaves its last lines that look like errors', () => {
  const lines = Array.from({length: 40}, (_, index) => `step ${index}\nError: strange ${index}`);
  const {causes, errors} = diagnose(lines.flatMap((each) => each.split('\n')));
  expect(causes).toEqual([]);
  expect(errors).toHaveLength(12);
  expect(errors.at(-1)).toEqual({line: 80, text: 'Error: strange 39'});
});

test('a problem is told with what its log says, or stays as it is', () => {
  const problem = {kind: 'step', code: 'command-failed', message: 'it failed'} as const;
  expect(explain(problem)).toBe(problem);
  const logged = {...problem, log: logText('ghost-dump').split('\n')};
  expect(explain(logged).causes?.[0]).toMatchObject({rule: 'deleted-file'});
  expect(explain({...problem, log: ['all is well']})).not.toHaveProperty('causes');
});

function pieces(parts: readonly string[]): readonly Piece[] {
  const found: Piece[] = [];
  const lines = new LogLines((piece) => found.push(piece));
  for (const part of parts) lines.push(part);
  lines.end();
  return found;
}

test('however a log is cut into parts, its lines are the same', () => {
  const line = fc.string({maxLength: 60}).map((text) => text.replaceAll(/[\r\n]/gu, ''));
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.nat(50)), (lines, cuts) => {
      const text = lines.map((each) => `${each}\n`).join('');
      const parts: string[] = [];
      let from = 0;
      for (const cut of cuts) {
        parts.push(text.slice(from, from + cut));
        from += cut;
      }
      parts.push(text.slice(from));
      const whole = pieces(parts);
      expect(whole.map((piece) => piece.text)).toEqual(lines);
      expect(whole.map((piece) => piece.line)).toEqual(lines.map((_, index) => index + 1));
    }),
  );
});

test('an error in the middle of an endless line is found, wherever it stands', () => {
  const needle = 'Error (criu/files-reg.c:2175): File f has bad size 19 (expect 6)';
  for (const before of [0, 3000, 4060, 4096, 5000, 1_000_000]) {
    const line = `${'x'.repeat(before)} ${needle} ${'y'.repeat(100_000)}`;
    const {causes} = diagnose(['one', line, 'three']);
    expect(causes[0]).toMatchObject({rule: 'file-size', count: 1, lines: [{line: 2}]});
    expect(causes[0]?.lines[0]?.text).toContain('has bad size 19');
    expect(causes[0]?.lines[0]?.text.length).toBeLessThan(310);
  }
});

/** Lines that begin like what is looked for, over and over, and never end like it. */
const nearly = [
  'Error '.repeat(200_000),
  'File '.repeat(200_000),
  "Can't open file ".repeat(60_000),
  "Can't dump ghost file /a of ".repeat(30_000),
  'iptables-restore '.repeat(60_000),
  'criu failed: type NOTIFY errno 0 path= '.repeat(30_000),
  '(00.000001) Error ('.repeat(50_000),
  ' '.repeat(1_000_000),
  '0'.repeat(1_000_000),
  'copy stream '.repeat(80_000),
  '\u0000\u001b[31m'.repeat(100_000),
];

test('lines without an end that nearly match take their time, and not more', () => {
  const began = performance.now();
  const diagnosis = new LogDiagnosis(rules);
  for (const text of nearly) {
    for (let at = 0; at < text.length; at += 65_536) diagnosis.push(text.slice(at, at + 65_536));
    diagnosis.push('\n');
  }
  const {lines} = diagnosis.end();
  expect(lines).toBe(nearly.length);
  // 11 MB; seen: 1.5 s. What backtracks without a bound would take hours.
  expect(performance.now() - began).toBeLessThan(limit(20));
});

test('of a log that is large nothing is kept but a few lines', () => {
  const diagnosis = new LogDiagnosis(rules);
  const part =
    '(00.047057) pie: 1: `- returned 0\n(00.047057) pie: 1: Preadv 0x4a4000:24576... (6 iovs)\n'.repeat(
      1000,
    );
  for (let times = 0; times < 60; times += 1) diagnosis.push(part);
  const {causes, lines} = diagnosis.end();
  expect(lines).toBe(120_000);
  expect(causes[0]).toMatchObject({rule: 'pages-short', count: 60_000});
  expect(causes[0]?.lines).toHaveLength(3);
});
