import {readFileSync} from 'node:fs';
import {join} from 'node:path';

/** Whether everything is tested (`npm run test:all`), or what a change can break (`npm test`). */
export const whole = process.env['TEST_RING'] === 'all';

/** A line of the table of promises in `test/README.md`. */
export interface Row {
  readonly promise: string;
  /** Relative to the folder of the project. */
  readonly file: string;
  /**
   * The beginning of the names of tests in that file, with or without its groups in front (`GROUP › TEST`); the whole
   * file when it is not given.
   */
  readonly name?: string;
  readonly ring: 'npm test' | 'test:all';
}

const head = '| promise | proven by | ring |';

const line = /^\| (?:(.*?) )?\| `([^`]+)`(?: › (.+?))? \| (npm test|test:all) \|$/;

/** The table says which promise is proven where, and in which ring. */
export function promises(): readonly Row[] {
  const text = readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8');
  const table = text.slice(text.indexOf(head) + head.length);
  return table
    .slice(table.indexOf('\n|') + 1)
    .split('\n')
    .filter((each) => each.startsWith('|') && !each.startsWith('|---'))
    .map((each) => {
      const [, promise = '', file = '', name, ring] = line.exec(each.replace(/ +\|/g, ' |')) ?? [];
      if (ring !== 'npm test' && ring !== 'test:all')
        throw new Error(`test/README.md: a row of the table cannot be read: ${each}`);
      return {promise, file: `test/${file}`, ring, ...(name !== undefined && {name})};
    });
}

/** A test, and the groups that it is in, the outermost first. */
export interface Named {
  readonly name: string;
  readonly groups: readonly string[];
}

/** Whether a test has this name, or one that begins so; vitest puts the first value of a row into quotes. */
export const isNamed = ({name: test, groups}: Named, name: string): boolean =>
  [test, [...groups, test].join(' › ')].some((each) => each.startsWith(name)) ||
  test.startsWith(`'${name}'`);

/** Groups whose tests a row names without naming the group; with two of them it is not said which of them is meant. */
export function groupsMeant(tests: readonly Named[], name: string): readonly string[] {
  const met = tests.filter((test) => isNamed(test, name));
  return [...new Set(met.map(({groups}) => groups.join(' › ')))];
}

/** Files that `npm test` leaves out. */
export const filesLeftOut = (): readonly string[] =>
  whole
    ? []
    : promises()
        .filter(({ring, name}) => ring === 'test:all' && name === undefined)
        .map(({file}) => file);

/** Beginnings of the names of tests in this file that `npm test` leaves out. */
export const testsLeftOut = (file: string): readonly string[] =>
  whole
    ? []
    : promises()
        .filter((row) => row.ring === 'test:all' && row.file === file)
        .flatMap(({name}) => name ?? []);
