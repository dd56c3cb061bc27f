import type {Engine} from '../engine.js';
import {podmanFigures} from './figures.js';
import {podmanFitness} from './fitness.js';
import {look, readLook} from './look.js';
import {podmanMoves} from './moves.js';
import {podmanPowers} from './powers.js';
import {podmanDialect} from './settings.js';
import {refusals} from './refusals.js';
import {readSurvey, survey} from './survey.js';

/** podman as root, 4.4 or newer, with runc or crun and CRIU beneath it. */
export const podman: Engine = {
  name: 'podman',
  look,
  readLook,
  survey,
  readSurvey,
  refusals,
  powers: podmanPowers,
  fitness: podmanFitness,
  moves: podmanMoves,
  dialect: podmanDialect,
  figures: podmanFigures,
};
