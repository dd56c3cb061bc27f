import fc from 'fast-check';
import {expect, test} from 'vitest';
import {findUnreadable} from '../../src/plan/guard.js';
import {parseWithPlaces} from '../../src/plan/parse.js';
import {parseFast} from '../../src/plan/parse-fast.js';
import {readPlans, readWithPlaces} from '../../src/plan/read.js';
import {createSource} from '../../src/plan/source.js';
import {renderProblem} from '../../src/report/problems.js';
import {corpus, mutatedPlan, tokenSoup} from './mutate.js';
import {world} from './world.js';
import {limit} from '../rig/limits.js';

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 2000);

/** Reads and prints; a plan that is read by the fast way must be read alike by the other. */
async function checkText(text: string): Promise<void> {
  const read = await readPlans('plan.yaml', text, world);
  const source = createSource('plan.yaml', text);
  if (read.ok && parseFast(source)) expect(await readWithPlaces(source, world)).toEqual(read);
  const problems = read.ok ? read.value.warnings : read.error;
  if (!read.ok) expect(problems.length).toBeGreaterThan(0);
  for (const problem of problems) {
    const {place} = problem;
    if (place) {
      expect(place.text.split('\n')).toHaveLength(1);
      expect(place.column - 1 + place.length).toBeLessThanOrEqual(Math.max(1, place.text.length));
    }
    expect(renderProblem(problem, {color: false})).not.toMatch(/[\0-\x09\x0B-\x1F\x7F-\x9F]/u);
  }
}

test(
  'changed plans are read alike by both parsers, and nothing throws',
  {timeout: limit(600)},
  () => fc.assert(fc.asyncProperty(mutatedPlan, checkText), {numRuns}),
);

test(
  'what the fast parser accepts, the other one accepts, and reads the same',
  {timeout: limit(600)},
  () => {
    let accepted = 0;
    const check = (text: string): void => {
      const source = createSource('plan.yaml', text);
      if (findUnreadable(source)) return;
      const fast = parseFast(source);
      if (!fast) return;
      accepted += 1;
      const {documents, problems} = parseWithPlaces(source);
      expect(problems).toEqual([]);
      expect(fast.map(({data}) => data)).toEqual(documents.map(({data}) => data));
    };
    fc.assert(fc.property(fc.oneof(mutatedPlan, tokenSoup), check), {numRuns: numRuns * 2});
    expect(accepted).toBeGreaterThan(numRuns / 10);
  },
);

test('no text throws', {timeout: limit(600)}, () =>
  fc.assert(fc.asyncProperty(fc.string({unit: 'binary', maxLength: 400}), checkText), {numRuns}),
);

test.each(corpus.map((text) => [text.split('\n').slice(0, 3).join(' '), text]))(
  'read alike: %s',
  async (_, text) => {
    await checkText(text);
  },
);

test('most examples are read by the fast parser', () => {
  const fast = corpus.filter((text) => parseFast(createSource('plan.yaml', text)));
  expect(fast.length).toBeGreaterThan(10);
});
