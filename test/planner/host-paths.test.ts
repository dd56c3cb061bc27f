import {enginesOf} from '../../src/engines/registry.js';
import {lstatSync, mkdirSync, readlinkSync, symlinkSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import fc from 'fast-check';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {isWithin} from '../../src/base/within.js';
import {command} from '../../src/base/command.js';
import type {HostUsage, Mount} from '../../src/engines/facts.js';
import {allowRefusals, describeReach, reachOf} from '../../src/planner/claims/allowed.js';
import {folderRefusals} from '../../src/planner/claims/folder-refusals.js';
import {isHostFolder} from '../../src/planner/claims/host-folders.js';
import {placesQuestion} from '../../src/planner/claims/host-paths.js';
import {isPowerfulPath} from '../../src/planner/claims/powerful-paths.js';
import type {VolumePolicy} from '../../src/plan/plan.js';
import {planMoves} from '../../src/planner/plan-moves.js';
import {readUsage, withUsage} from '../../src/state/host/usage.js';
import {fakeEngine} from '../rig/fake-engine.js';
import {limit} from '../rig/limits.js';
import {ShellHost} from '../rig/shell-host.js';
import {container, found, observed, plan, record, survey, view} from './world.js';

const bind = (source: string, destination = source): Mount => ({
  ...{kind: 'bind', name: destination, destination, source, readOnly: false},
});

const nothing: HostUsage = {engineFolders: [], tenants: [], landings: [], volumes: []};

/** A host on which these paths lead elsewhere. */
const hostWith = (
  host: string,
  leads: Readonly<Record<string, string>>,
  more: Partial<HostUsage> = {},
) =>
  view(host, {
    survey: survey({
      usage: {
        ...nothing,
        landings: Object.entries(leads).map(([value, path]) => ({
          ...{mount: 'bind', value, path, linkedOutside: 0},
        })),
        ...more,
      },
    }),
  });

const wordsOf = (
  policy: VolumePolicy,
  source: ReturnType<typeof view>,
  target: ReturnType<typeof view>,
) =>
  reachOf(
    container('web', 'beta', {volumes: {'/x': policy}}),
    found('web', 'running', {mounts: [bind('/srv/y', '/x')]}),
    fakeEngine,
    {source, target},
  );

describe('a bind whose path is a symbolic link', () => {
  const plain = hostWith('alpha', {'/srv/y': '/srv/y'});
  const led = (host: string) => hostWith(host, {'/srv/y': '/etc'});

  test.each(['sync', 'overwrite', 'shared', 'skip'] as const)(
    '%s: where it leads on the target needs the permission of the plan',
    (policy) => {
      const reach = wordsOf(policy, plain, led('beta'));
      expect(reach.powers).toEqual([{kind: 'bind', of: '/etc'}]);
      const web = container('web', 'beta', {volumes: {'/x': policy}});
      const [refused] = allowRefusals(web, reach, led('beta'));
      expect(refused?.message).toBe(
        '"web" could become root on beta: bind:/etc ("/srv/y" leads there on beta)',
      );
      expect(refused?.remedy).toContain('allow: ["bind:/etc"]');
      expect(allowRefusals({...web, allow: ['bind:/etc']}, reach, led('beta'))).toEqual([]);
      expect(allowRefusals({...web, allow: ['bind:/srv/y']}, reach, led('beta'))).toHaveLength(1);
      expect(describeReach(reach, 'beta')[1]).toContain('/srv/y (leads to /etc)');
    },
  );

  test('where it leads on the source counts for what is copied from there', () => {
    const plainBeta = hostWith('beta', {'/srv/y': '/srv/y'});
    expect(wordsOf('sync', led('alpha'), plainBeta).powers).toEqual([{kind: 'bind', of: '/etc'}]);
    expect(wordsOf('shared', led('alpha'), plainBeta).powers).toEqual([]);
  });

  test('the folder of a host itself is never copied, on either side', () => {
    for (const [source, target] of [
      [led('alpha'), hostWith('beta', {})],
      [hostWith('alpha', {}), led('beta')],
    ] as const) {
      const refused = folderRefusals(
        container('web', 'beta', {volumes: {'/x': 'overwrite'}}),
        found('web', 'running', {mounts: [bind('/srv/y', '/x')]}),
        source,
        target,
      );
      expect(refused.map(({code}) => code)).toEqual(['host-folder']);
      expect(refused[0]?.message).toContain('"/srv/y", which leads to "/etc" of');
    }
  });

  test('of a volume that mounts a folder of the host, too', () => {
    const mount: Mount = {...bind('/volumes/v', '/x'), kind: 'volume', name: 'v'};
    const options = {type: 'none', o: 'bind', device: '/srv/y'};
    const there = {exists: true, empty: false};
    const volumes = [{name: 'v', driver: 'local', options, labels: {}, device: there}];
    const landings = [{mount: 'volume' as const, value: 'v', path: '/root', linkedOutside: 0}];
    const host = (name: string) => hostWith(name, {}, {volumes, landings});
    const reach = reachOf(
      container('web', 'beta', {volumes: {v: 'shared'}}),
      found('web', 'running', {mounts: [mount]}),
      fakeEngine,
      {source: host('alpha'), target: host('beta')},
    );
    expect(reach.powers).toEqual([{kind: 'bind', of: '/root'}]);
    expect(reach.paths.map(({path}) => path)).toEqual(['/srv/y']);
  });

  test('by the names that a host has for its own places it is the same place', () => {
    const aliases = [{path: '/home', real: '/data/home'}];
    expect(isPowerfulPath('/data/home/bob/.ssh', false, {aliases})).toBe(true);
    expect(isPowerfulPath('/data/home/bob/app', true, {aliases})).toBe(false);
    expect(isPowerfulPath('/data', false, {aliases})).toBe(true);
    expect(isHostFolder('/data/home', {aliases})).toBe(true);
    const stub = '/run/systemd/resolve/stub-resolv.conf';
    const resolver = [{path: '/etc/resolv.conf', real: stub}];
    expect(isPowerfulPath(stub, false, {aliases: resolver})).toBe(false);
    expect(isPowerfulPath(stub, true, {aliases: resolver})).toBe(true);
    const run = {aliases: [{path: '/var/run', real: '/run'}]};
    const socket = '/var/run/docker.sock';
    const reach = reachOf(
      container('web', 'beta', {volumes: {'/x': 'shared'}}),
      found('web', 'running', {mounts: [bind(socket, '/x')]}),
      fakeEngine,
      {source: plain, target: hostWith('beta', {[socket]: '/run/docker.sock'}, run)},
    );
    expect(reach.powers).toEqual([{kind: 'bind', of: socket}]);
  });
});

describe('two folders of a container', () => {
  const mounts = [bind('/srv/a', '/x'), bind('/srv/b', '/y')];
  const refused = (
    here: Readonly<Record<string, string>>,
    there: Readonly<Record<string, string>>,
    policy: VolumePolicy = 'sync',
  ) =>
    folderRefusals(
      container('web', 'beta', {volumes: {'/y': policy}}),
      found('web', 'running', {mounts}),
      hostWith('alpha', here),
      hostWith('beta', there),
    );
  const apart = {'/srv/a': '/srv/a', '/srv/b': '/srv/b'};
  const one = {'/srv/a': '/srv/a', '/srv/b': '/srv/a'};
  const within = {'/srv/a': '/srv/a', '/srv/b': '/srv/a/b'};

  test.each([
    ['one folder on the target', apart, one],
    ['one folder on the source', one, apart],
    ['one within the other on the target', apart, within],
    ['the other way round', {'/srv/a': '/srv/b/a', '/srv/b': '/srv/b'}, within],
  ])('%s alone: they cannot both be copied', (_, here, there) => {
    const [first, ...more] = refused(here, there);
    expect([first?.code, more]).toEqual(['folders-meet', []]);
    expect(first?.message).toContain('bind "/x" (/srv/a) and bind "/y" (/srv/b)');
  });

  test('as they are to each other on both hosts they may be copied', () => {
    for (const both of [apart, one, within]) expect(refused(both, both)).toEqual([]);
  });

  test('one that is not copied does not lie in one that is', () => {
    for (const [here, there] of [
      [apart, one],
      [within, apart],
      [apart, within],
    ] as const)
      expect(refused(here, there, 'skip').map(({code}) => code)).toEqual(['nested-mount']);
    expect(refused(apart, apart, 'skip')).toEqual([]);
  });
});

test('folders that lead elsewhere when it is made or started are found', () => {
  const {command: asked, read} = placesQuestion([
    {path: '/srv/a', real: '/data/a'},
    {path: '/srv/b', real: '/srv/b'},
  ]);
  expect(asked.argv.slice(2)).toEqual(['readlink', '-m', '--', '/srv/a', '/srv/b']);
  expect(read('/data/a\n/srv/b\n').ok).toBe(true);
  for (const [said, told] of [
    ['/data/a\n/etc\n', '"/srv/b" leads to "/etc" now, and led to "/srv/b"'],
    ['/data/a\n', '"/srv/b" leads to "" now'],
    ['', '"/srv/a" leads to "" now'],
  ] as const)
    expect(read(said)).toEqual({ok: false, error: expect.stringContaining(told) as string});
});

test('what a dead run froze is not put back through a link that came since', () => {
  const described = found('web', 'checkpointed', {mounts: [bind('/srv/y', '/x')]});
  const kept = {id: 'c1', folder: '/var/lib/cm/checkpoints/web/c1', described};
  const decided = (path: string, allow: readonly string[] = []) =>
    planMoves({
      plan: plan([container('web', 'alpha', {allow})], ['alpha']),
      observed: observed({
        ...hostWith('alpha', {'/srv/y': path}),
        records: [record('leaving', {container: 'web', id: described.id, to: 'alpha', kept})],
      }),
      engines: enginesOf([fakeEngine]),
      run: 'r2',
      at: '2026-01-01T00:00:00Z',
    }).decisions.map((each) =>
      each.action === 'refused' ? each.problems.map(({code}) => code) : each.action,
    );
  expect(decided('/srv/y')).toEqual(['undo']);
  expect(decided('/etc')).toEqual([['not-allowed']]);
  expect(decided('/etc', ['bind:/etc'])).toEqual(['undo']);
});

/** Where the kernel would arrive, found without any program of the host; undefined where it would give up. */
function arrival(path: string, links = 0): string | undefined {
  let at = '/';
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  for (const [index, name] of names.entries()) {
    if (name === '..') {
      at = dirname(at);
      continue;
    }
    const next = join(at, name);
    const isLink = lstatSync(next, {throwIfNoEntry: false})?.isSymbolicLink() === true;
    if (isLink && links > 40) return undefined;
    if (isLink) {
      const to = readlinkSync(next);
      const rest = [to, ...names.slice(index + 1)].join('/');
      return arrival(to.startsWith('/') ? rest : `${at}/${rest}`, links + 1);
    }
    at = next;
  }
  return at;
}

describe('links of a real host', () => {
  let host: ShellHost;

  beforeEach(() => {
    host = new ShellHost();
  });
  afterEach(() => {
    host[Symbol.dispose]();
  });

  const folders = ['/srv', '/srv/a', '/srv/a/deep', '/srv/b', '/store', '/store/x'];

  /** Links in some of the folders, each to a folder, a link, a path that is not there, or itself. */
  const links = fc.uniqueArray(
    fc.record({
      at: fc.constantFrom('/srv', '/srv/a', '/srv/a/deep', '/store'),
      name: fc.constantFrom('l0', 'l1', 'l2', 'l3'),
      to: fc.constantFrom(
        ...[...folders, '/srv/l0', '/srv/a/l1', '/srv/l2/deep', '/store/l3', '/missing/x'],
      ),
      relative: fc.boolean(),
    }),
    {minLength: 3, maxLength: 8, selector: ({at, name}) => `${at}/${name}`},
  );

  const ends = ['', '/deep', '/new', '/l1', '/../b'];

  async function surveyed(mounts: readonly Mount[]): Promise<HostUsage> {
    const {argv} = withUsage('none', command('true'), mounts);
    // without an engine of this machine
    const path = `PATH=${host.at('/bin')}:/usr/bin:/bin`;
    const {stdout} = await host.run({argv: ['env', path, ...argv]});
    const read = readUsage(stdout, mounts);
    if (!read.ok) throw new Error(read.error);
    return {...read.value.usage, engineFolders: [host.at('/store')]};
  }

  test(
    'whatever they are, a folder counts where the kernel would arrive',
    {timeout: limit(60)},
    async () => {
      await fc.assert(
        fc.asyncProperty(links, async (all) => {
          host[Symbol.dispose]();
          for (const folder of ['/bin', ...folders]) mkdirSync(host.at(folder), {recursive: true});
          for (const name of ['podman', 'docker'])
            writeFileSync(host.at(`/bin/${name}`), '#!/bin/sh\nexit 1\n', {mode: 0o755});
          for (const {at, name, to, relative} of all) {
            const up = '../'.repeat(at.split('/').length - 1);
            const target = relative ? `${up}${to.slice(1)}` : host.at(to);
            symlinkSync(target, host.at(`${at}/${name}`));
          }
          const paths = all.flatMap(({at, name}) =>
            ends.map((end) => host.at(`${at}/${name}${end}`)),
          );
          const mounts = [...new Set(paths)].map((path) => bind(path));
          const target = view('beta', {survey: survey({usage: await surveyed(mounts)})});
          for (const mount of mounts) {
            const truth = arrival(mount.source);
            const web = found('web', 'running', {mounts: [mount]});
            const {powers} = reachOf(
              container('web', 'beta', {volumes: {[mount.name]: 'shared'}}),
              web,
              fakeEngine,
              {
                source: view('alpha', {survey: survey()}),
                target,
              },
            );
            const isOfEngine = [mount.source, truth ?? ''].some((each) =>
              isWithin(each, host.at('/store')),
            );
            if (truth !== undefined)
              expect([mount.source, powers.length > 0]).toEqual([mount.source, isOfEngine]);
            const endless = folderRefusals(container('web', 'beta'), web, target, target);
            expect(endless.some(({code}) => code === 'endless-link')).toBe(truth === undefined);
          }
        }),
        {numRuns: 12},
      );
    },
  );
});
