import {describe, expect, test} from 'vitest';
import {engines} from '../../src/engines/registry.js';
import {planMoves} from '../../src/planner/plan-moves.js';
import type {HostView, LeaseRecord} from '../../src/state/host/observed.js';
import {container, found, living, observed, plan, record, view} from './world.js';

const lease = (more: Partial<LeaseRecord> = {}): LeaseRecord => ({
  ...{name: 'redis', run: 'r1', owner: 'ann@desk', plan: 'other', since: '2026-01-01T00:00:00Z'},
  ...{ageSeconds: 3, expired: false},
  ...more,
});

function planned(on: string, views: readonly HostView[], run = 'r9') {
  const {decisions, warnings} = planMoves({
    ...{plan: plan([container('redis', on)]), observed: observed(...views), engines},
    ...{run, at: '2026-01-01T00:00:00Z'},
  });
  return {decision: decisions[0], codes: warnings.map(({code}) => code)};
}

describe('another run is at work on a container', () => {
  const alpha = living('alpha', found('redis'));
  const leased = (...leases: readonly LeaseRecord[]) => [
    {...alpha, leases},
    view('beta', {leases}),
  ];

  test('one that is where it belongs may be on its way: once, with who it is', () => {
    const {decision, codes} = planned('alpha', leased(lease()));
    expect(decision?.action).toBe('none');
    expect(codes).toEqual(['run-at-work']);
  });
  test('of a dead run, of another container and of this run nothing is said', () => {
    for (const more of [{expired: true}, {name: 'app'}, {run: 'r9'}])
      expect(planned('alpha', leased(lease(more))).codes).not.toContain('run-at-work');
  });
  test.each([
    [false, 'is still at work'],
    [true, 'did not end'],
  ])('its move is not called dead while it lives (expired: %s)', (expired, words) => {
    const views = [
      {...alpha, records: [record('leaving')], leases: [lease({expired})]},
      view('beta'),
    ];
    const {decision} = planned('alpha', views);
    expect(decision).toMatchObject({action: 'undo'});
    expect(JSON.stringify(decision)).toContain(words);
  });
});
