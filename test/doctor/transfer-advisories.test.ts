import {expect, test} from 'vitest';
import {transferAdvisories} from '../../src/doctor/transfer-advisories.js';
import {aSubject} from './world.js';

const told = (program: string, version: string): readonly string[] => {
  const {exam} = aSubject('alpha');
  if (!exam) throw new Error('alpha is examined');
  const versions = new Map([[program, version]]);
  return transferAdvisories({...exam, versions}).map(({code}) => code);
};

test.each([
  ['rsync', '3.2.7', ['rsync-heap-overflow']],
  ['rsync', '3.4.0', ['rsync-symlink-races']],
  ['rsync', '3.4.2', ['rsync-symlink-races']],
  ['rsync', '3.4.3', ['rsync-outside-folder']],
  ['rsync', '3.5.0', []],
  ['rsync', '', []],
  ['ssh', '8.4p1', []],
  ['ssh', '9.2p1', ['openssh-signal-race']],
  ['ssh', '9.8p1', []],
  ['ssh', '10.0p2', []],
])('%s %s: %j', (program, version, codes) => {
  expect(told(program, version)).toEqual(codes);
});
