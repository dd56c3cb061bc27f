import {expect, test} from 'vitest';
import {wishesOf, type Sighting} from '../../src/doctor/wishes.js';
import type {Container, Plan} from '../../src/plan/plan.js';
import {valueOf} from '../engines/recording.js';
import {readPlans} from '../../src/plan/read.js';

async function planOf(text: string): Promise<Plan> {
  const world = {env: {}, sha256: () => '0', resolvePath: (path: string) => path, file: 'p.yaml'};
  const read = await readPlans('p.yaml', `apiVersion: cm/v1\nname: p\n${text}`, world);
  const [plan] = valueOf(read as never as {ok: true; value: {plans: readonly Plan[]}}).plans;
  if (!plan) throw new Error('no plan');
  return plan;
}

const hosts = 'hosts: {a: {address: a}, b: {address: b}, c: {address: c}}\n';
const nameOf = (_plan: Plan, host: string): string => host;
const at = (host: string, container: string, ...networks: readonly string[]): Sighting => ({
  ...{host, container, networks},
});

test('from where a container is to where it belongs, by all strategies that any container names', async () => {
  const plan = await planOf(
    `${hosts}containers:\n  x: {on: b, strategy: [stateful, cold]}\n  y: {on: b, strategy: pre-copy}\n`,
  );
  const seen = [at('a', 'x', 'lan'), at('a', 'y', 'lan', 'web')];
  expect(wishesOf([plan], {nameOf, seen})).toMatchObject({
    asked: [
      {
        ...{source: 'a', target: 'b', strategies: ['cold', 'stateful', 'pre-copy']},
        networks: ['lan', 'web'],
      },
    ],
    strategies: ['cold', 'stateful', 'pre-copy'],
    connections: 'keep',
    limited: false,
  });
});

test('one that is at home, or nowhere, may come from every other host', async () => {
  const plan = await planOf(`${hosts}containers:\n  x: {on: b, strategy: cold}\n`);
  for (const seen of [[], [at('b', 'x')]]) {
    const {asked = []} = wishesOf([plan], {nameOf, seen});
    expect(asked.map(({source, target}) => `${source} ${target}`)).toEqual(['a b', 'c b']);
  }
});

test('relays, limits and files are those of the plans', async () => {
  const plan = await planOf(
    `transfer: relay\nlimits: {bandwidth: 100Mbit}\n${hosts}containers:\n  x: {on: b, strategy: stateful, connections: close}\n`,
  );
  const {relayed, limited, files, connections} = wishesOf([plan], {nameOf, seen: []});
  expect(relayed.has('a b')).toBe(true);
  expect({limited, connections, files: [...files]}).toEqual({
    limited: true,
    connections: 'close',
    files: [['x', 'p.yaml']],
  });
  const container: Container | undefined = plan.containers.get('x');
  expect(container?.strategy).toEqual(['stateful']);
});
