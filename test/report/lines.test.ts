import {expect, test, vi} from 'vitest';
import {createLinesView} from '../../src/report/text/lines.js';
import type {Planned} from '../../src/planner/change.js';
import type {Event} from '../../src/run/events.js';
import {Paper, planned, runEvents, notFound} from './simulated.js';

function told(events: readonly Event[]): string {
  const paper = new Paper();
  const view = createLinesView(paper, {color: false, unicode: true});
  for (const event of events) view.on(event);
  return paper.text;
}

const move: Planned = planned(['move', 'none']);

test('a line for each thing that changed', () => {
  expect(told(runEvents(move))).toMatchInlineSnapshot(`
    "    0.0s  run 20260102-030405-ab12 of plan "evacuate-alpha": 1 to move, 1 settled, 0 problems
        0.5s  redis: alpha → beta
        0.6s  redis: ✓ lease redis on alpha (100ms)
        0.7s  redis: ✓ look again (100ms)
        0.7s  redis: send image to beta ...
        2.4s  redis: ✓ send image to beta (100ms, 21 MiB)
        2.4s  redis: freeze it and stream its memory to beta ...
        4.1s  redis: ✓ freeze it and stream its memory to beta (100ms, 212 MiB)
        4.1s  redis: restore on beta ...
        4.2s  redis: ✓ restore on beta (100ms)
        4.2s  redis: check that it runs on beta ...
        4.3s  redis: ✓ check that it runs on beta (100ms, running since 03:04, restored)
        4.4s  redis: ✓ commit: redis is on beta (100ms)
        4.5s  redis: ✓ remove it from alpha (100ms)
        4.6s  redis: ✓ release the lease on alpha (100ms)
        4.6s  redis: moved to beta, downtime 1.9s
        4.7s  run ended with exit 0
    "
  `);
});

test('what failed is told with its cause, and what is undone', () => {
  expect(told(runEvents(move, 'restore'))).toMatchInlineSnapshot(`
    "    0.0s  run 20260102-030405-ab12 of plan "evacuate-alpha": 1 to move, 1 settled, 0 problems
        0.5s  redis: alpha → beta
        0.6s  redis: ✓ lease redis on alpha (100ms)
        0.7s  redis: ✓ look again (100ms)
        0.7s  redis: send image to beta ...
        2.4s  redis: ✓ send image to beta (100ms, 21 MiB)
        2.4s  redis: freeze it and stream its memory to beta ...
        4.1s  redis: ✓ freeze it and stream its memory to beta (100ms, 212 MiB)
        4.1s  redis: restore on beta ...
        4.2s  redis: ✗ restore on beta (failed after 100ms): podman restore exited 125
        4.2s  redis: undoing: restore on beta ...
        4.4s  redis: ↩ undone: restore on beta (200ms)
        4.4s  redis: undoing: freeze it and stream its memory to beta ...
        4.6s  redis: ↩ undone: freeze it and stream its memory to beta (200ms)
        4.7s  redis: ✓ release the lease on alpha (100ms)
        4.7s  redis: undone: it is on alpha as before, downtime 1.9s
        4.8s  run ended with exit 1
    "
  `);
});

test('progress is told every five seconds at most', () => {
  const [first] = runEvents(move);
  if (!first) throw new Error('a run was expected');
  const step = 'redis/freeze';
  const progress = Array.from({length: 121}, (_, index): Event => ({
    type: 'step-progress',
    at: 1_000_000 + index * 100,
    step,
    bytes: index,
    total: 0,
    rate: 0,
  }));
  const started: Event = {type: 'step-started', at: 1_000_000, step, undo: false};
  const lines = told([first, started, ...progress]).split('\n');
  expect(lines.filter((line) => /\d B$/u.test(line))).toHaveLength(2);
});

test('warnings and interrupts are told at once', () => {
  const text = told([
    {type: 'warning', at: 1, problem: notFound},
    {type: 'interrupted', at: 2},
  ]);
  expect(text).toMatchInlineSnapshot(`
    "    0.0s  warning: container "db" is on none of the plan's hosts (alpha, beta)
        0.0s  interrupted: nothing new begins; what runs is finished or undone
    "
  `);
});

test('of a step that goes on in silence a line is told now and then, and none after its end', async () => {
  vi.useFakeTimers({now: 1_000_000});
  try {
    const paper = new Paper();
    const view = createLinesView(paper, {color: false, unicode: true});
    const [first] = runEvents(move);
    if (!first) throw new Error('no events');
    view.on({...first, at: Date.now()});
    const step = 'redis/lease-source';
    view.on({type: 'step-started', at: Date.now(), step, undo: false});
    vi.advanceTimersByTime(71_000);
    const told = paper.text.split('\n').filter((line) => line.includes('still:'));
    expect(told).toHaveLength(7);
    expect(told[0]).toBe('   10.0s  redis: still: lease redis on alpha (10s)');
    view.on({type: 'step-settled', at: Date.now(), step, undo: false, outcome: 'done', tookMs: 1});
    const until = paper.text;
    vi.advanceTimersByTime(60_000);
    expect(paper.text).toBe(until);
    await view.close();
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});
