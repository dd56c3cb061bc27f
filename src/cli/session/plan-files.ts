import {readdir, stat} from 'node:fs/promises';
import {basename, dirname, join, resolve} from 'node:path';
import type {Problem} from '../../base/problem.js';
import {err, ok, type Result} from '../../base/result.js';
import {suggest} from '../../plan/check/suggest.js';
import {isLinked, leavesFolder, readPlain} from './read-plain.js';

/** A plan file as it was read. */
export interface PlanFile {
  /** As the user named it; in messages. */
  readonly name: string;
  /** What its relative paths are relative to; absolute. */
  readonly folder: string;
  readonly text: string;
  /** A link leads to it from another folder: its content is not shown. */
  readonly foreign?: true;
}

export interface FilesFrom {
  readonly cwd: string;
  /** Nobody has reviewed the files: links are refused. */
  readonly untrusted: boolean;
  readonly readStdin: () => Promise<string>;
}

const defaultFolder = 'plans';

const isPlanName = (name: string): boolean => /^[^.].*\.ya?ml$/u.test(name);

const fileProblem = (code: string, message: string, remedy: string): Problem => ({
  kind: 'plan',
  code,
  message,
  remedy,
});

async function missing(name: string, path: string): Promise<Problem> {
  const siblings = await readdir(dirname(path)).catch(() => []);
  const near = suggest(basename(path), siblings);
  return fileProblem(
    'no-such-file',
    `there is no file "${name}"`,
    near ?? 'name a plan file, a folder of plan files, or - for standard input',
  );
}

const unreadable = (name: string, error: unknown): Problem =>
  fileProblem(
    'cannot-read',
    `"${name}" cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    'see that it is a file and that you may read it',
  );

async function listFolder(name: string, path: string): Promise<Result<readonly string[], Problem>> {
  const entries = await readdir(path);
  const names = entries.filter(isPlanName).sort();
  if (names.length > 0) return ok(names.map((each) => join(name, each)));
  return err(
    fileProblem(
      'no-plans',
      `there is no *.yaml or *.yml in "${name}"`,
      'put a plan into it, or name another folder',
    ),
  );
}

/** A file stays itself, a folder is its plans; without any word the folder `plans`. */
async function expand(word: string, cwd: string): Promise<Result<readonly string[], Problem>> {
  if (word === '-') return ok([word]);
  const path = resolve(cwd, word);
  try {
    return (await stat(path)).isDirectory() ? await listFolder(word, path) : ok([word]);
  } catch (error) {
    const gone = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return err(gone ? await missing(word, path) : unreadable(word, error));
  }
}

const linked = (name: string): Problem =>
  fileProblem(
    'link-refused',
    `"${name}" is reached through a symbolic link, and plans that are not trusted may not be`,
    'put the file itself there',
  );

/** One plan file, by its name. */
export async function readPlanFile(
  name: string,
  {cwd, untrusted, readStdin}: FilesFrom,
): Promise<Result<PlanFile, Problem>> {
  try {
    if (name === '-') return ok({name: '<stdin>', folder: cwd, text: await readStdin()});
    const path = resolve(cwd, name);
    if (untrusted && (await isLinked(path, cwd))) return err(linked(name));
    const foreign = await leavesFolder(path);
    const text = await readPlain(path);
    return ok({name, folder: dirname(path), text, ...(foreign && {foreign})});
  } catch (error) {
    return err(unreadable(name, error));
  }
}

async function defaultWords(cwd: string): Promise<Result<readonly string[], Problem>> {
  const found = await stat(resolve(cwd, defaultFolder)).catch(() => undefined);
  if (found?.isDirectory()) return ok([defaultFolder]);
  return err(
    fileProblem(
      'no-plans',
      `no plan was named, and there is no folder "${defaultFolder}" here`,
      'name a plan file, a folder of plan files, or - for standard input',
    ),
  );
}

function settle<T>(
  results: readonly Result<T, Problem>[],
): Result<readonly T[], readonly Problem[]> {
  const problems = results.flatMap((each) => (each.ok ? [] : [each.error]));
  if (problems.length > 0) return err(problems);
  return ok(results.flatMap((each) => (each.ok ? [each.value] : [])));
}

/** The names of the plan files that the words of the command line mean, each once. */
export async function listPlanFiles(
  words: readonly string[],
  cwd: string,
): Promise<Result<readonly string[], readonly Problem[]>> {
  const given = words.length > 0 ? ok(words) : await defaultWords(cwd);
  if (!given.ok) return err([given.error]);
  const expanded = settle(await Promise.all(given.value.map((word) => expand(word, cwd))));
  return expanded.ok ? ok([...new Set(expanded.value.flat())]) : expanded;
}

/** The plan files that the words of the command line mean; all problems at once. */
export async function readPlanFiles(
  words: readonly string[],
  from: FilesFrom,
): Promise<Result<readonly PlanFile[], readonly Problem[]>> {
  const names = await listPlanFiles(words, from.cwd);
  if (!names.ok) return names;
  return settle(await Promise.all(names.value.map((name) => readPlanFile(name, from))));
}
