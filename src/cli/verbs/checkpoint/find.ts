import type {Problem} from '../../../base/problem.js';
import {err, ok, type Result} from '../../../base/result.js';
import type {Held} from '../../../planner/checkpoint/retention.js';
import type {PlanKeeping} from './plans.js';

/** A checkpoint, and the plan in whose world it was found. */
export interface FoundHeld {
  readonly held: Held;
  readonly at: PlanKeeping;
}

const lost = (id: string): Problem => ({
  kind: 'plan',
  code: 'no-such-checkpoint',
  message: `no host of the plan keeps a checkpoint "${id}"`,
  remedy: 'list them with "cm checkpoint ls"',
});

const unclear = (id: string, found: readonly FoundHeld[]): Problem => ({
  kind: 'plan',
  code: 'unclear-checkpoint',
  message: `"${id}" may be ${found.map(({held}) => `${held.id} on ${held.host}`).join(' or ')}`,
  remedy: 'write more of it',
});

/** Two plans may have the same host. */
const sameAs =
  ({held: a}: FoundHeld) =>
  ({held: b}: FoundHeld): boolean =>
    a.host === b.host && a.folder === b.folder;

/** The one with this ID, or whose ID is the only one that begins with it. */
export function findHeld(found: readonly PlanKeeping[], id: string): Result<FoundHeld, Problem> {
  const all = found.flatMap((at) => at.keeping.held.map((held) => ({held, at})));
  const near = all.filter(({held}) => id !== '' && held.id.startsWith(id));
  const exact = near.filter(({held}) => held.id === id);
  const candidates = exact.length > 0 ? exact : near;
  const [only] = candidates;
  if (!only) return err(lost(id));
  const others = candidates.filter((each) => !sameAs(only)(each));
  return others.length === 0 ? ok(only) : err(unclear(id, [only, ...others].slice(0, 3)));
}
