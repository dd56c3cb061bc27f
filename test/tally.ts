import {relative} from 'node:path';
import type {Reporter, TestModule} from 'vitest/node';
import {isNamed, promises} from './rig/ring.js';

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1).padStart(7)} s`;

interface File {
  readonly name: string;
  readonly ms: number;
}

/** `test/lab/vm.test.ts` → `lab`; of what lies in `test` itself, the file. */
const partOf = (name: string): string => {
  const [, part = name, ...rest] = name.split('/');
  return rest.length > 0 ? part : part.replace('.test.ts', '');
};

function timesOf(files: readonly File[]): readonly string[] {
  const parts = new Map<string, number>();
  for (const {name, ms} of files) parts.set(partOf(name), (parts.get(partOf(name)) ?? 0) + ms);
  const slowest = (rows: Iterable<readonly [string, number]>): readonly string[] =>
    [...rows]
      .sort((one, other) => other[1] - one[1])
      .map(([name, ms]) => `${seconds(ms)}  ${name}`);
  return [
    'time by part, two files at a time:',
    ...slowest(parts),
    'the fifteen slowest files:',
    ...slowest(files.map(({name, ms}) => [name, ms] as const)).slice(0, 15),
  ];
}

/** Rows of the table of promises that name a test which is not in the file. */
function unproven(modules: readonly TestModule[]): readonly string[] {
  const names = new Map(
    modules.map((module) => [
      relative('.', module.moduleId),
      [...module.children.allTests()].map(({name}) => name),
    ]),
  );
  return promises().flatMap(({file, name = ''}) => {
    const tests = names.get(file);
    if (tests === undefined || tests.some((test) => isNamed(test, name))) return [];
    return [`test/README.md names a test that ${file} does not have: ${name}`];
  });
}

/** Prints what took long and, alone on the last line for whoever reads only that, how many tests passed and failed. */
export default class Tally implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const missing = unproven(modules);
    let passed = 0;
    let failed = errors.length + missing.length;
    for (const module of modules) {
      // A file that does not load has no tests, and is a failure all the same.
      if (module.errors().length > 0) failed += 1;
      for (const test of module.children.allTests()) {
        const {state} = test.result();
        if (state === 'passed') passed += 1;
        if (state === 'failed') failed += 1;
      }
    }
    if (missing.length > 0) process.exitCode = 1;
    const files = modules.map((module) => ({
      name: relative('.', module.moduleId),
      ms: module.diagnostic().duration,
    }));
    const lines = [...missing, ...timesOf(files), '', `${passed} passed, ${failed} failed`];
    process.stdout.write(`\n${lines.join('\n')}\n`);
  }
}
