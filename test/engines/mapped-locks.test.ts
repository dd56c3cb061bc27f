import {execFileSync, spawn, type ChildProcess} from 'node:child_process';
import {existsSync, mkdtempSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {listeningPart, toolsPart, weighPart} from '../../src/engines/criu/survey-parts.js';
import {readWeight} from '../../src/engines/criu/weight.js';
import {scriptHead, sections, type Section} from '../../src/engines/host/sections.js';
import {limit} from '../rig/limits.js';
import {aContainer} from './podman-pair.js';
import {valueOf} from './recording.js';

/** Three files: locked and mapped, as SQLite has them in WAL mode, only locked, and only mapped. */
const PROGRAM = `import fcntl, mmap, os, sys, time
os.chdir(sys.argv[1])
kept = []
for name in ('both', 'locked', 'mapped'):
  file = os.open(name, os.O_RDWR | os.O_CREAT)
  os.ftruncate(file, 4096)
  if name != 'mapped': fcntl.lockf(file, fcntl.LOCK_SH, 1, 128)
  if name != 'locked': kept.append(mmap.mmap(file, 4096))
  kept.append(file)
open('ready', 'w').close()
time.sleep(600)
`;

const survey = `${scriptHead}
${toolsPart}
${listeningPart}
${weighPart}
has() { command -v "$1" >/dev/null 2>&1; }
weigh 0 "$1" ''
section end`;

const weigh = (answer: readonly Section[]) => readWeight(answer, aContainer(), 0);

describe('a program that has locks and mappings', () => {
  let folder: string;
  let program: ChildProcess;

  beforeEach(async () => {
    folder = mkdtempSync('/var/tmp/cm-locks-');
    program = spawn('python3', ['-c', PROGRAM, folder], {stdio: 'inherit'});
    await expect
      .poll(() => existsSync(join(folder, 'ready')), {timeout: limit(20), interval: 20})
      .toBe(true);
  });

  afterEach(() => {
    program.kill('SIGKILL');
    rmSync(folder, {recursive: true, force: true});
  });

  test('is found to hold a lock on what it has mapped, and on nothing else', () => {
    const answer = execFileSync('sh', ['-euc', survey, 'cm', `${program.pid}`], {encoding: 'utf8'});
    const {mappedLocks, locks} = weigh(valueOf(sections(answer)));
    expect(locks).toBe(true);
    expect(mappedLocks).toEqual([join(folder, 'both')]);
  });
});

describe('multicast groups', () => {
  const groups = (...more: readonly string[]) =>
    weigh(
      valueOf(
        sections(
          ['', '@@cm\tmulticast\t0', 'FB0000E0', 'nonsense', ...more, '@@cm\tend', ''].join('\n'),
        ),
      ),
    ).multicast;

  test('are those of its own network', () => {
    expect(groups()).toEqual(['224.0.0.251']);
    expect(groups('', '@@cm\thost-network\t0')).toBeUndefined();
  });
});
