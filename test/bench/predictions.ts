import type {Figure} from './result.js';
import {median} from './statistics.js';

/** A downtime, ms, as it was predicted and as it was. */
export interface Foretold {
  readonly expected: number;
  readonly downtimeMs: number;
}

/** How far predictions were from what was then measured. */
export function predictions(id: string, what: string, all: readonly Foretold[]): readonly Figure[] {
  if (all.length === 0) return [];
  const percent = all.map(
    ({expected, downtimeMs}) => (100 * Math.abs(expected - downtimeMs)) / downtimeMs,
  );
  const note = all.map(({expected, downtimeMs}) => `${expected}/${downtimeMs} ms`).join(', ');
  return [
    {
      ...{id, what, value: Math.round(median(percent)), unit: '%'},
      note: `predicted/measured: ${note}`,
      goal: 25,
    },
  ];
}
