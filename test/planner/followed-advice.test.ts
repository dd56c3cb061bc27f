import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {engineRows} from './advice/engines.js';
import {folderRows} from './advice/folders.js';
import {hostRows} from './advice/hosts.js';
import {networkRows} from './advice/network.js';
import type {Row} from './advice/row.js';
import {standingRows} from './advice/standing.js';
import {workloadRows} from './advice/workload.js';
import {plannedOf} from './advice/world.js';

const rows: readonly Row[] = [
  ...hostRows,
  ...networkRows,
  ...workloadRows,
  ...folderRows,
  ...standingRows,
  ...engineRows,
];

describe('advice that is followed leads to the move', () => {
  const cases = rows.flatMap((each, index) =>
    each.ways.map((way, number) => ({each, way, name: `${each.code} (${index}.${number})`})),
  );
  test.each(cases)('$name', async ({each: {code, world}, way}) => {
    const told = await plannedOf(world());
    const refused = told.problems.find((problem) => problem.code === code);
    expect(refused, JSON.stringify(told.problems)).toBeDefined();
    const {message = '', remedy = ''} = refused ?? {};
    const then = await plannedOf(way(world(), {message, remedy}));
    expect(then).toMatchObject({problems: [], moves: true});
  });
});

/** Codes that no row has, and why. */
const restored =
  'told by `cm restore`, which no plan asks for: restore-as.test.ts, lab/checkpoint.test.ts';

const others: Readonly<Record<string, string>> = {
  'made-otherwise': restored,
  'image-missing': restored,
  'mount-missing': restored,
  'written-by-both': restored,
  'only-itself': restored,
  'network-shared': restored,
  'not-measured':
    'an answer that a host cuts off while a checkpoint is made; nobody can advise against that',
  'not-surveyed':
    'an answer that a host cuts off while it is looked at; "apply again" is all there is to do',
  'cannot-see': 'a host that does not answer: cli/scripts/unreachable.script',
  'claims-meet': 'two moves of one run, each of which may give way: claims.test.ts',
  'left-to-others': 'a warning; the move is done',
  'tag-differs': 'a warning; the move is done',
  'mapped-lock': 'a warning; the move is done',
  multicast: 'a warning; the move is done',
  'run-at-work': 'a warning; the other run ends by itself',
  swarm: 'a swarm moves its own services, and cm is not to',
  'mount-inside-rootfs':
    'a bundle that mounts a folder of itself is made again by hand: engines/refusal-codes.test.ts',
  'over-budget-': 'the beginning of two codes, which have rows',
  'bind-': 'the beginning of three codes, which have rows',
};

test('every code of a refusal has a row, or a reason', () => {
  const folders = ['src/engines', 'src/planner'];
  const texts = folders.flatMap((folder) =>
    readdirSync(folder, {recursive: true, encoding: 'utf8'})
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join(folder, name), 'utf8')),
  );
  const codes = texts.flatMap((text) =>
    [...text.matchAll(/\bcode: ['`]([a-z0-9-]+)['`$]/gu)].map((match) => match[1] ?? ''),
  );
  const covered = new Set(rows.map(({code}) => code));
  expect(covered.size).toBeGreaterThan(105);
  const missing = [...new Set(codes)].filter((code) => !covered.has(code) && !(code in others));
  expect(missing).toEqual([]);
});
