import {expect, test} from 'vitest';
import type {Planned} from '../../src/planner/change.js';
import {Contention} from '../../src/run/watch/contention.js';
import {container, plan} from '../planner/world.js';
import {change} from '../report/simulated.js';

const minute = 60_000;

const moving = (hash = '0'): Planned => {
  const web = container('web', 'beta');
  return {
    plan: {...plan([web]), hash},
    decisions: [{action: 'move', container: web, change: change(web, 'alpha')}],
    graph: {lanes: [], limits: {parallel: 1, perHost: 1}},
    fingerprints: {},
    warnings: [],
  };
};

test('what was brought back three times within an hour is left alone until the plan changes', () => {
  const contention = new Contention();
  for (const at of [0, 10 * minute, 20 * minute]) {
    expect(contention.of(moving(), at)).toEqual([]);
    contention.add(moving(), at);
  }
  expect(contention.of(moving(), 30 * minute)).toEqual(['web']);
  expect(contention.of(moving('1'), 30 * minute)).toEqual([]);
  expect(contention.of(moving(), 61 * minute)).toEqual([]);
});
