import {existsSync} from 'node:fs';
import {relative} from 'node:path';
import type {Reporter, TestCase, TestModule} from 'vitest/node';
import {pace} from './rig/limits.js';
import {groupsMeant, isNamed, promises, testsLeftOut, type Named} from './rig/ring.js';

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

function namedOf({name, parent}: TestCase): Named {
  const groups: string[] = [];
  for (let group = parent; group.type === 'suite'; group = group.parent) groups.unshift(group.name);
  return {name, groups};
}

/** Rows of the table of promises that name a test which is not in the file, or tests of several groups. */
function unproven(modules: readonly TestModule[]): readonly string[] {
  const names = new Map(
    modules.map((module) => [
      relative('.', module.moduleId),
      [...module.children.allTests()].map(namedOf),
    ]),
  );
  return promises().flatMap(({file, name = ''}) => {
    const tests = names.get(file);
    if (!existsSync(file)) return [`test/README.md names a file that is not there: ${file}`];
    if (tests === undefined || name === '') return [];
    const groups = groupsMeant(tests, name);
    if (groups.length === 1) return [];
    return groups.length === 0
      ? [`test/README.md names a test that ${file} does not have: ${name}`]
      : [`test/README.md names tests of several groups of ${file}: ${name} (${groups.join(', ')})`];
  });
}

interface Count {
  passed: number;
  failed: number;
  /** In a ring that is run, and not run: this machine cannot, or somebody said so. */
  skipped: number;
}

function countOf(modules: readonly TestModule[]): Count {
  const count = {passed: 0, failed: 0, skipped: 0};
  for (const module of modules) {
    const leftOut = testsLeftOut(relative('.', module.moduleId));
    // A file that does not load has no tests, and neither has a group whose preparation fails.
    if (module.errors().length > 0) count.failed += 1;
    for (const suite of module.children.allSuites())
      if (suite.errors().length > 0) count.failed += 1;
    for (const test of module.children.allTests()) {
      const {state} = test.result();
      if (state === 'pending') continue;
      if (state !== 'skipped') count[state] += 1;
      else if (!leftOut.some((name) => isNamed(namedOf(test), name))) count.skipped += 1;
    }
  }
  return count;
}

/** The checks have run before; their failure is one of the run. */
const checksFailed = (): boolean => (process.env['CHECKS'] ?? '0') !== '0';

/** Prints what took long and, alone on the last line for whoever reads only that, how many tests passed and failed. */
export default class Tally implements Reporter {
  onTestRunEnd(
    modules: readonly TestModule[],
    errors: readonly unknown[],
    reason: 'passed' | 'failed' | 'interrupted',
  ): void {
    const {passed, skipped, failed} = countOf(modules);
    const more = [
      ...unproven(modules),
      ...(checksFailed() ? ['the checks failed, see above'] : []),
      ...(passed === 0 ? ['no test has passed'] : []),
    ];
    if (more.length > 0) process.exitCode = 1;
    const sum = failed + errors.length + more.length;
    const files = modules.map((module) => ({
      name: relative('.', module.moduleId),
      ms: module.diagnostic().duration,
    }));
    const lines = [
      ...timesOf(files),
      `limits are for a machine ${pace().toFixed(1)} times slower than the one that they were written on`,
      ...(skipped > 0 ? [`${skipped} skipped, which were not left out by the table`] : []),
      ...more,
      '',
      `${passed} passed, ${reason === 'passed' ? sum : Math.max(1, sum)} failed`,
    ];
    process.stdout.write(`\n${lines.join('\n')}\n`);
  }
}
