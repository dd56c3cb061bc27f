import {expect, test} from 'vitest';
import type {Problem} from '../../src/base/problem.js';
import {aSubject, diagnosisOf} from './world.js';

test('a host that opens too few ssh sessions is a gap, with the settings, and lets nothing move', () => {
  const tooFewSessions: Problem = {
    ...{kind: 'unreachable', code: 'too-few-sessions', message: 'too few', remedy: 'raise it'},
  };
  const {hosts, pairs} = diagnosisOf([aSubject('alpha', {tooFewSessions}), aSubject('beta')]);
  const [alpha, beta] = hosts.map(({findings}) =>
    findings.filter(({code}) => code === 'too-few-sessions'),
  );
  expect(beta).toEqual([]);
  expect(alpha).toMatchObject([{level: 'gap', fix: {on: 'nowhere', advice: 'raise it'}}]);
  expect(pairs.map(({verdicts}) => verdicts.cold.possible)).toEqual([false, false]);
});
