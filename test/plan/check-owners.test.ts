import {expect, test} from 'vitest';
import {contestedContainers} from '../../src/plan/check/owners.js';
import type {Plan} from '../../src/plan/plan.js';
import {container, plan} from '../planner/world.js';

const wanting = (
  on: string,
  file: string,
  hosts: readonly string[] = ['alpha', 'beta'],
  more: Partial<Plan> = {},
): Plan => ({
  ...plan([container('web', on, {at: `${file}:7:3`})], [...hosts]),
  file,
  ...more,
});

const messages = (...plans: readonly Plan[]) =>
  contestedContainers(plans).map(({problem}) => problem.message);

test('two plans that want one container on different hosts are told apart by file and line', () => {
  expect(messages(wanting('alpha', 'a.yaml'), wanting('beta', 'b.yaml'))).toEqual([
    'container "web" belongs on alpha (a.yaml:7:3) and on beta (b.yaml:7:3)',
    'container "web" belongs on beta (b.yaml:7:3) and on alpha (a.yaml:7:3)',
  ]);
});

test('the same place, other hosts altogether, or a suspended plan are no conflict', () => {
  expect(messages(wanting('beta', 'a.yaml'), wanting('beta', 'b.yaml'))).toEqual([]);
  expect(
    messages(wanting('alpha', 'a.yaml'), wanting('delta', 'b.yaml', ['gamma', 'delta'])),
  ).toEqual([]);
  expect(
    messages(wanting('alpha', 'a.yaml'), wanting('beta', 'b.yaml', undefined, {suspend: true})),
  ).toEqual([]);
});
