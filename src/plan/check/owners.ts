import type {Problem} from '../../base/problem.js';
import type {Container, Host, Plan} from '../plan.js';

interface Owned {
  readonly plan: Plan;
  readonly container: Container;
}

const addressesOf = ({hosts}: Plan): readonly string[] =>
  [...hosts.values()].map(({address}) => address);

const targetOf = ({plan, container}: Owned): Host | undefined => plan.hosts.get(container.on);

/** Both look for it on at least one host, so both would find the same container. */
const seeTheSame = (one: Owned, other: Owned): boolean => {
  const known = new Set(addressesOf(one.plan));
  return addressesOf(other.plan).some((address) => known.has(address));
};

const wantElsewhere = (one: Owned, other: Owned): boolean =>
  targetOf(one)?.address !== targetOf(other)?.address;

const contested = (one: Owned, other: Owned): Problem => ({
  kind: 'plan',
  code: 'two-owners',
  container: one.container.name,
  message: `container "${one.container.name}" belongs on ${one.container.on} (${one.container.at}) and on ${other.container.on} (${other.container.at})`,
  remedy: 'take it out of one of the plans: two plans would move it to and fro',
});

export interface Contested {
  readonly plan: Plan;
  readonly problem: Problem;
}

/** Containers that several plans of a run want on different hosts. Once for each plan that has it. */
export function contestedContainers(plans: readonly Plan[]): readonly Contested[] {
  const byName = new Map<string, Owned[]>();
  for (const plan of plans.filter(({suspend}) => !suspend))
    for (const container of plan.containers.values())
      byName.set(container.name, [...(byName.get(container.name) ?? []), {plan, container}]);
  return [...byName.values()].flatMap((owned) =>
    owned.flatMap((one) => {
      const other = owned.find(
        (each) => each.plan !== one.plan && seeTheSame(one, each) && wantElsewhere(one, each),
      );
      return other ? [{plan: one.plan, problem: contested(one, other)}] : [];
    }),
  );
}
