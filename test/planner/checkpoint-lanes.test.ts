import type {Inputs} from '../../src/planner/inputs.js';
import {enginesOf} from '../../src/engines/registry.js';
import {describe, expect, test} from 'vitest';
import {command} from '../../src/base/command.js';
import {ok} from '../../src/base/result.js';
import {docker} from '../../src/engines/docker/docker.js';
import {podman} from '../../src/engines/podman/podman.js';
import type {Engine} from '../../src/engines/engine.js';
import type {Mount} from '../../src/engines/facts.js';
import type {Planned} from '../../src/planner/change.js';
import {readMeasured} from '../../src/planner/checkpoint/keep-seal.js';
import {keepPlanner} from '../../src/planner/checkpoint/plan-keep.js';
import {restorePlanner} from '../../src/planner/restore/plan-restore.js';
import type {Lane} from '../../src/planner/steps/step.js';
import {LaneRun} from '../../src/run/execute/lane-run.js';
import {FakeClock} from '../rig/clock.js';
import {manifest} from '../rig/manifest.js';
import {expectSealed} from './sealed.js';
import {container, found, landing, observed, plan, record, survey, view} from './world.js';

const id = '20260202T000000Z-0a1b2c';

const data: Mount = {
  kind: 'volume',
  name: 'data',
  source: '/volumes/data',
  destination: '/data',
  readOnly: false,
};

const redis = container('redis', 'alpha');
const running = found('redis', 'running', {mounts: [data]});

const inputs = (here = running, more: Partial<Inputs> = {}): Inputs => ({
  plan: plan([redis]),
  observed: observed(
    view('alpha', {look: {version: '5.4.2', containers: [here]}, survey: survey()}),
    view('beta', {survey: survey()}),
  ),
  engines: enginesOf([podman, docker]),
  run: 'r1',
  at: '2026-02-02T00:00:00Z',
  ...more,
});

const kept = manifest({
  image: running.image,
  maker: {...manifest().maker, criu: '4.2.1', runtimeVersion: '1.1.15'},
});

const wish = (more = {}) => ({
  manifest: kept,
  described: running,
  host: 'alpha',
  folder: `/kept/${kept.id}`,
  safety: id,
  ...more,
});

const onlyLane = ({graph: {lanes}, decisions}: Planned): Lane => {
  const [lane] = lanes;
  if (!lane) throw new Error(JSON.stringify(decisions, undefined, 2));
  expectSealed(lane);
  return lane;
};

const codes = ({decisions}: Planned): readonly string[] =>
  decisions.flatMap((each) =>
    each.action === 'refused' ? each.problems.map(({code}) => code) : [],
  );

const namesOf = ({steps}: Lane, is: (step: Lane['steps'][number]) => unknown): readonly string[] =>
  steps.filter(is).map((step) => step.id.replace('redis/', ''));

const create = (here = running): Planned => keepPlanner({id, why: 'asked'}).planMoves(inputs(here));

const restore = (more = {}): Planned => restorePlanner(wish(more)).planMoves(inputs());

