import {expect, test} from 'vitest';
import {renderSummary} from '../../src/report/text/summary.js';
import {overBudget} from '../../src/run/over-budget.js';
import {Summary} from '../../src/run/summary.js';
import type {Planned} from '../../src/planner/change.js';
import {container, plan} from '../planner/world.js';

const redis = {...container('redis', 'beta'), budget: {downtimeMs: 2000}};
const provenance = {cm: '1', node: '20', runner: 'ann@desk'};

const planned: Planned = {
  plan: plan([redis]),
  decisions: [
    {
      action: 'move',
      container: redis,
      change: {
        container: redis,
        from: 'alpha',
        to: 'beta',
        strategy: 'cold',
        because: 'of the test',
        fell: [],
        overwrites: [],
        reach: {powers: [], paths: []},
        prediction: {downtimeMs: 650, totalMs: 3000, bytes: 1, how: 'of the test'},
      },
    },
  ],
  graph: {lanes: [], limits: {parallel: 1, perHost: 1}},
  fingerprints: {},
  warnings: [],
};

const moved = (downtimeMs: number) =>
  ({
    type: 'lane-settled',
    at: 9000,
    container: 'redis',
    outcome: 'moved',
    where: ['beta'],
    downtimeMs,
  }) as const;

test.each([
  [1999, []],
  [2000, []],
  [7400, ['over-budget-downtime']],
])('a downtime of %d ms with a budget of 2 s', (downtimeMs, codes) => {
  expect(overBudget(redis, {downtimeMs}).map(({code}) => code)).toEqual(codes);
});

test('a move over its budget is told, stands in the report, and has no green sign', () => {
  const summary = new Summary('r1', planned.plan, provenance, 0);
  summary.planned(planned);
  summary.saw(moved(7400));
  const problems = summary.overBudget(moved(7400));
  expect(problems).toMatchObject([
    {message: 'the downtime of "redis" took 7.4 s, over its budget of 2.0 s'},
  ]);
  const report = summary.report(9000, 0, []);
  expect(report.containers).toMatchObject([{outcome: 'moved', overBudget: true}]);
  const text = renderSummary(report, {color: false, unicode: true});
  expect(text).toContain('! redis');
  expect(text).toContain('over budget');
  expect(text).not.toContain('✓');
});
