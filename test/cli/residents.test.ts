import {describe, expect, test} from 'vitest';
import {draftContainers} from '../../src/cli/session/draft-plan.js';
import {movableFrom, residentsOf} from '../../src/cli/session/residents.js';
import type {HostRoster} from '../../src/cli/session/roster.js';
import {selectResidents} from '../../src/cli/session/select.js';
import type {ObservedContainer} from '../../src/engines/facts.js';
import type {Host} from '../../src/plan/plan.js';
import {found, record} from '../planner/world.js';

const host = (address: string, more: Partial<Host> = {}): Host => ({
  name: address,
  address,
  labels: {},
  ssh: {},
  ...more,
});

const one = (name: string, more: Partial<ObservedContainer> = {}): ObservedContainer => ({
  ...found(name),
  ...more,
});

function roster(
  at: Host,
  engines: Readonly<Record<string, readonly ObservedContainer[]>>,
): HostRoster {
  const views = Object.entries(engines).map(([engine, containers]) => ({
    host: at.name,
    engine,
    look: {version: '5', containers},
    records: [],
    leases: [],
  }));
  return {host: at, views, silent: []};
}

const service = (project: string, name: string, dependsOn = ''): Partial<ObservedContainer> => ({
  labels: {
    'com.docker.compose.project': project,
    'com.docker.compose.service': name,
    'com.docker.compose.depends_on': dependsOn,
  },
});

describe('what is found on hosts', () => {
  test('has a name for each host that a plan takes, and no two the same', () => {
    const {hosts} = residentsOf([
      roster(host('root@alpha.example:22'), {podman: []}),
      roster(host('admin@alpha.other'), {podman: []}),
      roster(host('10.0.0.1'), {podman: []}),
      roster(host('[fe80::1]'), {podman: []}),
      roster(host('beta', {engine: 'docker'}), {docker: []}),
    ]);
    expect(hosts.map(({name}) => name)).toEqual(['alpha', 'alpha-2', '10.0.0.1', 'fe80--1-', 'beta']);
    expect(hosts.map(({engine}) => engine)).toEqual([
      ...[undefined, undefined, undefined, undefined],
      'docker',
    ]);
  });

  test('is one host of the plan for each engine', () => {
    const {hosts, all} = residentsOf([
      roster(host('alpha'), {podman: [one('a')], docker: [one('b')]}),
    ]);
    expect(hosts).toMatchObject([
      {name: 'alpha', engine: 'podman'},
      {name: 'alpha-docker', engine: 'docker'},
    ]);
    expect(all.map(({container, on}) => [container.name, on])).toEqual([
      ['a', 'alpha'],
      ['b', 'alpha-docker'],
    ]);
  });

  test('is never guessed where two hosts have the name, nor where a plan has no such name', () => {
    const {all, leftOut} = residentsOf([
      roster(host('alpha'), {podman: [one('caddy'), one('_odd')]}),
      roster(host('beta'), {podman: [one('caddy')]}),
    ]);
    expect(all).toEqual([]);
    expect(leftOut).toMatchObject([
      {name: 'caddy', on: 'alpha', because: expect.stringContaining('alpha and beta') as string},
      {name: '_odd', on: 'alpha'},
      {name: 'caddy', on: 'beta'},
    ]);
  });

  test('depends on services of its own project, and on no other', () => {
    const {all} = residentsOf([
      roster(host('alpha'), {
        docker: [
          one('shop-web-1', service('shop', 'web', 'db:service_started:false,gone:x:true')),
          one('shop-db-1', service('shop', 'db')),
          one('other-db-1', service('other', 'db')),
        ],
      }),
    ]);
    expect(draftContainers(all, {place: ({on}) => on})).toMatchObject([
      {name: 'other-db-1', above: ['project other'], dependsOn: []},
      {name: 'shop-db-1', above: ['project shop'], dependsOn: []},
      {name: 'shop-web-1', dependsOn: ['shop-db-1']},
    ]);
  });

  test('depends on nothing where labels name each other in a circle', () => {
    const {all} = residentsOf([
      roster(host('alpha'), {
        docker: [
          one('a', service('shop', 'a', 'b:x:true')),
          one('b', service('shop', 'b', 'a:x:true')),
          one('c', service('shop', 'c', 'a:x:true')),
        ],
      }),
    ]);
    const drafted = draftContainers(all, {place: ({on}) => on});
    expect(drafted.map(({dependsOn}) => dependsOn)).toEqual([[], [], []]);
  });

  test('does not believe a label that is no name', () => {
    const {all} = residentsOf([
      roster(host('alpha'), {
        docker: [one('web', service('a\nb: c', '$(id)', '../x:y:z, -rf:a:b'))],
      }),
    ]);
    expect(all[0]).toMatchObject({dependsOn: []});
    expect(all[0]).not.toHaveProperty('project');
    expect(all[0]).not.toHaveProperty('service');
  });
});

