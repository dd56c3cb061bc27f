import {expect, test} from 'vitest';
import {assumedRates, predict} from '../../src/planner/strategy/predict.js';
import {learnRates, ratesLearner} from '../../src/run/rates.js';
import type {RunReport} from '../../src/state/runner/run-report.js';

const report = (
  run: string,
  startedAt: string,
  frozen: number,
  sent = {bytes: 200e6, tookMs: 1200},
): RunReport => ({
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
      ...sent,
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

test('the parts of a move add up to its downtime', () => {
  expect(learnRates(reports.slice(1), 'alpha', 'beta')).toEqual({
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
      figures: {frozen_time: 300, memdump_time: 20, memwrite_time: 5},
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

test('of the latest five the middle one counts, so that an odd one does not', () => {
  const five = [
    report('odd too', '2025-01-01T00:00:00Z', 900),
    report('odd', '2026-01-01T00:00:00Z', 900),
    report('one', '2026-02-01T00:00:00Z', 200),
    report('two', '2026-03-01T00:00:00Z', 240),
    report('three', '2026-04-01T00:00:00Z', 250),
  ];
  expect(learnRates(five, 'alpha', 'beta')).toMatchObject({
    dump: 200e6 / 0.25,
    source: 'as measured in run three and before from alpha to beta',
  });
});

test('streams of different sizes tell what every stream takes from what its bytes take', () => {
  const two = [
    report('small', '2026-01-01T00:00:00Z', 100, {bytes: 20e6, tookMs: 100 + 300 + 100}),
    report('large', '2026-02-01T00:00:00Z', 100, {bytes: 200e6, tookMs: 100 + 300 + 1000}),
  ];
  const rates = learnRates(two, 'alpha', 'beta');
  expect(rates?.freeze).toBeUndefined();
  expect(rates?.stream).toBeCloseTo(200e6, -3);
  // 350 of the one and 1250 of the other that nothing else explains, the lower of two, and 300 of the streams
  expect(rates?.fixedMs).toBeCloseTo(350 + 300, 3);
});

test('what the engine spends on a checkpoint is no part of a stream, and is there for any number of bytes', () => {
  const plain = report('one', '2026-01-01T00:00:00Z', 0);
  const timeline = plain.timeline.map((step) => ({
    ...step,
    ...(step.step === 'redis/freeze' && {
      figures: {podman_checkpoint_duration: 600, frozen_time: 400, memdump_time: 200},
    }),
  }));
  expect(learnRates([{...plain, timeline}], 'alpha', 'beta')).toMatchObject({
    stream: 250e6,
    fixedMs: 2000 - 200 - 800 - 250,
    freeze: {streamMs: 800},
  });
});

test('restores of different sizes tell what every restore takes', () => {
  const restored = (of: RunReport, ms: number): RunReport => ({
    ...of,
    timeline: of.timeline.map((step) => ({
      ...step,
      ...(step.step === 'redis/restore' && {figures: {restore_time: ms}}),
    })),
  });
  const two = [
    restored(report('small', '2026-01-01T00:00:00Z', 100, {bytes: 20e6, tookMs: 500}), 100 + 20),
    restored(report('large', '2026-02-01T00:00:00Z', 100, {bytes: 200e6, tookMs: 1400}), 100 + 200),
  ];
  expect(learnRates(two, 'alpha', 'beta')?.restore).toBeCloseTo(1e9, -3);
});

test('the way back says more than nothing, and less than the way itself', () => {
  expect(learnRates(reports.slice(1), 'beta', 'alpha')).toMatchObject({
    dump: 1e9,
    source: 'as measured in run new from alpha to beta, the way back',
  });
  expect(learnRates(reports, 'gamma', 'alpha')).toBeUndefined();
  const back = {
    ...report('back', '2025-01-01T00:00:00Z', 400),
    containers: [
      {container: 'redis', outcome: 'moved', from: 'beta', to: 'alpha', downtimeMs: 2000},
    ] as const,
  };
  expect(learnRates([...reports, back], 'beta', 'alpha')).toMatchObject({dump: 500e6});
});

test('for each pair of hosts it is worked out once', () => {
  const learn = ratesLearner(reports);
  expect(learn('alpha', 'beta')).toEqual(learnRates(reports, 'alpha', 'beta'));
  expect(learn('alpha', 'beta')).toBe(learn('alpha', 'beta'));
  expect(learn('beta', 'alpha')?.source).toContain('the way back');
  expect(learn('gamma', 'alpha')).toBeUndefined();
});

const plainMove = (
  run: string,
  startedAt: string,
  strategy: 'cold' | 'stateful',
  ms: number,
): RunReport => ({
  ...report(run, startedAt, 100),
  timeline: [],
  containers: [
    {
      ...{container: 'db', outcome: 'moved', from: 'alpha', to: 'beta'},
      strategy,
      downtimeMs: ms,
    } as const,
  ],
});

test('cold moves tell what the next cold one takes, and change nothing about those of memory', () => {
  const cold = [9000, 7000, 34_000].map((ms, n) =>
    plainMove(`c${n}`, `2026-03-0${n + 1}T00:00:00Z`, 'cold', ms),
  );
  const rates = learnRates([...reports, ...cold], 'alpha', 'beta');
  expect(rates).toEqual({...learnRates(reports, 'alpha', 'beta'), coldMs: 9000});
  const alone = learnRates(cold, 'alpha', 'beta') ?? assumedRates;
  const load = {memory: 0, files: 0, image: 0, passes: 1, stopMs: 0};
  expect(predict('cold', load, alone).downtimeMs).toBe(9000);
  expect(predict('cold', load, alone).how).toBe('as earlier moves from alpha to beta took');
});

test('stops of a container tell what its next one takes, and are no part of what others take', () => {
  const stopped = (run: string, day: number, ms: number): RunReport => {
    const stop = {step: 'db/stop', undo: false, outcome: 'done', startedMs: 0, tookMs: ms} as const;
    return {
      ...plainMove(run, `2026-03-0${day}T00:00:00Z`, 'cold', ms + 2000),
      timeline: [stop],
    };
  };
  const rates = learnRates([stopped('a', 1, 41_000), stopped('b', 2, 9000)], 'alpha', 'beta');
  expect(rates).toMatchObject({coldMs: 2000, stops: {db: 41_000}});
  const load = {memory: 0, files: 0, image: 0, passes: 1, stopMs: 41_000};
  expect(predict('cold', load, rates ?? assumedRates).downtimeMs).toBe(43_000);
  expect(learnRates([stopped('a', 1, 41_000)], 'beta', 'gamma')).toEqual({
    ...assumedRates,
    stops: {db: 41_000},
  });
});

test('moves of too few bytes for a rate tell what is there for any number of bytes', () => {
  const small = plainMove('s', '2026-03-01T00:00:00Z', 'stateful', 1900);
  expect(learnRates([small], 'alpha', 'beta')).toMatchObject({fixedMs: 1900, assumed: true});
});
