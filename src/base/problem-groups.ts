import type {Problem} from './problem.js';

/** One cause as it is shown: all problems that are equal to it, and what followed from them. */
export interface ProblemGroup {
  readonly first: Problem;
  /** Equal but for the container and the place in the plan; the first among them. */
  readonly same: readonly Problem[];
  /** What would not have gone wrong without it. */
  readonly effects: readonly Problem[];
}

interface Growing extends ProblemGroup {
  readonly same: Problem[];
  readonly effects: Problem[];
}

/** The problems with which a chain began; the problem itself when nothing led to it. */
export const rootsOf = (problem: Problem): readonly Problem[] =>
  problem.because === undefined || problem.because.length === 0
    ? [problem]
    : problem.because.flatMap(rootsOf);

/** The problems, each after those that led to it, as far as these are not among them. */
export function withRoots(problems: readonly Problem[]): readonly Problem[] {
  return [...new Set(problems.flatMap((each) => [...rootsOf(each), each]))];
}

const literally = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/]/gu, '\\$&');

/** The text without the name of its container, so that texts about several containers compare equal. */
function nameless(text: string | undefined, name: string | undefined): string | undefined {
  if (text === undefined || name === undefined) return text;
  return text.replaceAll(new RegExp(`(?<![\\w.-])${literally(name)}(?![\\w.-])`, 'gu'), '\0');
}

/** Equal for problems that differ only in their container and its place in the plan. */
export const kindOf = (problem: Problem): string => {
  const {kind, code, message, remedy, host, container, command, log, causes} = problem;
  const rules = causes?.map(({rule}) => rule);
  const texts = [message, remedy, command].map((text) => nameless(text, container));
  return JSON.stringify([kind, code, ...texts, host, log, rules]);
};

const identityOf = ({container, location, place, message}: Problem): string =>
  JSON.stringify([container, location, place?.file, place?.line, place?.column, message]);

/**
 * Groups problems for everything that people read: the cause of a chain stands for its effects, and one
 * problem stands for all that are equal to it. Groups are in the order in which their causes came up.
 */
export function groupProblems(problems: readonly Problem[]): readonly ProblemGroup[] {
  const groups = new Map<string, Growing>();
  const seen = new Set<string>();
  const groupOf = (root: Problem): Growing => {
    const key = kindOf(root);
    const group = groups.get(key) ?? {first: root, same: [], effects: []};
    groups.set(key, group);
    const identity = `${key} ${identityOf(root)}`;
    if (!seen.has(identity)) group.same.push(root);
    seen.add(identity);
    return group;
  };
  for (const problem of problems) {
    const roots = rootsOf(problem);
    const [group] = roots.map(groupOf);
    const identity = `effect ${kindOf(problem)} ${identityOf(problem)}`;
    if (roots[0] === problem || seen.has(identity)) continue;
    seen.add(identity);
    group?.effects.push(problem);
  }
  return [...groups.values()];
}
