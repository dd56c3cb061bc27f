import type {
  HostUsage,
  Landing,
  LandingFiles,
  Mount,
  Tenant,
  VolumeFacts,
} from '../../../src/engines/facts.js';
import {landing} from '../world.js';
import {both, does, line, noUsage, use, volumeCommands} from './follow.js';
import {row, type Row} from './row.js';
import {becomes, podmanWorld, shows, surveyOf, type Side, type World} from './world.js';

const data: Mount = {
  ...{kind: 'volume', name: 'data', source: '/v/data', destination: '/data'},
  readOnly: false,
};

const bind = (source: string, destination: string): Mount => ({
  ...{kind: 'bind', name: destination, source, destination},
  readOnly: false,
});

const srv = bind('/srv/app', '/config');

const uses = (world: World, side: Side, usage: Partial<HostUsage>): World =>
  shows(world, side, {usage: {...(surveyOf(world, side).usage ?? noUsage), ...usage}});

const lands = (world: World, side: Side, ...landings: readonly Landing[]): World =>
  shows(world, side, {landings});

const of = (...mounts: readonly Mount[]): World => {
  const world = becomes(podmanWorld({}, 'cold'), {mounts});
  return uses(uses(world, 'alpha', {}), 'beta', {});
};

/** The container itself, as it is written down beside what it left. */
const itself = {run: 'r1', container: 'redis', lineage: 'f'.repeat(64)};

const files = (mount: Mount, more: Partial<LandingFiles> = {}): LandingFiles => ({
  mount: mount.kind === 'volume' ? 'volume' : 'bind',
  value: mount.kind === 'volume' ? mount.name : mount.source,
  ...{path: mount.source, files: 3, bytes: 300, linkedOutside: 0},
  ...more,
});

/** Files lie where this mount would go. */
const met = (mount: Mount, more: Partial<LandingFiles> = {}): World =>
  uses(lands(of(mount), 'beta', landing(mount, {empty: false})), 'beta', {
    landings: [files(mount, more)],
  });

const tenant = (path: string, running = true): Tenant => ({
  ...{engine: 'docker', id: 'e'.repeat(64), name: 'other', running},
  mounts: [{path, readOnly: false}],
});

const nfs: VolumeFacts = {
  ...{name: 'data', driver: 'local', labels: {}},
  options: {type: 'nfs', o: 'addr=10.0.0.1,rw', device: ':/export'},
};

const bound: VolumeFacts = {
  ...nfs,
  options: {type: 'none', o: 'bind', device: '/mnt/nas'},
  device: {exists: true, empty: false},
};

const plain: VolumeFacts = {...nfs, options: {}};

const inMemory: VolumeFacts = {...nfs, options: {type: 'tmpfs', device: 'tmpfs'}};

const has = (world: World, side: Side, ...volumes: readonly VolumeFacts[]): World =>
  uses(world, side, {volumes});

const shared = (world: World, name: string): World => ({
  ...world,
  container: {...world.container, volumes: {[name]: 'shared'}},
});

const system = bind('/var/lib/docker', '/docker');

const other = bind('/srv/other', '/other');

/** Where the two folders lead on this host. */
const leads = (world: World, side: Side, paths: readonly [string, string]): World =>
  uses(world, side, {
    landings: [
      files(srv, {path: paths[0], files: 0, bytes: 0}),
      files(other, {path: paths[1], files: 0, bytes: 0}),
    ],
  });

const endless = (world: World, side: Side): World =>
  uses(world, side, {landings: [files(srv, {endless: true, files: 0, bytes: 0})]});

