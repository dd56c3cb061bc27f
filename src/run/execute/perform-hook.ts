import {err, ok} from '../../base/result.js';
import {shown} from '../../base/command.js';
import {failedOn} from './perform-run.js';
import type {ActOf, Cue, Performed, Stage} from './performance.js';

/** A program of the plan's author. Never repeated. */
export async function performHook(stage: Stage, act: ActOf<'hook'>, cue: Cue): Promise<Performed> {
  const done = await call(stage, act, cue);
  if (done.ok || act.hook.onFailure === 'stop') return done;
  stage.say({type: 'warning', at: stage.clock.now(), problem: done.error});
  return ok({fact: 'failed; the plan says to go on'});
}

async function call(stage: Stage, act: ActOf<'hook'>, cue: Cue): Promise<Performed> {
  const {command, host, point} = act;
  const transport = host === undefined ? ok(stage.runner) : await stage.transportOf(host);
  if (!transport.ok) return transport;
  const ran = await transport.value.run(command, cue.signal && {signal: cue.signal});
  if (!ran.ok) return err({container: cue.lane, ...ran.error, command: shown(command)});
  const failed = failedOn(host ?? 'runner', cue, command, ran.value);
  if (!failed) return ok({});
  return err({...failed, code: 'hook-failed', message: `hook ${point}: ${failed.message}`});
}
