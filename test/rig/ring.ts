import {readFileSync} from 'node:fs';
import {join} from 'node:path';

/** Whether everything is tested (`npm run test:all`), or what a change can break (`npm test`). */
export const whole = process.env['TEST_RING'] === 'all';

/** A line of the table of promises in `test/README.md`. */
export interface Row {
  readonly promise: string;
  /** Relative to the folder of the project. */
  readonly file: string;
  /** The beginning of the names of tests in that file, its `describe` left out; the whole file when it is not given. */
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

/** Whether a test has this name, or one that begins so; vitest puts the first value of a row into quotes. */
export const isNamed = (test: string, name: string): boolean =>
  test.startsWith(name) || test.startsWith(`'${name}'`);

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
