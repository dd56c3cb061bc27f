import {execFileSync} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, expect, test} from 'vitest';
import {script} from '../../src/base/command.js';
import {diagnose} from '../../src/diagnose/explain.js';
import {criuLogText} from '../../src/engines/criu/log.js';
import {limit} from '../rig/limits.js';

const folder = mkdtempSync(join(tmpdir(), 'cm-criu-log-'));

afterAll(() => {
  rmSync(folder, {recursive: true});
});

const logs = (name: string): string => `test/diagnose/logs/${name}.log`;

function said(file: string): readonly string[] {
  const {argv} = script('print', `${criuLogText}\ncriu_log "$1"`, file);
  const [program, ...words] = argv;
  const text = execFileSync(program, words, {encoding: 'utf8', timeout: limit(20)});
  return text === '' ? [] : text.trimEnd().split('\n');
}

function written(name: string, lines: readonly string[]): string {
  const file = join(folder, name);
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

test('what went wrong, from the first to the last', () => {
  expect(said(logs('badsize-restore'))).toEqual([
    'Error (criu/files-reg.c:2175): File f has bad size 19 (expect 6)',
    'Error (criu/files.c:1221): Unable to open fd=3 id=0x5',
    'Error (criu/cr-restore.c:2331): Restoring FAILED.',
  ]);
});

test.each(['healthy-dump', 'healthy-restore'])('nothing of a success: %s', (name) => {
  expect(said(logs(name))).toEqual([]);
});

test.each([
  ['uring-dump', 'io-uring'],
  ['est-dump', 'tcp-connected'],
  ['enospc-dump', 'no-space'],
  ['tamper-restore', 'image-corrupt'],
  ['pages-restore', 'pages-missing'],
  ['short-restore', 'pages-short'],
  ['crun-restore', 'cgroup-cpuset'],
])('what is printed of it can still be recognised: %s', (name, rule) => {
  expect(diagnose(said(logs(name))).causes[0]?.rule).toBe(rule);
});

test('the first seven and the last four of many, each once', () => {
  const lines = Array.from(
    {length: 50},
    (_, index) => `(00.0${index + 10}) Error (a.c:1): no ${index}`,
  );
  const twice = lines.flatMap((line) => [line, line]);
  const error = (index: number) => `Error (a.c:1): no ${index}`;
  expect(said(written('many.log', twice))).toEqual([
    ...[0, 1, 2, 3, 4, 5, 6].map(error),
    '(39 more)',
    ...[46, 47, 48, 49].map(error),
  ]);
  expect(said(written('nine.log', lines.slice(0, 9)))).toEqual(
    [0, 1, 2, 3, 4, 5, 6, 7, 8].map(error),
  );
});

test('a long line is cut, an odd name is a name, and no file is no failure', () => {
  const [line = ''] = said(written("- it's $(odd).log", [`Error (a.c:1): ${'x'.repeat(5000)}`]));
  expect(line.length).toBe(390);
  expect(said(join(folder, 'nothing.log'))).toEqual([]);
});

test('of a log that never ended both ends are looked at', () => {
  const file = join(folder, 'endless.log');
  const repeated = '(00.047057) pie: 1: `- returned 0\n'.repeat(1000);
  const text = `(00.001) Error (a.c:1): first\n${repeated.repeat(2000)}(09.001) Error (a.c:1): last\n`;
  writeFileSync(file, text);
  expect(text.length).toBeGreaterThan(64 * 2 ** 20);
  expect(said(file)).toEqual(['Error (a.c:1): first', '`- returned 0', 'Error (a.c:1): last']);
});
