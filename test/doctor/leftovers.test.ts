import {expect, test} from 'vitest';
import {leftoverFindings} from '../../src/doctor/leftovers.js';
import type {Left} from '../../src/doctor/exam.js';
import type {HostView, LeaseRecord, MoveRecord} from '../../src/state/host/observed.js';
import {anExam} from './world.js';

const dead = '20260101-000000-dead';

const lease = (change: Partial<LeaseRecord> = {}): LeaseRecord => ({
  ...{name: 'redis', run: dead, owner: 'me@old', plan: 'p', since: '2026-01-01T00:00:00Z'},
  ...{ageSeconds: 300, expired: true},
  ...change,
});

const record = (change: Partial<MoveRecord> = {}): MoveRecord => ({
  ...{format: 1, container: 'redis', id: '0123456789abcdef', run: dead, plan: 'p'},
  ...{from: 'alpha', to: 'beta', strategy: 'stateful', phase: 'leaving'},
  ...{restartPolicy: 'no', mounts: [], at: '2026-01-01T00:00:00Z'},
  ...change,
});

const left: Left = {
  folders: [
    {path: `/run/cm/${dead}/0`, run: dead, container: 'redis'},
    {path: `/run/cm/${dead}/1`, run: dead},
    {path: '/run/cm/20260101-000001-beef/0', run: '20260101-000001-beef'},
  ],
  keys: [`cm:${dead}:0:1767225600`],
  gates: ['netdev cm_0123456789ab'],
  holds: ['/run/runc/0123456789abcdef'],
};

const found = (
  {leases = [], records = []}: {leases?: LeaseRecord[]; records?: MoveRecord[]},
  files: ReadonlyMap<string, string> = new Map(),
) => {
  const view: HostView = {
    ...{host: 'beta', engine: 'podman', look: {version: '5.4.2', containers: []}},
    ...{leases, records},
  };
  return leftoverFindings('beta', anExam({left}), view, files).map(({code, level, fix}) => {
    const what = fix === undefined || fix.on === 'nowhere' ? fix?.advice : fix.command;
    return [code, level, what];
  });
};

test('of a run that died, with the command for each thing', () => {
  expect(found({leases: [lease()]})).toEqual([
    ['lease-expired', 'warning', 'rm -f -- /run/cm/leases/redis'],
    ['folder-left', 'warning', `rm -rf -- /run/cm/${dead}/0 /run/cm/${dead}/1`],
    ['folder-left', 'warning', 'rm -rf -- /run/cm/20260101-000001-beef/0'],
    ['key-left', 'warning', `sed -i '/ cm:${dead}:0:1767225600$/d' ~/.ssh/authorized_keys`],
    ['gate-left', 'warning', 'nft delete table netdev cm_0123456789ab'],
    [
      'quarantine-left',
      'warning',
      'umount /run/runc/0123456789abcdef && rmdir /run/runc/0123456789abcdef',
    ],
  ]);
});

test('with a plan, cm itself takes leases away; names are words of a shell', () => {
  const files = new Map([
    ['redis', 'my plans/a.yaml'],
    ['a b', '<stdin>'],
  ]);
  const commands = found({leases: [lease(), lease({name: 'a b'})]}, files).slice(0, 2);
  expect(commands.map(([, , command]) => command)).toEqual([
    `cm unlock 'my plans/a.yaml' --only redis`,
    `cm unlock - --only 'a b'`,
  ]);
});

test('nothing of a run that is at work is a leftover', () => {
  expect(found({leases: [lease({ageSeconds: 5, expired: false})]})).toEqual([
    ['lease-in-use', 'fine', undefined],
    ['folder-left', 'warning', 'rm -rf -- /run/cm/20260101-000001-beef/0'],
  ]);
});

test('what an unfinished move needs for its way back is never told to go', () => {
  const told = found({records: [record()], leases: []});
  expect(told).toEqual([
    ['move-unfinished', 'warning', 'run "cm apply" with the plan "p", which finishes or undoes it'],
    ['folder-left', 'warning', 'rm -rf -- /run/cm/20260101-000001-beef/0'],
    ['key-left', 'warning', `sed -i '/ cm:${dead}:0:1767225600$/d' ~/.ssh/authorized_keys`],
  ]);
  // its commit point is behind it: there is no way back that could be taken away
  expect(found({records: [record({phase: 'left'})]}).map(([code]) => code)).not.toContain(
    'move-unfinished',
  );
});

test('a copy that was being made is removed by making it again', () => {
  const kept = {id: '20260101T000000Z-0a1b2c', folder: '/kept'};
  const begun = record({container: 'twin', phase: 'arriving', to: 'beta', kept});
  const told = found({records: [begun], leases: []}).find(([code]) => code === 'copy-unfinished');
  expect(told?.[2]).toContain('cm restore 20260101T000000Z-0a1b2c --as twin --on beta');
});

test('the folder of a checkpoint that is being made is in use, whatever it is called', () => {
  const path = '/run/cm/20260101T000000Z-0a1b2c/k';
  const view: HostView = {
    ...{host: 'beta', engine: 'podman', look: {version: '5.4.2', containers: []}},
    ...{leases: [lease({ageSeconds: 5, expired: false})], records: []},
  };
  const exam = anExam({
    left: {folders: [{path, run: dead, container: 'redis'}], keys: [], gates: [], holds: []},
  });
  expect(leftoverFindings('beta', exam, view, new Map()).map(({code}) => code)).toEqual([
    'lease-in-use',
  ]);
});
