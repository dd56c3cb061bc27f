import {spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {Recorder} from './recorder.js';

type Words = readonly string[];

/** How long node takes to run these words and end, in ms. */
function time(words: Words): number {
  const began = performance.now();
  const {status, stderr} = spawnSync(process.execPath, words, {timeout: 60_000, encoding: 'utf8'});
  if (status !== 0) throw new Error(`node ${words.join(' ')} failed: ${stderr}`);
  return performance.now() - began;
}

const nothing: Words = ['-e', '0'];
const parseOnly = (file: string): Words => [
  ...['-e', "require('yaml').parse(require('fs').readFileSync(process.argv[1], 'utf8'))", file],
];

/** A plan like those that people write, so many containers long. */
export function planOf(containers: number): string {
  const entries = Array.from({length: containers}, (_, i) => [
    `  web-${i}:`,
    `    on: ${i % 2 === 0 ? 'beta' : 'gamma'}`,
    '    strategy: [stateful, cold]',
    '    connections: keep',
    '    verify: {tcp: 8080, within: 10s}',
    ...(i === 0 ? [] : [`    dependsOn: [web-${i - 1}]`]),
  ]);
  return [
    ...['apiVersion: cm/v1', 'name: many', 'hosts:'],
    ...['alpha', 'beta', 'gamma'].map((host) => `  ${host}: {address: root@${host}.example}`),
    'containers:',
    ...entries.flat(),
    '',
  ].join('\n');
}

/** Starting, and reading plans, against what node itself needs to start. */
export function benchStart(program: string, pairs: number, recorder: Recorder): void {
  console.error(`start, ${pairs} pairs each`);
  const folder = mkdtempSync(join(tmpdir(), 'cm-bench-'));
  const plan = (containers: number): string => {
    const file = join(folder, `${containers}.yaml`);
    writeFileSync(file, planOf(containers));
    return file;
  };
  const cm = (...words: Words): Words => [program, ...words];
  const [hundred, thousand] = [plan(100), plan(1000)];
  const cases = [
    ['D1', 'cm --version', cm('--version'), 'node -e 0', nothing, 1.3],
    ['D2', 'cm --help', cm('--help'), 'node -e 0', nothing, 1.4],
    ['D3', 'cm validate, 100', cm('validate', hundred), 'node -e 0', nothing, 2.4],
    ['D3/1000', 'cm validate, 1,000', cm('validate', thousand), 'node -e 0', nothing],
    ['D4', 'cm validate, 1,000', cm('validate', thousand), 'yaml alone', parseOnly(thousand), 2],
  ] as const;
  try {
    for (const [id, ours, words, theirs, others, goal] of cases) {
      const [oursMs, theirsMs]: [number[], number[]] = [[], []];
      // The first of each fills the page cache.
      for (const each of [words, others]) time(each);
      for (let pair = 0; pair < pairs; pair++) {
        if (pair % 2 === 0) oursMs.push(time(words));
        theirsMs.push(time(others));
        if (pair % 2 === 1) oursMs.push(time(words));
      }
      const goals = goal === undefined ? {} : {goal};
      recorder.put({
        comparisons: [{id, what: 'start to end', ours, theirs, oursMs, theirsMs, ...goals}],
      });
    }
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}
