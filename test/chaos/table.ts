import {median} from '../bench/statistics.js';
import {faultNames, faultTitles, type FaultName} from './fault-names.js';
import type {Outcome} from './one-run.js';

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** One word for how a run ended, and what came after it. */
export function endOf({first, then, person, violations}: Outcome): string {
  if (violations.length > 0) return 'violated';
  if (person.length > 0) return 'person';
  if (first.exit === 0) return 'moved';
  if (first.outcome === 'killed') return 'killed';
  if (first.exit === 3) return 'look';
  return then.length > 3 ? 'violated' : first.outcome;
}

/** One line of a run, as soon as it is over. */
export function lineOf(outcome: Outcome): string {
  const {scenario, struck = 'never', first, beside, then, awayMs, violations, tookMs} = outcome;
  const {number, fault, strategy, step, ms} = scenario;
  const exits = [first, ...beside.map((claim) => ({...claim, beside: true})), ...then]
    .map((claim) => `${'beside' in claim ? '+' : ''}${claim.exit}`)
    .join(' ');
  const extra = [
    ...(outcome.forgotten > 0 ? [`${outcome.forgotten} forgotten`] : []),
    ...outcome.person,
    ...violations.map((each) => `VIOLATED ${each}`),
  ];
  return [
    `#${number}`.padEnd(5),
    fault.padEnd(18),
    strategy.padEnd(8),
    `${step}+${ms}ms`.padEnd(24),
    `(${struck})`.padEnd(26),
    `exit ${exits}`.padEnd(12),
    first.outcome.padEnd(9),
    `→ ${endOf(outcome)}`.padEnd(11),
    `away ${seconds(awayMs)}`.padEnd(12),
    outcome.connection,
    `in ${seconds(tookMs)}`,
    ...extra,
  ].join(' ');
}

const ends = [
  'moved',
  'back',
  'untouched',
  'refused',
  'killed',
  'look',
  'person',
  'violated',
] as const;

const middle = (values: readonly number[]): string =>
  values.length === 0 ? '' : seconds(median(values));

function row(name: FaultName, mine: readonly Outcome[], bold: boolean): string {
  const count = (end: string): string => {
    const found = mine.filter((outcome) => endOf(outcome) === end).length;
    return found === 0 ? '' : String(found);
  };
  const stateful = mine.filter(({scenario}) => scenario.strategy !== 'cold');
  const cold = mine.filter(({scenario}) => scenario.strategy === 'cold');
  const away = (of: readonly Outcome[]): string => middle(of.map(({awayMs}) => awayMs));
  const survived = mine.filter(({violations}) => violations.length === 0).length;
  const title = bold ? `**${faultTitles[name]}**` : faultTitles[name];
  return `| ${[title, `${survived} of ${mine.length}`, ...ends.slice(0, -1).map(count), away(stateful), away(cold)].join(' | ')} |`;
}

const accused = ({scenario: {seed, number, fault, step, ms}, violations}: Outcome): string =>
  `- did not end well: seed ${seed}, run ${number}, ${fault}, ${ms} ms into \`${step}\`: ${(violations[0] ?? '').split('\n')[0] ?? ''}`;

/** Without those faults that keep everybody from being served by themselves. */
const inTheWay = /^(none|link-30s|link-cut|runner-stopped)/;

function serving(outcomes: readonly Outcome[]): readonly string[] {
  const away = (strategy: string, of: (name: FaultName) => boolean): string => {
    const mine = outcomes.filter(
      ({scenario}) => scenario.strategy === strategy && of(scenario.fault),
    );
    return mine.length === 0 ? '–' : `${middle(mine.map(({awayMs}) => awayMs))} (${mine.length})`;
  };
  return (['stateful', 'cold'] as const).map(
    (strategy) =>
      `- nobody served, ${strategy}, medians: ${away(strategy, (name) => name === 'none')} when nothing goes wrong, ${away(strategy, (name) => !inTheWay.test(name))} when something does that does not itself cut hosts off for longer`,
  );
}

/** Faults against what became of them, for people. */
export function table(outcomes: readonly Outcome[], seeds: string): string {
  const of = (name: FaultName): readonly Outcome[] =>
    outcomes.filter(({scenario}) => scenario.fault === name);
  const survived = outcomes.filter(({violations}) => violations.length === 0).length;
  const violated = outcomes.filter(({violations}) => violations.length > 0);
  return [
    `${survived} of ${outcomes.length} runs ended as they must (${seeds}).`,
    '',
    '| what goes wrong | ended well | moved at once | back | nothing touched | refused | runner gone | exit 3 | exit 3, and a person | away, stateful (median) | away, cold (median) |',
    '|---|---|---|---|---|---|---|---|---|---|---|',
    ...faultNames.flatMap((name) => {
      const mine = of(name);
      return mine.length === 0 ? [] : [row(name, mine, name === 'none')];
    }),
    '',
    ...serving(outcomes),
    ...(violated.length > 0 ? ['', ...violated.map(accused)] : []),
    '',
  ].join('\n');
}
