import {enginesOf} from '../../src/engines/registry.js';
import {describe, expect, it} from 'vitest';
import {planMoves} from '../../src/planner/plan-moves.js';
import {allSteps, hooksIn} from '../../src/planner/steps/all-steps.js';
import {podman} from '../../src/engines/podman/podman.js';
import {readPlans} from '../../src/plan/read.js';
import {plannedRecords} from '../../src/report/json/json-records.js';
import {renderGraph} from '../../src/report/text/graph-text.js';
import {renderPlan} from '../../src/report/text/plan-text.js';
import {found, observed, survey, view} from '../planner/world.js';
import {world} from '../plan/world.js';

const places = ['runner', 'source', 'target', 'container'] as const;
const points = [
  ...['before', 'beforeFreeze', 'afterRestore', 'redirect'],
  ...['after', 'onFailure', 'onRollback'],
] as const;

const ability = {color: false, unicode: true};

/** Every point of a container has a hook on every place, and every point of the plan has one. */
const words = [
  ...points.flatMap((point) => places.map((place) => `do-${point}-${place}`)),
  ...['before', 'after', 'onFailure'].map((point) => `do-plan-${point}`),
  'do-undo',
];

const listOf = (point: string): string =>
  places.map((place) => `{run: [do-${point}-${place}], on: ${place}}`).join(', ');

const text = `apiVersion: cm/v1
name: web
hosts: {alpha: {address: alpha}, beta: {address: beta}}
hooks:
  before: {run: [do-plan-before]}
  after: {run: [do-plan-after]}
  onFailure: {run: [do-plan-onFailure]}
containers:
  web:
    on: beta
    strategy: cold
    hooks:
${points
  .filter((point) => point !== 'redirect' && point !== 'beforeFreeze')
  .map((point) => `      ${point}: [${listOf(point)}]`)
  .join('\n')}
      beforeFreeze: [${listOf('beforeFreeze')}]
      redirect: [${listOf('redirect')}, {run: ['true'], undo: [do-undo], on: runner}]
`;

async function planned(state: 'there' | 'moved') {
  const read = await readPlans('plan.yaml', text, world);
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  const [plan] = read.value.plans;
  if (!plan) throw new Error('no plan');
  const hosts = state === 'there' ? ['alpha', 'beta'] : ['beta', 'alpha'];
  return planMoves({
    plan,
    observed: observed(
      ...hosts.map((host, index) =>
        view(host, {
          look: {version: '5.4.2', containers: index === 0 ? [found('web', 'running')] : []},
          survey: survey({}),
        }),
      ),
    ),
    engines: enginesOf([podman]),
    run: 'r1',
    at: '2026-01-01T00:00:00Z',
  });
}

describe('every program that a plan can name is shown before anything is done:', () => {
  it('in the plan', async () => {
    const shown = renderPlan(await planned('there'), ability);
    for (const word of words) expect(shown).toContain(word);
  });

  it.each(['text', 'mermaid', 'dot'] as const)('in the graph as %s', async (format) => {
    const drawn = renderGraph((await planned('there')).graph, format, ability);
    for (const word of words) expect(drawn).toContain(word);
  });

  it('in JSON', async () => {
    const records = plannedRecords(await planned('there')).filter(({type}) => type === 'step');
    for (const word of words) expect(JSON.stringify(records)).toContain(word);
    const hooks = records.filter((record) => record['act'] === 'hook');
    expect(hooks).toHaveLength(words.length);
    expect(hooks.filter((record) => record['when'] !== undefined)).toHaveLength(9);
  });
});

it('hooks are counted, and no two steps have the same identity', async () => {
  const {graph} = await planned('there');
  expect(hooksIn(graph)).toHaveLength(words.length);
  const ids = allSteps(graph).map(({id}) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

it('the hooks of a plan in which there is nothing to do are not shown as if they ran', async () => {
  expect(renderPlan(await planned('moved'), ability)).not.toContain('do-plan');
});
