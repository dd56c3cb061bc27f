import {err, ok, type Result} from '../../base/result.js';
import type {Problem} from '../../base/problem.js';
import type {Transport} from '../../hosts/transport.js';
import {judgeOwner} from '../../state/host/lease-record.js';
import {readSwept, sweep, type Swept} from '../../state/host/leftovers.js';
import type {ActOf, Cue, Performed, Stage} from './performance.js';
import {failedOn, guarded} from './perform-run.js';

async function swept(
  stage: Stage,
  transport: Transport,
  cue: Cue,
  {host, container}: ActOf<'sweep'>,
  ended: readonly string[],
): Promise<Result<Swept, Problem>> {
  const command = guarded(stage, cue, host, sweep(stage.leases.run, container, ended));
  const ran = await transport.run(command);
  if (!ran.ok) return ran;
  const failed = failedOn(host, cue, command, ran.value);
  return failed ? err(failed) : ok(readSwept(ran.value.stdout));
}

/**
 * A host cannot tell whether the runner of a lease is dead, only that it has not been heard of. Where this runner can
 * tell, what it left goes at once.
 */
export async function performSweep(
  stage: Stage,
  act: ActOf<'sweep'>,
  cue: Cue,
): Promise<Performed> {
  const transport = await stage.transportOf(act.host);
  if (!transport.ok) return transport;
  const first = await swept(stage, transport.value, cue, act, []);
  if (!first.ok) return err({container: cue.lane, ...first.error});
  const {hasEnded} = stage;
  const ended = first.value.held
    .filter((lease) => judgeOwner(lease, hasEnded).orphaned === true)
    .map(({run}) => run);
  const again =
    ended.length > 0
      ? await swept(stage, transport.value, cue, act, [...new Set(ended)])
      : ok<Swept>({over: [], held: []});
  if (!again.ok) return err({container: cue.lane, ...again.error});
  const gone = [...first.value.over, ...again.value.over];
  if (gone.length === 0) return ok({});
  return ok({
    fact: gone.map(({run, container}) => `removed what run ${run} left of ${container}`).join('; '),
  });
}
