import {readFileSync} from 'node:fs';
import {Ajv} from 'ajv';
import {describe, expect, test} from 'vitest';
import {stringify} from 'yaml';
import {readPlans} from '../../src/plan/read.js';
import {acquire, release} from '../../src/state/host/lease.js';
import type {MoveRecord} from '../../src/state/host/observed.js';
import {removeRecord, writeRecord} from '../../src/state/host/records.js';
import {ShellHost} from '../rig/shell-host.js';
import {world} from './world.js';

interface Schema extends Readonly<Record<string, unknown>> {
  readonly $ref?: string;
  readonly title?: string;
  readonly type?: string;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly const?: string;
  readonly minimum?: number;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema | readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
}

type Path = readonly (string | number)[];

const load = (name: string): Schema & {readonly definitions: Readonly<Record<string, Schema>>} =>
  JSON.parse(readFileSync(new URL(`../../schemas/${name}`, import.meta.url), 'utf8')) as never;

const source = load('plan.source.json');
const editor = new Ajv({strict: false}).compile(load('plan.schema.json'));

const resolve = (schema: Schema): Schema =>
  schema.$ref === undefined
    ? schema
    : (source.definitions[schema.$ref.split('/').at(-1) ?? ''] ?? {});

/** A right value for each kind of text. */
const words: Readonly<Record<string, string>> = {
  Name: 'web',
  'Plan name': 'p',
  Duration: '5s',
  Age: '2h',
  Rate: '1Gbit',
  Size: '1GiB',
  Program: 'true',
  Word: 'word',
  Address: 'root@alpha',
  'Peer address': '10.0.0.1',
  Path: './file',
  URL: 'http://localhost/',
  Label: 'label',
  Throttle: '30%',
  Folder: '/srv/kept',
  Power: 'privileged',
};

interface Leaf {
  readonly path: Path;
  readonly schema: Schema;
  readonly value: string | number | boolean;
}

/** Names that have to be those of something. */
function nameAt(path: Path): string | undefined {
  if (path.at(-1) === 'on' && path[0] === 'containers' && path.length === 3) return 'alpha';
  return path.includes('dependsOn') ? 'other' : undefined;
}

function valueOf({title = '', type = '', ...schema}: Schema, path: Path): Leaf['value'] {
  const kinds: Readonly<Record<string, Leaf['value']>> = {
    integer: schema.minimum ?? 1,
    boolean: true,
  };
  const values = [nameAt(path), schema.const, schema.enum?.[0], words[title], kinds[type]];
  const value = values.find((each) => each !== undefined);
  if (value !== undefined) return value;
  throw new Error(`no right value for ${title} at ${path.join('.')}: add one to "words"`);
}

/** Every scalar that a plan may have, with a right value. */
function leavesOf(written: Schema, path: Path): readonly Leaf[] {
  const schema = resolve(written);
  if (schema.anyOf) return schema.anyOf.flatMap((each) => leavesOf(each, path));
  if (schema.type === 'array') {
    const items = [schema.items ?? []].flat();
    return items.flatMap((each, index) => leavesOf(each, [...path, index]));
  }
  if (schema.type !== 'object') return [{path, schema, value: valueOf(schema, path)}];
  const own = Object.entries(schema.properties ?? {}).flatMap(([key, each]) =>
    leavesOf(each, [...path, key]),
  );
  const key = {hosts: 'alpha', containers: 'web', volumes: 'data', labels: 'rack'}[
    String(path.at(-1))
  ];
  const free = schema.additionalProperties;
  return key === undefined || typeof free !== 'object' ? own : leavesOf(free, [...path, key]);
}

const base = () => ({
  apiVersion: 'cm/v1',
  name: 'p',
  hosts: {alpha: {address: 'a'}, beta: {address: 'b'}},
  containers: {web: {on: 'beta'}, other: {on: 'beta'}},
});

function put(data: unknown, [first, ...rest]: Path, value: unknown): unknown {
  if (first === undefined) return value;
  const inner = (data as Record<string, unknown> | undefined)?.[first];
  if (typeof first === 'number') {
    const list = (data as readonly unknown[] | undefined) ?? [];
    return Array.from({length: Math.max(first + 1, list.length)}, (_, index) =>
      index === first ? put(list[index], rest, value) : (list[index] ?? 'true'),
    );
  }
  return {...(data as object), [first]: put(inner, rest, value)};
}

