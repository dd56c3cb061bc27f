import {describe, expect, test} from 'vitest';
import {aheadOf, aheadRefusals} from '../../src/planner/strategy/ahead.js';
import type {Container} from '../../src/plan/plan.js';

const MiB = 2 ** 20;
const rates = {stream: 110e6, dump: 800e6, restore: 1200e6, fixedMs: 600, source: 'assumed'};

const container = (more: Partial<Container> = {}): Container => ({
  name: 'db',
  on: 'beta',
  strategy: ['pre-copy'],
  budget: {},
  connections: 'keep',
  dependsOn: [],
  volumes: {},
  hooks: {},
  at: 'plan.yaml:1:1',
  ...more,
});

describe('before the first round', () => {
  const codes = (budget: Container['budget'], memory: number): readonly string[] =>
    aheadRefusals(budget, memory, rates).map(({code}) => code);

  test('a budget that no number of rounds can keep is refused with what it would take', () => {
    expect(codes({downtimeMs: 1000}, 1024 * MiB)).toEqual(['budget-below-floor']);
    expect(aheadRefusals({downtimeMs: 1000}, 1024 * MiB, rates)[0]?.message).toBe(
      'no pre-copy gets under 1.5 s, since all of its 1024 MiB are restored while it stands still, and its budget is 1.0 s (assumed)',
    );
    expect(codes({downtimeMs: 1500}, 1024 * MiB)).toEqual([]);
    expect(codes({}, 1024 * MiB)).toEqual([]);
  });

  test('a small memory, and one that is sent in no time, are not worth it', () => {
    expect(codes({}, 16 * MiB)).toEqual(['state-too-small']);
    expect(codes({}, 60 * MiB)).toEqual(['state-too-small']);
    expect(codes({}, 64 * MiB)).toEqual([]);
    expect(aheadRefusals({}, 100 * MiB, {...rates, stream: 1.2e9})[0]?.code).toBe(
      'state-too-small',
    );
  });
});

describe('how far it may go', () => {
  test('is what the plan says, or else what is sensible', () => {
    const {course} = aheadOf(container(), 1000 * MiB, rates, []);
    expect(course).toMatchObject({maxRounds: 8, maxSent: 3000 * MiB, target: {of: 'floor'}});
    expect(course.target.ms).toBeGreaterThan(1400);
    expect(course).not.toHaveProperty('totalMs');
    const budget = {downtimeMs: 3000, totalMs: 60_000, maxSent: 5e9, maxRounds: 3};
    expect(aheadOf(container({budget}), 1000 * MiB, rates, []).course).toEqual({
      ...{memory: 1000 * MiB, rates, totalMs: 60_000, maxSent: 5e9, maxRounds: 3},
      target: {ms: 3000, of: 'budget'},
    });
  });

  test.each([
    [{}, [], 'cutover'],
    [{budget: {downtimeMs: 1}}, [], 'abort'],
    [{budget: {downtimeMs: 1}}, ['stateful', 'cold'], 'stateful'],
    [{budget: {downtimeMs: 1}}, ['cold'], 'next'],
    [{onNoConverge: 'next-strategy'}, ['stateful'], 'stateful'],
    [{onNoConverge: 'next-strategy'}, [], 'abort'],
    [{onNoConverge: 'cutover', budget: {downtimeMs: 1}}, ['stateful'], 'cutover'],
    [{onNoConverge: 'abort'}, ['stateful'], 'abort'],
  ] as const)('%j with %j below it leads to %s', (more, rest, stuck) => {
    expect(aheadOf(container(more), 1000 * MiB, rates, rest).stuck).toBe(stuck);
  });
});