/** Files of the container, and of everybody else. */
export const folderRows: readonly Row[] = [
  row(
    'folders-meet',
    () =>
      leads(leads(of(srv, other), 'alpha', ['/srv/app', '/srv/other']), 'beta', [
        '/srv/app',
        '/srv/app',
      ]),
    does('let both lead to the same kind of place on beta as on alpha', (is) =>
      leads(is, 'beta', ['/srv/app', '/srv/other']),
    ),
  ),
  ...(['alpha', 'beta'] as const).map((side) =>
    row(
      'endless-link',
      () => endless(of(srv), side),
      does('remove the one that is wrong', (is) =>
        uses(is, side, {landings: [files(srv, {files: 0, bytes: 0})]}),
      ),
    ),
  ),
  row(
    'volume-unreadable',
    () => uses(of(data), 'alpha', {unreadableVolumes: [{name: 'data', reason: 'no driver'}]}),
    does('make it again without that', () => has(of(data), 'alpha', plain)),
    does('give the container another volume', (is) =>
      becomes(is, {mounts: [{...data, name: 'data2', source: '/v/data2'}]}),
    ),
  ),
  ...[data, srv].flatMap((mount) => [
    row(
      'would-overwrite',
      () => met(mount),
      line(),
      does('to keep them say `skip`', (is) => ({
        ...is,
        container: {...is.container, volumes: {[mount.name]: 'skip'}},
      })),
      does('or `shared`', (is) => shared(is, mount.name)),
    ),
    row(
      'left-changed',
      () => met(mount, {leftBehind: {...itself, changed: 2, examples: ['a']}}),
      line(),
    ),
    row(
      'left-by-another',
      () => met(mount, {leftBehind: {...itself, lineage: 'x', changed: 0, examples: []}}),
      line(),
    ),
    row(
      'linked-outside',
      () => met(mount, {linkedOutside: 2}),
      does(`rename "${mount.source}" there`, (is) =>
        uses(lands(is, 'beta'), 'beta', {landings: []}),
      ),
    ),
    row(
      'volume-taken',
      () => uses(of(mount), 'beta', {tenants: [tenant(mount.source)], landings: [files(mount)]}),
      does('remove what is not needed on beta', (is) => uses(is, 'beta', {tenants: []})),
    ),
    row(
      'volume-in-use',
      () => uses(of(mount), 'alpha', {tenants: [tenant(mount.source)], landings: [files(mount)]}),
      does('stop it first', (is) => uses(is, 'alpha', {tenants: [tenant(mount.source, false)]})),
      (is, advice) => lands(line()(is, advice), 'beta', landing(mount, {empty: false})),
    ),
  ]),
  row(
    'host-folder',
    () => ({
      ...lands(
        uses(of(system), 'alpha', {engineFolders: ['/var/lib/docker']}),
        'beta',
        landing(system, {empty: false}),
      ),
      container: {on: 'beta', strategy: 'cold', allow: ['bind:/var/lib/docker']},
    }),
    line(),
  ),
  row(
    'nested-mount',
    () => {
      const inner = bind('/srv/app/inner', '/inner');
      return {
        ...of(srv, inner),
        container: {on: 'beta', strategy: 'cold', volumes: {'/inner': 'skip'}},
      };
    },
    does('say the same of both', (is) => ({
      ...is,
      container: {...is.container, volumes: {'/inner': 'sync'}},
    })),
  ),
  row(
    'mount-not-a-folder',
    () => lands(of(srv), 'alpha', landing(srv, {kind: 'file', empty: false})),
    both(line(), (is) => lands(is, 'beta', landing(srv, {kind: 'file', empty: false}))),
  ),
  row(
    'unknown-volume',
    () => ({
      ...of(data),
      container: {on: 'beta', strategy: 'cold', volumes: {dtaa: 'skip'}},
    }),
    does('did you mean "data"', (is) => ({
      ...is,
      container: {...is.container, volumes: {data: 'skip'}},
    })),
  ),
  row(
    'shared-missing',
    () => shared(of(srv), '/config'),
    does('mount or make it on beta', (is) => lands(is, 'beta', landing(srv, {empty: false}))),
    does('let it be copied (`sync`)', (is) => ({...is, container: {...is.container, volumes: {}}})),
  ),
  row(
    'shared-empty',
    () =>
      lands(
        lands(shared(of(srv), '/config'), 'alpha', landing(srv, {empty: false})),
        'beta',
        landing(srv),
      ),
    does('mount it on beta', (is) => lands(is, 'beta', landing(srv, {empty: false}))),
    does('let it be copied (`sync`)', (is) => ({...is, container: {...is.container, volumes: {}}})),
  ),
  row('volume-is-mount', () => has(of(data), 'alpha', nfs), both(volumeCommands, line())),
  row('volume-is-mount', () => has(of(data), 'alpha', bound), both(volumeCommands, line())),
  row('volume-is-mount', () => has(of(data), 'alpha', inMemory), both(volumeCommands, line())),
  row('shared-missing', () => shared(has(of(data), 'alpha', nfs), 'data'), volumeCommands),
  row(
    'volume-options',
    () => ({
      ...has(of(data), 'alpha', nfs),
      container: {on: 'beta', strategy: 'cold', volumes: {data: 'skip'}},
    }),
    volumeCommands,
  ),
  row(
    'volume-differs',
    () => shared(has(has(of(data), 'alpha', nfs), 'beta', plain), 'data'),
    volumeCommands,
  ),
  row('volume-differs', () => has(has(of(data), 'alpha', plain), 'beta', nfs), volumeCommands),
  row(
    'shared-empty',
    () =>
      shared(
        has(has(of(data), 'alpha', bound), 'beta', {...bound, device: {exists: true, empty: true}}),
        'data',
      ),
    does('mount it on beta', (is) => has(is, 'beta', bound)),
  ),
  row(
    'volume-in-memory',
    () =>
      has(
        {...of(data), container: {on: 'beta', strategy: 'stateful', volumes: {data: 'skip'}}},
        'alpha',
        inMemory,
      ),
    both(use('cold'), (is) => has(is, 'beta', inMemory)),
  ),
];
