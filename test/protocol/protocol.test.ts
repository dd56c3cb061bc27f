import {describe, expect, test} from 'vitest';
import {check} from './check.js';
import {mutants} from './mutants.js';
import type {Protocol} from './protocol.js';
import {limit} from '../rig/limits.js';

/** All that was searched once by hand takes minutes and gigabytes: `PROTOCOL_DEEP=1`. */
const deep = process.env['PROTOCOL_DEEP'] === '1';

const ladder: Protocol = {strategies: ['stateful', 'cold'], volume: true};
const bare: Protocol = {strategies: ['stateful'], volume: false};
const cold: Protocol = {strategies: ['cold'], volume: true};
const ahead: Protocol = {strategies: ['pre-copy', 'cold'], volume: true};

const searches: readonly (readonly [string, Protocol, number, number])[] = [
  ['stateful or cold', ladder, 1, 2],
  ['stateful, without volumes', bare, 1, 2],
  ['cold', cold, 1, 2],
  ['pre-copy or cold', ahead, 1, 2],
  ['stateful or cold', ladder, 2, 1],
  ...(deep
    ? ([
        ['stateful or cold', ladder, 1, 3],
        ['cold', cold, 1, 3],
        ['cold', cold, 2, 1],
        ['pre-copy or cold', ahead, 2, 1],
        ['stateful, without volumes', bare, 2, 2],
      ] as const)
    : []),
];

describe('nothing is lost, and everything ends', () => {
  test.each(searches)(
    '%s, %o, runners: %i, faults: %i',
    {timeout: limit(1800)},
    (name, protocol, runners, faults) => {
      const {broken, states, byFaults, happenings, endings, applies, world} = check(
        protocol,
        runners,
        faults,
      );
      expect(broken, broken).toBeUndefined();
      expect(states).toBeGreaterThan(10_000);
      expect(endings['settled']).toBeGreaterThan(states / 3);
      expect(applies, 'runs until it is where it belongs').toBeLessThanOrEqual(1);
      console.info(
        `${name}, ${runners} runner(s), ${faults} fault(s): ${states} states (${byFaults.join(' + ')}), ${happenings} transitions, ${world.planner.decisions} decisions; ends ${JSON.stringify(endings)}, after ${applies} run(s) at most`,
      );
    },
  );
});

describe('the search finds out when', () => {
  test.each(mutants.map((mutant) => [mutant.name, mutant] as const))(
    '%s',
    {timeout: limit(300)},
    (_, {change, runners, faults, cold: stopped}) => {
      const {broken, applies} = check({...(stopped ? cold : ladder), ...change}, runners, faults);
      // What one more run would mend is a fault as well.
      if (broken === undefined) expect(applies).toBeGreaterThan(1);
      if (process.env['PROTOCOL_TELL'] === '1') console.info(broken);
    },
  );
});
