import {dockerFigures} from './docker-figures.js';
import {dockerFitness} from './docker-fitness.js';
import {look, readLook} from './docker-look.js';
import {dockerMoves} from './docker-moves.js';
import {dockerPowers, settingBinds} from './docker-powers.js';
import {refusals} from './docker-refusals.js';
import {readSurvey, survey} from './docker-survey.js';
import type {Engine} from './engine.js';
import {at} from './json.js';

/** Stock docker as root, 23 or newer, with overlay2; for memory, runc and CRIU beneath it and nothing changed in it. */
export const docker: Engine = {
  name: 'docker',
  look,
  readLook,
  survey,
  readSurvey,
  refusals,
  powers: dockerPowers,
  binds: ({raw}) => settingBinds(at(raw, 'HostConfig')),
  fitness: dockerFitness,
  moves: dockerMoves,
  figures: dockerFigures,
};
