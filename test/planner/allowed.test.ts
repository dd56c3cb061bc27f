import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import type {Mount} from '../../src/engines/facts.js';
import {capabilities, plainKinds, powerKinds, type PowerKind} from '../../src/base/powers.js';
import type {Power} from '../../src/engines/powers.js';
import {
  allowLine,
  allowRefusals,
  describeUnneeded,
  reachOf,
} from '../../src/planner/claims/allowed.js';
import {isPowerfulPath} from '../../src/planner/claims/powerful-paths.js';
import {readPlans} from '../../src/plan/read.js';
import {world} from '../plan/world.js';
import {fakeEngine} from '../rig/fake-engine.js';
import {container, found, survey, view} from './world.js';

/** Of a plan whose only container has this line. */
async function read(line: string) {
  const text = `apiVersion: cm/v1\nname: x\nhosts: {a: {address: a}}\ncontainers: {web: {on: a, ${line}}}\n`;
  const plans = await readPlans('plan.yaml', text, world);
  if (!plans.ok) throw new Error(JSON.stringify(plans.error));
  return plans.value.plans[0]?.containers.get('web');
}

const aText = fc
  .string({unit: 'grapheme', minLength: 1, maxLength: 40})
  .filter((text) => !/\p{Cc}/u.test(text));

const aPower: fc.Arbitrary<Power> = fc
  .constantFrom(...(Object.keys(powerKinds) as PowerKind[]))
  .chain((kind) => {
    if (plainKinds.has(kind)) return fc.constant({kind});
    const of = kind === 'capability' ? fc.constantFrom(...capabilities) : aText;
    return of.map((about) => ({kind, of: about}));
  });

test('the line that a refusal offers is taken by a plan, and permits what was refused', async () => {
  const target = view('beta');
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(aPower, {minLength: 1, maxLength: 6}), async (powers) => {
      const reach = {powers, paths: []};
      const refused = allowRefusals(container('web', 'beta'), reach, target);
      expect(refused.map(({code}) => code)).toEqual(['not-allowed']);
      const line = /allow: .*$/su.exec(refused[0]?.remedy ?? '')?.[0] ?? '';
      expect(line).toBe(allowLine(powers));
      const allowed = await read(line);
      if (!allowed) throw new Error('no container');
      expect(allowRefusals(allowed, reach, target)).toEqual([]);
    }),
    {numRuns: 200, examples: [[[{kind: 'annotation', of: '\uFFFD \u2028\u202E\u{E0001}'}]]]},
  );
});

test('a word of one power permits no other', () => {
  const powers: readonly Power[] = [{kind: 'bind', of: '/etc'}, {kind: 'host-pid'}];
  const refused = (...allow: readonly string[]) =>
    allowRefusals({...container('web', 'beta'), allow}, {powers, paths: []}, view('beta'));
  expect(refused('bind:/etc', 'host-pid')).toEqual([]);
  for (const other of ['bind:/etc:ro', 'bind:/', 'bind:/etc/', 'bind', 'privileged'])
    expect(refused(other, 'host-pid')).toHaveLength(1);
});

test('a capability is permitted in whichever way it is written', () => {
  const powers: readonly Power[] = [{kind: 'capability', of: 'SYS_ADMIN'}];
  const refused = (word: string) =>
    allowRefusals({...container('web', 'beta'), allow: [word]}, {powers, paths: []}, view('beta'));
  for (const name of ['SYS_ADMIN', 'sys_admin', 'CAP_SYS_ADMIN', 'cap_sys_admin'])
    expect(refused(`capability:${name}`)).toEqual([]);
  expect(refused('capability:SYS_ADMINS')).toHaveLength(1);
  expect(refused('device:SYS_ADMIN')).toHaveLength(1);
});

test('words that nothing needs are told', () => {
  const reach = {powers: [{kind: 'bind', of: '/etc:ro'}, {kind: 'host-pid'}] as const, paths: []};
  const unneeded = (...allow: readonly string[]) =>
    describeUnneeded({...container('web', 'beta'), allow}, reach);
  expect(unneeded('bind:/etc', 'host-pid')).toEqual([]);
  expect(unneeded('host-pid', 'privileged', 'bind:/etc/')).toEqual([
    'allowed and not needed: privileged, bind:/etc/',
  ]);
});

