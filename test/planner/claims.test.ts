import {enginesOf} from '../../src/engines/registry.js';
import {describe, expect, test} from 'vitest';
import {plainPath} from '../../src/base/within.js';
import type {
  HostUsage,
  LandingFiles,
  Mount,
  ObservedContainer,
  Tenant,
} from '../../src/engines/facts.js';
import {isHostFolder} from '../../src/planner/claims/host-folders.js';
import {conflictsAmong} from '../../src/planner/claims/plan-claims.js';
import {planMoves} from '../../src/planner/plan-moves.js';
import type {Container, VolumePolicy} from '../../src/plan/plan.js';
import type {HostView, MoveRecord} from '../../src/state/host/observed.js';
import {renderPlan} from '../../src/report/text/plan-text.js';
import {fakeEngine} from '../rig/fake-engine.js';
import {container, found, landing, observed, plan, record, survey, view} from './world.js';

const bind = (source: string, destination = source): Mount => ({
  kind: 'bind',
  name: destination,
  source,
  destination,
  readOnly: false,
});

const volume = (name: string): Mount => ({
  kind: 'volume',
  name,
  source: `/volumes/${name}`,
  destination: `/mnt/${name}`,
  readOnly: false,
});

const tenant = (name: string, path: string, more: Partial<Tenant> = {}): Tenant => ({
  engine: 'docker',
  id: `id-${name}`,
  name,
  running: true,
  mounts: [{path, readOnly: false}],
  ...more,
});

const files = (mount: Mount, more: Partial<LandingFiles> = {}): LandingFiles => ({
  mount: mount.kind === 'volume' ? 'volume' : 'bind',
  value: mount.kind === 'volume' ? mount.name : mount.source,
  path: mount.source,
  files: 12,
  bytes: 3 * 2 ** 20,
  linkedOutside: 0,
  ...more,
});

/** A host with these containers of the plan, and what is said of the files there. */
function host(
  name: string,
  containers: readonly ObservedContainer[],
  usage: Partial<HostUsage> = {},
  landings: ReturnType<typeof landing>[] = [],
  more: Partial<HostView> = {},
): HostView {
  return view(name, {
    look: {version: '5.4.2', containers},
    survey: survey({
      landings,
      usage: {engineFolders: [], tenants: [], landings: [], volumes: [], ...usage},
    }),
    ...more,
  });
}

const decided = (containers: readonly Container[], ...views: readonly HostView[]) =>
  planMoves({
    plan: plan(
      containers,
      views.map((each) => each.host),
    ),
    observed: observed(...views),
    engines: enginesOf([fakeEngine]),
    run: 'r1',
    at: '2026-01-01T00:00:00Z',
  });

const codesOf = ({decisions}: ReturnType<typeof decided>) =>
  decisions.flatMap((each) =>
    each.action === 'refused' ? each.problems.map(({code}) => code) : [each.action],
  );

const messagesOf = ({decisions}: ReturnType<typeof decided>) =>
  decisions.flatMap((each) =>
    each.action === 'refused' ? each.problems.map(({message}) => message) : [],
  );

const moved = (
  name: string,
  on: string,
  volumes: Readonly<Record<string, VolumePolicy>> = {},
  at = 'plan.yaml:7:3',
) => container(name, on, {strategy: ['cold'], volumes, at});

const web = (...mounts: readonly Mount[]) => found('web', 'running', {mounts});

