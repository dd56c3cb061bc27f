import {execFileSync} from 'node:child_process';
import {expect, test} from 'vitest';
import {shellWord} from '../../src/base/shell-word.js';
import {installFix} from '../../src/doctor/packages.js';
import {anExam} from './world.js';

const on = (id: string, ...like: readonly string[]) => anExam({os: {id, like, name: id}});

test.each([
  [on('debian'), 'rsync', 'apt-get install -y rsync'],
  [on('ubuntu', 'debian'), 'flock', 'apt-get install -y util-linux'],
  [on('linuxmint', 'ubuntu', 'debian'), 'ssh', 'apt-get install -y openssh-client'],
  [on('pop', 'ubuntu', 'debian'), 'nft', 'apt-get install -y nftables'],
  [on('fedora'), 'ssh', 'dnf install -y openssh-clients'],
  [on('almalinux', 'rhel', 'centos', 'fedora'), 'libcriu.so.2', 'dnf install -y criu-libs'],
  [on('opensuse-leap', 'suse', 'opensuse'), 'criu', 'zypper --non-interactive install criu'],
  [on('alpine'), 'flock', 'apk add flock'],
  [on('arch'), 'libcriu.so.2', 'pacman -S --noconfirm criu'],
])('the command of a distribution (%#)', (exam, program, command) => {
  expect(installFix('h', exam, program)).toEqual({on: 'host', host: 'h', command});
});

test('nothing is made up for a distribution or a program that nobody knows', () => {
  const advice = 'needs the package that has "rsync"';
  expect(installFix('h', on('plan9'), 'rsync')).toEqual({on: 'nowhere', advice});
  expect(installFix('h', on(''), 'rsync')).toEqual({on: 'nowhere', advice});
  expect(installFix('h', on('debian'), 'no-such-program').on).toBe('nowhere');
});

test('a program that lies there and may not be run is not installed again', () => {
  const exam = anExam({notExecutable: ['/usr/local/bin/rsync', '/opt/my tools/criu']});
  expect(installFix('h', exam, 'rsync')).toMatchObject({command: 'chmod 755 /usr/local/bin/rsync'});
  expect(installFix('h', exam, 'criu')).toMatchObject({command: `chmod 755 '/opt/my tools/criu'`});
  expect(installFix('h', exam, 'tar')).toMatchObject({command: 'apt-get install -y tar'});
});

test.each([
  'plain',
  'two words',
  `it's`,
  '$(touch /tmp/no)',
  '`x`',
  '-rf',
  '',
  '"',
  'ä;b',
  '~/x',
  '*',
])('a shell reads the word %j as it is', (text) => {
  expect(execFileSync('sh', ['-c', `printf %s ${shellWord(text)}`], {encoding: 'utf8'})).toBe(text);
});
