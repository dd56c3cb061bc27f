import {enginesOf} from '../../src/engines/registry.js';
import {expect, test} from 'vitest';
import {ok} from '../../src/base/result.js';
import type {Problem} from '../../src/base/problem.js';
import type {Transport} from '../../src/hosts/transport.js';
import {planMoves} from '../../src/planner/plan-moves.js';
import {questions} from '../../src/planner/questions.js';
import {makePlan} from '../../src/run/make-plan.js';
import {container, plan} from '../planner/world.js';
import {fakeEngine} from '../rig/fake-engine.js';
import {FakeWorld} from '../rig/fake-world.js';

const hosts = Array.from({length: 20}, (_, index) => `host-${index}`);

/** A thousand containers, fifty on each host, all where they belong but for the first `lost`. */
function thousand(lost: number, probe: Pick<Transport, 'probeSessions'> = {}) {
  const world = new FakeWorld(hosts);
  const containers = Array.from({length: 1000}, (_, index) => {
    const name = `c${index}`;
    const on = hosts[index % 20] ?? '';
    const from = index < lost ? (hosts[(index + 1) % 20] ?? '') : on;
    world.host(from).containers.set(name, {
      id: `id-${name}`,
      state: 'running',
      restored: false,
      memory: 1,
      policy: 'no',
    });
    return container(name, on);
  });
  const looking = {
    transportOf: (name: string) => Promise.resolve(ok({...world.transport(name), ...probe})),
    engines: enginesOf([fakeEngine]),
    clock: {now: () => world.now, sleep: () => Promise.resolve()},
  };
  const inputs = {plan: plan(containers, hosts), run: 'r1', at: '2026-01-01T00:00:00Z'};
  return {world, planned: makePlan(looking, {questions, planMoves}, inputs)};
}

test('a thousand containers on twenty hosts, nothing to do: one look at each host', async () => {
  const {world, planned} = thousand(0);
  const {decisions, graph} = await planned;
  expect(decisions.filter(({action}) => action === 'none')).toHaveLength(1000);
  expect(graph.lanes).toEqual([]);
  expect([world.sent, world.changing]).toEqual([20, 0]);
});

test('a hundred of them elsewhere: one more look at the hosts that take part, and nothing is changed', async () => {
  const {world, planned} = thousand(100);
  const {graph} = await planned;
  expect(graph.lanes).toHaveLength(100);
  expect(world.sent).toBeLessThanOrEqual(40);
  expect(world.changing).toBe(0);
});

test('a host that opens fewer sessions than its moves need is refused before anything is changed', async () => {
  const asked: number[] = [];
  const problem: Problem = {kind: 'unreachable', code: 'too-few-sessions', message: 'too few'};
  const probeSessions = (wanted: number): Promise<Problem> => {
    asked.push(wanted);
    return Promise.resolve(problem);
  };
  const {world, planned} = thousand(1, {probeSessions});
  const {decisions, graph} = await planned;
  const told = decisions.flatMap((each) => (each.action === 'refused' ? each.problems : []));
  const causes = told.flatMap(({because = []}) => because);
  expect(causes.map(({code}) => code)).toContain('too-few-sessions');
  expect(graph.lanes).toEqual([]);
  // Only the two hosts that take part, one move at a time on each.
  expect(asked).toEqual([3, 3]);
  expect(world.changing).toBe(0);
});