describe('moves of one run to one host', () => {
  const pairs: readonly (readonly [string, Mount, Mount])[] = [
    ['the same volume', volume('data'), volume('data')],
    ['the same folder', bind('/srv/a', '/x'), bind('/srv/a', '/y')],
    ['a folder within the other', bind('/srv/media'), bind('/srv/media/tv')],
    ['a folder around the other', bind('/srv/media/tv'), bind('/srv/media')],
  ];

  test.each(pairs)('%s is refused, with both owners', (_, one, other) => {
    const planned = decided(
      [moved('a', 'gamma', {}, 'plan.yaml:5:3'), moved('b', 'gamma', {}, 'plan.yaml:9:3')],
      host('alpha', [found('a', 'running', {mounts: [one]})]),
      host('beta', [found('b', 'running', {mounts: [other]})]),
      host('gamma', []),
    );
    expect(new Set(codesOf(planned))).toEqual(new Set(['claims-meet']));
    expect(planned.graph.lanes).toEqual([]);
    for (const message of messagesOf(planned)) {
      expect(message).toContain('on gamma');
      expect(message).toContain('container "a" (plan.yaml:5:3)');
      expect(message).toContain('container "b" (plan.yaml:9:3)');
    }
  });

  test('the same port is refused; another address of the host is another port', () => {
    const port = (hostIp: string) => [{hostIp, hostPort: 80, containerPort: 80, protocol: 'tcp'}];
    const both = (one: string, other: string) =>
      codesOf(
        decided(
          [moved('a', 'gamma', {}, 'plan.yaml:5:3'), moved('b', 'gamma', {}, 'plan.yaml:9:3')],
          host('alpha', [found('a', 'running', {ports: port(one)})]),
          host('beta', [found('b', 'running', {ports: port(other)})]),
          host('gamma', []),
        ),
      );
    expect(both('', '10.0.0.1')).toEqual(['claims-meet', 'claims-meet']);
    expect(both('10.0.0.2', '10.0.0.1')).toEqual(['move', 'move']);
  });

  test('names that only begin alike are different folders; what both share is no conflict', () => {
    const both = (policy: VolumePolicy, one: string, other: string) =>
      codesOf(
        decided(
          [
            moved('a', 'gamma', {'/x': policy}, 'plan.yaml:5:3'),
            moved('b', 'gamma', {'/x': policy}, 'plan.yaml:9:3'),
          ],
          host('alpha', [found('a', 'running', {mounts: [bind(one, '/x')]})]),
          host('beta', [found('b', 'running', {mounts: [bind(other, '/x')]})]),
          host('gamma', [], {}, [landing(bind(one, '/x')), landing(bind(other, '/x'))]),
        ),
      );
    expect(both('sync', '/srv/media', '/srv/media2')).toEqual(['move', 'move']);
    expect(both('shared', '/srv/media', '/srv/media')).toEqual(['move', 'move']);
  });
});

test('moves of two plans to one host, whatever each of them calls it', () => {
  const one = decided(
    [moved('a', 'gamma', {}, 'one.yaml:5:3')],
    host('alpha', [found('a', 'running', {mounts: [bind('/srv')]})]),
    host('gamma', []),
  );
  const other = decided(
    [moved('b', 'target', {}, 'two.yaml:5:3')],
    host('beta', [found('b', 'running', {mounts: [bind('/srv/tv')]})]),
    host('target', []),
  );
  expect(conflictsAmong([one, other])).toEqual([]);
  const target = {name: 'target', address: 'gamma', labels: {}, ssh: {}};
  const hosts = new Map([...other.plan.hosts, ['target', target] as const]);
  const same = {...other, plan: {...other.plan, hosts}};
  expect(conflictsAmong([one, same]).map(({container}) => container)).toEqual(['a', 'b']);
});

describe('two mounts at the same destination', () => {
  const one = bind('/srv/one', '/config');
  const two = bind('/srv/two', '/config');

  test('each is looked for at its own source: the other one is not empty', () => {
    const planned = decided(
      [moved('a', 'beta', {}, 'plan.yaml:5:3'), moved('b', 'beta', {}, 'plan.yaml:9:3')],
      host('alpha', [
        found('a', 'running', {mounts: [one]}),
        found('b', 'running', {mounts: [two]}),
      ]),
      host('beta', [], {}, [landing(one, {exists: false}), landing(two, {empty: false})]),
    );
    expect(codesOf(planned)).toEqual(['move', 'would-overwrite']);
  });

  test('a record of the one says nothing of the other', () => {
    const planned = decided(
      [moved('web', 'beta')],
      host('alpha', [web(two)]),
      host('beta', [], {landings: [files(two)]}, [landing(two, {empty: false})], {
        records: [record('left', {container: 'web', from: 'beta', run: 'r0'})],
      }),
    );
    expect(codesOf(planned)).toEqual(['would-overwrite']);
  });
});

