import {fitnessBy} from '../fitness.js';
import {refusals} from './refusals.js';

/** The preflight's own rules, so that `cm doctor` and `cm plan` cannot disagree. */
export const podmanFitness = fitnessBy(refusals);
