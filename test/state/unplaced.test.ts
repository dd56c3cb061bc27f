import {expect, test} from 'vitest';
import type {Mount} from '../../src/engines/facts.js';
import {enginesOf} from '../../src/engines/registry.js';
import type {HostView} from '../../src/state/host/observed.js';
import {withoutUnplaced} from '../../src/state/host/unplaced.js';
import {readUsage} from '../../src/state/host/usage.js';
import {fakeEngine} from '../rig/fake-engine.js';
import {found, living, observed, record, survey, view} from '../planner/world.js';

const bind = (source: string): Mount => ({
  ...{kind: 'bind', name: '/data', source, destination: '/data', readOnly: false},
});

const part = (index: number, path: string): string => `\n@@cm\tlanding\t${index}\n${path}\n`;

const answer = `${part(0, '/srv/a')}${part(1, 'nowhere')}\n@@cm\tend\nrest`;

test('a folder of which the host does not tell where it leads is named, and the others are read', () => {
  const read = readUsage(answer, [bind('/srv/a'), bind('/srv/b')]);
  if (!read.ok) throw new Error(read.error);
  expect(read.value.usage.unplaced).toEqual(['/srv/b']);
  expect(read.value.usage.landings).toMatchObject([{value: '/srv/a', path: '/srv/a'}]);
});

test('only what has such a folder, or had it when it was parked, counts as unreadable', () => {
  const [odd, fine] = ['/srv/b', '/srv/a'].map((path, index) =>
    found(`c${index}`, 'running', {mounts: [bind(path)]}),
  );
  if (!odd || !fine) throw new Error('two');
  const described = {...odd, name: 'parked'};
  const alpha: HostView = {
    ...living('alpha', odd, fine),
    records: [record('parked', {container: 'parked', kept: {id: 'k', folder: '/kept', described}})],
  };
  const usage = {engineFolders: [], tenants: [], landings: [], volumes: [], unplaced: ['/srv/b']};
  const beta = view('beta', {survey: survey({usage})});
  const {hosts} = withoutUnplaced(observed(alpha, beta), enginesOf([fakeEngine]));
  expect(hosts.get('beta')).toBe(beta);
  const reason = '"beta" does not tell where "/srv/b" leads';
  expect(hosts.get('alpha')).toMatchObject({
    look: {containers: [{name: 'c1'}], unreadable: [{name: 'c0', reason}]},
    unreadableRecords: [{container: 'parked', reason}],
  });
});
