import type {Command} from '../../base/command.js';
import type {Problem} from '../../base/problem.js';
import {err, ok} from '../../base/result.js';
import type {Transport} from '../../hosts/transport.js';
import {failedOn} from './perform-run.js';
import type {ActOf, Cue, Performed, Stage} from './performance.js';

/** Pauses between tries, ms: from the first to the longest. */
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 2000;

/** A check that hangs must not take the time of the tries after it, ms. */
const LONGEST_CHECK = 10_000;

/** Repeats the checks until each has succeeded once, or the time is over. */
export async function performVerify(
  stage: Stage,
  act: ActOf<'verify'>,
  cue: Cue,
): Promise<Performed> {
  const transport = await stage.transportOf(act.host);
  if (!transport.ok) return transport;
  const {clock} = stage;
  const started = clock.now();
  const until = started + act.verify.withinMs;
  let open: readonly Open[] = act.checks.map((command) => ({command}));
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE)) {
    const tried = open.map(async ({command}) =>
      tryOnce(transport.value, command, cue, until - clock.now()),
    );
    open = (await Promise.all(tried)).filter(({problem}) => problem !== undefined);
    if (open.length === 0) return ok({fact: `answered after ${clock.now() - started} ms`});
    const left = until - clock.now();
    if (left <= 0 || cue.signal?.aborted) return err(notVerified(act, cue, open));
    await clock.sleep(Math.min(pause, left), cue.signal);
  }
}

interface Open {
  readonly command: Command;
  readonly problem?: Problem;
}

async function tryOnce(
  transport: Transport,
  command: Command,
  cue: Cue,
  leftMs: number,
): Promise<Open> {
  const longest = Math.min(
    command.timeoutMs ?? LONGEST_CHECK,
    LONGEST_CHECK,
    Math.max(leftMs, 1000),
  );
  const timed = {...command, timeoutMs: longest};
  const ran = await transport.run(timed, cue.signal && {signal: cue.signal});
  if (!ran.ok) return {command, problem: ran.error};
  const problem = failedOn(transport.host, cue, command, ran.value);
  return problem ? {command, problem} : {command};
}

function notVerified(act: ActOf<'verify'>, {lane}: Cue, open: readonly Open[]): Problem {
  const last = open[0]?.problem;
  return {
    ...(last?.command !== undefined && {command: last.command}),
    ...(last?.log && {log: last.log}),
    kind: 'step',
    code: 'not-verified',
    host: act.host,
    container: lane,
    message: `"${lane}" did not answer on "${act.host}" within ${act.verify.withinMs} ms: ${last?.message ?? 'no answer'}`,
    remedy: 'see the log of the container, or give it more time in verify',
  };
}
