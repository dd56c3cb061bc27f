import {describe, expect, test} from 'vitest';
import {type Fact, liesOf} from './claim.js';

const moved: readonly Fact[] = [
  {host: 'alpha', state: undefined, alive: false},
  {host: 'beta', state: 'running', alive: true},
];

const claim = {outcome: 'moved', where: ['beta'], because: []};

describe('a run whose report is compared with the hosts', () => {
  test('may be killed after its report', () => {
    expect(liesOf({...claim, exit: 137}, {before: moved, after: moved})).toEqual([]);
  });

  test('lies when it was killed after a report that is not true', () => {
    const back = moved.map((fact) => ({...fact, host: fact.host === 'alpha' ? 'beta' : 'alpha'}));
    expect(liesOf({...claim, exit: 137}, {before: back, after: back})).toHaveLength(1);
  });

  test('lies when its exit code says something else', () => {
    expect(liesOf({...claim, exit: 1}, {before: moved, after: moved})).toEqual([
      'exit 1 and "moved"',
    ]);
  });
});