describe('a folder within another one of the same container', () => {
  const outer = bind('/srv/app');
  const inner = bind('/srv/app/inner');
  const returns = (policy: VolumePolicy, outsideOfOuter: number) =>
    codesOf(
      decided(
        [moved('web', 'beta', {'/srv/app': policy})],
        host('alpha', [web(outer, inner)]),
        host(
          'beta',
          [],
          {
            landings: [
              files(outer, {
                linkedOutside: outsideOfOuter,
                leftBehind: {
                  run: 'r0',
                  container: 'web',
                  lineage: 'id-web',
                  changed: 0,
                  examples: [],
                },
              }),
              files(inner, {
                linkedOutside: 1,
                leftBehind: {
                  run: 'r0',
                  container: 'web',
                  lineage: 'id-web',
                  changed: 0,
                  examples: [],
                },
              }),
            ],
          },
          [landing(outer, {empty: false}), landing(inner, {empty: false})],
        ),
      ),
    );

  test('may have a second name of a file in the outer one', () => {
    expect(returns('sync', 0)).toEqual(['move']);
  });

  test('a second name outside of both, or in what is not copied, is refused', () => {
    expect(returns('sync', 1)).toEqual(['linked-outside']);
    expect(returns('shared', 0)).toContain('linked-outside');
  });
});

describe('what other containers of the hosts have', () => {
  const media = bind('/srv/media');

  test.each([
    ['the same folder', tenant('jellyfin', '/srv/media')],
    ['a folder within', tenant('jellyfin', '/srv/media/tv')],
    ['a folder around', tenant('jellyfin', '/srv')],
    ['stopped', tenant('jellyfin', '/srv/media/tv', {running: false})],
    [
      'read only within',
      tenant('jellyfin', '', {mounts: [{path: '/srv/media/tv', readOnly: true}]}),
    ],
  ])('on the target is never replaced: %s', (_, other) => {
    const planned = decided(
      [moved('web', 'beta', {'/srv/media': 'overwrite'})],
      host('alpha', [web(media)]),
      host('beta', [], {tenants: [other]}),
    );
    expect(codesOf(planned)).toEqual(['volume-taken']);
    expect(messagesOf(planned)[0]).toContain(
      `container "${other.name}" (docker, ${other.running ? 'running' : 'stopped'})`,
    );
  });

  test.each([
    ['a backup reads all', tenant('backup', '', {mounts: [{path: '/srv', readOnly: true}]})],
    ['monitoring has the root', tenant('cadvisor', '/')],
    ['another folder', tenant('jellyfin', '/srv/media2')],
  ])('stands in no way: %s', (_, other) => {
    const planned = decided(
      [moved('web', 'beta')],
      host('alpha', [web(media)]),
      host('beta', [], {tenants: [other]}),
    );
    expect(codesOf(planned)).toEqual(['move']);
  });

  test('a volume of one engine that is a folder of the other', () => {
    const planned = decided(
      [moved('web', 'beta')],
      host('alpha', [web(volume('data'))]),
      host('beta', [], {
        landings: [files(volume('data'), {path: '/var/lib/containers/storage/volumes/data/_data'})],
        tenants: [
          tenant('peek', '/var/lib/containers/storage/volumes/data/_data', {
            mounts: [
              {
                volume: 'peek',
                path: '/var/lib/containers/storage/volumes/data/_data',
                readOnly: false,
              },
            ],
          }),
        ],
      }),
    );
    expect(codesOf(planned)).toEqual(['volume-taken']);
  });

  test('on the source: one that runs is in the way, one that has ended is only told of', () => {
    const leaving = (running: boolean) =>
      decided(
        [moved('web', 'beta')],
        host('alpha', [web(volume('data'))], {
          tenants: [
            tenant('migrate', '/volumes/data', {running}),
            tenant('web', '/volumes/data', {engine: 'podman'}),
          ],
        }),
        host('beta', []),
      );
    expect(codesOf(leaving(true))).toEqual(['volume-in-use']);
    const planned = leaving(false);
    expect(codesOf(planned)).toEqual(['move']);
    expect(planned.warnings.map(({code}) => code)).toEqual(['left-to-others']);
  });
});