describe('what can be moved from one host to another', () => {
  const leaving = record('leaving', {container: 'half'});

  test('is what the source has, whatever is on the target', () => {
    const from = roster(host('alpha'), {podman: [one('clash'), one('web')]});
    const to = roster(host('beta'), {podman: [one('clash', {state: 'created', pid: 0})]});
    const {all, leftOut} = movableFrom(from, to);
    expect(all.map(({container, on}) => [container.name, on])).toEqual([
      ['clash', 'alpha'],
      ['web', 'alpha'],
    ]);
    expect(leftOut).toEqual([]);
  });

  test('is named twice where two engines of the source have the name', () => {
    const from = roster(host('alpha'), {podman: [one('same')], docker: [one('same')]});
    const {all, leftOut} = movableFrom(from, roster(host('beta'), {podman: []}));
    expect(all).toEqual([]);
    expect(leftOut).toMatchObject([
      {name: 'same', on: 'alpha', runs: true},
      {name: 'same', on: 'alpha-docker', runs: true},
    ]);
  });

  test('is what an interrupted move has on the target alone', () => {
    const from = roster(host('alpha'), {podman: []});
    const to = roster(host('beta'), {podman: [one('half'), one('other')]});
    const [view] = from.views;
    const views = view ? [{...view, records: [leaving]}] : [];
    const {all, interrupted} = movableFrom({...from, views}, to);
    expect(all.map(({container}) => container.name)).toEqual(['half']);
    expect(interrupted.get('half')).toBe(leaving.run);
    expect(residentsOf([{...from, views}, to])).toMatchObject({
      all: [{container: {name: 'other'}}],
      leftOut: [{name: 'half', because: expect.stringContaining('did not end') as string}],
    });
  });
});

describe('what is chosen of it', () => {
  const {all} = residentsOf([
    roster(host('alpha'), {
      docker: [
        one('web-1', service('shop', 'web')),
        one('web-2', {...service('shop', 'web2'), state: 'stopped', pid: 0}),
        one('a.c'),
        one('abc', {state: 'stopped', pid: 0}),
      ],
    }),
  ]);
  const chosen = (words: readonly string[], stopped = false) => {
    const found = selectResidents(all, {words, stopped});
    return found.ok ? found.value.map(({container}) => container.name) : found.error;
  };

  test('is what runs, where nothing is named', () => {
    expect(chosen([])).toEqual(['a.c', 'web-1']);
    expect(chosen([], true)).toEqual(['a.c', 'abc', 'web-1', 'web-2']);
  });

  test('is a container, a project or a pattern, each once', () => {
    expect(chosen(['abc'])).toEqual(['abc']);
    expect(chosen(['shop'])).toEqual(['web-1']);
    expect(chosen(['web-*', 'shop', 'web-1'], true)).toEqual(['web-1', 'web-2']);
    expect(chosen(['a.*'])).toEqual(['a.c']);
  });

  test('is ambiguous where a container has the name of a project', () => {
    const {all: both} = residentsOf([
      roster(host('alpha'), {docker: [one('shop'), one('web', service('shop', 'web'))]}),
    ]);
    expect(selectResidents(both, {words: ['shop'], stopped: false})).toMatchObject({
      error: [{code: 'ambiguous-name'}],
    });
  });

  test('is refused where there is no such thing, with what is meant', () => {
    expect(chosen(['sohp', 'nothing-like'])).toMatchObject([
      {code: 'unknown-container', remedy: expect.stringContaining('"shop"') as string},
      {code: 'unknown-container', remedy: expect.stringContaining('cm import') as string},
    ]);
    expect(chosen(['abc*'])).toMatchObject([{code: 'nothing-runs'}]);
  });
});
