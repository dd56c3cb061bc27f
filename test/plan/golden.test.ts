import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {readPlans} from '../../src/plan/read.js';
import {renderProblem} from '../../src/report/text/problems.js';
import {world} from './world.js';

// Each file is a plan, a line of dashes, and exactly what is printed about it.
// UPDATE_GOLDEN=1 writes what is printed now.
const folder = new URL('../golden/', import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith('.problemtest'));
const line = '----------\n';

async function print(text: string): Promise<string> {
  const read = await readPlans('plan.yaml', text, world);
  const printed = read.ok
    ? read.value.warnings.map((one) => renderProblem(one, {color: false, severity: 'warning'}))
    : read.error.map((one) => renderProblem(one, {color: false}));
  return `${printed.join('\n\n')}\n`;
}

test.each(files)('%s', async (file) => {
  const url = new URL(file, folder);
  const [plan = '', expected] = readFileSync(url, 'utf8').split(line);
  const printed = await print(plan);
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(url, plan + line + printed);
  else expect(printed).toBe(expected);
});

test('there are enough of them', () => {
  expect(files.length).toBeGreaterThanOrEqual(40);
});
