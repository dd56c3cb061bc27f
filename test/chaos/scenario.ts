import {chances} from '../bench/statistics.js';
import {type FaultName, faultNames, strikesIn} from './fault-names.js';

/** One move and what goes wrong in it; all of it follows from `seed` and `number`. */
export interface Scenario {
  readonly seed: number;
  /** From 0. */
  readonly number: number;
  readonly strategy: 'stateful' | 'cold';
  readonly fault: FaultName;
  /** The fault strikes so many ms after this step has begun. `SOURCE` and `TARGET` stand for hosts. */
  readonly step: string;
  readonly ms: number;
  /** From 0 to 1, for what the fault itself leaves to chance. */
  readonly chance: number;
  /** The target does not have the image. */
  readonly bare: boolean;
}

const coldShare = 0.3;
const bareShare = 0.15;

/** These last so long that a moment within them is far from their beginning, ms. */
const longSteps: Readonly<Record<string, number>> = {
  ...{freeze: 700, restore: 600, 'last-v0': 400, 'first-v0': 400, image: 700, stop: 400},
  ...{start: 300, link: 500, create: 300, verify: 200},
};
const otherMs = 120;

const before = ['lease-source', 'lease-target', 'confirm', 'sweep-SOURCE', 'declare-arriving'];
const making = ['scratch-TARGET', 'make-v0', 'link', 'first-v0'];
const leaving = ['declare-leaving', 'autostart-off'];
const settling = ['running', 'verify', 'autostart-on', 'commit', 'declare-left', 'retire'];
const tidying = ['close-link', 'clean-SOURCE', 'release-target', 'release-source'];

/** Those of the downtime twice, since most can go wrong there. */
const steps: Readonly<Record<Scenario['strategy'], readonly string[]>> = {
  stateful: [
    ...[...before, ...making, 'ready-SOURCE', ...leaving, 'freeze', 'freeze', 'last-v0'],
    ...['restore', 'restore', ...settling, ...tidying],
  ],
  cold: [
    ...[...before, ...making, 'create', ...leaving, 'stop', 'stop', 'last-v0', 'last-rootfs'],
    ...['start', 'start', ...settling, ...tidying],
  ],
};

const pick = <T>(from: readonly T[], chance: number): T => {
  const picked = from[Math.floor(chance * from.length)];
  if (picked === undefined) throw new RangeError('nothing to pick from');
  return picked;
};

function shuffled<T>(values: readonly T[], chance: () => number): readonly T[] {
  return values
    .map((value) => ({value, at: chance()}))
    .sort((one, other) => one.at - other.at)
    .map(({value}) => value);
}

/** Every fault once in so many runs, each time in another order. */
const faultOf = (seed: number, number: number, among: readonly FaultName[]): FaultName => {
  const round = Math.floor(number / among.length);
  const order = shuffled(among, chances(seed * 7919 + round));
  return pick(order, (number % among.length) / among.length + 1e-9);
};

export function scenarioOf(
  seed: number,
  number: number,
  among: readonly FaultName[] = faultNames,
): Scenario {
  const chance = chances(seed * 1_000_003 + number);
  const fault = faultOf(seed, number, among);
  const strikes = strikesIn(fault);
  const wanted = chance() < coldShare ? 'cold' : 'stateful';
  const strategy = strikes.strategy ?? wanted;
  const step = strikes.step ?? pick(steps[strategy], chance());
  return {
    ...{seed, number, strategy, fault, step},
    ms: Math.round(chance() * (longSteps[step] ?? otherMs)),
    chance: chance(),
    bare: chance() < bareShare,
  };
}
