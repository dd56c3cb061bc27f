import {expect, test} from 'vitest';
import type {Problem} from '../../src/base/problem.js';
import {groupProblems, withRoots} from '../../src/base/problem-groups.js';
import {renderProblems} from '../../src/report/problem-groups.js';

const dark: Problem = {
  kind: 'unreachable',
  code: 'refused',
  host: 'alpha',
  message: 'host "alpha" refuses connections',
  remedy: 'see that its ssh server runs',
};

const missing = (container: string): Problem => ({
  kind: 'preflight',
  code: 'not-found',
  container,
  location: 'plan.yaml:3:1',
  message: `container "${container}" is on none of the hosts`,
});

const unseen = (container: string): Problem => ({
  kind: 'unreachable',
  code: 'cannot-see',
  container,
  message: `cannot tell where "${container}" is`,
  because: [dark],
});

test('the cause of a chain stands for its effects, however long the chain is', () => {
  const late: Problem = {...missing('c'), code: 'not-begun', because: [unseen('b')]};
  const groups = groupProblems([unseen('a'), late, dark]);
  expect(groups).toEqual([{first: dark, same: [dark], effects: [unseen('a'), late]}]);
});

test('an effect of two causes is told with the first, and both are told', () => {
  const other = {...dark, host: 'beta', message: 'host "beta" refuses connections'};
  const [first, second] = groupProblems([{...unseen('a'), because: [dark, other]}]);
  expect([first?.first, first?.effects.length]).toEqual([dark, 1]);
  expect([second?.first, second?.effects.length]).toEqual([other, 0]);
});

test.each(['a', 'web', 'a.b-c', '::x::', '(.*)', '$&', 'on'])(
  'problems of "%s" and of another container are equal but for the name',
  (name) => {
    const groups = groupProblems([missing(name), missing('another')]);
    expect(groups.map(({same}) => same.length)).toEqual(name === 'on' ? [1, 1] : [2]);
  },
);

test('a problem that is handed over twice counts once', () => {
  expect(groupProblems([missing('a'), {...missing('a')}])[0]?.same).toHaveLength(1);
});

test('problems that differ in anything but the container stay apart', () => {
  const one = missing('a');
  for (const other of [
    {...one, code: 'x'},
    {...one, host: 'beta'},
    {...one, remedy: 'x'},
    {...one, log: ['x']},
    {...one, kind: 'look'},
  ] as const)
    expect(groupProblems([one, other])).toHaveLength(2);
});

test('programs are told each problem and each cause', () => {
  expect(withRoots([unseen('a'), unseen('b'), missing('c')])).toEqual([
    dark,
    unseen('a'),
    unseen('b'),
    missing('c'),
  ]);
});

test('five thousand of one kind are a handful of lines', () => {
  const many = Array.from({length: 5000}, (_, index) => missing(`c${index}`));
  expect(renderProblems(many, {color: false}).join('\n')).toBe(
    [
      'error: container "c0" is on none of the hosts, and 4999 more (not-found)',
      '   = containers: c0, c1, c2, c3, c4 and 4995 more',
    ].join('\n'),
  );
});
