import {crunRuntime, runcRuntime, type BundleRuntime} from './runtime.js';
import type {Engine} from '../engine.js';
import {runcFitness} from './fitness.js';
import {look, readLook} from './look.js';
import {runcMoves} from './moves.js';
import {ociPowers} from '../oci/powers.js';
import {bundleOf} from './bundle.js';
import {refusals} from './refusals.js';
import {toldStats} from './rounds.js';
import {readSurvey, survey} from './survey.js';
import {runcTwin} from './twin.js';

/** CRIU's own names, times in ms. */
function figures(
  {name}: BundleRuntime,
  text: string,
): Readonly<Record<string, number>> | undefined {
  const said = text.split('\n').find((line) => line.startsWith(`${name}-restore-ms `));
  const restored = /^\S+ (\d+)$/.exec(said ?? '')?.[1];
  if (restored !== undefined) return {restore_time: Number.parseInt(restored, 10)};
  const stats = toldStats(`${name}-stats-dump`, text);
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

/** OCI bundles that root runs with a runtime directly, under a supervisor of their own or none. */
const bundleEngine = (of: BundleRuntime): Engine => ({
  name: of.name,
  onlyNamed: true,
  look: (names) => look(of, names),
  readLook: (stdout) => readLook(of, stdout),
  survey: (question) => survey(of, question),
  readSurvey: (stdout, question) => readSurvey(of, stdout, question),
  refusals: (strategy, pair) => refusals(of, strategy, pair),
  powers: (container) => ociPowers(bundleOf(container).config, [container.name]),
  fitness: runcFitness(of),
  moves: (pair, scratch) => runcMoves(of, pair, scratch),
  twin: runcTwin,
  figures: (text) => figures(of, text),
});

/**
 * OCI bundles that root runs with runc, 1.1 or newer, under a supervisor of their own or none. runc
 * lies beneath podman and docker on nearly every host, so a plan has to name it (`engine: runc`).
 */
export const runc = bundleEngine(runcRuntime);

/** The same with crun, 1.21, which lies beneath podman as well. */
export const crun = bundleEngine(crunRuntime);
