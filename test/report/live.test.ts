import {Writable} from 'node:stream';
import {stripVTControlCharacters} from 'node:util';
import {expect, test} from 'vitest';
import {createLiveView} from '../../src/report/text/live.js';
import {LiveLane} from '../../src/report/text/live-lane.js';
import {createStyle} from '../../src/report/text/style.js';
import {lane, laneEvents, planned, runEvents} from './simulated.js';

const style = createStyle({color: false, unicode: true});

/** What is on the screen after the events up to this moment, ms after the lane began. */
function drawAt(ms: number, room = 8, fails?: string): string {
  const live = new LiveLane(lane('redis', 'alpha', 'beta'), style);
  for (const event of laneEvents(live.lane, 0, fails)) if (event.at <= ms) live.on(event);
  return live.draw(ms, '*', room).join('\n');
}

test('a lane that waits takes no line', () => {
  expect(new LiveLane(lane('redis', 'alpha', 'beta'), style).draw(0, '*', 8)).toEqual([]);
});

test('a step shows its bytes, its rate and what is left of it', () => {
  expect(drawAt(1000)).toMatchInlineSnapshot(`
    "* redis  alpha → beta  1.0s
      ✓ lease redis on alpha (100ms)
      ✓ look again (100ms)
      │ send image to beta  10.5 MiB of 21 MiB (50 %), 923 Mbit/s, 1s left"
  `);
});

test('a clock runs while the container does not serve', () => {
  expect(drawAt(3450)).toMatchInlineSnapshot(`
    "* redis  alpha → beta  3.5s  ▼ not serving 1.6s
      ✓ lease redis on alpha (100ms)
      ✓ look again (100ms)
      ✓ send image to beta (100ms, 21 MiB)
      ▼ freeze it and stream its memory to beta  159 MiB of 212 MiB (75 %), 923 Mbit/s, 1s left"
  `);
});

test('only as much is drawn as there is room for, the latest of it', () => {
  expect(drawAt(3450, 2)).toMatchInlineSnapshot(`
    "* redis  alpha → beta  3.5s  ▼ not serving 1.6s
      ✓ send image to beta (100ms, 21 MiB)
      ▼ freeze it and stream its memory to beta  159 MiB of 212 MiB (75 %), 923 Mbit/s, 1s left"
  `);
});

test('what is undone is shown, and then where it is', () => {
  expect(drawAt(4000, 3, 'restore')).toMatchInlineSnapshot(`
    "* redis  alpha → beta  4.0s  ▼ not serving 2.1s
      ✗ restore on beta (failed after 100ms): podman restore exited 125
      ↩ undone: restore on beta (200ms)
      ↩ undoing: freeze it and stream its memory to beta  0.1s"
  `);
  expect(drawAt(9999, 3, 'restore')).toMatchInlineSnapshot(
    `"↩ redis  undone: it is on alpha as before  4.2s  downtime 1.9s"`,
  );
});

test('the last state of every lane stays on the terminal', async () => {
  let text = '';
  const stream = new Writable({
    write: (chunk: Buffer, _, next) => {
      text += chunk.toString();
      next();
    },
  });
  const view = createLiveView({
    ...{stream: Object.assign(stream, {columns: 80, rows: 24}), now: () => 0},
    ...{color: false, unicode: true, keep: true},
  });
  for (const event of runEvents(planned(['move', 'none']))) view.on(event);
  await view.close();
  await view.close();
  const last = stripVTControlCharacters(text).trimEnd().split('\n').at(-1);
  expect(last).toBe('✓ redis  moved to beta  4.1s  downtime 1.9s');
});
