import type {MoveRecord} from '../../src/state/host/observed.js';

export const record = (change: Partial<MoveRecord> = {}): MoveRecord => ({
  format: 1,
  container: 'redis',
  id: 'abc',
  run: 'r1',
  plan: 'evening',
  from: 'alpha',
  to: 'beta',
  strategy: 'stateful',
  phase: 'leaving',
  restartPolicy: 'always',
  at: '2026-01-01T00:00:00.000Z',
  ...change,
});
