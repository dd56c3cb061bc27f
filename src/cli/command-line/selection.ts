import type {Problem} from '../../base/problem.js';
import {err, ok, type Result} from '../../base/result.js';
import type {ContainerName, Plan} from '../../plan/plan.js';
import {quote} from '../../plan/parse/quote.js';
import {suggest} from '../../plan/check/suggest.js';
import type {Selection} from './options.js';

/** So many names are told; a plan may have thousands. */
const told = 10;

const someOf = (names: readonly string[]): string =>
  `the plans have ${names.slice(0, told).join(', ')}${names.length > told ? ` and ${names.length - told} more` : ''}`;

export type Chosen = (name: ContainerName) => boolean;

/** A name on the command line that no plan has; a folder of plans is told from a name by its slash. */
export function unknownContainer(name: string, names: ReadonlySet<string>): Problem {
  const near = suggest(name, names);
  return {
    kind: 'plan',
    code: 'unknown-container',
    message: `no plan has a container ${quote(name)}`,
    remedy: near ?? `${someOf([...names])}; a folder of plans is written with a slash: ${name}/`,
  };
}

/** Which containers --only and --exclude leave; a name that no plan has is a mistake, not an empty choice. */
export function choose(
  plans: readonly Plan[],
  {only, exclude}: Selection,
): Result<Chosen, readonly Problem[]> {
  const names = new Set(plans.flatMap(({containers}) => [...containers.keys()]));
  const wrong = [...only, ...exclude].filter((name) => !names.has(name));
  if (wrong.length > 0) return err(wrong.map((name) => unknownContainer(name, names)));
  return ok(chosenBy({only, exclude}));
}

/** Without asking whether the names are known: plans that are watched come and go. */
export const chosenBy =
  ({only, exclude}: Selection): Chosen =>
  (name) =>
    (only.length === 0 || only.includes(name)) && !exclude.includes(name);
