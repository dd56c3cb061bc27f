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
  /** What the median is to be at most. */
  readonly goal?: number;
}

/** Something with no other side. */
export interface Figure {
  readonly id: string;
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly note: string;
}

export interface Results {
  readonly machine: Readonly<Record<string, string>>;
  readonly comparisons: readonly Comparison[];
  readonly figures: readonly Figure[];
}

const round = (value: number, digits = 2): string => value.toFixed(digits);
const raw = (values: readonly number[]): string =>
  values.map((value) => round(value / 1000, value < 1000 ? 3 : 2)).join(' ');

function verdict(comparison: Comparison, {median: middle}: Ratio): string {
  if (comparison.goal === undefined) return '';
  return `${middle <= comparison.goal ? '≤' : '**>**'} ${comparison.goal}`;
}

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

/** For people: medians, ratios and everything that was measured. */
export function markdown({machine, comparisons, figures}: Results): string {
  return [
    ...Object.entries(machine).map(([key, value]) => `- ${key}: ${value}`),
    '',
    '| id | what | ours (median) | theirs (median) | ratio (median) | 95 % | worst | pairs | goal |',
    '|---|---|---|---|---|---|---|---|---|',
    ...comparisons.map(line),
    '',
    ...figures.map(
      ({id, what, value, unit, note}) => `- ${id} ${what}: ${value} ${unit} (${note})`,
    ),
    '',
    'raw seconds, pair by pair:',
    ...comparisons.flatMap(({id, ours, theirs, oursMs, theirsMs}) => [
      `- ${id} ${ours}: ${raw(oursMs)}`,
      `- ${id} ${theirs}: ${raw(theirsMs)}`,
    ]),
    '',
  ].join('\n');
}

/** The same with the ratios, for machines. */
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
