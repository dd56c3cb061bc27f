import type {Command} from '../../base/command.js';
import type {Problem} from '../../base/problem.js';
import {err, ok, type Result} from '../../base/result.js';
import {
  decideRound,
  type Course,
  type Forecast,
  type Round,
  type Verdict,
} from '../../planner/strategy/converge.js';
import type {RoundReport} from '../../state/runner/run-report.js';
import {meterOf, notOpen} from './perform-link.js';
import {guarded, performRun} from './perform-run.js';
import type {ActOf, Cue, Performed, Stage} from './performance.js';

type Act = ActOf<'rounds'>;

/** What has been done so far, and what may still be. */
interface Way {
  readonly act: Act;
  readonly course: Course;
  /** Since the container was slowed down, if it was. */
  readonly rounds: readonly Round[];
  /** Of all rounds. */
  readonly count: number;
  readonly bytes: number;
  readonly slowed: boolean;
}

/** Round after round until the controller says what comes of it. The container runs all the while. */
export async function performRounds(stage: Stage, act: Act, cue: Cue): Promise<Performed> {
  const {ahead} = act;
  let way: Way = {act, course: ahead.course, rounds: [], count: 0, bytes: 0, slowed: false};
  for (;;) {
    const went = await oneRound(stage, way, cue);
    if (!went.ok) return went;
    const {round, sent} = went.value;
    way = after(way, round, sent);
    const verdict = tell(stage, way, cue, sent);
    if (verdict.kind === 'go-on') continue;
    if (verdict.kind === 'cutover') return ok({bytes: way.bytes, fact: verdict.because});
    if (!canSlow(way)) return giveUp(stage, way, cue, verdict);
    const slowed = await slowDown(stage, way, cue);
    if (!slowed.ok) return slowed;
    way = slowed.value;
  }
}

const after = (way: Way, round: Round, sent: number): Way => ({
  ...way,
  rounds: [...way.rounds, round],
  count: way.count + 1,
  bytes: way.bytes + sent,
});

interface Went {
  readonly round: Round;
  /** Bytes over the link. */
  readonly sent: number;
}

async function oneRound(
  stage: Stage,
  {act, course, count}: Way,
  cue: Cue,
): Promise<Result<Went, Problem>> {
  const {clock} = stage;
  const open = stage.links.get(act.link);
  if (!open) return err(notOpen(act.link, cue));
  const meter = meterOf(stage, cue, count === 0 ? course.memory : 0);
  const producer = guarded(stage, cue, open.from, act.rounds.send(count + 1));
  const began = clock.now();
  const sent = await open.link.send(producer, act.receiver, {
    onProgress: meter.saw,
    ...(cue.signal && {signal: cue.signal}),
  });
  if (!sent.ok) return err({container: cue.lane, ...sent.error});
  const did = act.rounds.read(sent.value.notes);
  if (!did.ok) return err(unread(act, cue, count + 1, did.error));
  const {pages, skipped, bytes, frozenMs} = did.value;
  const round = {pages, skipped, bytes, frozenMs, tookMs: clock.now() - began};
  return ok({round, sent: sent.value.bytes});
}

const unread = ({from}: Act, {lane}: Cue, round: number, message: string): Problem => ({
  kind: 'step',
  code: 'round-unread',
  host: from,
  container: lane,
  message: `what round ${String(round)} did is not known: ${message}`,
});

/** What the last round says, for everybody who listens. */
function tell({clock, say}: Stage, way: Way, {step}: Cue, sent: number): Verdict {
  const {forecast, verdict} = decideRound(way.rounds, way.course);
  const last = way.rounds.at(-1);
  if (!last) return verdict;
  const expected = expectedOf(way, forecast, verdict);
  const report: RoundReport = {
    ...last,
    round: way.count,
    sent,
    bandwidth: Math.round(forecast.bandwidth),
    ...(forecast.dirtyRate !== undefined && {dirtyRate: Math.round(forecast.dirtyRate)}),
    downtimeMs: Math.round(forecast.downtimeMs),
    nextMs: Math.round(forecast.nextMs),
    verdict: verdict.kind,
    because: verdict.because,
    ...(expected !== undefined && {expectedMs: Math.round(expected)}),
  };
  say({type: 'round', at: clock.now(), step, report});
  return verdict;
}

const canSlow = ({act, slowed}: Way): boolean => act.throttle !== undefined && !slowed;

/** Downtime of the freeze that comes next, if one does. */
function expectedOf(way: Way, {downtimeMs, fullMs}: Forecast, {kind}: Verdict): number | undefined {
  if (kind === 'cutover') return downtimeMs;
  const {stuck} = way.act.ahead;
  if (kind === 'go-on' || canSlow(way)) return undefined;
  if (stuck === 'stateful') return fullMs;
  return stuck === 'cutover' ? downtimeMs : undefined;
}

const run = async (stage: Stage, cue: Cue, host: string, command: Command): Promise<Performed> =>
  performRun(stage, {kind: 'run', host, command}, cue);

/** What it changed before it was slowed down says nothing any more; what is left of the limits stays. */
async function slowDown(stage: Stage, way: Way, cue: Cue): Promise<Result<Way, Problem>> {
  const {act, course, rounds} = way;
  const slow = act.rounds.throttle?.(act.throttle);
  if (slow) {
    const slowed = await run(stage, cue, act.from, slow);
    if (!slowed.ok) return slowed;
  }
  const sum = (of: (round: Round) => number) => rounds.reduce((all, each) => all + of(each), 0);
  const took = sum(({tookMs}) => tookMs);
  return ok({
    ...way,
    slowed: true,
    rounds: [],
    course: {
      ...course,
      maxRounds: course.maxRounds - rounds.length,
      maxSent: course.maxSent - sum(({bytes}) => bytes),
      ...(course.totalMs !== undefined && {totalMs: course.totalMs - took}),
    },
  });
}

async function giveUp(
  stage: Stage,
  {act, bytes}: Way,
  cue: Cue,
  {because}: Verdict,
): Promise<Performed> {
  switch (act.ahead.stuck) {
    case 'cutover':
      return ok({bytes, fact: `frozen all the same: ${because}`});
    case 'stateful': {
      for (const host of [act.from, act.to]) {
        const forgotten = await run(stage, cue, host, act.rounds.forget);
        if (!forgotten.ok) return forgotten;
      }
      return ok({bytes, fact: `stateful from here on: ${because}`});
    }
    case 'next':
    case 'abort':
      return err({
        kind: 'step',
        code: 'not-converging',
        container: cue.lane,
        message: `pre-copy of "${cue.lane}" does not converge: ${because}`,
        remedy:
          'let the plan say "onNoConverge: cutover", raise its budget, slow the container down with "throttle", or move it when it has less to do',
      });
  }
}
