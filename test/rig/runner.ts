import {type RunnerTask, type RunnerTestFile, TestRunner} from 'vitest';
import {relative} from 'node:path';
import {isNamed, testsLeftOut} from './ring.js';

function groupsOf({suite}: RunnerTask): readonly string[] {
  return suite && suite.name !== '' && !('filepath' in suite)
    ? [...groupsOf(suite), suite.name]
    : [];
}

/** Runs the tests of the ring that was asked for. */
export default class RingRunner extends TestRunner {
  onCollected(files: RunnerTestFile[]): void {
    for (const file of files) {
      const names = testsLeftOut(relative('.', file.filepath));
      const leaveOut = (task: RunnerTask): void => {
        if (task.type === 'suite') task.tasks.forEach(leaveOut);
        else if (names.some((name) => isNamed({name: task.name, groups: groupsOf(task)}, name)))
          task.mode = 'skip';
      };
      if (names.length > 0) file.tasks.forEach(leaveOut);
    }
  }
}
