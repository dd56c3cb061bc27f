import type {Engine} from './engine.js';
import {runcFitness} from './runc-fitness.js';
import {look, readLook} from './runc-look.js';
import {runcMoves} from './runc-moves.js';
import {refusals} from './runc-refusals.js';
import {toldStats} from './runc-rounds.js';
import {readSurvey, survey} from './runc-survey.js';
import {runcTwin} from './runc-twin.js';

/** CRIU's own names, times in ms. */
function figures(text: string): Readonly<Record<string, number>> | undefined {
  const restored = /^runc-restore-ms (\d+)$/m.exec(text)?.[1];
  if (restored !== undefined) return {restore_time: Number.parseInt(restored, 10)};
  const stats = toldStats('runc-stats-dump', text);
  if (!stats.ok) return undefined;
  const {freezingTime, frozenTime, memdumpTime, memwriteTime, pagesScanned, pagesWritten} =
    stats.value;
  return {
    freezing_time: freezingTime / 1000,
    frozen_time: frozenTime / 1000,
    memdump_time: memdumpTime / 1000,
    memwrite_time: memwriteTime / 1000,
    pages_scanned: pagesScanned,
    pages_written: pagesWritten,
  };
}

/**
 * OCI bundles that root runs with runc, 1.1 or newer, under a supervisor of their own or none. runc
 * lies beneath podman and docker on nearly every host, so a plan has to name it (`engine: runc`).
 */
export const runc: Engine = {
  name: 'runc',
  onlyNamed: true,
  look,
  readLook,
  survey,
  readSurvey,
  refusals,
  fitness: runcFitness,
  moves: runcMoves,
  twin: runcTwin,
  figures,
};
