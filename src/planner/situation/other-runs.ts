import type {Problem} from '../../base/problem.js';
import type {ContainerName} from '../../plan/plan.js';
import type {LeaseRecord, Observed} from '../../state/host/observed.js';

/** Leases of a container that other runs keep at this moment, one of each run. */
export function otherRuns(
  {hosts}: Observed,
  name: ContainerName,
  run: string,
): readonly LeaseRecord[] {
  const leases = [...hosts.values()].flatMap((view) => ('leases' in view ? view.leases : []));
  const live = leases.filter((each) => each.name === name && !each.expired && each.run !== run);
  return [...new Map(live.map((each) => [each.run, each])).values()];
}

/** Where it is may change at any moment, so what is planned for it is not to be relied on. */
export const atWork = (
  name: ContainerName,
  {run, owner, plan, ageSeconds}: LeaseRecord,
): Problem => ({
  kind: 'locked',
  code: 'run-at-work',
  container: name,
  message: `run ${run} of ${owner} (plan "${plan}") is at work on "${name}", and was heard of ${ageSeconds} s ago: where "${name}" is may change at any moment`,
  remedy: 'look again when that run has ended; "cm apply --lock-wait 10m" waits for it',
});
