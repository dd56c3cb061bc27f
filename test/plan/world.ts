import {createHash} from 'node:crypto';
import type {PlanWorld} from '../../src/plan/read.js';

/** A world for reading plans in tests: nothing of the machine is in it. */
export const world: PlanWorld = {
  env: {HOST: 'beta', PORT: '8080', WORD: 'abc', EMPTY: '', TRUE: 'true'},
  resolvePath: (path) => `/plans/${path}`,
  sha256: (text) => createHash('sha256').update(text).digest('hex'),
};
