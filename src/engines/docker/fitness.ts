import {refusals} from './refusals.js';
import {fitnessBy} from '../fitness.js';

/** The preflight's own rules, about a container with a network of its own, as nearly all have. */
export const dockerFitness = fitnessBy(refusals);
