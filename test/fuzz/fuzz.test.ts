import {expect, test} from 'vitest';
import {fuzz} from './fuzz.js';
import {targets} from './targets.js';
import {limit} from '../rig/limits.js';
import {whole} from '../rig/ring.js';

const inputs = whole ? 2000 : 600;

test.each([...targets])(
  'no %s throws, hangs or is told badly',
  {timeout: limit(300)},
  async (_, target) => {
    const {failures, understood} = await fuzz(target, {inputs, seed: 1});
    expect(failures).toEqual([]);
    expect(understood).toBeGreaterThan(inputs / 100);
    expect(understood).toBeLessThan(inputs);
  },
);
