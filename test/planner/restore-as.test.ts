import {enginesOf} from '../../src/engines/registry.js';
import {describe, expect, test} from 'vitest';
import {docker} from '../../src/engines/docker/docker.js';
import type {Mount, ObservedContainer} from '../../src/engines/facts.js';
import {podman} from '../../src/engines/podman/podman.js';
import type {Planned} from '../../src/planner/change.js';
import {copyPlanner, type CopyWish} from '../../src/planner/restore/plan-restore-as.js';
import type {Lane} from '../../src/planner/steps/step.js';
import type {KeptManifest} from '../../src/state/host/kept.js';
import type {HostView} from '../../src/state/host/observed.js';
import {manifest} from '../rig/manifest.js';
import {expectSealed} from './sealed.js';
import {container, found, landing, observed, plan, record, survey, view} from './world.js';

const data: Mount = {
  kind: 'volume',
  name: 'data',
  source: '/volumes/data',
  destination: '/data',
  readOnly: false,
};

const redis = container('redis', 'alpha');
const running = found('redis', 'running', {
  mounts: [data],
  addresses: [{network: 'lan', ip: '10.0.0.9', fixed: false}],
});

const kept = manifest({
  image: running.image,
  content: {...manifest().content, sockets: []},
  maker: {...manifest().maker, criu: '4.2.1', runtimeVersion: '1.1.15'},
});

interface Asked {
  readonly described?: ObservedContainer;
  readonly kept?: KeptManifest;
  readonly original?: typeof redis;
  readonly alpha?: Partial<HostView>;
  readonly beta?: Partial<HostView>;
  readonly wish?: Partial<CopyWish>;
}

const sight = (here: ObservedContainer, more: Partial<HostView> = {}): HostView =>
  view('alpha', {
    look: {version: '5.4.2', containers: [here]},
    survey: survey({
      neighbours: [{id: here.id, name: here.name, running: true, addresses: [], ports: []}],
    }),
    ...more,
  });

function restored(asked: Asked = {}): Planned {
  const {described = running, original = redis} = asked;
  const copy = {...original, name: 'twin'};
  return copyPlanner({
    manifest: asked.kept ?? kept,
    described,
    original,
    host: 'alpha',
    folder: `/kept/${kept.id}`,
    as: 'twin',
    ...asked.wish,
  }).planMoves({
    plan: plan([original, copy]),
    observed: observed(
      sight(described, asked.alpha),
      view('beta', {survey: survey(), ...asked.beta}),
    ),
    engines: enginesOf([podman, docker]),
    run: '20260203-000000-abcd',
    at: '2026-02-03T00:00:00Z',
  });
}

const codes = ({decisions}: Planned): readonly string[] =>
  decisions.flatMap((each) =>
    each.action === 'refused' ? each.problems.map(({code}) => code) : [],
  );

function laneOf({graph, decisions}: Planned): Lane {
  const [lane] = graph.lanes;
  if (!lane) throw new Error(JSON.stringify(decisions, undefined, 2));
  expectSealed(lane);
  return lane;
}

const namesOf = ({steps}: Lane): readonly string[] => steps.map(({id}) => id.replace('twin/', ''));

const wordsOf = (lane: Lane): string => JSON.stringify(lane.steps);

