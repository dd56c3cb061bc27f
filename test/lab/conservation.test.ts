import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {ConservationLab} from '../conservation/conservation-lab.js';
import {OneRun} from '../conservation/one-run.js';
import {limit} from '../rig/limits.js';
import {why} from './rig.js';

if (why !== undefined) {
  console.log(`conservation: not tried, since ${why}`);
  if (process.env['CI'] !== undefined)
    test('conservation can be tried where CI is set', () => expect.unreachable(why));
}

/** Another beginning tries other moves. */
const first = Number(process.env['CONSERVATION_SEED'] ?? 1);

describe.runIf(why === undefined)('moves there and back', {timeout: limit(240)}, () => {
  let lab: ConservationLab;

  beforeAll(async () => {
    lab = await ConservationLab.open(`conserve${process.pid}`, ['alpha', 'beta'], () => undefined);
  }, limit(300));

  afterAll(async () => {
    await lab.close();
  });

  const expectConserved = async (seed: number, moves: number): Promise<void> => {
    const {steps, violations} = await new OneRun(lab, seed).run(moves);
    expect(violations, `seed ${seed}:\n${steps.join('\n')}`).toEqual([]);
  };

  test('every file of both hosts is what it must be, after one seed', async () => {
    await expectConserved(first, 2);
  });

  test.each(Array.from({length: 10}, (_, index) => first + 1 + index))(
    'the same after more seeds: %i',
    async (seed) => {
      await expectConserved(seed, 3);
    },
  );
});
