import {median, type Ratio, ratioOf} from './statistics.js';

/** Two sides measured in turn, `ours` against `theirs`. */
export interface Comparison {
  readonly id: string;
  readonly what: string;
  readonly ours: string;
  readonly theirs: string;
  /** In the order in which they were measured. */
  readonly oursMs: readonly number[];
  readonly theirsMs: readonly number[];
  /** What the median is to be at most; and what is hoped for. */
  readonly goal?: number;
  readonly aim?: number;
}

/** Something with no other side. */
export interface Figure {
  readonly id: string;
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly note: string;
  /** What it is to be at most. */
  readonly goal?: number;
}

export interface Part {
  readonly comparisons?: readonly Comparison[];
  readonly figures?: readonly Figure[];
}

/** One group's, as it is kept. */
export interface Results {
  readonly group: string;
  /** How it was measured, and what on. */
  readonly machine: Readonly<Record<string, string>>;
  readonly comparisons: readonly Comparison[];
  readonly figures: readonly Figure[];
  /** Why something of it is missing. */
  readonly missing: readonly string[];
}

const round = (value: number, digits = 2): string => value.toFixed(digits);
const raw = (values: readonly number[]): string =>
  values.map((value) => round(value / 1000, value < 1000 ? 4 : 2)).join(' ');

const held = (value: number, goal: number, aim?: number): string =>
  `${value <= goal ? '≤' : '**>**'} ${goal}${aim === undefined ? '' : ` (aim ${aim})`}`;

const verdict = ({goal, aim}: Comparison, {median: middle}: Ratio): string =>
  goal === undefined ? '' : held(middle, goal, aim);

function line(comparison: Comparison): string {
  const ratio = ratioOf(comparison.oursMs, comparison.theirsMs);
  return `| ${[
    comparison.id,
    comparison.what,
    `${comparison.ours} ${round(median(comparison.oursMs) / 1000, 3)} s`,
    `${comparison.theirs} ${round(median(comparison.theirsMs) / 1000, 3)} s`,
    `**${round(ratio.median)}**`,
    `${round(ratio.low)}–${round(ratio.high)}`,
    round(ratio.worst),
    String(ratio.pairs),
    verdict(comparison, ratio),
  ].join(' | ')} |`;
}

const figureLine = ({id, what, value, unit, note, goal}: Figure): string =>
  `| ${id} | ${what} | **${value}** ${unit} | ${note} | ${goal === undefined ? '' : held(value, goal)} |`;

const comparisonsTable = (comparisons: readonly Comparison[]): readonly string[] =>
  comparisons.length === 0
    ? []
    : [
        '| id | what | ours (median) | theirs (median) | ratio (median) | 95 % | worst | pairs | goal |',
        '|---|---|---|---|---|---|---|---|---|',
        ...comparisons.map(line),
        '',
      ];

const figuresTable = (figures: readonly Figure[]): readonly string[] =>
  figures.length === 0
    ? []
    : ['| id | what | value | | goal |', '|---|---|---|---|---|', ...figures.map(figureLine), ''];

/** One value once, and else by group. */
function machineLines(all: readonly Results[]): readonly string[] {
  const keys = [...new Set(all.flatMap(({machine}) => Object.keys(machine)))];
  return keys.flatMap((key) => {
    const groups = new Map<string, string[]>();
    for (const {group, machine} of all) {
      const value = machine[key];
      if (value !== undefined) groups.set(value, [...(groups.get(value) ?? []), group]);
    }
    const only = groups.size === 1;
    return [...groups].map(
      ([value, names]) => `- ${key}${only ? '' : ` (${names.join(', ')})`}: ${value}`,
    );
  });
}

/** Medians, ratios, and what was measured on. */
export const tables = (all: readonly Results[]): readonly string[] => [
  ...machineLines(all),
  '',
  ...comparisonsTable(all.flatMap(({comparisons}) => comparisons)),
  ...figuresTable(all.flatMap(({figures}) => figures)),
  ...all.flatMap(({group, missing}) => missing.map((why) => `- not measured (${group}): ${why}`)),
];

/** For people: the tables and everything that was measured. */
export const markdown = (all: readonly Results[]): string =>
  [
    ...tables(all),
    '',
    'raw seconds, pair by pair:',
    '',
    ...all
      .flatMap(({comparisons}) => comparisons)
      .flatMap(({id, ours, theirs, oursMs, theirsMs}) => [
        `- ${id} ${ours}: ${raw(oursMs)}`,
        `- ${id} ${theirs}: ${raw(theirsMs)}`,
      ]),
    '',
  ].join('\n');

/** The same with the ratios, for machines and for `--render`. */
export const json = (results: Results): string =>
  `${JSON.stringify(
    {
      ...results,
      comparisons: results.comparisons.map((each) => ({
        ...each,
        ratio: ratioOf(each.oursMs, each.theirsMs),
      })),
    },
    undefined,
    2,
  )}\n`;
