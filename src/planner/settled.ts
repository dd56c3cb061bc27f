import type {Problem} from '../base/problem.js';
import type {Refusal} from '../engines/engine.js';
import type {Container, HostName} from '../plan/plan.js';
import type {Planned, Decision} from './change.js';
import type {Claim} from './claims/claims.js';
import type {Lane} from './steps/step.js';

export const lanesOf = ({graph}: Planned, {container}: Decision): readonly Lane[] =>
  graph.lanes.filter((each) => each.container === container.name);

export interface Settled {
  readonly decision: Decision;
  readonly lanes: readonly Lane[];
}

/** A plan of these and nothing else. */
export const withLanes = (base: Planned, settled: readonly Settled[]): Planned => ({
  ...base,
  warnings: [],
  decisions: settled.map(({decision}) => decision),
  graph: {...base.graph, lanes: settled.flatMap(({lanes}) => lanes)},
});

/** A container that cannot be dealt with, and why. */
export function refusedFor(
  container: Container,
  host: HostName,
  refusals: readonly Refusal[],
): Settled {
  const problems = refusals.map(({code, message, remedy}): Problem => ({
    ...{kind: 'preflight', code, message, host, container: container.name},
    ...(remedy !== undefined && {remedy}),
  }));
  return {decision: {action: 'refused', container, problems}, lanes: []};
}

export const unseen: Refusal = {
  code: 'not-surveyed',
  message: 'the host could not be looked at closely',
  remedy: 'apply again; "cm doctor" shows what the host answers',
};

/** What was decided of one container of a plan. */
export interface SettledMove {
  readonly decision: Decision;
  readonly lane?: Lane;
  /** What the move makes its own on its target. */
  readonly claims?: readonly Claim[];
  readonly warnings?: readonly Problem[];
}