describe('overwriting', () => {
  const data = volume('data');
  const full = [landing(data, {empty: false})];

  const onto = (
    policy: VolumePolicy | undefined,
    usage: Partial<HostUsage> = {landings: [files(data)]},
    more: Partial<HostView> = {},
  ) =>
    decided(
      [moved('web', 'beta', policy ? {data: policy} : {})],
      host('alpha', [web(data)]),
      host('beta', [], usage, full, more),
    );

  test('only the word for it allows it, and the plan tells how much', () => {
    expect(codesOf(onto(undefined))).toEqual(['would-overwrite']);
    expect(codesOf(onto('sync'))).toEqual(['would-overwrite']);
    expect(codesOf(onto('overwrite'))).toEqual(['move']);
    const text = renderPlan(onto('overwrite'), {color: false, unicode: true});
    expect(text).toContain('overwrites 12 files, 3.0 MiB on beta (volume data)');
  });

  const id = 'id-web';
  const left = record('left', {container: 'web', id, from: 'beta', to: 'alpha', run: 'r0'});
  const owner = {run: 'r0', container: 'web', lineage: id};
  const unchanged = {leftBehind: {...owner, changed: 0, examples: []}};

  const back = (more: Partial<LandingFiles>, ...records: readonly MoveRecord[]) =>
    onto(undefined, {landings: [files(data, more)]}, {records});

  test('what it left there is replaced as long as it is unchanged', () => {
    expect(codesOf(back(unchanged, left))).toEqual(['move']);
    const changed = back({leftBehind: {...owner, changed: 2, examples: ['new.sql']}}, left);
    expect(codesOf(changed)).toEqual(['left-changed']);
    expect(messagesOf(changed)[0]).toContain('"new.sql"');
  });

  test.each(['leaving', 'left', 'arriving', 'arrived'] as const)(
    'a record "%s" alone makes no file its own, whichever way the move went',
    (phase) => {
      for (const [from, to] of [
        ['alpha', 'beta'],
        ['beta', 'alpha'],
      ] as const) {
        const planned = back({}, {...left, phase, from, to});
        expect(codesOf(planned)).not.toContain('move');
      }
    },
  );

  test('what another container of its name left there is not its own', () => {
    const another = {leftBehind: {...owner, lineage: 'id-of-another', changed: 0, examples: []}};
    expect(codesOf(back(another, {...left, id: 'id-of-another'}))).toEqual(['left-by-another']);
    const renamed = {leftBehind: {...owner, container: 'shop', changed: 0, examples: []}};
    expect(codesOf(back(renamed))).toEqual(['left-by-another']);
  });

  test('a copy that was made anew is the one that left, also after several moves', () => {
    const brought = (more: Partial<MoveRecord>) =>
      decided(
        [moved('web', 'beta', {})],
        host('alpha', [{...web(data), id: 'id-of-copy'}], {}, [], {
          records: [{...left, phase: 'arrived', ...more}],
        }),
        host('beta', [], {landings: [files(data, unchanged)]}, full),
      );
    expect(codesOf(brought({made: 'id-of-copy'}))).toEqual(['move']);
    const later = {id: 'id-on-gamma', made: 'id-of-copy', lineage: id, from: 'gamma'};
    expect(codesOf(brought(later))).toEqual(['move']);
    expect(codesOf(brought({made: 'id-of-another'}))).toEqual(['left-by-another']);
    expect(codesOf(brought({}))).toEqual(['left-by-another']);
  });

  test('what a run copied that has not ended may be replaced, and only by that container', () => {
    const arriving = {...left, phase: 'arriving', from: 'alpha', to: 'beta'} as const;
    expect(codesOf(back({arriving: owner}, arriving))).toEqual(['move']);
    expect(codesOf(back({arriving: owner}))).toEqual(['would-overwrite']);
    expect(codesOf(back({arriving: owner}, {...arriving, run: 'later'}))).toEqual([
      'would-overwrite',
    ]);
    expect(codesOf(back({arriving: owner}, {...arriving, phase: 'arrived'}))).toEqual([
      'would-overwrite',
    ]);
    const another = {...owner, lineage: 'id-of-another'};
    expect(codesOf(back({arriving: another}, arriving))).toEqual(['would-overwrite']);
  });

  test('files with names elsewhere are not written through, whatever the plan says', () => {
    const linked = {landings: [files(data, {linkedOutside: 2})]};
    expect(codesOf(onto('overwrite', linked))).toEqual(['linked-outside']);
  });
});

