import fc from 'fast-check';
import {expect, test} from 'vitest';
import {readPlans} from '../../src/plan/read.js';
import {renderProblem} from '../../src/report/text/problems.js';
import {corpus, mutatedPlan, tokenSoup} from './mutate.js';
import {world} from './world.js';
import {limit} from '../rig/limits.js';

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 2000);

/** Reads, and prints what is wrong. */
async function checkText(text: string): Promise<void> {
  const read = await readPlans('plan.yaml', text, world);
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
  () => fc.assert(fc.asyncProperty(fc.oneof(mutatedPlan, tokenSoup), checkText), {numRuns}),
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
