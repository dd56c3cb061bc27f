import type {Problem} from '../base/problem.js';
import {groupProblems, type ProblemGroup} from '../base/problem-groups.js';
import {nameList} from './text/columns.js';
import {renderProblem, type GroupText, type ProblemStyle} from './text/problems.js';

/** The first problem of a group, with what is said of the others. */
export interface ShownProblem {
  readonly problem: Problem;
  readonly group: GroupText;
}

/** Lines of a file with the same mistake are all shown up to this number. */
const mostLines = 3;

const placeOf = ({place, location}: Problem): readonly string[] =>
  place
    ? [`${place.file}:${place.line}:${place.column}`]
    : location === undefined
      ? []
      : [location];

type Fact = GroupText['facts'][number];

function othersFacts({same}: ProblemGroup): readonly Fact[] {
  if (same.length < 2) return [];
  const [, ...others] = same;
  const names = [...new Set(same.flatMap(({container}) => container ?? []))];
  const places = others.flatMap(placeOf);
  return [
    ...(names.length > 1 ? [['containers', nameList(names)] as const] : []),
    ...(same[0]?.place && places.length > 0 ? [['also at', nameList(places, 3)] as const] : []),
  ];
}

/** What the effects advise besides the cause; each advice once. */
const remediesOf = (effects: readonly Problem[], first: Problem): readonly string[] =>
  [...new Set(effects.flatMap(({remedy}) => remedy ?? []))]
    .filter((remedy) => remedy !== first.remedy)
    .slice(0, 2);

function effectFacts({first, effects}: ProblemGroup): readonly Fact[] {
  const [one] = effects;
  if (!one) return [];
  const names = [...new Set(effects.flatMap(({container}) => container ?? []))];
  const more = effects.length > 1 ? `; and ${effects.length - 1} more because of it` : '';
  return [
    ['effect', `${one.message}${more}`],
    ...(names.length > 1 ? [['containers', nameList(names)] as const] : []),
    ...remediesOf(effects, first).map((remedy) => ['help', remedy] as const),
  ];
}

function shownGroup(group: ProblemGroup): readonly ShownProblem[] {
  const {first, same} = group;
  const facts = effectFacts(group);
  if (first.place && same.length <= mostLines)
    return same.map((problem, index) => ({
      problem,
      group: {note: '', facts: index === 0 ? facts : []},
    }));
  const note = same.length > 1 ? `, and ${same.length - 1} more` : '';
  return [{problem: first, group: {note, facts: [...othersFacts(group), ...facts]}}];
}

/** What people are shown of these problems: causes before effects, and equal ones once. */
export const shownProblems = (problems: readonly Problem[]): readonly ShownProblem[] =>
  groupProblems(problems).flatMap(shownGroup);

/** All of these problems as text: one block for each that is shown. */
export const renderProblems = (
  problems: readonly Problem[],
  style: Omit<ProblemStyle, 'group'>,
): readonly string[] =>
  shownProblems(problems).map(({problem, group}) => renderProblem(problem, {...style, group}));
