import {expect, test} from 'vitest';
import {err, ok} from '../../src/base/result.js';
import type {Act, Lane} from '../../src/planner/steps/step.js';
import {LaneRun} from '../../src/run/execute/lane-run.js';
import {FakeClock} from '../rig/clock.js';
import {after, begin, type Ended, type Position} from './lane.js';
import {check} from './check.js';
import {operationsOf, type Program} from './program.js';
import type {Protocol} from './protocol.js';
import {BACK} from './state.js';

interface Played {
  readonly done: readonly string[];
  readonly outcome: string;
}

/** What the search would do, told by the names of steps. */
function modelled(program: Program, fails: ReadonlySet<string>): Played {
  const done: string[] = [];
  const act = (name: string): boolean => {
    done.push(name);
    return !fails.has(name);
  };
  let at: Position | Ended = begin(program);
  while ('status' in at) {
    const operation = program.operations[at.at];
    if (!operation) throw new Error('outside of the program');
    const {name, undoOnlyIf} = operation;
    const works =
      at.status === BACK ? (!undoOnlyIf || act(`?${name}`)) && act(`-${name}`) : act(name);
    at = after(program, at, works);
  }
  return {done, outcome: at.outcome};
}

/** One step after the other, as the search goes through them. */
const inOrder = (lane: Lane): Lane => ({
  ...lane,
  steps: lane.steps.map((step, index) => ({
    ...step,
    needs: index > 0 ? [lane.steps[index - 1]?.id ?? ''] : [],
  })),
});

/** What the runner does. */
async function real(lane: Lane, fails: ReadonlySet<string>): Promise<Played> {
  const names = new Map<Act, string>();
  for (const {id, act, undo, undoOnlyIf} of lane.steps) {
    const name = id.slice(id.indexOf('/') + 1);
    names.set(act, name);
    if (undo) names.set(undo, `-${name}`);
    if (undoOnlyIf) names.set(undoOnlyIf, `?${name}`);
  }
  const done: string[] = [];
  const perform = async (act: Act) => {
    const name = names.get(act) ?? '?';
    done.push(name);
    const problem = {kind: 'step', code: 'of-the-test', message: name} as const;
    return Promise.resolve(fails.has(name) ? err(problem) : ok({}));
  };
  const stage = {perform, clock: new FakeClock(), say: () => undefined};
  const {outcome} = await new LaneRun(inOrder(lane), stage).run();
  return {done, outcome};
}

const protocols: readonly Protocol[] = [
  {strategies: ['stateful'], volume: true},
  {strategies: ['cold'], volume: false},
  {strategies: ['pre-copy'], volume: true},
];

test.each(protocols)('the search goes the way of the runner, whatever fails: %o', async (each) => {
  const {world} = check(each, 1, 1);
  let compared = 0;
  for (const {kind, lane} of world.planner.programs) {
    const operations = operationsOf(lane);
    const program = {kind, lane, operations};
    const names = operations.flatMap(({name, undo, undoOnlyIf}) => [
      name,
      ...(undo ? [`-${name}`] : []),
      ...(undoOnlyIf ? [`?${name}`] : []),
    ]);
    for (const one of ['', ...names])
      for (const other of ['', ...names]) {
        const fails = new Set([one, other]);
        expect(modelled(program, fails), [...fails].join()).toEqual(await real(lane, fails));
        compared += 1;
      }
  }
  const acts = world.planner.programs.flatMap(({lane}) => lane.steps.map(({act}) => act.kind));
  expect(acts.includes('rounds')).toBe(each.strategies[0] === 'pre-copy');
  expect(world.planner.programs.length).toBeGreaterThan(2);
  expect(compared).toBeGreaterThan(1000);
});
