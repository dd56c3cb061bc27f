import type {Engine} from './engine.js';
import {podmanFigures} from './podman-figures.js';
import {podmanFitness} from './podman-fitness.js';
import {look, readLook} from './podman-look.js';
import {podmanMoves} from './podman-moves.js';
import {podmanPowers} from './podman-powers.js';
import {refusals} from './podman-refusals.js';
import {readSurvey, survey} from './podman-survey.js';

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
  figures: podmanFigures,
};
