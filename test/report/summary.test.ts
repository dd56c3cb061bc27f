import {expect, test} from 'vitest';
import {renderAnnotation, renderJobSummary} from '../../src/report/github/github.js';
import {problemsOfRun, renderSummary} from '../../src/report/text/summary.js';
import {notFound, planned, reportOf, restoreFailed} from './simulated.js';

const plain = {color: false, unicode: true};
const move = planned(['move', 'none']);

test('a run that moved says where it is now, and what it cost', () => {
  expect(renderSummary(reportOf(move), plain)).toMatchInlineSnapshot(`
    "✓ redis  moved to beta  downtime 1.9s (predicted 1.4s)  233 MiB
        CRIU: frozen 254ms, memory dump 147ms
    run 20260102-030405-ab12: 1 moved, 1 settled, in 4.7s"
  `);
});

test('a run that was undone says what to do next', () => {
  const report = reportOf(move, 'restore');
  expect(renderSummary(report, plain)).toMatchInlineSnapshot(`
    "↩ redis  undone: it is on alpha as before  downtime 1.9s (predicted 1.4s)  233 MiB
        CRIU: frozen 254ms, memory dump 147ms
    next: redis: podman restore exited 125: see its own message; then run "cm apply" again
    run 20260102-030405-ab12: 1 undone, 1 settled, in 4.8s"
  `);
  expect(problemsOfRun(report)).toEqual([restoreFailed]);
});

test('a container that a person must look at is the first thing to do', () => {
  const report = reportOf(move);
  const containers = report.containers.map((each) => ({...each, outcome: 'look' as const}));
  const text = renderSummary({...report, containers, exit: 3, inFlight: ['redis/restore']}, plain);
  expect(text).toMatchInlineSnapshot(`
    "! redis  a person must look: last seen on beta  downtime 1.9s (predicted 1.4s)  233 MiB
        CRIU: frozen 254ms, memory dump 147ms
    ! web    a person must look: last seen on beta
    next: look at alpha and beta: "cm status" shows where redis runs; then run "cm apply" again
    next: look at its hosts: "cm status" shows where web runs; then run "cm apply" again
    next: run "cm apply" again: it finishes or undoes what was under way (redis/restore)
    run 20260102-030405-ab12: 2 to look at, in 4.7s"
  `);
});

test('a problem is told once, though it refused a container and ended the run', () => {
  expect(problemsOfRun(reportOf(planned(['refused'])))).toEqual([notFound]);
});

test('the summary of a CI job is a table', () => {
  expect(renderJobSummary(reportOf(move, 'restore'))).toMatchInlineSnapshot(`
    "### cm apply: evacuate-alpha

    \`plans/evacuate.yaml\` (c0ffee000000, commit 1234567890ab with changes), run 20260102-030405-ab12, exit 1

    | container | way | strategy | result | downtime | sent |
    | --- | --- | --- | --- | --- | --- |
    | redis | alpha → beta | stateful | undone: it is on alpha as before | downtime 1.9s (predicted 1.4s) | 233 MiB |
    | web |  |  | on beta already |  |  |

    **problems**

    - podman restore exited 125: see its own message
    "
  `);
});

test('an annotation stands at its line, its text escaped', () => {
  const place = {file: 'a,b.yaml', line: 3, column: 5, length: 4, text: 'x: yy'};
  const problem = {...notFound, place, message: '50 % of\nit: "x"'};
  expect(renderAnnotation(problem, 'error')).toMatchInlineSnapshot(
    `"::error file=a%2Cb.yaml,line=3,col=5,endColumn=9,title=cm%3A not-found::50 %25 of␊it: "x"%0Acorrect its name, add the host that it is on, or take it out of the plan"`,
  );
  expect(renderAnnotation(restoreFailed, 'warning')).toMatchInlineSnapshot(
    `"::warning title=cm%3A command-failed::redis: beta: podman restore exited 125%0Asee its own message"`,
  );
});
