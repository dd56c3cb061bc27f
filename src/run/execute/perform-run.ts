import {shown, type Command} from '../../base/command.js';
import type {Problem} from '../../base/problem.js';
import {err, ok, type Result} from '../../base/result.js';
import type {Output, Transport} from '../../hosts/transport.js';
import type {HostName} from '../../plan/plan.js';
import {ask, failure, insist} from '../../state/host/ask.js';
import {guard, guardProblem} from '../../state/host/lease.js';
import type {ActOf, Cue, Performed, Stage} from './performance.js';

/**
 * The command under the lease of its lane, where that is held. One that is used once is numbered, so
 * that it is refused when it comes too late.
 */
export function guarded(
  {leases}: Stage,
  {lane}: Cue,
  host: HostName,
  command: Command,
  use: 'once' | 'later' = 'once',
): Command {
  if (!leases.holds(host, lane)) return command;
  const order = use === 'once' ? {order: leases.next()} : {};
  return guard(command, {name: lane, run: leases.run, ...order});
}

/** Why a program that ended with a failing exit code counts as failed. */
export function failedOn(
  host: HostName,
  {lane}: Cue,
  command: Command,
  output: Output,
): Problem | undefined {
  if (output.code === 0) return undefined;
  const message = `"${shown(command)}" failed on "${host}" with exit code ${output.code}`;
  const problem = failure(host, command, output, {kind: 'step', code: 'command-failed', message});
  return guardProblem(host, lane, output) ?? {...problem, container: lane};
}

async function sent(
  stage: Stage,
  cue: Cue,
  transport: Transport,
  act: ActOf<'run'>,
): Promise<Result<Output, Problem>> {
  if (act.reads) return ask(transport, act.command, stage.clock, cue.signal);
  const command = guarded(stage, cue, act.host, act.command);
  return cue.insists ? insist(transport, command, stage.clock) : transport.run(command);
}

/** A command on a host. Only one that `reads` or takes something back is sent again when the connection breaks. */
export async function performRun(stage: Stage, act: ActOf<'run'>, cue: Cue): Promise<Performed> {
  const transport = await stage.transportOf(act.host);
  if (!transport.ok) return transport;
  const ran = await sent(stage, cue, transport.value, act);
  if (!ran.ok) return err({container: cue.lane, ...ran.error, command: shown(act.command)});
  const failed = failedOn(act.host, cue, act.command, ran.value);
  if (failed) return err(failed);
  const judged = act.judge?.(ran.value.stdout);
  if (judged && !judged.ok) return judged;
  const figures = stage.figuresOf(ran.value.stdout);
  return ok({...(judged && {fact: judged.value}), ...(figures && {figures})});
}

/** Both under the lease; nobody waits for a person in between. */
export async function performAnswer(
  stage: Stage,
  {host, question, reply}: ActOf<'answer'>,
  cue: Cue,
): Promise<Performed> {
  const transport = await stage.transportOf(host);
  if (!transport.ok) return transport;
  const asked = await transport.value.run(guarded(stage, cue, host, question));
  if (!asked.ok) return err({container: cue.lane, ...asked.error, command: shown(question)});
  const failed = failedOn(host, cue, question, asked.value);
  if (failed) return err(failed);
  const answer = reply(asked.value.stdout);
  return answer.ok ? performRun(stage, {kind: 'run', host, command: answer.value}, cue) : answer;
}
