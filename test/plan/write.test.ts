import * as fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {readPlans} from '../../src/plan/read.js';
import {updatePlan, writePlan, type WrittenPlan} from '../../src/plan/write.js';

const world = {
  file: 'p.yaml',
  env: {},
  resolvePath: (path: string) => path,
  sha256: () => 'hash',
  onVariable: () => undefined,
};

async function read(text: string) {
  const plans = await readPlans('p.yaml', text, world);
  if (!plans.ok) throw new Error(`${JSON.stringify(plans.error)}\n${text}`);
  const [plan] = plans.value.plans;
  if (!plan) throw new Error('no plan');
  return plan;
}

const alpha = {name: 'alpha', address: 'root@alpha.example', ssh: {}};
const beta = {name: 'beta', address: 'beta', engine: 'docker', ssh: {config: '/x y/z'}} as const;

describe('a plan that is written', () => {
  test('says what it was given, with its comments', () => {
    const text = writePlan({
      name: 'all',
      hosts: [alpha, beta],
      containers: [
        {name: 'cache', on: 'alpha', above: ['project shop'], note: 'redis:7, memory 6 MiB'},
        {name: 'web', on: 'alpha', strategy: ['cold'], dependsOn: ['cache']},
        {name: 'db', on: 'beta', strategy: ['stateful', 'cold'], state: 'stopped'},
      ],
      end: ['not in this plan: a b on alpha: a plan has no such names'],
    });
    expect(text).toBe(`apiVersion: cm/v1
name: all

hosts:
  alpha: {address: root@alpha.example}
  beta: {address: beta, engine: docker, ssh: {config: /x y/z}}

containers:
  # project shop
  cache: {on: alpha} # redis:7, memory 6 MiB
  web: {on: alpha, strategy: cold, dependsOn: [cache]}
  db: {on: beta, strategy: [stateful, cold], state: stopped}

# not in this plan: a b on alpha: a plan has no such names
`);
  });

  test('is read again as what it was given, whatever the texts are', async () => {
    const name = fc.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,20}$/u);
    const text = fc.string({unit: 'binary', maxLength: 40});
    const containers = fc.uniqueArray(name, {minLength: 1, maxLength: 5}).chain((names) =>
      fc.record({
        names: fc.constant(names),
        notes: fc.array(text, {minLength: names.length, maxLength: names.length}),
        above: text,
        end: text,
      }),
    );
    await fc.assert(
      fc.asyncProperty(containers, name, async ({names, notes, above, end}, host) => {
        const plan = await read(
          writePlan({
            name: 'p',
            hosts: [{...alpha, name: host}],
            containers: names.map((each, index) => ({
              name: each,
              on: host,
              note: notes[index] ?? '',
              above: [above],
            })),
            end: [end],
          }),
        );
        // Names that are numbers come first in an object of JavaScript.
        expect([...plan.containers.values()].map((each) => [each.name, each.on]).sort()).toEqual(
          names.map((each) => [each, host]).sort(),
        );
      }),
      {numRuns: 200},
    );
  });
});

describe('a plan that is brought up to date', () => {
  const written = `# what runs where
apiVersion: cm/v1
name: all   # ours
hosts:
  alpha: {address: root@alpha.example}
x-mine: {free: 1}
containers:
  # the shop
  web:
    on: alpha # until spring
    strategy: cold
  old: {on: alpha}
`;
  const found: Omit<WrittenPlan, 'name'> = {
    hosts: [alpha, beta],
    containers: [
      {name: 'web', on: 'beta'},
      {name: 'new', on: 'alpha', note: 'redis'},
    ],
  };

  test('keeps its comments, its order and everything that it said before', () => {
    const updated = updatePlan(written, found);
    expect(updated).toEqual({
      ok: true,
      value: `# what runs where
apiVersion: cm/v1
name: all # ours
hosts:
  alpha: {address: root@alpha.example}
  beta: {address: beta, engine: docker, ssh: {config: /x y/z}}
x-mine: {free: 1}
containers:
  # the shop
  web:
    on: beta # until spring
    strategy: cold
  old: {on: alpha}
  new: {on: alpha} # redis
`,
    });
  });

  test('knows a machine by its address, whatever it is called there', () => {
    const mine = written.replace(
      'alpha: {address: root@alpha.example}',
      'one: {address: root@alpha.example}\n  beta: {address: other}',
    );
    const updated = updatePlan(mine.replaceAll('on: alpha', 'on: one'), found);
    expect(updated.ok && updated.value).toContain('beta-2: {address: beta, engine: docker');
    expect(updated.ok && updated.value).toContain('on: beta-2 # until spring');
    expect(updated.ok && updated.value).toContain('new: {on: one}');
  });

  test('has a name once, however it is written, and keeps the ends of its lines', () => {
    const numbered = written.replace('old:', '123:').replaceAll('\n', '\r\n');
    const updated = updatePlan(numbered, {
      hosts: [alpha],
      containers: [{name: '123', on: 'alpha'}],
    });
    expect(updated).toEqual({ok: true, value: numbered.replace('all   #', 'all #')});
  });

  test('is not touched again the second time', () => {
    const once = updatePlan(written, found);
    expect(once.ok && updatePlan(once.value, found)).toEqual(once);
  });

  test.each([
    ['no YAML', 'a: [b'],
    ['no map of containers', 'hosts: {}\ncontainers: [web]\n'],
    ['a container that is no map', 'hosts: {}\ncontainers: {web: beta}\n'],
    ['several plans', `${written}---\n${written}`],
    ['no plan', 'services: {web: {}}\n'],
    ['nothing', '# later\n'],
    [
      'an anchor that others use',
      written.replace('web:', 'web: &web').replace('old: {on: alpha}', 'old: *web'),
    ],
    ['an anchor for a host', written.replace('on: alpha #', 'on: &here alpha #')],
  ])('is refused when it is %s', (_, text) => {
    expect(updatePlan(text, found)).toMatchObject({ok: false});
  });
});
