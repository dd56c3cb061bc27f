import {Endings, wrong, type Ending} from './ending.js';
import {violated, World, type Protocol} from './protocol.js';
import {Search} from './search.js';
import {newState} from './state.js';
import {told} from './told.js';

export interface Checked {
  readonly states: number;
  readonly byFaults: readonly number[];
  readonly happenings: number;
  /** How many states end so. */
  readonly endings: Readonly<Record<string, number>>;
  /** The most runs that were begun until it ended. */
  readonly applies: number;
  readonly world: World;
  /** The first promise that does not hold, and the story of it. */
  readonly broken?: string;
}

const story = (promise: string, trace: readonly string[]): string => [promise, ...trace].join('\n');

interface Ends {
  readonly endings: Readonly<Record<string, number>>;
  readonly applies: number;
  readonly broken?: string;
}

/** From each state that was reached, everybody alive and nothing going wrong any more. */
function ends(search: Search, world: World, memoryMatters: boolean): Ends {
  const endings = new Endings(world);
  const counts: Record<string, number> = {};
  let applies = 0;
  for (const [index, state] of search.all()) {
    const ending: Ending = endings.of(state);
    const name = ending.code ?? ending.kind;
    counts[name] = (counts[name] ?? 0) + 1;
    if (ending.kind === 'settled') applies = Math.max(applies, ending.applies);
    const promise = wrong(ending, memoryMatters);
    if (promise === undefined) continue;
    const end = ['  ... and when nothing goes wrong any more', told('it is', 0, [], ending.state)];
    const broken = story(promise, [...search.trace(index), ...end]);
    return {endings: counts, applies, broken};
  }
  return {endings: counts, applies};
}

/** Goes through every state with so many runners and faults at most, and from each to its end. */
export function check(protocol: Protocol, runners: number, faults: number): Checked {
  const world = new World(protocol);
  const memoryMatters = protocol.strategies[0] !== 'cold';
  const search = new Search({
    world,
    first: newState(runners),
    faults,
    violated: (state) => violated(state, memoryMatters),
  }).run();
  const {byFaults, happenings, states, broken} = search;
  const found = {states, byFaults, happenings, world};
  if (broken)
    return {...found, endings: {}, applies: 0, broken: story(broken.promise, broken.trace)};
  return {...found, ...ends(search, world, memoryMatters)};
}