describe('a checkpoint is kept', () => {
  test('only what cannot be done before or after it is done while it stands still', () => {
    const lane = onlyLane(create());
    expect(namesOf(lane, ({downtime}) => downtime)).toEqual([
      'freeze',
      'keep-last-v0',
      'resume',
      'running',
    ]);
    const names = namesOf(lane, () => true);
    expect(names.indexOf('keep-memory')).toBeGreaterThan(names.indexOf('forget'));
    expect(names.indexOf('declare-frozen')).toBeLessThan(names.indexOf('freeze'));
    expect(lane).toMatchObject({from: 'alpha', to: 'alpha', ends: 'kept'});
  });

  test('parked, one that is only held is taken out of memory when its record says what it comes back from', () => {
    const unload = command('unload');
    const holding: Engine = {
      ...podman,
      moves: (pair, scratch) => {
        const {memory, ...moves} = podman.moves(pair, scratch);
        return {...moves, ...(memory && {memory: {...memory, unload}})};
      },
    };
    const park = keepPlanner({id, why: 'parked', park: true});
    const namesWith = (engine: Engine): readonly string[] =>
      namesOf(
        onlyLane(park.planMoves(inputs(running, {engines: enginesOf([engine])}))),
        () => true,
      );
    const names = namesWith(holding);
    const order = ['seal', 'parked', 'unload', 'clean-alpha'];
    expect(names.filter((name) => order.includes(name))).toEqual(order);
    expect(namesWith(podman)).not.toContain('unload');
  });

  test('of one that does not run there is no memory', () => {
    expect(codes(create(found('redis', 'stopped')))).toEqual(['not-running']);
  });

  test('what a dead run has left half done comes first', () => {
    const left = record('leaving', {id: running.id, run: 'r0', from: 'alpha', to: 'alpha'});
    const frozen = view('alpha', {
      look: {version: '5.4.2', containers: [{...running, state: 'checkpointed'}]},
      records: [left],
      survey: survey(),
    });
    const planned = keepPlanner({id, why: 'asked'}).planMoves(
      inputs(running, {observed: observed(frozen, view('beta'))}),
    );
    expect(onlyLane(planned).kind).toBe('undo');
  });
});

describe('what is kept is put back', () => {
  test('it is held against its digests before anything is touched, and what is there now is kept before it goes', () => {
    const lane = onlyLane(restore());
    const names = namesOf(lane, () => true);
    const order = ['check', 'take', 'safety-freeze', 'safety-seal', 'safety-declare', 'replace'];
    expect(order.map((name) => names.indexOf(name))).toEqual(
      order.map((name) => names.indexOf(name)).sort((one, other) => one - other),
    );
    expect(order.filter((name) => !names.includes(name))).toEqual([]);
    expect(lane.ends).toBe('restored');
  });

  test.each([
    ['engine', {engine: 'docker'}],
    ['runtime', {runtime: 'crun'}],
    ['architecture', {architecture: 'aarch64'}],
    ['CRIU', {criu: '4.10'}],
  ])('not by another %s', (_, maker) => {
    const other = {...kept, maker: {...kept.maker, ...maker}};
    expect(codes(restore({manifest: other}))).toContain('made-otherwise');
  });

  test('by a later CRIU it is', () => {
    const other = {...kept, maker: {...kept.maker, criu: '4.2'}};
    expect(codes(restore({manifest: other}))).toEqual([]);
  });

  test('in place of one that does not run it is not: what its files hold could not be kept', () => {
    const stopped = inputs(found('redis', 'stopped', {mounts: [data]}));
    expect(codes(restorePlanner(wish()).planMoves(stopped))).toEqual(['not-running']);
  });

  test('without its image it is not', () => {
    const gone = {...running, image: {id: 'image-2', name: 'localhost/app:2'}};
    expect(codes(restore({described: gone}))).toContain('image-missing');
  });

  test('on another host it arrives as a move does, and nothing of there is overwritten by surprise', () => {
    const lane = onlyLane(restore({on: 'beta'}));
    expect(lane).toMatchObject({from: 'alpha', to: 'beta'});
    expect(namesOf(lane, ({commits}) => commits)).toEqual(['commit']);
    const landings = [landing(data, {empty: false})];
    const full = view('beta', {survey: survey({landings})});
    const alpha = inputs().observed.hosts.get('alpha');
    const planned = restorePlanner(wish({on: 'beta'})).planMoves({
      ...inputs(),
      observed: {
        hosts: new Map([...(alpha ? [['alpha', alpha] as const] : []), ['beta', full] as const]),
      },
    });
    expect(codes(planned)).toEqual(['would-overwrite']);
  });
});

