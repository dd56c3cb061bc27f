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
    freeze: {bytes: 200e6, streamMs: 1000},
    source: 'as measured in run new from alpha to beta',
  });
});

test('of pre-copy, all memory counts as restored, and the stream is as fast as the rounds were', () => {
  const round = {pages: 1, skipped: 0, sent: 1, tookMs: 1, frozenMs: 1, downtimeMs: 1, nextMs: 1};
  const more = {verdict: 'cutover', because: 'of the test', bandwidth: 80e6} as const;
  const plain = report('old', '2026-01-01T00:00:00Z', 100);
  const rounds = [800e6, 100e6].map((bytes, n) => ({...round, ...more, bytes, round: n + 1}));
  const ahead = {...plain, containers: plain.containers.map((each) => ({...each, rounds}))};
  const timeline = ahead.timeline.map((step) => ({
    ...step,
    ...(step.step === 'redis/freeze' && {
      bytes: 4e6,
      figures: {frozen_time: 300, memdump_time: 15, memwrite_time: 5},
    }),
  }));
  // Of the 1180 ms after the dump 50 are bytes, and the rest is there for any number of them.
  expect(learnRates([{...ahead, timeline}], 'alpha', 'beta')).toEqual({
    dump: 200e6,
    stream: 80e6,
    restore: 3200e6,
    fixedMs: 2000 - 20 - 50 - 250,
    source: 'as measured in run old from alpha to beta',
  });
});

test('the way back is another way', () => {
  expect(learnRates(reports, 'beta', 'alpha')).toBeUndefined();
});