describe('a checkpoint is restored beside the one it came from', () => {
  test('that is never asked to do anything, nor leased: all is done under the other name', () => {
    const lane = laneOf(restored());
    expect(lane).toMatchObject({container: 'twin', from: 'alpha', to: 'alpha', ends: 'restored'});
    const leased = lane.steps.flatMap(({act}) => (act.kind === 'lease' ? [act.name] : []));
    expect(leased).toEqual(['twin']);
    expect(wordsOf(lane)).not.toContain(running.id);
    expect(wordsOf(lane)).not.toContain('"redis"');
    expect(lane.steps.filter(({downtime}) => downtime)).toEqual([]);
  });

  test('digests, record, memory, files, and that they are still there, come before it is restored', () => {
    const names = namesOf(laneOf(restored()));
    const order = ['check', 'declare-arriving', 'take', 'bring-v0', 'still-there', 'restore'];
    expect(names.filter((name) => order.includes(name))).toEqual(order);
    expect(names.slice(names.indexOf('running'))).toEqual([
      ...['running', 'autostart-on', 'commit', 'clean-alpha', 'release-alpha'],
    ]);
  });

  test('all that is made can be taken back until it is proven', () => {
    const {steps} = laneOf(restored());
    const undone = steps.flatMap(({id, undo}) => (undo ? [id] : []));
    expect(undone).toEqual(['twin/declare-arriving', 'twin/make-v0', 'twin/restore']);
  });

  test('it has a volume of its own, and reads what the other one reads', () => {
    const config: Mount = {
      ...data,
      kind: 'bind',
      name: '/etc',
      destination: '/etc',
      readOnly: true,
    };
    const landings = [landing(config, {empty: false})];
    const described = {...running, mounts: [config, data]};
    const alpha = sight(described, {survey: survey({landings})});
    const lane = laneOf(restored({described, alpha}));
    expect(namesOf(lane)).toContain('make-v1');
    expect(namesOf(lane)).not.toContain('bring-v0');
    expect(wordsOf(lane)).toContain('"data","twin-data","/volumes/data","v1"');
    expect(codes(restored({described}))).toEqual(['mount-missing']);
  });

  test('what a dead run has made is removed first, by its own marks', () => {
    const begun = record('arriving', {
      container: 'twin',
      run: '20260202-000000-dead',
      kept: {id: kept.id, folder: '/kept'},
    });
    const scratch = '/run/cm/20260202-000000-dead/0';
    const leftover = found('twin', 'running', {labels: {'cm.as': scratch}});
    const landings = [landing({...data, name: 'twin-data'}, {empty: false})];
    const look = {version: '5.4.2', containers: [running, leftover]};
    const neighbours = [{id: leftover.id, name: 'twin', running: true, addresses: [], ports: []}];
    const arriving = {run: begun.run, container: 'twin', lineage: 'id-twin'};
    const files = {mount: 'volume', value: 'twin-data', path: '/v', linkedOutside: 0} as const;
    const usage = {
      ...{engineFolders: [], tenants: [], volumes: []},
      landings: [{...files, arriving}],
    };
    const alpha = {look, survey: survey({landings, neighbours, usage})};
    const lane = laneOf(restored({alpha: {...alpha, records: [begun]}}));
    const names = namesOf(lane);
    expect(names.slice(2, 5)).toEqual(['dead-discard', 'dead-volumes', 'dead-forget']);
    expect(JSON.stringify(lane.steps.slice(2, 4))).toContain(scratch);
    // One that nobody has begun is somebody's.
    expect(codes(restored({alpha}))).toEqual(['name-taken', 'volume-taken']);
    // A volume of that name may be somebody's by now, whatever the record says.
    const others = {...usage, landings: [files]};
    const made = {look, survey: survey({landings, neighbours, usage: others}), records: [begun]};
    expect(codes(restored({alpha: made}))).toEqual(['volume-taken']);
    const other = {...look, containers: [running, {...leftover, labels: {}}]};
    expect(codes(restored({alpha: {...alpha, look: other, records: [begun]}}))).toContain(
      'name-taken',
    );
  });
});

const bind: Mount = {...data, kind: 'bind', name: '/srv', source: '/srv', destination: '/srv'};
const port = {hostIp: '', hostPort: 80, containerPort: 80, protocol: 'tcp'};
const socket = {protocol: 'tcp', state: 'ESTAB', local: '10.0.0.9:6379', remote: '10.0.0.7:4000'};

describe('it is refused, and nothing is touched', () => {
  test.each<[string, string, Asked]>([
    [
      'a bind mount that both would write to',
      'written-by-both',
      {described: {...running, mounts: [bind]}},
    ],
    [
      'a volume of which no copy is kept',
      'written-by-both',
      {original: {...redis, volumes: {data: 'shared'}}},
    ],
    ['a port', 'port-taken', {described: {...running, ports: [port]}}],
    [
      'a fixed address',
      'address-taken',
      {described: {...running, addresses: [{network: 'lan', ip: '10.0.0.9', fixed: true}]}},
    ],
    [
      'an open connection',
      'connections-open',
      {kept: {...kept, content: {...kept.content, sockets: [socket]}}},
    ],
    [
      'the network of its host',
      'network-shared',
      {described: {...running, raw: {HostConfig: {NetworkMode: 'host'}}}},
    ],
    ['another engine', 'only-itself', {beta: {engine: 'docker'}, wish: {on: 'beta'}}],
    ['another CRIU', 'made-otherwise', {kept: {...kept, maker: {...kept.maker, criu: '4.10'}}}],
    ['"--rm"', 'auto-remove', {described: {...running, autoRemove: true}}],
  ])('%s', (_, code, asked) => {
    const planned = restored(asked);
    expect(codes(planned)).toEqual([code]);
    expect(planned.graph.lanes).toEqual([]);
  });

  test('a port that the first one has on another host is free', () => {
    const described = {...running, ports: [port]};
    expect(codes(restored({described, wish: {on: 'beta'}}))).toEqual([]);
  });

  test('a listening socket is no connection', () => {
    const sockets = [{...socket, state: 'LISTEN'}];
    expect(codes(restored({kept: {...kept, content: {...kept.content, sockets}}}))).toEqual([]);
  });
});
