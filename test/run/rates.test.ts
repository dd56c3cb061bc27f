import {expect, test} from 'vitest';
import {learnRates} from '../../src/run/rates.js';
import type {RunReport} from '../../src/state/run-report.js';

const report = (run: string, startedAt: string, frozen: number): RunReport => ({
  format: 1,
  run,
  plan: {name: 'p', file: 'p.yaml', hash: ''},
  provenance: {cm: '0', node: '20', runner: 'me'},
  startedAt,
  endedAt: startedAt,
  exit: 0,
  containers: [{container: 'redis', outcome: 'moved', from: 'alpha', to: 'beta', downtimeMs: 2000}],
  problems: [],
  warnings: [],
  timeline: [
    {
      step: 'redis/freeze',
      undo: false,
      outcome: 'done',
      startedMs: 0,
      tookMs: 1200,
      bytes: 200e6,
      figures: {frozen_time: frozen},
    },
    {
      step: 'redis/restore',
      undo: false,
      outcome: 'done',
      startedMs: 1200,
      tookMs: 500,
      figures: {restore_time: 250},
    },
  ],
  inFlight: [],
});

const reports = [
  report('old', '2026-01-01T00:00:00Z', 100),
  report('new', '2026-02-01T00:00:00Z', 200),
];

test('the latest move between the two hosts counts, and its parts add up to its downtime', () => {
  expect(learnRates(reports, 'alpha', 'beta')).toEqual({
    dump: 1e9,
    stream: 200e6,
    restore: 800e6,
    fixedMs: 550,
    source: 'as measured in run new from alpha to beta',
  });
});

test('the way back is another way', () => {
  expect(learnRates(reports, 'beta', 'alpha')).toBeUndefined();
});