describe('the folder that the plan names for checkpoints', () => {
  const files = {engineFolders: [], landings: [], volumes: []};
  const tenant = (path: string, readOnly = false) => ({
    engine: 'docker',
    id: 'www',
    name: 'www',
    running: false,
    mounts: [{path, readOnly}],
  });
  const keptIn = (folder: string, ...tenants: readonly ReturnType<typeof tenant>[]) => {
    const here = view('alpha', {
      look: {version: '5.4.2', containers: [running]},
      survey: survey({usage: {...files, tenants}}),
    });
    const wanted = container('redis', 'alpha', {checkpoints: {in: folder}});
    const more = {plan: plan([wanted]), observed: observed(here, view('beta'))};
    return keepPlanner({id, why: 'asked'}).planMoves(inputs(running, more));
  };

  test.each([
    ['around it', tenant('/srv')],
    ['around it, read only', tenant('/srv', true)],
    ['within it', tenant('/srv/cm-checkpoints/www')],
    ['the same', tenant('/srv/cm-checkpoints')],
  ])('no container may have a folder %s', (_, other) => {
    expect(codes(keptIn('/srv/cm-checkpoints', other))).toEqual(['checkpoints-in-mount']);
  });

  test('nor the container itself; a folder beside it, and monitoring, stand in no way', () => {
    expect(codes(keptIn('/volumes/data/cm-checkpoints'))).toEqual(['checkpoints-in-mount']);
    expect(codes(keptIn('/srv/cm-checkpoints', tenant('/srv/www'), tenant('/')))).toEqual([]);
  });
});

/** Runs a lane in which one step fails; what was done to take it back, in order. */
async function failing(lane: Lane, at: string) {
  const undone: string[] = [];
  let failed = false;
  const run = new LaneRun(lane, {
    clock: new FakeClock(),
    say: () => undefined,
    perform: (act, {step, insists}) => {
      if (insists) undone.push(act.kind === 'run' ? (act.command.title ?? '') : act.kind);
      const fails = step === at && !failed;
      failed ||= fails;
      return Promise.resolve(
        fails ? {ok: false, error: {kind: 'step', code: 'test', message: ''}} : ok({}),
      );
    },
  });
  return {undone, result: await run.run()};
}

describe('whichever step fails, what was frozen goes on', () => {
  test.each([
    ['a checkpoint', onlyLane(create())],
    ['a restore in its place', onlyLane(restore())],
    ['a restore on another host', onlyLane(restore({on: 'beta'}))],
  ])('%s', async (_, lane) => {
    const ids = lane.steps.filter(({always}) => !always).map((step) => step.id);
    const commit = lane.steps.findIndex(({commits}) => commits);
    for (const [index, step] of ids.entries()) {
      if (index >= commit) continue;
      const {undone, result} = await failing(lane, step);
      const began = (name: string): boolean => {
        const place = ids.findIndex((each) => each.endsWith(name));
        return place >= 0 && place <= index;
      };
      expect(['back', 'untouched'], step).toContain(result.outcome);
      const resumed = undone.indexOf('podman container restore redis');
      expect(resumed >= 0, step).toBe(began('freeze'));
      const brought = undone.findIndex((title) => title.startsWith('bring back'));
      expect(brought >= 0, step).toBe(began('/replace'));
      if (brought >= 0) expect(brought).toBeLessThan(resumed);
    }
  });
});

describe('what a host has measured', () => {
  const sha = 'ab'.repeat(32);

  test('processes have the numbers that they have inside', () => {
    const told = `folder v0 72\nfile checkpoint.tar 10 ${sha}\ndowntime 321\nprocess 900 1 1 sh\nprocess 950 900 7 a b\nsocket tcp LISTEN 0.0.0.0:1 0.0.0.0:*\nbytes 100\n`;
    expect(readMeasured(told)).toEqual(
      ok({
        files: [{path: 'checkpoint.tar', bytes: 10, sha256: sha}],
        folders: new Map([['v0', 72]]),
        downtimeMs: 321,
        processes: [
          {pid: 1, parent: 0, name: 'sh'},
          {pid: 7, parent: 1, name: 'a b'},
        ],
        sockets: [{protocol: 'tcp', state: 'LISTEN', local: '0.0.0.0:1', remote: '0.0.0.0:*'}],
        bytes: 100,
      }),
    );
  });

  test('an answer that was cut off is none', () => {
    expect(readMeasured(`file checkpoint.tar 10 ${sha}\n`).ok).toBe(false);
  });
});
