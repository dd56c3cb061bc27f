import {expect, test} from 'vitest';
import type {Problem} from '../../src/base/problem.js';
import {explain} from '../../src/diagnose/explain.js';
import {renderAnnotation, renderJobSummary} from '../../src/report/github/github.js';
import {renderTimeline} from '../../src/report/text/history-text.js';
import {problemRecord, runFields} from '../../src/report/json/json-records.js';
import {renderProblem} from '../../src/report/text/problems.js';
import {planned, reportOf} from '../report/simulated.js';

const failed: Problem = {
  kind: 'step',
  code: 'producer-failed',
  message: '"podman container checkpoint redis" on host "alpha" failed with status 125',
  host: 'alpha',
  container: 'redis',
  remedy: 'see what it said',
  log: [
    'level=error msg="criu failed: type NOTIFY errno 0"',
    'Error (criu/file-lock.c:110): Some file locks are hold by dumping tasks! You can try --file-locks to dump them.',
  ],
};
const problem = explain(failed);
const advice = 'dump and restore with --file-locks';

test('people are told what the log of a step means, and what to do', () => {
  const text = renderProblem(problem, {color: false});
  expect(text).toContain('= means: a program holds a lock on a file');
  expect(text).toContain(`= help: ${advice}`);
  expect(text).toContain('= see: https://github.com/checkpoint-restore/criu/issues/14');
  expect(text).toContain('= output:');
});

test('so are programs', () => {
  expect(problemRecord(problem, 'error')).toMatchObject({
    log: failed.log,
    causes: [
      {rule: 'file-locks', where: ['criu dump', 'criu restore'], lines: [{line: 2}], count: 1},
    ],
  });
});

test('so is a workflow', () => {
  expect(renderAnnotation(problem, 'error')).toContain(advice);
  expect(renderAnnotation(failed, 'error')).toContain('see what it said');
});

test('so is whoever reads of it later', () => {
  const moved = reportOf(planned(['move']));
  const report = {
    ...moved,
    problems: [problem],
    timeline: [
      ...moved.timeline,
      {
        step: 'redis/freeze',
        undo: false,
        outcome: 'failed',
        startedMs: 1,
        tookMs: 2,
        problem,
      } as const,
    ],
  };
  const text = renderTimeline(report, {color: false, unicode: true});
  expect(text).toContain('means: a program holds a lock on a file');
  expect(text).toContain(`help: ${advice}`);
  expect(runFields(report).problems[0]?.causes?.[0]?.rule).toBe('file-locks');
  expect(renderJobSummary(report)).toContain('a program holds a lock on a file');
});
