import type {HostName, Strategy} from '../plan/plan.js';
import type {HostDiagnosis} from './host-diagnosis.js';
import type {PairDiagnosis} from './pair-diagnosis.js';
import {pairKey, type Wishes} from './wishes.js';

/** Everything that was found out. */
export interface Diagnosis {
  readonly hosts: readonly HostDiagnosis[];
  readonly pairs: readonly PairDiagnosis[];
  /** Pairs that there are and that were left out, because they are many. */
  readonly leftOut: number;
  /** With a plan: what it asks for and cannot have. */
  readonly refused?: readonly Refused[];
}

export interface Refused {
  readonly source: HostName;
  readonly target: HostName;
  readonly strategies: readonly Strategy[];
}

/** Up to so many hosts every pair is looked at. */
const fewHosts = 6;

export type Ends = readonly [source: HostName, target: HostName];

/** The pairs to look at: all of them, or those that the plans ask for where the hosts are many. */
export function pairsOf(
  hosts: readonly HostName[],
  {asked}: Wishes,
  every: boolean,
): {readonly pairs: readonly Ends[]; readonly leftOut: number} {
  const all = hosts.flatMap((source) =>
    hosts.flatMap((target): Ends[] => (source === target ? [] : [[source, target]])),
  );
  if (every || hosts.length <= fewHosts) return {pairs: all, leftOut: 0};
  const wanted = new Set((asked ?? []).map(({source, target}) => pairKey(source, target)));
  const pairs = all.filter(([source, target]) => wanted.has(pairKey(source, target)));
  return {pairs, leftOut: all.length - pairs.length};
}

/** What the plans ask for and these pairs cannot do. */
export function refusedOf(
  pairs: readonly PairDiagnosis[],
  {asked}: Wishes,
): readonly Refused[] | undefined {
  if (asked === undefined) return undefined;
  return pairs.flatMap(({source, target, asked: wanted, verdicts}) => {
    const impossible = wanted.filter((strategy) => !verdicts[strategy].possible);
    return impossible.length > 0 ? [{source, target, strategies: impossible}] : [];
  });
}

export const gapsIn = ({hosts, pairs}: Diagnosis): number =>
  [...hosts, ...pairs].flatMap(({findings}) => findings).filter(({level}) => level === 'gap')
    .length;

/** With a plan: everything that it asks for can be done. Without one: nothing stands in the way of a move. */
export const isFit = (diagnosis: Diagnosis): boolean =>
  diagnosis.refused === undefined ? gapsIn(diagnosis) === 0 : diagnosis.refused.length === 0;
