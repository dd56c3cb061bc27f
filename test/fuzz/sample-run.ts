import type {JournalEntry, RunReport} from '../../src/state/runner/run-report.js';
import {encodeName} from '../../src/state/host/host-files.js';
import type {MoveRecord} from '../../src/state/host/observed.js';
import {record} from '../rig/record.js';

const problem = {
  kind: 'step',
  code: 'command-failed',
  message: '"podman stop redis" failed on "alpha" with exit code 125',
  host: 'alpha',
  container: 'redis',
  log: ['Error: no such container'],
  remedy: 'see its message',
} as const;

/** With something in every field. */
export const report: RunReport = {
  format: 1,
  run: '20260101-000000-abcd',
  plan: {name: 'evening', file: 'plans/evening.yaml', hash: 'abc'},
  provenance: {cm: '0.1.0', node: '20.19.0', commit: 'f00', dirty: true, runner: 'ann@desk'},
  startedAt: '2026-01-01T00:00:00.000Z',
  endedAt: '2026-01-01T00:00:09.000Z',
  exit: 1,
  versions: {alpha: {engine: '5.4.2', runtime: 'runc 1.1', criu: '4.2', kernel: '6.12'}},
  containers: [
    {
      container: 'redis',
      outcome: 'moved',
      from: 'alpha',
      to: 'beta',
      strategy: 'stateful',
      where: ['beta'],
      downtimeMs: 420,
      totalMs: 9000,
      bytes: 123_456_789,
      predicted: {downtimeMs: 500, totalMs: 9500, bytes: 120_000_000, how: 'measured'},
    },
    {container: 'web', outcome: 'back', from: 'alpha', to: 'beta', problems: [problem]},
  ],
  problems: [problem],
  warnings: [{...problem, kind: 'look'}],
  timeline: [
    {
      step: 'redis/freeze',
      undo: false,
      outcome: 'done',
      startedMs: 10,
      tookMs: 400,
      bytes: 123_456_789,
      fact: 'frozen',
      figures: {frozen_time: 90, restore_time: 120},
    },
    {
      step: 'redis/restore',
      undo: false,
      outcome: 'done',
      startedMs: 410,
      tookMs: 300,
      figures: {restore_time: 120},
    },
    {step: 'web/stop', undo: true, outcome: 'failed', startedMs: 20, tookMs: 1, problem},
  ],
  inFlight: ['web/start'],
};

export const journal: readonly JournalEntry[] = [
  {at: 1_767_225_600_000, type: 'run-started', plan: 'evening'},
  {at: 1_767_225_600_001, type: 'step-started', container: 'redis', step: 'redis/freeze'},
  {at: 1_767_225_600_400, type: 'step-settled', step: 'redis/freeze', outcome: 'done', tookMs: 399},
  {at: 1_767_225_609_000, type: 'lane-settled', container: 'redis', where: ['beta'], code: 'x'},
  {at: 1_767_225_609_001, type: 'run-settled', exit: 0, message: 'done'},
];

const lease = JSON.stringify({
  run: 'r1',
  name: 'redis',
  owner: 'ann@desk',
  plan: 'p',
  since: 'now',
});

const lines = (records: readonly MoveRecord[]): string =>
  records
    .map(
      (each) =>
        `record /var/lib/cm/moves/${encodeName(each.container)}.json\t${JSON.stringify(each)}\n`,
    )
    .join('');

/** Answers of hosts to the look script. */
export const looks: readonly string[] = [
  `now 1767225600\n\nlook\n{}`,
  `now 1767225600\ntime 1767225590 /run/cm/leases/redis\nlease /run/cm/leases/redis:${lease}\n${lines([record(), record({container: 'a/b', phase: 'arrived'})])}\nlook\nrest`,
  `now 1767225600\ntime 1767225000 /run/cm/leases/%2Fx\nlease /run/cm/leases/%2Fx:garbage\n\nlook\n[]`,
];