describe('places of a host', () => {
  test.each([
    ...['/', '/etc', '/etc/cron.d', '/root', '/root/.ssh', '/boot', '/run', '/run/docker.sock'],
    ...['/var/run/docker.sock', '/run/podman/podman.sock', '/run/containerd/containerd.sock'],
    ...['/var/lib/docker/volumes/x', '/var/lib/kubelet', '/proc', '/proc/1/root', '/sys', '/dev'],
    ...['/dev/shm', '/home', '/home/bob', '/home/bob/.ssh', '/home/bob/.ssh/keys', '/var', '/tmp'],
    ...['/home/bob/.config/systemd/user', '/var/spool/cron/crontabs', '/var/log', '/opt'],
    ...['/etc/', '//etc//ssh', '/etc/./passwd-', '/var/lib', '/home/bob/.kube/config'],
  ])('%s counts, also where it is only read', (path) => {
    expect(isPowerfulPath(path, false)).toBe(true);
    expect(isPowerfulPath(path, true)).toBe(true);
  });

  test.each([
    ...['/usr/local/bin', '/usr', '/bin', '/lib/modules', '/etc/localtime', '/etc/timezone'],
    ...['/etc/resolv.conf', '/etc/ssl/certs', '/usr/share/zoneinfo', '/run/udev', '/sys/fs/cgroup'],
  ])('%s counts where it is written', (path) => {
    expect(isPowerfulPath(path, false)).toBe(false);
    expect(isPowerfulPath(path, true)).toBe(true);
  });

  test.each([
    ...['/srv', '/srv/www', '/data', '/mnt/disk', '/media/films', '/opt/app', '/var/lib/app'],
    ...['/home/bob/app', '/home/bob/.config/sonarr', '/var/log/nginx', '/etcetera', '/rooted'],
    ...['/tmp/x', '/var/cache/app', '/runner', '/var/www', '/usr2', '/home/bob/www/.htaccess'],
  ])('%s is data', (path) => {
    expect(isPowerfulPath(path, true)).toBe(false);
  });

  test('where an engine keeps its things', () => {
    for (const path of ['/big/docker', '/big/docker/volumes', '/big'])
      expect(isPowerfulPath(path, false, {engineFolders: ['/big/docker']})).toBe(true);
    expect(isPowerfulPath('/big2', true, {engineFolders: ['/big/docker']})).toBe(false);
  });
});

describe('what a copy may do', () => {
  const bind = (source: string, readOnly: boolean): Mount => ({
    ...{kind: 'bind', name: '/x', destination: '/x', source, readOnly},
  });
  const views = {
    source: view('alpha', {survey: survey()}),
    target: view('beta', {survey: survey()}),
  };
  const wordsOf = (mount: Mount, policy: 'sync' | 'shared' | 'skip') =>
    reachOf(
      container('web', 'beta', {volumes: {'/x': policy}}),
      found('web', 'running', {mounts: [mount]}),
      fakeEngine,
      views,
    ).powers.map(({kind, of}) => `${kind}:${of}`);

  test('what is only read by the copy is written by a move that fills it', () => {
    expect(wordsOf(bind('/usr/share/x', true), 'shared')).toEqual([]);
    expect(wordsOf(bind('/usr/share/x', true), 'sync')).toEqual(['bind:/usr/share/x']);
    expect(wordsOf(bind('/root/x', true), 'skip')).toEqual(['bind:/root/x:ro']);
    expect(wordsOf(bind('/root/x', false), 'shared')).toEqual(['bind:/root/x']);
  });

  test('folders that only the settings of the engine name are counted as written', () => {
    const engine = {...fakeEngine, binds: () => ['/srv/data', '/etc/']};
    const reach = reachOf(container('web', 'beta'), found('web'), engine, views);
    expect(reach.powers).toEqual([{kind: 'bind', of: '/etc'}]);
    expect(reach.paths.map(({path}) => path)).toEqual(['/srv/data', '/etc']);
  });
});