/** What else a map needs, so that a plan with the value is right. */
function around(path: Path): unknown {
  const at = path.findIndex((key) => key === 'hooks');
  const points = ['before', 'after', 'onFailure', 'beforeFreeze', 'afterRestore', 'redirect'];
  const point = path.findIndex((key) => points.includes(String(key)) || key === 'onRollback');
  if (at === -1 || point === -1) return base();
  const end = typeof path[point + 1] === 'number' ? point + 2 : point + 1;
  return path[end] === 'run' ? base() : put(base(), [...path.slice(0, end), 'run'], ['true']);
}

const leaves = leavesOf(source, []);

const problemsOf = async (text: string) => {
  const read = await readPlans('plan.yaml', text, world);
  return read.ok ? [] : read.error;
};

describe('what is red in an editor', () => {
  test('the schema has all scalars of the language', () => {
    expect(leaves.length).toBeGreaterThan(60);
  });

  test.each(leaves.map((leaf) => [leaf.path.join('.'), leaf] as const))(
    '%s may be a variable, to the reader and to editors',
    async (_, {path, value}) => {
      const plan = put(around(path), path, `\${UNSET:-${String(value)}}`);
      const problems = await problemsOf(stringify(plan));
      // Rules about several values at once are the reader's alone; the value itself is right.
      const codes = problems.map(({code}) => code);
      expect(codes.filter((code) => /^(?:bad-|wrong-type|unknown-)/u.test(code))).toEqual([]);
      expect(editor(plan), JSON.stringify(editor.errors)).toBe(true);
      expect(editor(put(around(path), path, {deeper: {still: '$'}}))).toBe(false);
    },
  );

  test.each(['$', '${', '${1}', '$VAR', '${PORT'])('"%s" is no variable', (text) => {
    expect(editor(put(base(), ['containers', 'web', 'verify', 'tcp'], text))).toBe(false);
  });
});

describe('advice leads on', () => {
  const wrong: readonly unknown[] = [30, 3.5, true, '70000', '30', 'true', 0];

  /** The value that the advice asks for. */
  const cured = (remedy: string, value: unknown): unknown => {
    if (remedy.startsWith('put it in quotes')) return String(value);
    return remedy === 'take the quotes away' ? Number(value) : undefined;
  };

  test.each(leaves.map((leaf) => [leaf.path.join('.'), leaf.path] as const))(
    'of a value of the wrong type of %s',
    async (_, path) => {
      for (const value of wrong) {
        const problems = await problemsOf(stringify(put(around(path), path, value)));
        for (const {code, remedy = ''} of problems.filter((each) => each.code === 'wrong-type')) {
          const better = cured(remedy, value);
          if (better === undefined) continue;
          const second = await problemsOf(stringify(put(around(path), path, better)));
          const codes = second.map((each) => each.code);
          // A name that nothing has is another mistake, and said to be that.
          expect([
            code,
            remedy,
            codes.filter((each) => /^bad-|^out-of|^wrong/u.test(each)),
          ]).toEqual([code, remedy, []]);
        }
      }
    },
  );

  test('of another version of the language', async () => {
    const [problem] = await problemsOf(stringify({...base(), apiVersion: 'cm/v2'}));
    expect(problem?.remedy).toMatch(/^this cm reads "cm\/v1" only/u);
    const [typo] = await problemsOf(stringify({...base(), apiVersion: 'cm/1'}));
    expect(typo?.remedy).toBe('did you mean "cm/v1"');
  });
});

describe('names that files are named after', () => {
  const longest = 'n'.repeat(200);

  test('one of the greatest length fits wherever a file is named after it', async () => {
    using host = new ShellHost();
    const record = {
      ...{format: 1 as const, container: longest, run: 'r1', plan: longest, id: 'a'.repeat(64)},
      ...{phase: 'leaving' as const, strategy: 'cold' as const, restartPolicy: 'no'},
      ...{from: longest, to: longest, at: '2026-01-01T00:00:00.000Z'},
    } satisfies MoveRecord;
    const lease = {...{name: longest, run: 'r1', owner: 'me', plan: longest}, since: record.at};
    for (const command of [
      acquire(lease),
      writeRecord(record),
      removeRecord(longest),
      release(longest, 'r1'),
    ]) {
      const {code, stderr} = await host.run(command);
      expect([code, stderr]).toEqual([0, '']);
    }
  });

  test.each([201, 249, 255, 4000])('one of %i characters is refused with its length', async (n) => {
    const name = 'n'.repeat(n);
    for (const plan of [
      {...base(), name},
      {...base(), hosts: {...base().hosts, [name]: {address: 'c'}}},
      {...base(), containers: {[name]: {on: 'beta'}}},
    ]) {
      const [problem, ...others] = await problemsOf(stringify(plan, {lineWidth: 0}));
      expect([problem?.code, others]).toEqual(['too-long', []]);
      expect(problem?.message).toContain(`has ${n} characters`);
    }
  });
});
