import type {Problem} from '../../../base/problem.js';
import type {LeaseRow} from '../../../report/text/status-text.js';
import {readUnlocked, unlock as unlockCommand} from '../../../state/host/lease.js';
import type {Context} from '../../session/context.js';
import type {World} from '../../session/world.js';

const young = ({host, name, owner, run, ageSeconds}: LeaseRow): Problem => ({
  kind: 'locked',
  code: 'lease-in-use',
  host,
  container: name,
  message: `run ${run} of ${owner} was heard of ${ageSeconds} seconds ago`,
  remedy: 'wait for it; or, when its runner is dead for certain, say --force',
});

/** Takes the lease away from the run that was seen to hold it, and from no other. */
async function remove({looking}: World, {host, name, run}: LeaseRow): Promise<Problem | undefined> {
  const transport = await looking.transportOf(host);
  if (!transport.ok) return transport.error;
  const ran = await transport.value.run(unlockCommand(name, run));
  if (!ran.ok) return ran.error;
  const answer = readUnlocked(name, ran.value.stdout);
  if (ran.value.code === 0 && answer.ok && answer.value.kind !== 'other') return undefined;
  const message = answer.ok
    ? `another run has taken the lease of "${name}" meanwhile`
    : answer.error;
  return {
    kind: 'locked',
    code: 'not-unlocked',
    host,
    container: name,
    message,
    remedy: 'look again',
  };
}

/** Removes a lease, unless its owner was heard of lately and `force` is not said. */
export async function freeLease(context: Context, world: World, lease: LeaseRow, force: boolean) {
  const {printer} = context;
  const problem = lease.expired || force ? await remove(world, lease) : young(lease);
  printer.record({type: 'lease', ...lease, removed: problem === undefined});
  if (problem) return [problem];
  printer.result(`removed the lease of ${lease.name} on ${lease.host}`);
  return [];
}
