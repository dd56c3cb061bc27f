import type {Problem} from '../../base/problem.js';
import {err, ok, type Result} from '../../base/result.js';
import {findMeant} from '../../plan/check/suggest.js';
import {listRuns, readRun, type KeptRun, type ListedRun} from '../../state/runner/run-files.js';
import {exits} from '../command-line/exit.js';

/** How many runs are named when several are meant. */
const named = 5;

const noRun = (message: string, remedy: string): Problem => ({
  kind: 'plan',
  code: 'no-such-run',
  message,
  remedy,
});

const failed = ({exit}: ListedRun): boolean =>
  exit !== exits.done && exit !== exits.changes && exit !== exits.declined;

function choose(
  runs: readonly ListedRun[],
  word: string | undefined,
): Result<string | undefined, Problem> {
  if (word === undefined) return ok(runs.find(failed)?.run);
  if (word === 'last') return ok(runs[0]?.run);
  const names = runs.map(({run}) => run);
  const meant = names.includes(word) ? [word] : names.filter((name) => name.startsWith(word));
  const [only, ...others] = meant;
  if (only === undefined) {
    const near = findMeant(word, names);
    const remedy = near === undefined ? 'see them all with "cm history"' : `did you mean "${near}"`;
    return err(noRun(`there is no run "${word}"`, remedy));
  }
  if (others.length === 0) return ok(only);
  const some = meant.slice(0, named).join(', ');
  const rest = meant.length > named ? ` and ${meant.length - named} more` : '';
  return err(
    noRun(`"${word}" begins several runs`, `write more of the one that is meant: ${some}${rest}`),
  );
}

/**
 * The run that is meant: an id or the beginning of one, `last`, or without a word the last that failed.
 * `undefined`: there is none of that kind.
 */
export async function findRun(
  stateDir: string,
  word: string | undefined,
): Promise<Result<KeptRun | undefined, Problem>> {
  const chosen = choose(await listRuns(stateDir), word);
  if (!chosen.ok || chosen.value === undefined) return chosen as Result<undefined, Problem>;
  return ok(await readRun(stateDir, chosen.value));
}

/** The run that a word of the command line means, which must be there. */
export async function namedRun(stateDir: string, word: string): Promise<Result<KeptRun, Problem>> {
  const found = await findRun(stateDir, word);
  if (!found.ok || found.value) return found as Result<KeptRun, Problem>;
  return err(
    noRun('no runs are kept on this machine', 'runs are kept by the machine that did them'),
  );
}
