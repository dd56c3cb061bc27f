import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {
  retention,
  restingOf,
  type Held,
  type Resting,
} from '../../src/planner/checkpoint/retention.js';
import {manifest} from '../rig/manifest.js';
import {record, view} from './world.js';

const idOf = (day: number): string => `202601${String(day).padStart(2, '0')}T000000Z-0a1b2c`;

const folderOf = (day: number): string => `/var/lib/cm/checkpoints/redis/${idOf(day)}`;

/** Of that day; the first of February is now. */
function held(day: number, bytes = 100, change: Partial<Held> = {}): Held {
  const id = idOf(day);
  const {stored} = manifest();
  return {
    id,
    container: 'redis',
    host: 'alpha',
    folder: folderOf(day),
    ageSeconds: (32 - day) * 86_400,
    part: false,
    manifest: manifest({id, stored: {...stored, bytes}}),
    ...change,
  };
}

function unreadable(day: number, change: Partial<Held>): Held {
  const {id, container, host, folder, ageSeconds, part: isPart} = held(day);
  return {id, container, host, folder, ageSeconds, part: isPart, ...change};
}

const part = (day: number, host = 'alpha'): Held =>
  unreadable(day, {part: true, host, wrong: 'it is not whole'});

const nobody: Resting = {parked: new Set(), busy: () => false};

const upon = (...days: readonly number[]): Resting =>
  restingOf({
    hosts: new Map([
      [
        'alpha',
        view('alpha', {
          records: days.map((day) =>
            record('parked', {kept: {id: idOf(day), folder: folderOf(day)}}),
          ),
        }),
      ],
    ]),
  });

const days = (...args: Parameters<typeof retention>): readonly number[] =>
  retention(...args)
    .map(({held: {id}}) => Number(id.slice(6, 8)))
    .sort((a, b) => a - b);

describe('retention', () => {
  const five = [1, 2, 3, 4, 5].map((day) => held(day));

  it('removes nothing where the plan sets no limit', () => {
    expect(days(five, {}, nobody)).toEqual([]);
  });

  it('keeps as many as the plan says, the newest', () => {
    expect(days(five, {keep: 2}, nobody)).toEqual([1, 2, 3]);
    expect(days(five.toReversed(), {keep: 2}, nobody)).toEqual([1, 2, 3]);
    expect(days(five, {keep: 9}, nobody)).toEqual([]);
  });

  it('removes what is too old, and never the last one', () => {
    expect(days(five, {maxAgeMs: 28.5 * 86_400_000}, nobody)).toEqual([1, 2, 3]);
    expect(days(five, {maxAgeMs: 1}, nobody)).toEqual([1, 2, 3, 4]);
  });

  it('fits what stays into a size, from the newest on', () => {
    expect(days(five, {maxSize: 250}, nobody)).toEqual([1, 2, 3]);
    expect(days(five, {maxSize: 1}, nobody)).toEqual([1, 2, 3, 4]);
    const large = [held(1, 10), held(2, 1000), held(3, 10)];
    expect(days(large, {maxSize: 100}, nobody)).toEqual([2]);
  });

  it('never removes what a parked container comes back from, and counts it', () => {
    expect(days(five, {keep: 1}, upon(2))).toEqual([1, 3, 4]);
    expect(days(five, {maxSize: 200}, upon(1, 2))).toEqual([3, 4]);
    const elsewhere = [held(1, 100, {host: 'beta'}), held(2)];
    expect(days(elsewhere, {keep: 1}, upon(1))).toEqual([1]);
  });

  it('removes what a dead run did not finish, and nothing of a run that lives', () => {
    expect(days([part(1), held(2)], {}, nobody)).toEqual([1]);
    const busy = {...nobody, busy: (host: string) => host === 'beta'};
    expect(days([part(1), part(2, 'beta'), held(3)], {}, busy)).toEqual([1]);
  });

  it('leaves alone what it cannot read, and does not take it for the last one', () => {
    const torn = unreadable(5, {wrong: 'a manifest of tomorrow'});
    expect(days([held(1), held(2), torn], {keep: 1}, nobody)).toEqual([1]);
  });

  it('always leaves the newest whole one and all that is parked upon, whatever the limits', () => {
    const one = fc.record({
      day: fc.integer({min: 1, max: 31}),
      bytes: fc.nat(1000),
      part: fc.boolean(),
    });
    const some = fc.uniqueArray(one, {selector: ({day}) => day});
    const limits = fc.record(
      {
        keep: fc.integer({min: 1, max: 5}),
        maxAgeMs: fc.integer({min: 1, max: 31 * 86_400_000}),
        maxSize: fc.integer({min: 1, max: 3000}),
      },
      {requiredKeys: []},
    );
    fc.assert(
      fc.property(some, limits, fc.array(fc.integer({min: 1, max: 31})), (made, rules, parked) => {
        const all = made.map(({day, bytes, part: isPart}) =>
          isPart ? part(day) : held(day, bytes),
        );
        const gone = retention(all, rules, upon(...parked));
        const left = all.filter((each) => !gone.some(({held: dead}) => dead === each));
        const whole = all.filter((each) => each.manifest).sort((a, b) => (a.id < b.id ? 1 : -1));
        const safe = whole.filter(
          ({id}, index) => index === 0 || parked.some((day) => idOf(day) === id),
        );
        for (const each of safe) expect(left).toContain(each);
        // What stays besides is within every limit.
        const rest = left.filter((each) => each.manifest && !safe.includes(each));
        if (rest.length > 0) {
          const {keep = Infinity, maxAgeMs = Infinity, maxSize = Infinity} = rules;
          const stay = left.flatMap(({manifest: has}) => has?.stored.bytes ?? []);
          expect(stay.length).toBeLessThanOrEqual(keep);
          expect(stay.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThanOrEqual(maxSize);
          for (const each of rest) expect(each.ageSeconds * 1000).toBeLessThanOrEqual(maxAgeMs);
        }
        expect(retention(left, rules, upon(...parked))).toEqual([]);
      }),
    );
  });
});
