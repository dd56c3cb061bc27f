import {dockerFigures} from './figures.js';
import {dockerFitness} from './fitness.js';
import {look, readLook} from './look.js';
import {dockerMoves} from './moves.js';
import {dockerPowers, settingBinds} from './powers.js';
import {dockerDialect} from './settings.js';
import {refusals} from './refusals.js';
import {readSurvey, survey} from './survey.js';
import type {Engine} from '../engine.js';
import {at} from '../../base/json.js';

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
  dialect: dockerDialect,
  figures: dockerFigures,
};
