import type {Problem} from '../../base/problem.js';
import {err, ok, type Result} from '../../base/result.js';
import {suggest} from '../../plan/check/suggest.js';
import {isUpState} from '../../planner/situation/wanted.js';
import type {Resident} from './residents.js';

export interface Choice {
  /** Names, patterns with `*`, or compose projects; none: all. */
  readonly words: readonly string[];
  /** Those that do not run are chosen as well; one that is named in full always is. */
  readonly stopped: boolean;
  /** Chosen whether they run or not. */
  readonly always?: ReadonlyMap<string, unknown>;
}

const literal = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/gu, '\\$&');

const matcher = (pattern: string): RegExp =>
  new RegExp(`^${pattern.split('*').map(literal).join('.*')}$`, 'u');

const unknown = (word: string, all: readonly Resident[]): Problem => {
  const names = new Set(
    all.flatMap(({container, project}) => [
      container.name,
      ...(project === undefined ? [] : [project]),
    ]),
  );
  return {
    kind: 'plan',
    code: 'unknown-container',
    message: `no container and no compose project there is called "${word}"`,
    remedy: suggest(word, names) ?? 'list what is there with "cm import HOST"',
  };
};

const ambiguous = (word: string): Problem => ({
  kind: 'plan',
  code: 'ambiguous-name',
  message: `a container and a compose project there are called "${word}"`,
  remedy: `use "${word}*", or name the containers`,
});

const idle = (word: string): Problem => ({
  kind: 'plan',
  code: 'nothing-runs',
  message: `nothing of "${word}" runs there`,
  remedy: 'use --stopped for containers that do not run',
});

/** What a word means: a container by its name, or else a project, or else a pattern. */
function meantBy(
  word: string,
  all: readonly Resident[],
  counts: (resident: Resident) => boolean,
): Result<readonly Resident[], Problem> {
  const named = all.filter(({container}) => container.name === word);
  if (named.length > 0 && all.some(({project}) => project === word)) return err(ambiguous(word));
  if (named.length > 0) return ok(named);
  const pattern = matcher(word);
  const several = all.filter(
    ({container, project}) =>
      project === word || (word.includes('*') && pattern.test(container.name)),
  );
  if (several.length === 0) return err(unknown(word, all));
  const chosen = several.filter(counts);
  return chosen.length === 0 ? err(idle(word)) : ok(chosen);
}

/** The containers that the words mean, each once, in the order in which they were found. */
export function selectResidents(
  all: readonly Resident[],
  {words, stopped, always}: Choice,
): Result<readonly Resident[], readonly Problem[]> {
  const counts = (each: Resident): boolean =>
    stopped || isUpState(each.container.state) || always?.has(each.container.name) === true;
  if (words.length === 0) return ok(all.filter(counts));
  const meant = words.map((word) => meantBy(word, all, counts));
  const problems = meant.flatMap((each) => (each.ok ? [] : [each.error]));
  if (problems.length > 0) return err(problems);
  const chosen = new Set(meant.flatMap((each) => (each.ok ? each.value : [])));
  return ok(all.filter((each) => chosen.has(each)));
}