describe('folders of the host itself', () => {
  test.each([
    '/',
    '/proc',
    '/sys/fs/cgroup',
    '/dev',
    '/run',
    '/etc',
    '/var',
    '/var/lib/docker/',
    '/usr/bin',
    '//var//lib/containers/storage',
  ])('%s is never copied, and never offered to be', (source) => {
    for (const policy of ['sync', 'overwrite'] as const) {
      const allowed = (allow: readonly string[]) =>
        decided(
          [{...moved('web', 'beta', {'/x': policy}), allow}],
          host('alpha', [web(bind(source, '/x'))]),
          host('beta', [], {}, [landing(bind(source, '/x'), {empty: false})]),
        );
      const refused = allowed([]);
      expect(codesOf(refused)).toEqual(['not-allowed']);
      expect(JSON.stringify(refused.decisions)).not.toMatch(/shared|`?overwrite`/);
      const planned = allowed([`bind:${plainPath(source)}`]);
      expect(codesOf(planned)).toEqual(['host-folder']);
      expect(JSON.stringify(planned.decisions)).not.toMatch(/host-folder"[^}]*`sync`/);
    }
    const shared = decided(
      [moved('web', 'beta', {'/x': 'shared'})],
      host('alpha', [web(bind(source, '/x'))]),
      host('beta', [], {}, [landing(bind(source, '/x'))]),
    );
    // it writes a folder of the host, which the plan has to permit
    expect([...new Set(codesOf(shared))]).toEqual(['not-allowed']);
    const allow = [`bind:${plainPath(source)}`];
    const allowed = decided(
      [{...moved('web', 'beta', {'/x': 'shared'}), allow}],
      host('alpha', [web(bind(source, '/x'))]),
      host('beta', [], {}, [landing(bind(source, '/x'))]),
    );
    expect(codesOf(allowed)).toEqual(['move']);
  });

  test.each([
    '/srv',
    '/srv/media',
    '/etc/nginx/conf.d',
    '/var/lib/postgresql',
    '/home/bob/app',
    '/opt',
  ])('%s may be a container’s', (path) => {
    expect(isHostFolder(path)).toBe(false);
  });

  test('where an engine keeps its own things is asked', () => {
    expect(isHostFolder('/data/docker/volumes', {engineFolders: ['/data/docker']})).toBe(true);
    expect(isHostFolder('/data', {engineFolders: ['/data/docker']})).toBe(true);
    expect(isHostFolder('/data2', {engineFolders: ['/data/docker']})).toBe(false);
  });
});

describe('shared', () => {
  const media = bind('/mnt/nas');
  const shared = (from: boolean, to: boolean) =>
    codesOf(
      decided(
        [moved('web', 'beta', {'/mnt/nas': 'shared'})],
        host('alpha', [web(media)], {}, [landing(media, {empty: from})]),
        host('beta', [], {}, [landing(media, {empty: to})]),
      ),
    );

  test('empty there and not here: it is not mounted', () => {
    expect(shared(false, true)).toEqual(['shared-empty']);
    expect(shared(false, false)).toEqual(['move']);
    expect(shared(true, true)).toEqual(['move']);
  });

  test('within a folder that is copied it would be copied, too', () => {
    const planned = decided(
      [moved('web', 'beta', {'/srv/nas': 'shared'})],
      host('alpha', [web(bind('/srv'), bind('/srv/nas'))]),
      host('beta', [], {}, [landing(bind('/srv/nas'))]),
    );
    expect(codesOf(planned)).toContain('nested-mount');
  });
});

test('an image of the same name on the target is told of', () => {
  const beta = view('beta', {
    survey: survey({images: [{id: 'image-2', names: ['localhost/app:1']}]}),
  });
  const planned = decided([moved('web', 'beta')], host('alpha', [web()]), beta);
  expect(planned.warnings.map(({code}) => code)).toEqual(['tag-differs']);
});
