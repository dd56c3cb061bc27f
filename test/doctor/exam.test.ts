import {execFileSync} from 'node:child_process';
import {describe, expect, test} from 'vitest';
import {clockIn, examine, readExam} from '../../src/doctor/exam.js';
import {valueOf} from '../engines/recording.js';
import {limit} from '../rig/limits.js';

const answer = (parts: Readonly<Record<string, string>>): string =>
  [
    ...Object.entries({now: '1767225600.5', user: '0\nroot', ...parts}).map(
      ([name, text]) => `\n@@cm\t${name}\n${text}\n`,
    ),
    '\n@@cm\tend\n',
  ].join('');

const read = (parts: Readonly<Record<string, string>>) => valueOf(readExam(answer(parts)));

describe('the examination of a host', () => {
  test.runIf(process.platform === 'linux')(
    'of this very machine, as it is, changing nothing',
    () => {
      const [file, ...words] = examine.argv;
      const stdout = execFileSync(file, words, {encoding: 'utf8'});
      const exam = valueOf(readExam(stdout));
      expect(exam.uid).toBe(process.getuid?.());
      expect(exam.kernel).toMatch(/^\d+\.\d+/);
      expect(Math.abs(exam.now * 1000 - Date.now())).toBeLessThan(limit(4));
      expect(exam.uptimeSeconds).toBeGreaterThan(0);
      expect(exam.run.free).toBeGreaterThan(0);
      expect(exam.rights.bounding).toBeTypeOf('bigint');
    },
  );

  test.runIf(process.platform === 'linux' && process.getuid?.() === 0)(
    'as nobody, and with no program to be found',
    () => {
      const [file, ...words] = examine.argv;
      const bare = {
        encoding: 'utf8',
        uid: 65534,
        gid: 65534,
        env: {PATH: '/usr/bin:/bin'},
      } as const;
      expect(valueOf(readExam(execFileSync(file, words, bare))).uid).toBe(65534);
    },
  );

  test('what is not there stays empty', () => {
    expect(read({})).toMatchObject({
      ...{uid: 0, user: 'root', os: {id: '', like: [], name: ''}, kernel: '', programs: []},
      rights: {selinux: '', apparmor: false, freezer: false},
      run: {kind: '', size: 0, free: 0},
      left: {folders: [], keys: [], gates: []},
    });
    expect(read({})).not.toHaveProperty('uptimeSeconds');
    expect(read({}).rights).not.toHaveProperty('bounding');
  });

  test('an answer that is cut off, or tells no time, is none', () => {
    expect(readExam('\n@@cm\tnow\n1767225600.5\n').ok).toBe(false);
    expect(readExam(answer({now: 'never'})).ok).toBe(false);
    expect(readExam(answer({user: ''})).ok).toBe(false);
  });

  test('what programs say of themselves', () => {
    const versions =
      'podman\tpodman version 5.4.2\ndocker\tDocker version 26.1.5+dfsg1, build a72d7cd\nincus\t6.0.4\nrunc\tno such thing\n\n';
    expect([...read({versions}).versions]).toEqual([
      ['podman', '5.4.2'],
      ['docker', '26.1.5+dfsg1'],
      ['incus', '6.0.4'],
      ['runc', ''],
    ]);
  });

  test('the distribution, however it is quoted', () => {
    const os = `NAME='Alma'\nID="almalinux"\nID_LIKE="rhel centos fedora"\nPRETTY_NAME="AlmaLinux 9.4"\n`;
    expect(read({os}).os).toEqual({
      id: 'almalinux',
      like: ['rhel', 'centos', 'fedora'],
      name: 'AlmaLinux 9.4',
    });
  });

  test('the folder in memory', () => {
    const run =
      'tmpfs\nFilesystem     1024-blocks  Used Available Capacity Mounted on\ntmpfs             12342044    12  12342032       1% /run';
    expect(read({run}).run).toEqual({kind: 'tmpfs', size: 12342044 * 1024, free: 12342032 * 1024});
  });

  test.each([
    ['1767225600.250000000', 1_767_225_600_250],
    // busybox and macOS know no nanoseconds
    ['1767225600.N', 1_767_225_600_500],
    ['1767225600', 1_767_225_600_500],
    ['@@cm\tnow', undefined],
    ['', undefined],
    ['22', undefined],
  ])('the clock in "%s"', (line, ms) => {
    expect(clockIn(line)).toBe(ms);
  });
});
