import type {Problem} from '../../base/problem.js';
import {err, ok} from '../../base/result.js';
import {explain} from '../../diagnose/explain.js';
import type {Act} from '../../planner/steps/step.js';
import {performCompare} from './perform-compare.js';
import {performHook} from './perform-hook.js';
import {
  performCloseLink,
  performOpenLink,
  performSealLink,
  performSend,
  performSync,
} from './perform-link.js';
import {performRounds} from './perform-rounds.js';
import {performAnswer, performRun} from './perform-run.js';
import {performSweep} from './perform-sweep.js';
import {performVerify} from './perform-verify.js';
import type {ActOf, Cue, Performed, Stage} from './performance.js';

async function performConfirm(
  stage: Stage,
  {container, hosts, fingerprint}: ActOf<'confirm'>,
): Promise<Performed> {
  const seen = await stage.fingerprintOf(container, hosts);
  if (!seen.ok) return seen;
  if (seen.value === fingerprint) return ok({fact: 'nothing has changed'});
  return err({
    kind: 'step',
    code: 'world-moved',
    container,
    message: `"${container}" is not as it was when the plan was made`,
    remedy: 'run the same command again: the plan is made anew from what is there now',
  });
}

async function performLease(
  {leases}: Stage,
  {host, name}: ActOf<'lease'>,
  {signal}: Cue,
): Promise<Performed> {
  const leased = await leases.acquire(host, name, signal);
  return leased.ok ? ok({fact: leased.value}) : leased;
}

async function performRelease({leases}: Stage, {host, name}: ActOf<'release'>): Promise<Performed> {
  const released = await leases.release(host, name);
  return released.ok ? ok({}) : released;
}

type Performer<Kind extends Act['kind']> = (
  stage: Stage,
  act: ActOf<Kind>,
  cue: Cue,
) => Promise<Performed>;

const performers: {readonly [Kind in Act['kind']]: Performer<Kind>} = {
  run: performRun,
  answer: performAnswer,
  lease: performLease,
  release: performRelease,
  sweep: performSweep,
  confirm: performConfirm,
  'open-link': performOpenLink,
  'seal-link': performSealLink,
  'close-link': performCloseLink,
  send: performSend,
  rounds: performRounds,
  sync: performSync,
  compare: performCompare,
  hook: performHook,
  verify: performVerify,
};

/** These are not refused when another run has taken the lease: they fail when it has ended what they need. */
const unaware: ReadonlySet<Act['kind']> = new Set([
  'open-link',
  'seal-link',
  'send',
  'sync',
  'compare',
  'rounds',
]);

async function causeOf({leases}: Stage, act: Act, {lane}: Cue, problem: Problem): Promise<Problem> {
  if (!unaware.has(act.kind) || problem.kind !== 'step') return problem;
  return (await leases.lost(lane)) ?? problem;
}

/** Carries out one act: the only code that does. What its log says of a failure is told with it. */
export async function perform(stage: Stage, act: Act, cue: Cue): Promise<Performed> {
  // The table pairs each kind with its own performer, which the compiler cannot see through the index.
  const performer = performers[act.kind] as Performer<Act['kind']>;
  const performed = await performer(stage, act, cue);
  return performed.ok ? performed : err(explain(await causeOf(stage, act, cue, performed.error)));
}
