import {execFileSync} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {toolsPart, weighPart} from '../../src/engines/criu/survey-parts.js';
import {readWeight} from '../../src/engines/criu/weight.js';
import {scriptHead, sections} from '../../src/engines/host/sections.js';
import {aContainer} from './podman-pair.js';
import {valueOf} from './recording.js';

/** Where attributes can be given to files at all. */
function canChange(): boolean {
  const file = '/var/tmp/cm-fixed-probe';
  writeFileSync(file, '');
  try {
    for (const how of ['+i', '-i']) execFileSync('chattr', [how, file], {stdio: 'pipe'});
    return true;
  } catch {
    return false;
  } finally {
    rmSync(file, {force: true});
  }
}

describe.skipIf(!canChange())('files that not even root can change or remove', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync('/var/tmp/cm-fixed-');
    mkdirSync(join(folder, 'deep er'));
    for (const name of ['plain', 'deep er/fixed', 'appended', '----i---- name', 'noatime'])
      writeFileSync(join(folder, name), 'x');
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    execFileSync('chattr', ['+i', join(folder, 'deep er/fixed')]);
    execFileSync('chattr', ['+a', join(folder, 'appended')]);
    execFileSync('chattr', ['+A', join(folder, 'noatime')]);
  });

  afterAll(() => {
    for (const name of ['deep er/fixed', 'appended'])
      execFileSync('chattr', ['-i', '-a', join(folder, name)]);
    rmSync(folder, {recursive: true, force: true});
    expect(existsSync(folder)).toBe(false);
  });

  test('are found by the survey, and no others', () => {
    const container = aContainer();
    const text = `${scriptHead}\n${toolsPart}\n${weighPart}\nfixed 0 "$1"\nfixed 0.0 "$2"\nsection end`;
    const answer = execFileSync('sh', ['-euc', text, 'cm', folder, join(folder, 'deep er')], {
      encoding: 'utf8',
    });
    const {fixed} = readWeight(valueOf(sections(answer)), container, 0);
    const inner = join(folder, 'deep er/fixed');
    expect([...(fixed?.rootfs ?? [])].sort()).toEqual([join(folder, 'appended'), inner]);
    expect(fixed?.mounts).toEqual({[container.mounts[0]?.name ?? '']: [inner]});
  });
});
