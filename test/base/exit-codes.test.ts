import {describe, expect, test} from 'vitest';
import {exitCodeLines, exitOfKinds, exits, gravest, precedence} from '../../src/base/exit-codes.js';
import type {Problem, ProblemKind} from '../../src/base/problem.js';
import {exitCode} from '../../src/run/exit-code.js';
import type {LaneResult} from '../../src/run/execute/lane-result.js';
import {lane} from '../rig/graph.js';

const kinds: readonly ProblemKind[] = [
  'look',
  'step',
  'plan',
  'declined',
  'unreachable',
  'locked',
  'preflight',
];
const pairs = kinds.flatMap((one) => kinds.map((other) => [one, other] as const));

const problem = (kind: ProblemKind): Problem => ({kind, code: 'x', message: 'x'});
const untouched = (kind: ProblemKind): LaneResult => ({
  lane: lane('a'),
  outcome: 'untouched',
  where: ['alpha'],
  problem: problem(kind),
});

describe('one table says which exit code wins', () => {
  test.each(pairs)('%s and %s', (one, other) => {
    const exit = exitOfKinds([one, other]);
    expect([exitOfKinds([one]), exitOfKinds([other])]).toContain(exit);
    expect(exitOfKinds([other, one])).toBe(exit);
    // Two runs, two containers of one run, and two problems before a run end alike.
    expect(gravest([exitOfKinds([one]), exitOfKinds([other])])).toBe(exit);
    if (one !== 'look' && other !== 'look')
      expect(exitCode([untouched(one), untouched(other)], false)).toBe(exit);
  });

  test('a host that cannot be reached wins over a lock, and a no over both', () => {
    expect(exitOfKinds(['locked', 'unreachable'])).toBe(exits.unreachable);
    expect(exitOfKinds(['locked', 'declined', 'unreachable'])).toBe(exits.declined);
  });

  test('a lock alone is told even where other containers were moved', () => {
    const moved: LaneResult = {lane: lane('b'), outcome: 'moved', where: ['beta']};
    expect(exitCode([moved, untouched('locked')], false)).toBe(exits.locked);
    expect(exitCode([moved, untouched('preflight')], false)).toBe(exits.failed);
  });
});

test('help names every code once', () => {
  const told = exitCodeLines().map((line) => Number(line.trim().split(' ', 1)[0]));
  expect(told).toEqual(Object.values(exits).toSorted((one, other) => one - other));
  for (const code of precedence()) expect(told).toContain(code);
});
